use std::{fs, time::Duration};

use lido_domain::id::PoolId;

use super::*;

const SHOP: &str = r#"[[UserPools]]
Id = "us-east-1_Shop00001"
PoolName = "shop"
UsernameAttributes = ["email"]
AutoVerifiedAttributes = ["email"]
MfaConfiguration = "OPTIONAL"
SoftwareTokenMfaConfiguration = { Enabled = true }
Policies = { PasswordPolicy = { MinimumLength = 8, RequireSymbols = false } }
UserPoolTags = { stage = "test" }
Schema = [{ Name = "size", AttributeDataType = "Number", Mutable = true }, { Name = "name", Required = true }]

[[UserPools.Domains]]
Domain = "shop"
ManagedLoginVersion = 1

[[UserPools.Domains]]
Domain = "auth.shop.example"
CustomDomainConfig = { CertificateArn = "arn:aws:acm:us-east-1:000000000000:certificate/0e9ac4a4-0000-4000-8000-000000000001" }

[[UserPools.ResourceServers]]
Identifier = "orders"
Name = "Orders"
Scopes = [{ ScopeName = "read", ScopeDescription = "Read orders" }]

[[UserPools.Clients]]
ClientId = "shopweb"
ClientName = "web"
AllowedOAuthFlows = ["code"]
AllowedOAuthFlowsUserPoolClient = true
AllowedOAuthScopes = ["openid", "orders/read"]
CallbackURLs = ["https://shop.example/back"]
SupportedIdentityProviders = ["COGNITO"]
ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

[[UserPools.Clients]]
ClientName = "backend"
ClientSecret = "backend_secret_00000000001"
PublishSecretsInAWSSecretsManager = true

[[UserPools.Clients]]
ClientName = "worker"
GenerateSecret = true

[[UserPools.Groups]]
GroupName = "admins"
Precedence = 1

[[UserPools.Groups]]
GroupName = "staff"

[[UserPools.Users]]
Username = "mary@example.com"
Sub = "7c0c5a3e-0000-4000-8000-000000000001"
Password = "Correct-Horse-1"
SoftwareTokenSecret = "JBSWY3DPEHPK3PXP"
UserMFASettingList = ["SOFTWARE_TOKEN_MFA"]
PreferredMfaSetting = "SOFTWARE_TOKEN_MFA"
Groups = ["admins", "staff"]
UserAttributes = { name = "Mary", email_verified = true, "custom:size" = 7 }

[[UserPools.Users]]
Username = "new@example.com"
UserStatus = "FORCE_CHANGE_PASSWORD"
Password = "Temporary1"

[[UserPools.Users]]
Username = "gone@example.com"
Enabled = false
UserStatus = "UNCONFIRMED"
"#;

/// A folder with seed files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).expect("written");
        path
    }
}

async fn run(app: &App, text: &str) -> Result<[usize; 3], String> {
    let folder = Folder::new();
    let file = folder.file("seed.toml", text);
    let outcome = seed(app, &[file]).await;
    let counts = outcome.map(|report| counts(&report));
    counts.map_err(|error| error.to_string().replace(&*folder.0.path().to_string_lossy(), "DIR"))
}

fn counts(report: &SeedReport) -> [usize; 3] {
    [report.created, report.changed, report.unchanged]
}

fn report(created: usize, changed: usize, unchanged: usize) -> Result<[usize; 3], String> {
    Ok([created, changed, unchanged])
}

async fn exported(app: &App) -> String {
    SeedFormat::Toml.write(&export(app).await.expect("exported")).expect("TOML")
}

#[tokio::test]
async fn second_start_with_the_same_seed_changes_nothing() {
    let app = App::for_tests();
    assert_eq!(run(&app, SHOP).await, report(12, 0, 0));
    let first = exported(&app).await;
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(run(&app, SHOP).await, report(0, 0, 12));
    assert_eq!(exported(&app).await, first);
    let pool = app
        .store
        .begin()
        .find_pool(&PoolId::new("us-east-1_Shop00001"))
        .await
        .expect("reads")
        .expect("a pool");
    assert_eq!(pool.modified_at, pool.created_at, "nothing was written");
}

