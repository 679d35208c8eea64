//! UpdateUserAttributes and AdminUpdateUserAttributes: set and remove attributes.
//!
//! Order: user, schema, write permission of the app client, form of contacts, verified flags, then the uniqueness of
//! names. Schema before the rest is as at sign-up. It is *Observed* for attributes that only the service sets and for
//! unknown attributes (cog-0343); the order of the other checks is *Chosen*.
//!
//! An administrator may write every attribute that is not reserved for the service, including developer attributes
//! (`dev:`) and verified flags (*Documented*), for users of every status, enabled or not. A user may write the
//! attributes that the app client may write (cog-0342), but no verified flags.

use std::collections::BTreeMap;

use crate::{
    Refusal, Timestamp, Verdict,
    attribute::{AttributeInput, contact::Contact},
    digest::DigestKeys,
    flow::{
        account::attribute_change::{AttributeChange, NewCodes, change},
        bearer::Bearer,
    },
    id::ClientId,
    pool::{Pool, alias::NameKey},
    user::User,
};

/// Checks the change of an administrator, except for the uniqueness of names. The server loads the holders of
/// [`AttributeChange::names_to_reserve`].
///
/// # Errors
///
/// Refuses a user who does not exist, attributes that break the schema, and invalid contacts or verified flags.
pub fn admin_admit(
    pool: &Pool,
    user: Option<&User>,
    given: &[AttributeInput],
    now: Timestamp,
) -> Result<AttributeChange, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    let values = pool.schema.check_update(given)?;
    change(pool, user, &values, now)
}

/// Checks the change of a user, except for the uniqueness of names.
///
/// # Errors
///
/// Refuses as [`admin_admit`], and also an attribute that the app client may not write.
pub fn admit(
    bearer: &Bearer<'_>,
    given: &[AttributeInput],
    now: Timestamp,
) -> Result<AttributeChange, Refusal> {
    let values = bearer.pool.schema.check_update(given)?;
    if given.iter().any(|one| !bearer.client.may_write(&one.name)) {
        return Err(Refusal::AttributeNotWritable);
    }
    change(bearer.pool, bearer.user, &values, now)
}

