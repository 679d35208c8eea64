//! Names that lead to no user, at an app client that hides users: whatever a user may have, some unknown name is answered as
//! if its user had the same, in pools with usernames, with aliases and with addresses as usernames. No public operation
//! tells the two apart, except as docs/sign-up-and-confirmation.md lists.

use lido::store::{Key, Record, UserQuery};
use lido_domain::{
    Timestamp,
    id::{PoolId, Sub},
    user::{Status, first_factors::FactorTraits, passkey::Passkey, simulated::SimulatedUser},
};
use serde_json::{Value, json};

use crate::{
    hidden_users::{Fixture, Probe, probes},
    srp_client::SrpClient,
    support::{PASSWORD, TestServer},
};

/// A password, an address and a number.
pub(crate) const ALL: FactorTraits = FactorTraits {
    has_password: true,
    has_temporary_password: false,
    has_email: true,
    has_phone_number: true,
    has_passkey: false,
    needs_second_factor: false,
};

/// What users may have.
const SHAPES: [FactorTraits; 8] = [
    ALL,
    FactorTraits { has_phone_number: false, ..ALL },
    FactorTraits { has_email: false, ..ALL },
    FactorTraits { has_email: false, has_phone_number: false, ..ALL },
    FactorTraits { has_passkey: true, ..ALL },
    FactorTraits { has_password: false, ..ALL },
    FactorTraits { has_password: false, has_passkey: true, has_phone_number: false, ..ALL },
    FactorTraits { has_temporary_password: true, ..ALL },
];

/// How users sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameForm {
    /// By a username that users choose.
    Username,
    /// By an e-mail address that is an alias of a username, which is a UUID.
    EmailAlias,
    /// By a phone number that is an alias of such a username.
    PhoneAlias,
    /// By an e-mail address as the username.
    EmailAsUsername,
}

impl NameForm {
    const ALL: [NameForm; 4] =
        [NameForm::Username, NameForm::EmailAlias, NameForm::PhoneAlias, NameForm::EmailAsUsername];

    /// Returns the settings of a pool with such names.
    fn settings(self) -> Value {
        let mut settings = json!({
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::000000000000:role/sms" },
            "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"] } },
        });
        match self {
            NameForm::Username => {}
            NameForm::EmailAlias | NameForm::PhoneAlias => {
                settings["AliasAttributes"] = json!(["email", "phone_number", "preferred_username"]);
            }
            NameForm::EmailAsUsername => {
                settings["UsernameAttributes"] = json!(["email"]);
                // Authentication events are recorded in some pools, and must not tell either.
                settings["UserPoolTier"] = json!("PLUS");
                settings["UserPoolAddOns"] = json!({ "AdvancedSecurityMode": "AUDIT" });
            }
        }
        settings
    }

    /// Returns whether a user with these factors can have such a name.
    fn is_possible(self, shape: &FactorTraits) -> bool {
        match self {
            NameForm::Username => true,
            NameForm::EmailAlias | NameForm::EmailAsUsername => shape.has_email,
            NameForm::PhoneAlias => shape.has_phone_number,
        }
    }

    /// Returns the name of a user, or an unknown name, with this number.
    pub(crate) fn name(self, number: usize) -> String {
        match self {
            NameForm::Username => format!("name{number:04}"),
            NameForm::EmailAlias | NameForm::EmailAsUsername => email(number),
            NameForm::PhoneAlias => phone_number(number),
        }
    }
}

fn email(number: usize) -> String {
    format!("ann{number:04}@example.com")
}

fn phone_number(number: usize) -> String {
    format!("+1555{number:03}0100")
}

/// Returns a passkey for the relying party of the pools.
fn passkey() -> Passkey {
    serde_json::from_value(json!({
        "id": "YQ", "relying_party": "example.com", "name": "Passkey", "attachment": "platform", "transports": ["internal"],
        "public_key": "{}", "counter": 1, "user_verified": true, "backup_eligible": false, "backed_up": false,
        "created_at": 0,
    }))
    .expect("a passkey")
}

