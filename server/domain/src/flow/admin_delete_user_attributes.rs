//! AdminDeleteUserAttributes.
//!
//! Order: user, then the schema. An attribute that the user has not is taken away all the same (*Chosen*). A contact
//! takes its verified flag, its name and its pending code with it.

use crate::{
    Refusal, Timestamp, Verdict, attribute::Attributes, flow::attribute_change::change, pool::Pool,
    user::User,
};

/// Decides. `names` are the attributes to take away.
pub fn delete(pool: &Pool, user: Option<&User>, names: &[String], now: Timestamp) -> Verdict<()> {
    decide(pool, user, names, now).into()
}

fn decide(
    pool: &Pool,
    user: Option<&User>,
    names: &[String],
    now: Timestamp,
) -> Result<Verdict<()>, Refusal> {
    let user = user.ok_or(Refusal::UserNotFound)?;
    pool.schema.check_removal(names)?;
    let nothing = Attributes::from_iter(names.iter().map(|name| (name.as_str(), "")));
    let remember = change(pool, user, &nothing, now)?.records();
    Ok(Verdict { remember, answer: Ok(()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Change,
        alias::NameKind,
        code::Purpose,
        contact::ContactKind,
        fixture,
        schema::{SchemaFault, SchemaFaultKind},
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
            let verdict = delete(&pool, user, &names, NOW);
            assert_eq!(verdict.remember.is_empty(), expected.is_err());
            assert_eq!(verdict.answer, expected, "{names:?}");
        }
    }

    #[test]
    fn a_contact_takes_flag_name_and_code_with_it() {
        let (pool, mut ann) = (fixture::alias_pool(), fixture::user("ann"));
        ann.attributes.set_verified(ContactKind::Email, true);
        let verdict = delete(&pool, Some(&ann), &names(&["email"]), NOW);
        let [Change::PutUser(user), Change::RemoveName(name), Change::RemoveCode { purpose, .. }] =
            verdict.remember.as_slice()
        else {
            panic!("{:?}", verdict.remember)
        };
        assert_eq!(user.attributes, Attributes::default());
        assert_eq!((user.modified_at, &user.status), (NOW, &ann.status));
        assert_eq!((name.kind, *purpose), (NameKind::Email, Purpose::VerifyEmail));
    }
}