#[tokio::test]
async fn changed_line_changes_one_thing() {
    let cases = [
        ("MinimumLength = 8", "MinimumLength = 9"),
        ("PoolName = \"shop\"", "PoolName = \"renamed\""),
        ("stage = \"test\"", "stage = \"other\""),
        ("MfaConfiguration = \"OPTIONAL\"", "MfaConfiguration = \"ON\""),
        ("[{ Name = \"size\"", "[{ Name = \"more\", AttributeDataType = \"String\" }, { Name = \"size\""),
        ("\"ALLOW_USER_PASSWORD_AUTH\", ", ""),
        ("backend_secret_00000000001", "backend_secret_00000000002"),
        ("ClientName = \"web\"", "ClientName = \"site\""),
        ("Precedence = 1", "Precedence = 2"),
        ("Correct-Horse-1", "Correct-Horse-2"),
        ("JBSWY3DPEHPK3PXP", "JBSWY3DPEHPK3PXQ"),
        ("Groups = [\"admins\", \"staff\"]", "Groups = [\"staff\"]"),
        ("\"custom:size\" = 7", "\"custom:size\" = 8"),
        ("name = \"Mary\", ", "name = \"Maria\", "),
        ("PreferredMfaSetting = \"SOFTWARE_TOKEN_MFA\"\n", ""),
        ("UserStatus = \"UNCONFIRMED\"", "UserStatus = \"CONFIRMED\""),
        ("Enabled = false\n", "Enabled = true\n"),
        ("Temporary1", "Temporary2"),
        ("ManagedLoginVersion = 1", "ManagedLoginVersion = 2"),
        ("000000000001\" }", "000000000002\" }"),
        ("Name = \"Orders\"", "Name = \"Bookings\""),
        ("\"Read orders\" }", "\"Read orders\" }, { ScopeName = \"write\", ScopeDescription = \"Write\" }"),
    ];
    for (before, after) in cases {
        let app = App::for_tests();
        assert_eq!(run(&app, SHOP).await, report(12, 0, 0));
        let changed = SHOP.replacen(before, after, 1);
        assert_ne!(changed, SHOP, "{before}");
        assert_eq!(run(&app, &changed).await, report(0, 1, 11), "{after}");
        assert_eq!(run(&app, &changed).await, report(0, 0, 12), "{after}");
    }
}

#[tokio::test]
async fn what_the_seed_leaves_out_stays() {
    let app = App::for_tests();
    run(&app, SHOP).await.expect("seeded");
    let before = exported(&app).await;
    let parts = [
        "[[UserPools]]\nPoolName = \"shop\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.Clients]]\nClientName = \"web\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.Groups]]\nGroupName = \"admins\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.Users]]\nUsername = \"mary@example.com\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.Users]]\nUsername = \"new@example.com\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\nMfaConfiguration = \"OPTIONAL\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.Domains]]\nDomain = \"shop\"\n",
        "[[UserPools]]\nPoolName = \"shop\"\n[[UserPools.ResourceServers]]\nIdentifier = \"orders\"\nName = \"Orders\"\n",
    ];
    for part in parts {
        let outcome = run(&app, part).await.expect("seeded");
        assert_eq!(outcome[..2], [0, 0], "{part}");
        assert_eq!(exported(&app).await, before, "{part}");
    }
}

#[tokio::test]
async fn export_seeds_an_equal_store_in_every_format() {
    let app = App::for_tests();
    run(&app, SHOP).await.expect("seeded");
    let before = exported(&app).await;
    for name in ["s.toml", "s.json", "s.yml"] {
        let format = SeedFormat::of(name.as_ref()).expect("a format");
        let folder = Folder::new();
        let file = folder.file(name, format.write(&export(&app).await.expect("exported")).expect("a file"));
        let fresh = App::for_tests();
        let outcome = seed(&fresh, std::slice::from_ref(&file)).await;
        assert_eq!(outcome.map(|report| counts(&report)), Ok([12, 0, 0]), "{format:?}");
        assert_eq!(exported(&fresh).await, before, "{format:?}");
        let again = seed(&app, &[file]).await;
        assert_eq!(again.map(|report| counts(&report)), Ok([0, 0, 12]), "{format:?}");
    }
}

