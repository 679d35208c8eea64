//! DeleteUserAttributes and AdminDeleteUserAttributes: remove attributes.
//!
//! Order: user, schema, and for DeleteUserAttributes, whether the app client may write the attributes (*Chosen*, as for
//! an update). Deleting an attribute that the user does not have is no error (*Chosen*). Deleting a contact also
//! removes its verified flag, its name and its pending code.

use crate::{
    Refusal, Timestamp, Verdict,
    attribute::Attributes,
    client::Client,
    flow::{account::attribute_change::change, bearer::Bearer},
    pool::Pool,
    user::User,
};

/// Deletes attributes for an administrator. `names` are the names of the attributes.
pub fn admin_delete(pool: &Pool, user: Option<&User>, names: &[String], now: Timestamp) -> Verdict<()> {
    decide(pool, None, user, names, now).into()
}

/// Deletes attributes for the user.
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
    let remember = change(pool, user, &nothing, now)?.changes();
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
    fn admin_delete_attributes_with_several_faults_refuses_the_first() {
        let (pool, ann) = (fixture::pool(), fixture::user("ann"));
        let unknown = SchemaFault { attribute: "nope".into(), kind: SchemaFaultKind::Unknown };
        let cases = [
            (None, names(&["sub", "nope"]), Err(Refusal::UserNotFound)),
            (Some(&ann), names(&["nope", "sub"]), Err(Refusal::AttributeReserved("sub".into()))),
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
    fn delete_of_contact_removes_flag_name_and_code() {
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
    fn delete_of_attribute_not_writable_by_client_is_refused() {
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
        assert_eq!(
            meets(&client, "sub"),
            Err(Refusal::AttributeReserved("sub".into())),
            "the schema is checked first"
        );
    }
}
