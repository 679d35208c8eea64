//! Users in seed files: the members of AdminCreateUser that describe a user, and keys of their own.
//!
//! The rule is [`put_user`]. `Password` is permanent unless the status is FORCE_CHANGE_PASSWORD. A password cannot be
//! exported in clear, because it is not stored: `PasswordVerifier` has what is stored in its place, the SRP verifier with
//! its salt, which is good for the same pool id and username under any key file.

use std::collections::BTreeSet;

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lido_cognito_idp::{
    Operation,
    operations::{AdminCreateUserInput, AdminSetUserPasswordInput},
};
use lido_domain::{
    Refusal, Timestamp, Verdict,
    attribute::{AttributeInput, contact::ContactKind},
    flow::users::put_user::{self, DescribedStatus, MembershipChanges, PutOutcome, UserDescription},
    id::{GroupName, PoolId, Sub},
    pool::{SignInNames, mfa::MfaFactor},
    secret::Secret,
    sign_in::srp::Verifier,
    user::{
        User,
        group::{Group, MAX_GROUPS_PER_USER},
        software_token::TokenSecret,
    },
};
use lido_runtime::Form;
use serde_json::{Map, Value};

use super::{Entry, EntryFailure, EntryKey, Noun, PAGE, Rejection, SeedOutcome, read};
use crate::{
    app::App,
    operations::{Failure, Origin, RequestContext, password::DerivedPassword, transact::Tx},
    store::{PoolRecord, RelatedRecord, UserQuery, UserRecords},
    wire,
};

const NAME: &str = "Username";
const SUB: &str = "Sub";
const STATUS: &str = "UserStatus";
const ENABLED: &str = "Enabled";
const ATTRIBUTES: &str = "UserAttributes";
const PASSWORD: &str = "Password";
const VERIFIER: &str = "PasswordVerifier";
const TOKEN: &str = "SoftwareTokenSecret";
const FACTORS: &str = "UserMFASettingList";
const PREFERRED: &str = "PreferredMfaSetting";
const GROUPS: &str = "Groups";
const KEYS: [&str; 11] =
    [NAME, SUB, STATUS, ENABLED, ATTRIBUTES, PASSWORD, VERIFIER, TOKEN, FACTORS, PREFERRED, GROUPS];

const STATUSES: [(&str, DescribedStatus); 5] = [
    ("CONFIRMED", DescribedStatus::Confirmed),
    ("UNCONFIRMED", DescribedStatus::Unconfirmed),
    ("FORCE_CHANGE_PASSWORD", DescribedStatus::ForceChangePassword),
    ("RESET_REQUIRED", DescribedStatus::ResetRequired),
    ("EXTERNAL_PROVIDER", DescribedStatus::ExternalProvider),
];

/// The users of a pool.
#[derive(Debug)]
pub(super) struct Users;

/// A user as an entry describes it.
struct Described {
    username: String,
    sub: Option<Sub>,
    status: Option<DescribedStatus>,
    enabled: Option<bool>,
    attributes: Vec<AttributeInput>,
    password: Option<Secret>,
    verifier: Option<Verifier>,
    token: Option<TokenSecret>,
    factors: Option<BTreeSet<MfaFactor>>,
    preferred: Option<MfaFactor>,
    groups: Option<Vec<GroupName>>,
}

/// The values of one entry that outlive an attempt.
struct Prepared {
    described: Described,
    new_sub: Sub,
    /// Whether a user who is there stays as it is.
    stays: bool,
    compared: DerivedPassword,
    derived: DerivedPassword,
}

#[async_trait]
impl Noun for Users {
    fn operation(&self) -> Operation {
        Operation::AdminCreateUser
    }

    fn list_key(&self) -> &'static str {
        "Users"
    }

    fn name_key(&self) -> &'static str {
        NAME
    }

    fn id_key(&self) -> Option<&'static str> {
        Some(SUB)
    }

    fn keys(&self) -> Vec<EntryKey> {
        KEYS.map(|key| (key, if key == ATTRIBUTES { Form::Map(|| Form::Json) } else { Form::Json })).into()
    }

    fn check(&self, entry: &Entry) -> Result<Option<Value>, EntryFailure> {
        read(entry)?;
        Ok(None)
    }

    async fn put(&self, app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, EntryFailure> {
        put_entry(app, pool, entry, false).await
    }

    async fn list(
        &self,
        app: &App,
        pool: &PoolId,
        after: Option<&str>,
    ) -> Result<Vec<(String, Entry)>, EntryFailure> {
        let after = after.map(Sub::new);
        list(app, pool, after.as_ref()).await.map_err(EntryFailure::from)
    }
}

