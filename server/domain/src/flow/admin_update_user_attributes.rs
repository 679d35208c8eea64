//! AdminUpdateUserAttributes.
//!
//! Order: user, schema, form of contacts, verified flags, then the names that others hold. Schema before the rest is
//! as at sign-up; the place of the others is *Chosen*. An administrator may write every attribute that the service
//! does not keep itself, those of developers (`dev:`) and the verified flags among them (*Documented*), and may do so
//! in every state of the user, disabled or not.

use std::collections::BTreeMap;

use crate::{
    Refusal, Timestamp, Verdict,
    alias::NameKey,
    attribute::Given,
    digest::DigestKeys,
    flow::attribute_change::{Changed, NewCodes, change},
    pool::Pool,
    user::User,
};

/// The change, but for the names that others may hold. The caller reads who holds [`Changed::names_wanted`].
pub fn admit(pool: &Pool, user: Option<&User>, given: &[Given], now: Timestamp) -> Result<Changed, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    let values = pool.schema.check_update(given)?;
    change(pool, user, &values, now)
}

/// Decides.
pub fn update(
    keys: &DigestKeys,
    pool: &Pool,
    changed: &Changed,
    holders: &BTreeMap<NameKey, User>,
    codes: &NewCodes,
    now: Timestamp,
) -> Verdict<()> {
    let remember = changed.remember(keys, pool, holders, codes, None, now);
    remember.map(|remember| Verdict { remember, answer: Ok(()) }).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        alias::NameKind,
        code::Code,
        contact::ContactKind,
        fixture,
        schema::{SchemaFault, SchemaFaultKind},
    };

    struct Scene {
        user: Option<User>,
        given: Vec<Given>,
        holders: BTreeMap<NameKey, User>,
    }

    fn decide(scene: &Scene) -> Result<(), Refusal> {
        let (pool, now) = (fixture::email_username_pool(), Timestamp::from_millis(9));
        let changed = admit(&pool, scene.user.as_ref(), &scene.given, now)?;
        let codes = NewCodes { email: Code::fixed("1"), phone_number: Code::fixed("2") };
        update(&fixture::keys(), &pool, &changed, &scene.holders, &codes, now).answer
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
}