/// Makes the change. The answer is the destinations of the codes (*Documented*). `client` is the app client of the
/// user; `None` for an administrator.
pub fn update(
    keys: &DigestKeys,
    pool: &Pool,
    client: Option<&ClientId>,
    changed: &AttributeChange,
    holders: &BTreeMap<NameKey, User>,
    codes: &NewCodes,
    now: Timestamp,
) -> Verdict<Vec<Contact>> {
    let remember = changed.changes_with_codes(keys, pool, holders, codes, client, now);
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

    struct Scenario {
        /// The app client of the user; `None` for an administrator.
        client: Option<Client>,
        user: Option<User>,
        given: Vec<AttributeInput>,
        holders: BTreeMap<NameKey, User>,
    }

    fn decide(scenario: &Scenario) -> Result<(), Refusal> {
        let (pool, keys, now) = (fixture::email_username_pool(), fixture::keys(), Timestamp::from_millis(9));
        let changed = match (&scenario.client, &scenario.user) {
            (Some(client), Some(user)) => {
                admit(&Bearer { pool: &pool, client, user, digest_keys: &keys }, &scenario.given, now)
            }
            (_, user) => admin_admit(&pool, user.as_ref(), &scenario.given, now),
        }?;
        let codes = NewCodes { email: Code::from_text("1"), phone_number: Code::from_text("2") };
        update(&keys, &pool, None, &changed, &scenario.holders, &codes, now).answer.map(|_| ())
    }

    #[test]
    fn admin_update_attributes_with_several_faults_refuses_the_first() {
        type Fault = fn(&mut Scenario);
        let given =
            |name: &str, value: &str| AttributeInput { name: name.to_owned(), value: Some(value.to_owned()) };
        let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
        let faults: [(Fault, Refusal); 7] = [
            (|scenario| scenario.user = None, Refusal::UserNotFound),
            (
                |scenario| scenario.given.push(AttributeInput { name: "sub".into(), value: None }),
                Refusal::AttributeReserved("sub".into()),
            ),
            (
                |scenario| scenario.given.push(AttributeInput { name: "name".into(), value: None }),
                Refusal::AttributeWithoutValue("name".into()),
            ),
            (
                |scenario| {
                    scenario.given.push(AttributeInput { name: "nope".into(), value: Some("x".into()) })
                },
                Refusal::Schema(vec![unknown]),
            ),
            (
                |scenario| {
                    scenario
                        .given
                        .push(AttributeInput { name: "phone_number".into(), value: Some("1".into()) })
                },
                Refusal::ContactMalformed(ContactKind::PhoneNumber),
            ),
            (
                |scenario| {
                    scenario.given.push(AttributeInput {
                        name: "phone_number_verified".into(),
                        value: Some("true".into()),
                    });
                },
                Refusal::VerifiedWithoutContact(ContactKind::PhoneNumber),
            ),
            (
                |scenario| {
                    let name =
                        NameKey::new(&fixture::email_username_pool(), NameKind::Email, "new@example.com");
                    scenario.holders.insert(name, fixture::user("bob"));
                },
                Refusal::AliasTaken(NameKind::Email), // cog-0305
            ),
        ];
        let good = || Scenario {
            client: None,
            user: Some(fixture::user("ann")),
            given: vec![given("email", "new@example.com")],
            holders: BTreeMap::new(),
        };
        assert_eq!(decide(&good()), Ok(()));
        for first in 0..faults.len() {
            let mut scenario = good();
            for (apply, _) in faults[first..].iter().rev() {
                apply(&mut scenario);
            }
            assert_eq!(decide(&scenario), Err(faults[first].1.clone()), "fault {first}");
        }
    }

    /// cog-0342.
    #[test]
    fn update_of_attribute_not_writable_by_client_is_refused() {
        let given =
            |name: &str, value: &str| AttributeInput { name: name.to_owned(), value: Some(value.to_owned()) };
        let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
        let cases = [
            (None, vec![given("email", "new@example.com")], Ok(())),
            (None, vec![given("email_verified", "true")], Err(Refusal::AttributeNotWritable)),
            (None, vec![given("sub", "x")], Err(Refusal::AttributeReserved("sub".into()))),
            (None, vec![given("nope", "x")], Err(Refusal::Schema(vec![unknown]))),
            (Some("name"), vec![given("name", "Ann")], Ok(())),
            (Some("name"), vec![given("email", "nonsense")], Err(Refusal::AttributeNotWritable)),
            (
                Some("email"),
                vec![given("email", "nonsense")],
                Err(Refusal::ContactMalformed(ContactKind::Email)),
            ),
        ];
        for (writable, given, expected) in cases {
            let write_attributes = writable.map(|name| [name.to_owned()].into());
            let client = Some(Client { write_attributes, ..fixture::client() });
            let user = Some(fixture::user("ann"));
            let outcome = decide(&Scenario { client, user, given, holders: BTreeMap::new() });
            assert_eq!(outcome, expected);
        }
    }

    #[test]
    fn update_answers_with_destinations_of_codes() {
        let (keys, pool, ann) = (fixture::keys(), fixture::alias_pool(), fixture::user("ann"));
        let ann = User { status: crate::user::Status::Confirmed, ..ann };
        let given = [("phone_number", "+15550100"), ("name", "Ann"), ("email", "new@example.com")]
            .map(|(name, value)| AttributeInput { name: name.to_owned(), value: Some(value.to_owned()) });
        let (client, now) = (fixture::client(), Timestamp::from_millis(9));
        let bearer = Bearer { pool: &pool, client: &client, user: &ann, digest_keys: &keys };
        let changed = admit(&bearer, &given, now).expect("accepted");
        let codes = NewCodes { email: Code::from_text("1"), phone_number: Code::from_text("2") };
        let verdict = update(&keys, &pool, Some(&client.id), &changed, &BTreeMap::new(), &codes, now);
        let destinations: Vec<_> = verdict.answer.expect("updated").into_iter().map(|to| to.value).collect();
        assert_eq!(destinations, ["new@example.com", "+15550100"]);
        let sent = verdict.remember.iter().filter_map(|change| match change {
            crate::Change::Send(message) => Some((message.to.value.as_str(), message.client.as_ref())),
            _ => None,
        });
        let sent: Vec<_> = sent.collect();
        assert_eq!(sent, [("new@example.com", Some(&client.id)), ("+15550100", Some(&client.id))]);
    }
}
