//! UpdateUserAttributes and AdminUpdateUserAttributes.
//!
//! Order: user, schema, what the app client may write, form of contacts, verified flags, then the names that others
//! hold. Schema before the rest is as at sign-up, and *Observed* for what the service keeps and for names that are
//! unknown (the tests that cog-0343 comes from); the place of the others is *Chosen*.
//!
//! An administrator may write every attribute that the service does not keep itself, those of developers (`dev:`) and
//! the verified flags among them (*Documented*), and may do so in every state of the user, disabled or not. A user
//! writes what the app client may (cog-0342) and never says what is verified.

use std::collections::BTreeMap;

use crate::{
    Refusal, Timestamp, Verdict,
    attribute::{Given, contact::Contact},
    digest::DigestKeys,
    flow::{
        account::attribute_change::{Changed, NewCodes, change},
        bearer::Bearer,
    },
    id::ClientId,
    pool::{Pool, alias::NameKey},
    user::User,
};

/// The change that an administrator asks for, but for the names that others may hold. The caller reads who holds
/// [`Changed::names_wanted`].
pub fn admin_admit(
    pool: &Pool,
    user: Option<&User>,
    given: &[Given],
    now: Timestamp,
) -> Result<Changed, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    let values = pool.schema.check_update(given)?;
    change(pool, user, &values, now)
}

/// The change that a user asks for, but for the names that others may hold.
pub fn admit(bearer: &Bearer<'_>, given: &[Given], now: Timestamp) -> Result<Changed, Refusal> {
    let values = bearer.pool.schema.check_update(given)?;
    if given.iter().any(|one| !bearer.client.may_write(&one.name)) {
        return Err(Refusal::AttributeNotWritable);
    }
    change(bearer.pool, bearer.user, &values, now)
}