/// Checks an entry by the rules of a pool, except for the uniqueness of names. Returns the user that it would be.
///
/// # Errors
/// What is wrong.
pub(crate) fn check_user(pool: &PoolRecord, entry: &Entry, now: Timestamp) -> Result<User, Rejection> {
    let described = read(entry)?;
    let sub = described.sub.clone().unwrap_or_else(|| Sub::new(""));
    let description = UserDescription {
        username: &described.username,
        attributes: &described.attributes,
        status: described.status,
        enabled: described.enabled,
        new_password: described.password.as_ref(),
        new_token: None,
        factors: described.factors.as_ref(),
        preferred_factor: described.preferred,
    };
    let draft = put_user::admit(&pool.pool, None, &description, sub, now);
    draft.map(|draft| draft.user).map_err(|refusal| failed(refusal.into()))
}

/// Creates the user that an entry describes. A user who is there already, by the name or the sub, stays as it is.
///
/// # Errors
/// What is wrong.
pub(crate) async fn add_user(app: &App, pool: &PoolId, entry: &Entry) -> Result<SeedOutcome, Rejection> {
    put_entry(app, pool, entry, true).await.map_err(|failure| failure.into_rejection(&Users))
}

async fn put_entry(
    app: &App,
    pool: &PoolId,
    entry: &Entry,
    stays: bool,
) -> Result<SeedOutcome, EntryFailure> {
    let described = read(entry)?;
    let new_sub = match &described.sub {
        Some(sub) => sub.clone(),
        None => Sub::generate(&app.entropy.bytes()?),
    };
    let prepared = Prepared {
        described,
        new_sub,
        stays,
        compared: DerivedPassword::default(),
        derived: DerivedPassword::default(),
    };
    let origin = Origin::default();
    let request = RequestContext::new(app, &origin);
    let put = request.transact(async |tx| attempt(app, &tx, pool, &prepared).await);
    match put.await.map_err(failed)?? {
        PutOutcome::Created => Ok(SeedOutcome::Created),
        PutOutcome::Changed => Ok(SeedOutcome::Changed),
        PutOutcome::Unchanged => Ok(SeedOutcome::Unchanged),
    }
}

fn read(entry: &Entry) -> Result<Described, Rejection> {
    let username = read::text(entry, NAME)?.unwrap_or_default();
    let sub = read::text(entry, SUB)?.map(read_sub).transpose()?;
    let attributes = read_attributes(entry.get(ATTRIBUTES))?;
    let mut input = read::with_any_pool(read::member(NAME, username));
    let listed = attributes.iter().map(|(name, value)| {
        Value::Object(Map::from_iter([
            ("Name".to_owned(), name.clone().into()),
            ("Value".to_owned(), value.clone().into()),
        ]))
    });
    input.insert(ATTRIBUTES.to_owned(), Value::Array(listed.collect()));
    let input: AdminCreateUserInput = read::input(input)?;
    let password = read::text(entry, PASSWORD)?;
    if let Some(password) = password {
        let mut members = read::with_any_pool(read::member(NAME, username));
        members.insert(PASSWORD.to_owned(), password.into());
        read::input::<AdminSetUserPasswordInput>(members).map_err(|rejection| at(PASSWORD, rejection))?;
    }
    let verifier = read::text(entry, VERIFIER)?.map(read_verifier).transpose()?;
    if password.is_some() && verifier.is_some() {
        return Err(Rejection::at(
            VERIFIER,
            format!("a user has {PASSWORD} or {VERIFIER}; remove one of them"),
        ));
    }
    let token = read::text(entry, TOKEN)?.map(read_token).transpose()?;
    let factors = read::texts(entry, FACTORS)?;
    let factors = factors
        .map(|names| names.into_iter().map(|name| read_factor(FACTORS, name)).collect::<Result<_, _>>());
    Ok(Described {
        username: username.to_owned(),
        sub,
        status: read::text(entry, STATUS)?.map(read_status).transpose()?,
        enabled: read::boolean(entry, ENABLED)?,
        attributes: wire::user::read_attributes(input.user_attributes),
        password: password.map(Secret::new),
        verifier,
        token,
        factors: factors.transpose()?,
        preferred: read::text(entry, PREFERRED)?.map(|name| read_factor(PREFERRED, name)).transpose()?,
        groups: read::texts(entry, GROUPS)?.map(|names| names.into_iter().map(GroupName::new).collect()),
    })
}

fn at(key: &str, rejection: Rejection) -> Rejection {
    Rejection { path: vec![key.to_owned()], ..rejection }
}