/// A server with a pool and an app client that hides users.
pub(crate) struct Pool {
    pub(crate) fixture: Fixture,
    pub(crate) id: PoolId,
    form: NameForm,
}

impl Pool {
    async fn new(form: NameForm) -> Self {
        Self::on(form, TestServer::new().await).await
    }

    /// Creates the pool on a server.
    pub(crate) async fn on(form: NameForm, server: TestServer) -> Self {
        let pool = server.create_pool_with(form.settings()).await;
        let party =
            json!({ "UserPoolId": pool, "WebAuthnConfiguration": { "RelyingPartyId": "example.com" } });
        server.expect_output("SetUserPoolMfaConfig", &party).await;
        let flows = ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"];
        let client = json!({ "ExplicitAuthFlows": flows, "PreventUserExistenceErrors": "ENABLED" });
        let hiding = server.create_client_with(&pool, client).await;
        let fixture = Fixture { server, legacy: hiding.clone(), hiding };
        Self { fixture, id: PoolId::new(&*pool), form }
    }

    /// Creates a user with these factors, and returns the name that leads to them.
    pub(crate) async fn create_user(&self, number: usize, shape: &FactorTraits) -> String {
        let server = &self.fixture.server;
        let contacts = [
            ("email", email(number), shape.has_email),
            ("phone_number", phone_number(number), shape.has_phone_number),
        ];
        let attributes: Vec<_> = contacts
            .into_iter()
            .filter(|(_, _, is_there)| *is_there)
            .flat_map(|(name, value, _)| {
                [(name.to_owned(), value), (format!("{name}_verified"), "true".to_owned())]
            })
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        let username = match self.form {
            NameForm::Username | NameForm::EmailAsUsername => self.form.name(number),
            NameForm::EmailAlias | NameForm::PhoneAlias => {
                Sub::generate(&[number as u8; 16]).as_str().to_owned()
            }
        };
        let create = json!({
            "UserPoolId": self.id.as_str(), "Username": username, "TemporaryPassword": PASSWORD,
            "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        let output = server.expect_output("AdminCreateUser", &create).await;
        let attributes = output["User"]["Attributes"].as_array().expect("attributes").clone();
        let sub = attributes.iter().find(|one| one["Name"] == "sub").expect("a sub")["Value"].clone();
        self.change_user(&Sub::new(sub.as_str().expect("text")), shape).await;
        self.form.name(number)
    }

    /// Writes the factors that no single request brings about.
    async fn change_user(&self, sub: &Sub, shape: &FactorTraits) {
        let store = &self.fixture.server.app.store;
        let found = store.begin().find_user(&self.id, UserQuery::of(sub, Vec::new())).await;
        let mut user = found.expect("read").user.expect("a user");
        let far = Timestamp::from_millis(i64::MAX);
        user.status = if shape.has_temporary_password {
            Status::ForceChangePassword { expires_at: far }
        } else {
            Status::Confirmed
        };
        user.credential = user.credential.filter(|_| shape.has_password);
        user.passkeys = if shape.has_passkey { vec![passkey()] } else { Vec::new() };
        store.put(&self.id, vec![(Key::user(&user.sub), Record::User(user))]).await.expect("written");
    }

    /// Returns an unknown name whose simulated user has these factors.
    pub(crate) async fn unknown_name(&self, shape: &FactorTraits) -> String {
        self.unknown_name_from(100, shape).await
    }

    /// Returns the same among the names with this number and the 900 that follow.
    pub(crate) async fn unknown_name_from(&self, first: usize, shape: &FactorTraits) -> String {
        let app = &self.fixture.server.app;
        let record = app.store.begin().find_pool(&self.id).await.expect("read").expect("a pool");
        let drawn =
            |name: &String| SimulatedUser::draw(app.keys.digests(), &record.pool, name).factors(&record.pool);
        // Without a password there must be another factor; and a temporary password hides what else there is.
        let mut names = (first..first + 900).map(|number| self.form.name(number));
        names.find(|name| drawn(name) == *shape).expect("every set of factors is drawn")
    }

    async fn ask(&self, probe: &Probe, name: &str) -> String {
        let answer = self.fixture.ask(probe, &self.fixture.hiding, name).await;
        // A stranger can tell destinations apart only by the contacts of the user; see `hidden_users`.
        format!("{answer:?}").replace("the user's own", "masked").replace("simulated", "masked")
    }
}

/// The rows whose answers tell of users in other ways, as `hidden_users` lists.
fn tells_otherwise(probe: &Probe) -> bool {
    ["SignUp", "ConfirmSignUp", "ForgotPassword"].contains(&probe.operation())
}

#[tokio::test]
async fn unknown_name_is_answered_like_a_user_with_any_factors() {
    for form in NameForm::ALL {
        let pool = Pool::new(form).await;
        let mut wrong = Vec::new();
        // What a user has is answered alike whatever the form of the name; so a few are enough for the others.
        let is_tried = |number: usize| form == NameForm::Username || number.is_multiple_of(2);
        let shapes =
            SHAPES.iter().enumerate().filter(|(number, shape)| is_tried(*number) && form.is_possible(shape));
        for (number, shape) in shapes {
            let user = pool.create_user(number, shape).await;
            let unknown = pool.unknown_name(shape).await;
            for probe in probes().iter().filter(|probe| !tells_otherwise(probe)) {
                let (of_user, of_none) = (pool.ask(probe, &user).await, pool.ask(probe, &unknown).await);
                if of_user != of_none {
                    wrong.push(format!("{form:?}, {shape:?}, {}: {of_user} / {of_none}", probe.row));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// A client learns a username from the answer of an SRP exchange. Used as a name, it leads to the same user, or as if to the
/// same one: the same salt, factors and destinations, and the same limits.
#[tokio::test]
async fn username_in_an_answer_leads_where_the_name_does() {
    for form in [NameForm::EmailAlias, NameForm::PhoneAlias, NameForm::EmailAsUsername] {
        let pool = Pool::new(form).await;
        let user = pool.create_user(0, &ALL).await;
        let unknown = pool.unknown_name(&ALL).await;
        for name in [user, unknown] {
            let (salt, username) = pool.begin_srp(&name).await;
            assert_ne!(username, name);
            assert_eq!(pool.begin_srp(&username).await, (salt, username.clone()), "{form:?}, {name}");
            for challenge in ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "PASSWORD"] {
                let by_name = pool.prefer(challenge, &name).await;
                assert_eq!(by_name, pool.prefer(challenge, &username).await, "{form:?}, {name}");
            }
            let forgot = async |name: &str| {
                let input = json!({ "ClientId": pool.fixture.hiding, "Username": name });
                pool.fixture.server.post_unsigned("ForgotPassword", &input).await.status
            };
            for _ in 0..20 {
                assert_eq!(forgot(&name).await, 200, "{form:?}, {name}");
            }
            assert_eq!(
                (forgot(&name).await, forgot(&username).await),
                (400, 400),
                "{form:?}, {name}: one limit"
            );
        }
    }
}

impl Pool {
    /// Returns the salt and the username of the answer.
    async fn begin_srp(&self, name: &str) -> (String, String) {
        let parameters = json!({ "USERNAME": name, "SRP_A": SrpClient::new(7).srp_a() });
        let answer = self.initiate("USER_SRP_AUTH", parameters).await;
        let text = |name: &str| answer["ChallengeParameters"][name].as_str().expect(name).to_owned();
        (text("SALT"), text("USER_ID_FOR_SRP"))
    }

    /// Returns the answer to a preferred challenge, without what is random in it.
    async fn prefer(&self, challenge: &str, name: &str) -> (Value, Value, Value) {
        let parameters = json!({ "USERNAME": name, "PREFERRED_CHALLENGE": challenge });
        let answer = self.initiate("USER_AUTH", parameters).await;
        let destination = answer["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"].clone();
        (answer["ChallengeName"].clone(), answer["AvailableChallenges"].clone(), destination)
    }

    async fn initiate(&self, flow: &str, parameters: Value) -> Value {
        let input =
            json!({ "ClientId": self.fixture.hiding, "AuthFlow": flow, "AuthParameters": parameters });
        self.fixture.server.post_unsigned("InitiateAuth", &input).await.expect_output()
    }
}