#[tokio::test]
async fn broken_seed_is_refused_with_file_line_and_what_to_write() {
    let pool = "[[UserPools]]\nPoolName = \"p\"\n";
    let user = |text: &str| format!("{pool}[[UserPools.Users]]\nUsername = \"ann\"\n{text}");
    let client = |text: &str| format!("{pool}[[UserPools.Clients]]\nClientName = \"c\"\n{text}");
    let domain = |name: &str, text: &str| format!("{pool}[[UserPools.Domains]]\nDomain = \"{name}\"\n{text}");
    let server = |text: &str| {
        format!("{pool}[[UserPools.ResourceServers]]\nIdentifier = \"orders\"\nName = \"Orders\"\n{text}")
    };
    let aliases = "[[UserPools]]\nPoolName = \"p\"\nAliasAttributes = [\"email\"]\n";
    let verified = "UserAttributes = { email = \"a@example.com\", email_verified = true }\n";
    let cases: Vec<(String, usize, &str)> = vec![
        ("[[UserPool]]\n".into(), 1, "unknown key `UserPool`; did you mean `UserPools`?"),
        (format!("{pool}PolName = \"x\"\n"), 3, "unknown key `PolName`; did you mean `PoolName`?"),
        (format!("{pool}[[UserPools.User]]\n"), 3, "unknown key `User`; did you mean `Users`?"),
        (
            format!("{pool}Policies = {{ PasswordPolicy = {{\n  MinimunLength = 8 }} }}\n"),
            4,
            "unknown key `MinimunLength`; did you mean `MinimumLength`?",
        ),
        (
            format!("{pool}[[UserPools.Schema]]\nName = \"a\"\nAttributDataType = \"String\"\n"),
            5,
            "unknown key `AttributDataType`; did you mean `AttributeDataType`?",
        ),
        (user("Passwort = \"x\"\n"), 5, "Users ann: unknown key `Passwort`; did you mean `Password`?"),
        (client("CallbackUrls = []\nCalbackURLS = []\n"), 5, "did you mean `CallbackURLs`?"),
        (
            format!("{pool}MfaConfiguration = 3\n"),
            3,
            "UserPools p: NUMBER_VALUE can not be converted to a String; write the value in quotes",
        ),
        (
            format!("{pool}AutoVerifiedAttributes = \"email\"\n"),
            3,
            "Expected list or null; write a list, in brackets",
        ),
        (
            format!("{pool}[UserPools.Policies.PasswordPolicy]\nRequireSymbols = false\nMinimumLength = 1\n"),
            5,
            "Member must have value greater than or equal to 6",
        ),
        (format!("{pool}UserPoolTier = \"GOLD\"\n"), 3, "Member must satisfy enum value set"),
        (format!("{pool}Users = 1\n"), 3, "Users must be a list of tables"),
        ("[[UserPools]]\nId = \"us-east-1_a\"\n".into(), 1, "the entry has no PoolName; add it"),
        (format!("{pool}[[UserPools.Users]]\nPassword = \"x\"\n"), 3, "the entry has no Username; add it"),
        (format!("{pool}Id = \"shop\"\n"), 3, "shop is not the id of a user pool; write a Region, _ and"),
        (client("ClientId = \"a-b\"\n"), 5, "at 'clientId' failed to satisfy constraint"),
        (client("ClientSecret = \"short\"\n"), 5, "failed to satisfy constraint"),
        (user("Sub = \"mary\"\n"), 5, "mary is not a sub; write a UUID in lower case"),
        (
            user("Password = \"short\"\n"),
            5,
            "Users ann: Password did not conform with password policy: Password not long enough",
        ),
        (user("Password = \"long-enough-1\"\n"), 5, "Password must have uppercase characters"),
        (
            user("UserStatus = \"confirmed\"\n"),
            5,
            "confirmed is not a status; write one of CONFIRMED, UNCONFIRMED",
        ),
        (user("UserStatus = \"FORCE_CHANGE_PASSWORD\"\n"), 5, "needs one; add Password"),
        (user("Enabled = \"yes\"\n"), 5, "Enabled must be true or false, without quotes"),
        (user("SoftwareTokenSecret = \"1\"\n"), 5, "10 to 128 bytes in Base32"),
        (user("PasswordVerifier = \"AAAA\"\n"), 5, "write Password in its place"),
        (user("UserMFASettingList = [\"TOTP\"]\n"), 5, "write one of SMS_MFA, SOFTWARE_TOKEN_MFA, EMAIL_OTP"),
        (user("UserMFASettingList = [\"SOFTWARE_TOKEN_MFA\"]\n"), 5, "Users ann: "),
        (user("Groups = [\"nope\"]\n"), 5, "the pool has no group nope; add it to Groups of the pool"),
        (user("Groups = \"admins\"\n"), 5, "Groups must be a list of texts"),
        (user("[UserPools.Users.UserAttributes]\nname = \"Ann\"\nshoe = \"7\"\n"), 7, "Users ann: "),
        (
            user("[UserPools.Users.UserAttributes]\nemail = \"nonsense\"\n"),
            6,
            "Invalid email address format.",
        ),
        (user("[UserPools.Users.UserAttributes]\nname = []\n"), 6, "the attribute name must be text"),
        (
            user("UserAttributes = { phone_number = +15550100 }\n"),
            5,
            "phone_number is a number here; write it in quotes and with its sign, such as \"+15550100\"",
        ),
        (
            user("[[UserPools.Users]]\nUsername = \"ann\"\n"),
            6,
            "line 3, has this Username too; remove one of them",
        ),
        (format!("{pool}{pool}"), 4, "line 1, has this PoolName too"),
        (
            format!(
                "{aliases}[[UserPools.Users]]\nUsername = \"ann\"\n{verified}[[UserPools.Users]]\nUsername = \"bob\"\n{verified}"
            ),
            9,
            "Users bob: An account with the given email already exists.",
        ),
        (
            client("ClientSecret = \"backend_secret_00000000001\"\nGenerateSecret = true\n"),
            5,
            "GenerateSecret and ClientSecret cannot be specified in one request",
        ),
        (
            client(
                "AllowedOAuthFlows = [\"client_credentials\"]\nAllowedOAuthScopes = [\"a/b\"]\nAllowedOAuthFlowsUserPoolClient = true\n",
            ),
            3,
            "Clients c: ",
        ),
        (domain("awsome", ""), 3, "Domains awsome: "),
        (domain("shop", "ManagedLoginVersion = 3\n"), 5, "Domains shop: "),
        (domain("shop", "Routting = {}\n"), 5, "unknown key `Routting`; did you mean `Routing`?"),
        (domain("shop", "[[UserPools.Domains]]\nDomain = \"store\"\n"), 5, "Domains store: "),
        (
            domain("shop", "[[UserPools]]\nPoolName = \"q\"\n[[UserPools.Domains]]\nDomain = \"shop\"\n"),
            7,
            "Domains shop: ",
        ),
        (server("Scopes = [{ ScopeName = \"read\" }]\n"), 6, "ResourceServers orders: "),
        (
            server("Scopes = [{ ScopeNames = \"read\", ScopeDescription = \"Read\" }]\n"),
            6,
            "unknown key `ScopeNames`; did you mean `ScopeName`?",
        ),
        ("UserPools = 1\n".into(), 1, "UserPools must be a list of tables"),
        ("UserPools = [1]\n".into(), 1, "an entry of UserPools must be a table"),
        ("[[UserPools]\n".into(), 1, ""),
    ];
    let mut wrong = Vec::new();
    for (text, line, expected) in cases {
        let error = run(&App::for_tests(), &text).await.err().unwrap_or_default();
        let place = format!("DIR/seed.toml, line {line}: ");
        if !error.starts_with(&place) || !error.contains(expected) || error.lines().count() != 1 {
            wrong.push(format!("{text}{error}\nexpected {line}: {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn null_of_json_and_yaml_is_refused_with_its_line() {
    let folder = Folder::new();
    let files = [
        folder.file("a.json", "{\"UserPools\": [\n{\"PoolName\": \"p\",\n\"Policies\": null}]}"),
        folder.file("a.yaml", "UserPools:\n  - PoolName: p\n    Policies:\n"),
    ];
    for file in files {
        let error = seed(&App::for_tests(), &[file]).await.expect_err("null").to_string();
        assert!(
            error.contains("line 3: UserPools: the key has no value; write one, or remove the key"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn file_that_is_no_seed_is_refused_by_name() {
    let folder = Folder::new();
    let large = folder.file("large.toml", "");
    fs::File::options().write(true).open(&large).and_then(|file| file.set_len(100 << 20)).expect("100 MB");
    let cases = [
        (folder.0.path().join("absent.toml"), "cannot be read: No such file"),
        (folder.file("seed.xml", "<a/>"), "name it .toml, .json, .yaml or .yml"),
        (folder.file("seed", ""), "name it .toml, .json, .yaml or .yml"),
        (folder.file("empty.toml", " \n"), "the seed file is empty; begin with"),
        (folder.file("comment.toml", "# nothing\n"), "the seed file is empty; begin with"),
        (large, "larger than 16 MiB"),
        (folder.file("latin.toml", b"a = 1\nb = \"\xe9\"\n"), "line 2: the text is not UTF-8"),
        (folder.0.path().to_owned(), "name it .toml"),
    ];
    for (file, expected) in cases {
        let error =
            seed(&App::for_tests(), std::slice::from_ref(&file)).await.expect_err("no seed").to_string();
        assert!(error.contains(expected) && error.contains(&*file.to_string_lossy()), "{error}");
    }
}

/// All files are checked before the first entry is put; an entry is put as a whole or not at all.
#[tokio::test]
async fn wrong_entry_leaves_nothing_of_itself() {
    let app = App::for_tests();
    let folder = Folder::new();
    let good = folder.file("good.toml", "[[UserPools]]\nPoolName = \"p\"\n");
    let malformed = folder.file("bad.toml", "[[UserPools]]\nPoolName = \"q\"\nPolicies = 1\n");
    assert!(seed(&app, &[good, malformed]).await.is_err());
    assert_eq!(exported(&app).await, "UserPools = []\n", "nothing of either file");
    let text = "[[UserPools]]\nPoolName = \"p\"\n[[UserPools.Groups]]\nGroupName = \"g\"\n[[UserPools.Users]]\nUsername = \"ann\"\n\
                Password = \"Correct-Horse-1\"\nGroups = [\"g\", \"nope\"]\n";
    assert!(run(&app, text).await.is_err());
    let after = exported(&app).await;
    assert!(after.contains("GroupName = \"g\"") && !after.contains("Users"), "{after}");
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused() {
    let cases = [
        (
            "UsernameAttributes = [\"email\"]",
            "UsernameAttributes = [\"phone_number\"]",
            4,
            "cannot be changed after the pool was created",
        ),
        (
            "AttributeDataType = \"Number\"",
            "AttributeDataType = \"String\"",
            10,
            "Schema of us-east-1_Shop00001 cannot be changed",
        ),
        (
            "000000000001\"\nPassword",
            "000000000002\"\nPassword",
            53,
            "this user has the sub 7c0c5a3e-0000-4000-8000-000000000001",
        ),
    ];
    for (before, after, line, expected) in cases {
        let app = App::for_tests();
        run(&app, SHOP).await.expect("seeded");
        let error = run(&app, &SHOP.replacen(before, after, 1)).await.expect_err(after);
        assert!(error.contains(&format!("line {line}: ")) && error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn ids_that_others_have_are_refused() {
    let app = App::for_tests();
    run(&app, SHOP).await.expect("seeded");
    let other = |text: &str| format!("[[UserPools]]\nPoolName = \"other\"\n{text}");
    let error =
        run(&app, &other("[[UserPools.Clients]]\nClientName = \"c\"\nClientId = \"shopweb\"\n")).await;
    let expected =
        "line 5: Clients c: the user pool us-east-1_Shop00001 has an app client with the id shopweb";
    assert!(error.clone().expect_err("taken").contains(expected), "{error:?}");
    let users =
        other("[[UserPools.Users]]\nUsername = \"ann\"\nSub = \"7c0c5a3e-0000-4000-8000-000000000001\"\n");
    run(&app, &users).await.expect("subs are ids within a pool");
    let error = run(&app, &users.replace("ann", "bob")).await.expect_err("taken");
    assert!(error.contains("line 5: Users bob: the user ann has this sub"), "{error}");
    run(&app, &other("[[UserPools]]\nPoolName = \"third\"\n")).await.expect("seeded");
}

#[tokio::test]
async fn example_of_the_documentation_is_a_seed() {
    let page = include_str!("../../../docs/seeding.md");
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(run(&App::for_tests(), example).await, report(5, 0, 0));
}

/// docs/seeding.md lists the keys that are Lido's own.
#[test]
fn documentation_names_every_list_and_own_key() {
    let page = include_str!("../../../docs/seeding.md");
    for noun in NOUNS {
        assert!(page.contains(&format!("`UserPools.{}`", noun.list_key())), "{noun:?}");
        for key in [Some(noun.name_key()), noun.id_key()].into_iter().flatten() {
            assert!(page.contains(key), "{key}");
        }
    }
    let users = NOUNS.iter().find(|noun| noun.list_key() == "Users").expect("a list of users");
    for (key, _) in users.keys() {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
}
