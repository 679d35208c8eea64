//! AdminResetUserPassword: invalidates the password, and sends a code with which the user can set a new one.
//!
//! Order: user, enabled, status, recovery setting, contact, then the code, which is sent like that of ForgotPassword
//! (*Documented*, cog-0402). The order is *Chosen*: faults of the user before missing contacts. A reset by an
//! administrator does not count as an attempt of the user (*Chosen*).

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

/// Resets the password. `code` is the code to send.
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
    let to = pool.recovery.get_contact(&user.second_factors(&pool.mfa), &user.attributes)?;
    let (of, purpose) = (user.sub.clone(), Purpose::ForgotPassword);
    let pending = PendingCode::new(keys, &pool.id, &of, purpose, code, to.clone(), now);
    let message = Message {
        reason: MessageReason::ForgotPassword,
        of: of.clone(),
        username: user.username.clone(),
        client: None,
        to,
        code: code.clone(),
        is_hidden: false,
        is_verified: true,
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
    fn admin_reset_user_password_with_several_faults_refuses_the_first() {
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
            let verdict = reset(&fixture::keys(), &pool, user.as_ref(), &Code::from_text("123456"), NOW);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer, expected);
        }
    }

    #[test]
    fn admin_reset_user_password_sends_a_forgot_password_code() {
        // cog-0402
        let mut ann = User { status: Status::Confirmed, ..fixture::user("ann") };
        ann.attributes.set_verified(ContactKind::Email, true);
        let verdict = reset(&fixture::keys(), &fixture::pool(), Some(&ann), &Code::from_text("123456"), NOW);
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
