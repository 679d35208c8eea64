//! GetUserAttributeVerificationCode: sends a code that verifies a contact of the user.
//!
//! Order: the attribute, the contact, attempts, then a new code in place of the old one. The refusals are *Observed* in
//! public reports of the live service; their order is *Chosen*. The limit is checked last, because only codes that are
//! sent count against it. A contact that is verified already gets a code too (*Observed* in public reports).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    attribute::contact::{Contact, ContactKind},
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    flow::{LoadedUser, bearer::Bearer},
    user::attempt::{AttemptKind, Attempts},
};

const ACT: AttemptKind = AttemptKind::GetUserAttributeVerificationCode;

/// Returns the kind of contact that the attribute holds.
///
/// # Errors
///
/// Refuses an attribute other than `email` and `phone_number`.
pub fn check_attribute(name: &str) -> Result<ContactKind, Refusal> {
    let kind = ContactKind::BOTH.into_iter().find(|kind| kind.attribute() == name);
    kind.ok_or(Refusal::AttributeNotVerifiable)
}

/// Returns the destination of the code: a new value that waits for verification, or else the user's contact.
///
/// What the service does while a value waits is unknown; *Chosen*: the code is for that value.
fn contact(
    bearer: &Bearer<'_>,
    kind: ContactKind,
    pending: Option<&PendingCode>,
    now: Timestamp,
) -> Result<Contact, Refusal> {
    let waits = bearer.pool.verifies_before_update(kind);
    let waiting = pending.filter(|pending| waits && now < pending.expires_at);
    let to = waiting.map(|pending| pending.contact.clone());
    let to = to.or_else(|| bearer.user.attributes.contact(kind));
    to.ok_or(Refusal::ContactMissing(kind))
}

/// Sends the code. The answer is its destination. `found` has the pending code for this kind of contact and the
/// attempts.
pub fn send(
    bearer: &Bearer<'_>,
    kind: ContactKind,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Verdict<Contact> {
    decide(bearer, kind, found, code, now).into()
}

fn decide(
    bearer: &Bearer<'_>,
    kind: ContactKind,
    found: &LoadedUser<'_>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<Contact>, Refusal> {
    let to = contact(bearer, kind, found.code, now)?;
    let attempts = match Attempts::increment(found.attempts, ACT, now) {
        Ok(attempts) => attempts,
        Err(beyond) => return Ok(beyond.refuse(&bearer.user.sub, ACT)),
    };
    let Bearer { pool, client, user, digest_keys } = bearer;
    let (of, purpose) = (user.sub.clone(), Purpose::verifying(kind));
    let pending = PendingCode::new(digest_keys, &pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::VerifyUserAttribute,
        of: of.clone(),
        username: user.username.clone(),
        client: Some(client.id.clone()),
        to: to.clone(),
        code: code.clone(),
        is_hidden: false,
        is_verified: user.has_verified(&to),
    };
    let remember = vec![
        Change::PutAttempts { of: of.clone(), act: ACT, attempts },
        Change::PutCode { of, purpose, code: pending },
        Change::Send(Box::new(message)),
    ];
    Ok(Verdict { remember, answer: Ok(to) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{digest::DigestKeys, fixture, user::User};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn email(value: &str) -> Contact {
        Contact { kind: ContactKind::Email, value: value.to_owned() }
    }

    /// Returns a code that was sent to this address an hour ago.
    fn pending(keys: &DigestKeys, value: &str) -> PendingCode {
        let (pool, ann) = (fixture::pool(), fixture::user("ann"));
        let sent_at = Timestamp::from_millis(NOW.as_millis() - 3_600_000);
        let (purpose, code) = (Purpose::VerifyEmail, Code::from_text("111111"));
        PendingCode::new(keys, &pool.id, &ann.sub, purpose, &code, email(value), sent_at)
    }

    #[test]
    fn check_attribute_without_contact_is_refused() {
        assert_eq!(check_attribute("email"), Ok(ContactKind::Email));
        assert_eq!(check_attribute("phone_number"), Ok(ContactKind::PhoneNumber));
        for name in ["name", "email_verified", "+15550100", ""] {
            assert_eq!(check_attribute(name), Err(Refusal::AttributeNotVerifiable), "{name}");
        }
    }

    #[test]
    fn verification_code_goes_to_pending_value_or_own_contact() {
        let (keys, client, ann) = (fixture::keys(), fixture::client(), fixture::user("ann"));
        let old = pending(&keys, "new@example.com");
        let mut stale = old.clone();
        stale.expires_at = NOW;
        let (own, new) = (Ok("ann@example.com"), Ok("new@example.com"));
        // (whether the pool verifies before an update, the pending code, the kind of contact, the destination)
        let cases = [
            (false, None, ContactKind::Email, own.clone()),
            (false, Some(&old), ContactKind::Email, own.clone()),
            (true, None, ContactKind::Email, own.clone()),
            (true, Some(&stale), ContactKind::Email, own),
            (true, Some(&old), ContactKind::Email, new),
            (false, None, ContactKind::PhoneNumber, Err(Refusal::ContactMissing(ContactKind::PhoneNumber))),
        ];
        for (beforehand, pending, kind, expected) in cases {
            let mut pool = fixture::pool();
            if beforehand {
                pool.verified_before_update = BTreeSet::from([kind]);
            }
            let bearer = Bearer { pool: &pool, client: &client, user: &ann, digest_keys: &keys };
            let found = LoadedUser { code: pending, ..LoadedUser::default() };
            let verdict = send(&bearer, kind, &found, &Code::from_text("222222"), NOW);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            if let [.., Change::PutCode { code, purpose, .. }, Change::Send(message)] =
                verdict.remember.as_slice()
            {
                assert_eq!((&code.contact, *purpose), (&message.to, Purpose::VerifyEmail));
                assert_eq!(message.client.as_ref(), Some(&client.id));
            }
            assert_eq!(verdict.answer.map(|to| to.value), expected.map(str::to_owned));
        }
    }

    /// cog-0338.
    #[test]
    fn verification_code_beyond_the_limit_is_refused() {
        let (keys, pool, client) = (fixture::keys(), fixture::pool(), fixture::client());
        let mut ann: User = fixture::user("ann");
        ann.attributes.set_verified(ContactKind::Email, true);
        let bearer = Bearer { pool: &pool, client: &client, user: &ann, digest_keys: &keys };
        let mut attempts = None;
        for _ in 0..5 {
            let found = LoadedUser { attempts: attempts.as_ref(), ..LoadedUser::default() };
            let verdict = send(&bearer, ContactKind::Email, &found, &Code::from_text("222222"), NOW);
            assert!(verdict.answer.is_ok());
            attempts = verdict.remember.into_iter().find_map(|change| match change {
                Change::PutAttempts { act: ACT, attempts, .. } => Some(attempts),
                _ => None,
            });
        }
        let found = LoadedUser { attempts: attempts.as_ref(), ..LoadedUser::default() };
        let verdict = send(&bearer, ContactKind::Email, &found, &Code::from_text("222222"), NOW);
        assert_eq!((verdict.remember.len(), verdict.answer), (0, Err(Refusal::TooManyAttempts)));
    }
}