/// Words a failure with the keys that lead to what is wrong.
fn failed(failure: Failure) -> Rejection {
    let path: Vec<String> = match &failure {
        Failure::Refused(refusal) => path_of(refusal).into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Rejection { path, ..Rejection::of(failure, Operation::AdminCreateUser) }
}

/// Returns the keys that lead to what a rule refuses.
fn path_of(refusal: &Refusal) -> Vec<&str> {
    match refusal {
        Refusal::PasswordPolicy(_) | Refusal::PasswordMissing => vec![PASSWORD],
        Refusal::UsernameMalformed(_) | Refusal::NameTaken(_) => vec![NAME],
        Refusal::Schema(faults) => match faults.first() {
            Some(fault) => vec![ATTRIBUTES, &fault.attribute],
            None => vec![ATTRIBUTES],
        },
        Refusal::AttributeReserved(name) | Refusal::AttributeWithoutValue(name) => vec![ATTRIBUTES, name],
        Refusal::ContactMalformed(kind) => vec![ATTRIBUTES, kind.attribute()],
        Refusal::VerifiedWithoutContact(kind) => vec![ATTRIBUTES, kind.verified_attribute()],
        Refusal::PreferredUsernameMalformed(_) => vec![ATTRIBUTES, "preferred_username"],
        Refusal::AliasTaken(kind) => [Some(ATTRIBUTES), kind.attribute()].into_iter().flatten().collect(),
        Refusal::MfaFactorNotSetUp(_) | Refusal::SoftwareTokenNotVerified => vec![FACTORS],
        Refusal::PreferredFactorTurnedOff(_) => vec![PREFERRED],
        Refusal::TooManyGroupsOfUser => vec![GROUPS],
        _ => Vec::new(),
    }
}

/// Reads a fixed sub. *Chosen*: it has the form of those that the service makes, because apps parse them as UUIDs.
fn read_sub(text: &str) -> Result<Sub, Rejection> {
    match uuid::Uuid::try_parse(text) {
        Ok(parsed) if parsed.to_string() == text => Ok(Sub::new(text)),
        _ => Err(Rejection::at(
            SUB,
            format!(
                "{text} is not a sub; write a UUID in lower case, such as 7c0c5a3e-0000-4000-8000-000000000001"
            ),
        )),
    }
}

fn read_status(text: &str) -> Result<DescribedStatus, Rejection> {
    let found = STATUSES.iter().find(|(name, _)| *name == text).map(|(_, status)| *status);
    found.ok_or_else(|| {
        let names: Vec<&str> = STATUSES.iter().map(|(name, _)| *name).collect();
        Rejection::at(STATUS, format!("{text} is not a status; write one of {}", names.join(", ")))
    })
}

fn read_factor(key: &str, text: &str) -> Result<MfaFactor, Rejection> {
    MfaFactor::ALL.into_iter().find(|factor| factor.as_str() == text).ok_or_else(|| {
        let names = MfaFactor::ALL.map(|factor| factor.as_str());
        Rejection::at(key, format!("{text} is not a second factor; write one of {}", names.join(", ")))
    })
}

fn read_verifier(text: &str) -> Result<Verifier, Rejection> {
    let bytes = BASE64_STANDARD.decode(text).ok();
    bytes.and_then(|bytes| Verifier::from_secret(&Secret::new(bytes))).ok_or_else(|| {
        Rejection::at(
            VERIFIER,
            format!("this is not a verifier of lido seed export; write {PASSWORD} in its place"),
        )
    })
}

fn read_token(text: &str) -> Result<TokenSecret, Rejection> {
    TokenSecret::from_base32(text).ok_or_else(|| {
        Rejection::at(TOKEN, "the secret of an authenticator app is 10 to 128 bytes in Base32; write letters and the digits 2 to 7, such as JBSWY3DPEHPK3PXP")
    })
}

/// Reads the attributes of a user, by name. Numbers and booleans are written as the API has them, as text.
fn read_attributes(value: Option<&Value>) -> Result<Vec<(String, String)>, Rejection> {
    let attributes = match value {
        None => return Ok(Vec::new()),
        Some(Value::Object(attributes)) => attributes,
        Some(_) => {
            let reason = format!("{ATTRIBUTES} must be a table; write {{ email = \"mary@example.com\" }}");
            return Err(Rejection::at(ATTRIBUTES, reason));
        }
    };
    let texts = attributes.iter().map(|(name, value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        // YAML reads +15550100 as a number, and the sign is lost.
        Value::Number(number) if *name == ContactKind::PhoneNumber.attribute() => Err(Rejection {
            path: vec![ATTRIBUTES.to_owned(), name.clone()],
            reason: format!(
                "{name} is a number here; write it in quotes and with its sign, such as \"+{number}\""
            ),
        }),
        Value::Bool(_) | Value::Number(_) => Ok((name.clone(), value.to_string())),
        _ => Err(Rejection {
            path: vec![ATTRIBUTES.to_owned(), name.clone()],
            reason: format!("the attribute {name} must be text; write the value in quotes"),
        }),
    });
    texts.collect()
}

/// One attempt to put the user.
async fn attempt(
    app: &App,
    tx: &Tx<'_>,
    pool_id: &PoolId,
    prepared: &Prepared,
) -> Result<Verdict<Result<PutOutcome, Rejection>>, Failure> {
    let described = &prepared.described;
    let pool = tx.get_pool(pool_id).await?;
    let loaded = match find(tx, &pool, described, prepared.stays).await? {
        Ok(loaded) => loaded,
        Err(rejection) => return Ok(Verdict::accept(Err(rejection))),
    };
    let (rules, existing) = (&pool.pool, loaded.user.as_ref());
    if prepared.stays && existing.is_some() {
        return Ok(Verdict::accept(Ok(PutOutcome::Unchanged)));
    }
    let sub = existing.map_or(&prepared.new_sub, |user| &user.sub);
    let memberships = match memberships(tx, pool_id, described, &loaded.groups).await? {
        Ok(memberships) => memberships,
        Err(rejection) => return Ok(Verdict::accept(Err(rejection))),
    };
    let has_password = has_password(app, pool_id, existing, prepared).await?;
    if described.status == Some(DescribedStatus::ForceChangePassword)
        && existing.is_none_or(|user| user.credential.is_none())
        && described.password.is_none()
        && described.verifier.is_none()
    {
        let reason = format!("a user who must change the password needs one; add {PASSWORD}");
        return Ok(Verdict::accept(Err(Rejection::at(STATUS, reason))));
    }
    let present_token = existing.and_then(|user| user.mfa.token.as_ref());
    let present_token =
        present_token.map(|token| app.keys.open_software_token(pool_id, sub, &token.secret)).transpose()?;
    let new_token =
        described.token.as_ref().filter(|token| !present_token.is_some_and(|present| present.is_same(token)));
    let description = UserDescription {
        username: &described.username,
        attributes: &described.attributes,
        status: described.status,
        enabled: described.enabled,
        new_password: described.password.as_ref().filter(|_| !has_password),
        new_token: new_token.map(|token| app.keys.seal_software_token(pool_id, sub, token)).transpose()?,
        factors: described.factors.as_ref(),
        preferred_factor: described.preferred,
    };
    let draft = put_user::admit(rules, existing, &description, prepared.new_sub.clone(), tx.now())?;
    let credential = match (&described.password, &described.verifier) {
        _ if has_password => None,
        (Some(password), _) => {
            Some(prepared.derived.seal(app, pool_id, sub, &draft.user.username, password).await?)
        }
        (None, Some(verifier)) => Some(app.keys.seal_verifier(pool_id, sub, verifier)?),
        (None, None) => None,
    };
    let names = draft.names_to_reserve(rules);
    let holders = tx.find_holders(pool_id, &names, Some(&Sub::new(described.username.as_str()))).await?;
    Ok(put_user::put(rules, existing, &draft, &holders, credential, &memberships, tx.now()).map(Ok))
}

/// Returns the described user with the groups, found by the sub or else by the name.
async fn find(
    tx: &Tx<'_>,
    pool: &PoolRecord,
    described: &Described,
    stays: bool,
) -> Result<Result<UserRecords, Rejection>, Failure> {
    let related = || vec![RelatedRecord::Groups(MAX_GROUPS_PER_USER)];
    let has_usernames = !matches!(pool.pool.names, SignInNames::Attributes(_));
    let is_named =
        |user: &User| pool.pool.fold(user.username.as_str()) == pool.pool.fold(&described.username);
    if let Some(sub) = &described.sub {
        let loaded = tx.find_user(&pool.pool.id, UserQuery::of(sub, related())).await?;
        match &loaded.user {
            Some(user) if has_usernames && !is_named(user) => {
                let reason = format!(
                    "the user {} has this sub, and a username cannot be changed; write another {SUB}",
                    user.username
                );
                return Ok(Err(Rejection::at(SUB, reason)));
            }
            Some(_) => return Ok(Ok(loaded)),
            None => {}
        }
    }
    let loaded = tx.load_user_in_pool(pool, &described.username, related()).await?;
    match &loaded.user {
        // An alias of another user: the name is free, or the rule refuses it.
        Some(user) if has_usernames && !is_named(user) => Ok(Ok(UserRecords::default())),
        Some(user) if !stays && described.sub.as_ref().is_some_and(|sub| *sub != user.sub) => {
            let reason = format!(
                "this user has the sub {}, which cannot be changed; write that one, or delete the user",
                user.sub
            );
            Ok(Err(Rejection::at(SUB, reason)))
        }
        _ => Ok(Ok(loaded)),
    }
}

/// Returns how the memberships must change for the described groups.
async fn memberships(
    tx: &Tx<'_>,
    pool: &PoolId,
    described: &Described,
    present: &[Group],
) -> Result<Result<MembershipChanges, Rejection>, Failure> {
    let mut changes = MembershipChanges { present: present.len(), ..MembershipChanges::default() };
    let Some(wanted) = &described.groups else { return Ok(Ok(changes)) };
    changes.left =
        present.iter().map(|group| group.name.clone()).filter(|name| !wanted.contains(name)).collect();
    for name in wanted {
        if present.iter().chain(&changes.joined).any(|group| group.name == *name) {
            continue;
        }
        match tx.find_pool_and_group(pool, name).await?.1 {
            Some(group) => changes.joined.push(group),
            None => {
                let reason =
                    format!("the pool has no group {name}; add it to Groups of the pool, or remove it here");
                return Ok(Err(Rejection::at(GROUPS, reason)));
            }
        }
    }
    Ok(Ok(changes))
}

/// Returns whether the user has the described password, or none is described.
async fn has_password(
    app: &App,
    pool: &PoolId,
    existing: Option<&User>,
    prepared: &Prepared,
) -> Result<bool, Failure> {
    let described = &prepared.described;
    let Some((user, credential)) = existing.and_then(|user| Some((user, user.credential.clone()?))) else {
        return Ok(described.password.is_none() && described.verifier.is_none());
    };
    match (&described.password, &described.verifier) {
        (Some(password), _) => prepared.compared.is_one_of(app, pool, user, vec![credential], password).await,
        (None, Some(verifier)) => {
            let present = app.keys.open_verifier(pool, &user.sub, &credential)?;
            Ok(present.to_secret().expose() == verifier.to_secret().expose())
        }
        (None, None) => Ok(true),
    }
}

async fn list(app: &App, pool: &PoolId, after: Option<&Sub>) -> Result<Vec<(String, Entry)>, Failure> {
    let tx = app.store.begin();
    let Some(record) = tx.find_pool(pool).await? else { return Ok(Vec::new()) };
    let mut entries = Vec::new();
    for user in tx.list_users(pool, after, PAGE).await? {
        let groups = tx.list_groups_of(pool, &user.sub, None, MAX_GROUPS_PER_USER).await?;
        entries.push((user.sub.as_str().to_owned(), describe(app, &record, &user, &groups)?));
    }
    Ok(entries)
}

fn describe(app: &App, pool: &PoolRecord, user: &User, groups: &[Group]) -> Result<Entry, Failure> {
    let pool_id = &pool.pool.id;
    let contact = match &pool.pool.names {
        SignInNames::Attributes(kinds) => {
            kinds.iter().find_map(|kind| user.attributes.contact(*kind)).map(|contact| contact.value)
        }
        SignInNames::UsernameOnly | SignInNames::Aliases(_) => None,
    };
    let mut entry = read::member(NAME, contact.unwrap_or_else(|| user.username.as_str().to_owned()));
    let mut add = |key: &str, value: Value| entry.insert(key.to_owned(), value);
    add(SUB, user.sub.as_str().into());
    add(STATUS, user.status.as_str().into());
    add(ENABLED, user.enabled.into());
    let attributes = user.attributes.iter().map(|(name, value)| (name.to_owned(), value.into()));
    add(ATTRIBUTES, Value::Object(attributes.collect()));
    if let Some(credential) = &user.credential {
        let verifier = app.keys.open_verifier(pool_id, &user.sub, credential)?;
        add(VERIFIER, BASE64_STANDARD.encode(verifier.to_secret().expose()).into());
    }
    if let Some(token) = &user.mfa.token {
        let secret = app.keys.open_software_token(pool_id, &user.sub, &token.secret)?;
        add(TOKEN, secret.to_base32().expose_str().unwrap_or_default().into());
    }
    if !user.mfa.active.is_empty() {
        add(FACTORS, user.mfa.active.iter().map(|factor| factor.as_str()).collect());
    }
    if let Some(preferred) = user.mfa.preferred {
        add(PREFERRED, preferred.as_str().into());
    }
    if !groups.is_empty() {
        add(GROUPS, groups.iter().map(|group| group.name.as_str()).collect());
    }
    Ok(entry)
}