/// Decides, and answers where codes went (*Documented*). `client` is the app client that asks, if one does.
pub fn update(
    keys: &DigestKeys,
    pool: &Pool,
    client: Option<&ClientId>,
    changed: &Changed,
    holders: &BTreeMap<NameKey, User>,
    codes: &NewCodes,
    now: Timestamp,
) -> Verdict<Vec<Contact>> {
    let remember = changed.remember(keys, pool, holders, codes, client, now);
    remember.map(|remember| Verdict { remember, answer: Ok(changed.to_verify.clone()) }).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::{
            contact::ContactKind,
            schema::{SchemaFault, SchemaFaultKind},
        },
        client::Client,
        code::Code,
        fixture,
        pool::alias::NameKind,
    };

    struct Scene {
        /// The app client through which the user asks; an administrator asks without one.
        client: Option<Client>,
        user: Option<User>,
        given: Vec<Given>,
        holders: BTreeMap<NameKey, User>,
    }

    fn decide(scene: &Scene) -> Result<(), Refusal> {
        let (pool, keys, now) = (fixture::email_username_pool(), fixture::keys(), Timestamp::from_millis(9));
        let changed = match (&scene.client, &scene.user) {
            (Some(client), Some(user)) => {
                admit(&Bearer { pool: &pool, client, user, digest_keys: &keys }, &scene.given, now)
            }
            (_, user) => admin_admit(&pool, user.as_ref(), &scene.given, now),
        }?;
        let codes = NewCodes { email: Code::fixed("1"), phone_number: Code::fixed("2") };
        update(&keys, &pool, None, &changed, &scene.holders, &codes, now).answer.map(|_| ())
    }

    #[test]
    fn the_order_of_checks() {
        type Spoil = fn(&mut Scene);
        let given = |name: &str, value: &str| Given { name: name.to_owned(), value: Some(value.to_owned()) };
        let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
        let faults: [(Spoil, Refusal); 7] = [
            (|scene| scene.user = None, Refusal::UserNotFound),
            (
                |scene| scene.given.push(Given { name: "sub".into(), value: None }),
                Refusal::AttributeKept("sub".into()),
            ),
            (
                |scene| scene.given.push(Given { name: "name".into(), value: None }),
                Refusal::AttributeWithoutValue("name".into()),
            ),
            (
                |scene| scene.given.push(Given { name: "nope".into(), value: Some("x".into()) }),
                Refusal::Schema(vec![unknown]),
            ),
            (
                |scene| scene.given.push(Given { name: "phone_number".into(), value: Some("1".into()) }),
                Refusal::ContactForm(ContactKind::PhoneNumber),
            ),
            (
                |scene| {
                    scene
                        .given
                        .push(Given { name: "phone_number_verified".into(), value: Some("true".into()) });
                },
                Refusal::VerifiedWithoutContact(ContactKind::PhoneNumber),
            ),
            (
                |scene| {
                    let name =
                        NameKey::new(&fixture::email_username_pool(), NameKind::Email, "new@example.com");
                    scene.holders.insert(name, fixture::user("bob"));
                },
                Refusal::AliasTaken(NameKind::Email), // cog-0305
            ),
        ];
        let good = || Scene {
            client: None,
            user: Some(fixture::user("ann")),
            given: vec![given("email", "new@example.com")],
            holders: BTreeMap::new(),
        };
        assert_eq!(decide(&good()), Ok(()));
        for first in 0..faults.len() {
            let mut scene = good();
            for (spoil, _) in faults[first..].iter().rev() {
                spoil(&mut scene);
            }
            assert_eq!(decide(&scene), Err(faults[first].1.clone()), "fault {first}");
        }
    }

    /// cog-0342.
    #[test]
    fn a_user_writes_what_the_app_client_may() {
        let given = |name: &str, value: &str| Given { name: name.to_owned(), value: Some(value.to_owned()) };
        let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
        let cases = [
            (None, vec![given("email", "new@example.com")], Ok(())),
            (None, vec![given("email_verified", "true")], Err(Refusal::AttributeNotWritable)),
            (None, vec![given("sub", "x")], Err(Refusal::AttributeKept("sub".into()))),
            (None, vec![given("nope", "x")], Err(Refusal::Schema(vec![unknown]))),
            (Some("name"), vec![given("name", "Ann")], Ok(())),
            (Some("name"), vec![given("email", "nonsense")], Err(Refusal::AttributeNotWritable)),
            (Some("email"), vec![given("email", "nonsense")], Err(Refusal::ContactForm(ContactKind::Email))),
        ];
        for (writable, given, expected) in cases {
            let write_attributes = writable.map(|name| [name.to_owned()].into());
            let client = Some(Client { write_attributes, ..fixture::client() });
            let user = Some(fixture::user("ann"));
            let met = decide(&Scene { client, user, given, holders: BTreeMap::new() });
            assert_eq!(met, expected);
        }
    }

    #[test]
    fn a_user_is_told_where_codes_went() {
        let (keys, pool, ann) = (fixture::keys(), fixture::alias_pool(), fixture::user("ann"));
        let ann = User { status: crate::user::Status::Confirmed, ..ann };
        let given = [("phone_number", "+15550100"), ("name", "Ann"), ("email", "new@example.com")]
            .map(|(name, value)| Given { name: name.to_owned(), value: Some(value.to_owned()) });
        let (client, now) = (fixture::client(), Timestamp::from_millis(9));
        let bearer = Bearer { pool: &pool, client: &client, user: &ann, digest_keys: &keys };
        let changed = admit(&bearer, &given, now).expect("good");
        let codes = NewCodes { email: Code::fixed("1"), phone_number: Code::fixed("2") };
        let verdict = update(&keys, &pool, Some(&client.id), &changed, &BTreeMap::new(), &codes, now);
        let told: Vec<_> = verdict.answer.expect("updated").into_iter().map(|to| to.value).collect();
        assert_eq!(told, ["new@example.com", "+15550100"]);
        let sent = verdict.remember.iter().filter_map(|change| match change {
            crate::Change::Send(message) => Some((message.to.value.as_str(), message.client.as_ref())),
            _ => None,
        });
        let sent: Vec<_> = sent.collect();
        assert_eq!(sent, [("new@example.com", Some(&client.id)), ("+15550100", Some(&client.id))]);
    }
}
