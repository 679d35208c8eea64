//! DeleteUserAttributes and AdminDeleteUserAttributes.
//!
//! Order: user, schema, and then, where a user asks, whether the app client may write what is to go: to take away is to
//! write (*Chosen*, as for an update). An attribute that the user has not is taken away all the same (*Chosen*). A
//! contact takes its verified flag, its name and its pending code with it.

use crate::{
    Refusal, Timestamp, Verdict,
    attribute::Attributes,
    client::Client,
    flow::{account::attribute_change::change, bearer::Bearer},
    pool::Pool,
    user::User,
};

/// Decides for an administrator. `names` are the attributes to take away.
pub fn admin_delete(pool: &Pool, user: Option<&User>, names: &[String], now: Timestamp) -> Verdict<()> {
    decide(pool, None, user, names, now).into()
}

/// Decides for the user.
pub fn delete(bearer: &Bearer<'_>, names: &[String], now: Timestamp) -> Verdict<()> {
    decide(bearer.pool, Some(bearer.client), Some(bearer.user), names, now).into()
}

fn decide(
    pool: &Pool,
    client: Option<&Client>,
    user: Option<&User>,
    names: &[String],
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    pool.schema.check_removal(names)?;
    if client.is_some_and(|client| names.iter().any(|name| !client.may_write(name))) {
        return Err(Refusal::AttributeNotWritable);
    }
    let nothing = Attributes::from_iter(names.iter().map(|name| (name.as_str(), "")));
    let remember = change(pool, user, &nothing, now)?.records();
    Ok(Verdict { remember, answer: Ok(()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Change,
        attribute::{
            contact::ContactKind,
            schema::{SchemaFault, SchemaFaultKind},
        },
        code::Purpose,
        fixture,
        pool::alias::NameKind,
    };

    const NOW: Timestamp = Timestamp::from_millis(9);

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn the_order_of_checks() {
        let (pool, ann) = (fixture::pool(), fixture::user("ann"));
        let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
        let cases = [
            (None, names(&["sub", "nope"]), Err(Refusal::UserNotFound)),
            (Some(&ann), names(&["nope", "sub"]), Err(Refusal::AttributeKept("sub".into()))),
            (Some(&ann), names(&["email", "nope"]), Err(Refusal::Schema(vec![unknown]))),
            (Some(&ann), names(&["name"]), Ok(())),
        ];
        for (user, names, expected) in cases {
            let verdict = admin_delete(&pool, user, &names, NOW);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer, expected, "{names:?}");
        }
    }

    #[test]
    fn a_contact_takes_flag_name_and_code_with_it() {
        let (pool, mut ann) = (fixture::alias_pool(), fixture::user("ann"));
        ann.attributes.set_verified(ContactKind::Email, true);
        let verdict = admin_delete(&pool, Some(&ann), &names(&["email"]), NOW);
        let [Change::PutUser(user), Change::RemoveName(name), Change::RemoveCode { purpose, .. }] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert_eq!(user.attributes, Attributes::default());
        assert_eq!((user.modified_at, &user.status), (NOW, &ann.status));
        assert_eq!((name.kind, *purpose), (NameKind::Email, Purpose::VerifyEmail));
    }

    #[test]
    fn a_user_takes_away_what_the_app_client_may_write() {
        let (pool, ann, keys) = (fixture::pool(), fixture::user("ann"), fixture::keys());
        let mut client = fixture::client();
        let meets = |client: &Client, name: &str| {
            let bearer = Bearer { pool: &pool, client, user: &ann, digest_keys: &keys };
            delete(&bearer, &names(&[name]), NOW).answer
        };
        assert_eq!(meets(&client, "nickname"), Ok(()));
        client.write_attributes = Some(["name".to_owned()].into());
        assert_eq!(meets(&client, "name"), Ok(()));
        assert_eq!(meets(&client, "nickname"), Err(Refusal::AttributeNotWritable));
        assert_eq!(meets(&client, "sub"), Err(Refusal::AttributeKept("sub".into())), "the schema goes first");
    }
}
