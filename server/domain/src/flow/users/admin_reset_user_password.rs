//! AdminResetUserPassword: the old password is no longer good, and a code leads to a new one.
//!
//! Order: user, enabled, state, recovery setting, contact, then the code, which goes out as ForgotPassword sends it
//! (*Documented*, cog-0402). The order is *Chosen*: what is wrong with the user before what is missing. An
//! administrator's resets are not counted against the user (*Chosen*).

use crate::{
    Change, Refusal, Timestamp, Verdict,
    code::{
        Code, PendingCode, Purpose,
        message::{Message, MessageReason},
    },
    digest::DigestKeys,
    pool::Pool,
    user::User,
};

/// Decides. `code` is the code to send.
pub fn reset(
    keys: &DigestKeys,
    pool: &Pool,
    user: Option<&User>,
    code: &Code,
    now: Timestamp,
) -> Verdict<()> {
    decide(keys, pool, user, code, now).into()
}

fn decide(
    keys: &DigestKeys,
    pool: &Pool,
    user: Option<&User>,
    code: &Code,
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?.reset(now)?;
    let to = pool.recovery.contact(&user.attributes)?;
    let (of, purpose) = (user.sub.clone(), Purpose::ForgotPassword);
    let pending = PendingCode::new(keys, &pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::ForgotPassword,
        of: of.clone(),
        username: user.username.clone(),
        client: None,
        to,
        code: code.clone(),
    };
    let remember = vec![
        Change::PutUser(Box::new(user)),
        Change::PutCode { of, purpose, code: pending },
        Change::Send(Box::new(message)),
    ];
    Ok(Verdict { remember, answer: Ok(()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::contact::ContactKind, fixture, pool::recovery::Recovery, user::Status};

    const NOW: Timestamp = Timestamp::from_millis(9);

    #[test]
    fn the_order_of_checks() {
        let is = |status, enabled, verified| {
            let mut user = User { status, enabled, ..fixture::user("ann") };
            user.attributes.set_verified(ContactKind::Email, verified);
            Some(user)
        };
        let open = Recovery::default;
        let temporary =
            || Status::ForceChangePassword { expires_at: NOW.after(std::time::Duration::from_secs(1)) };
        let cases = [
            (Recovery::Administrator, None, Err(Refusal::UserNotFound)),
            (Recovery::Administrator, is(temporary(), false, false), Err(Refusal::UserDisabled)), // cog-0302
            (Recovery::Administrator, is(temporary(), true, false), Err(Refusal::NotResettable)), // cog-0301
            (
                Recovery::Administrator,
                is(Status::Confirmed, true, false),
                Err(Refusal::RecoveryByAdministrator),
            ),
            (open(), is(Status::Confirmed, true, false), Err(Refusal::NoRecoveryContact)),
            (open(), is(Status::Confirmed, true, true), Ok(())),
        ];
        for (recovery, user, expected) in cases {
            let pool = Pool { recovery, ..fixture::pool() };
            let verdict = reset(&fixture::keys(), &pool, user.as_ref(), &Code::fixed("123456"), NOW);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer, expected);
        }
    }

    #[test]
    fn a_code_goes_out_as_for_a_forgotten_password() {
        // cog-0402
        let mut ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        ann.attributes.set_verified(ContactKind::Email, true);
        let verdict = reset(&fixture::keys(), &fixture::pool(), Some(&ann), &Code::fixed("123456"), NOW);
        let [Change::PutUser(user), Change::PutCode { purpose, code, .. }, Change::Send(message)] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert_eq!(user.status, Status::ResetRequired);
        assert_eq!((*purpose, message.reason), (Purpose::ForgotPassword, MessageReason::ForgotPassword));
        assert_eq!(code.expires_at, NOW.after(std::time::Duration::from_secs(60 * 60)));
        assert_eq!(message.to.value, "ann@example.com");
    }
}
