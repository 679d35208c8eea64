//! What an export has: the one list of the kinds of records.
//!
//! A new kind does not compile until it is said here what becomes of it.

use crate::store::Kind;

/// What an export does with the records of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Each has a line of its own, which names the kind so.
    Line(&'static str),
    /// It is made from the line of another kind.
    With(Kind),
    /// It is left behind, for this reason.
    Left(&'static str),
}

/// Returns what becomes of a kind.
pub(super) const fn move_of(kind: Kind) -> Move {
    match kind {
        Kind::Pool => Move::Line("pool"),
        Kind::SigningKeys => Move::Line("signing-keys"),
        Kind::Client => Move::Line("client"),
        Kind::ResourceServer => Move::Line("resource-server"),
        Kind::Group => Move::Line("group"),
        Kind::CimdPolicy => Move::Line("metadata-policy"),
        Kind::UiCustomization => Move::Line("ui-customization"),
        Kind::Asset => Move::Line("asset"),
        Kind::Style => Move::Line("style"),
        Kind::StyleId => Move::With(Kind::Style),
        Kind::Terms => Move::Line("terms"),
        Kind::TermsId => Move::With(Kind::Terms),
        Kind::User => Move::Line("user"),
        // Of the names that a user has, an export has those that the user holds, so that no name comes without its
        // user.
        Kind::Name => Move::With(Kind::User),
        Kind::Device => Move::Line("device"),
        Kind::UserInGroup => Move::Line("membership"),
        Kind::GroupOfUser => Move::With(Kind::UserInGroup),
        Kind::Grant => Move::Line("sign-in"),
        Kind::AuthEvent => Move::Line("event"),
        Kind::Code => Move::Left("a code is good for a day at most, and another one can be asked for"),
        Kind::Attempts | Kind::Failures => {
            Move::Left("a count of attempts ends by itself, after an hour at most")
        }
        Kind::Session => Move::Left("a sign-in that is not complete is begun again"),
        Kind::Authorization => Move::Left("an authorization code is good for minutes"),
        Kind::BrowserSession => {
            Move::Left("a browser session is good for an hour, and bound to the sealed password")
        }
        Kind::Outbox | Kind::SmsOutbox => Move::Left("the server that has it sends it"),
        Kind::ClientMetadata => Move::Left("a document that can be fetched again"),
    }
}

/// The kinds with lines, in the order of an export: what others refer to comes first.
pub(super) const ORDER: [Kind; 15] = [
    Kind::Pool,
    Kind::SigningKeys,
    Kind::Client,
    Kind::ResourceServer,
    Kind::Group,
    Kind::CimdPolicy,
    Kind::UiCustomization,
    Kind::Asset,
    Kind::Style,
    Kind::Terms,
    Kind::User,
    Kind::Device,
    Kind::UserInGroup,
    Kind::Grant,
    Kind::AuthEvent,
];

/// Returns the name of a kind in an export, or `None` if it has no lines.
pub(super) const fn name_of(kind: Kind) -> Option<&'static str> {
    match move_of(kind) {
        Move::Line(name) => Some(name),
        Move::With(_) | Move::Left(_) => None,
    }
}

/// Returns the kind with this name.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    ORDER.into_iter().find(|kind| name_of(*kind) == Some(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn order_has_each_kind_with_lines_once() {
        let with_lines: BTreeSet<Kind> =
            Kind::ALL.into_iter().filter(|kind| name_of(*kind).is_some()).collect();
        assert_eq!(ORDER.into_iter().collect::<BTreeSet<_>>(), with_lines);
        assert_eq!(ORDER.len(), with_lines.len());
        let names: BTreeSet<_> = ORDER.into_iter().filter_map(name_of).collect();
        assert_eq!(names.len(), ORDER.len(), "a name means one kind");
    }

    #[test]
    fn kind_that_comes_with_another_comes_with_one_that_has_lines() {
        for kind in Kind::ALL {
            match move_of(kind) {
                Move::With(other) => assert!(name_of(other).is_some(), "{kind:?}"),
                Move::Left(reason) => assert!(reason.len() > 10, "{kind:?}"),
                Move::Line(name) => assert_eq!(kind_of(name), Some(kind)),
            }
        }
    }

    /// The page for operators lists the same kinds.
    #[test]
    fn page_names_every_kind_of_line() {
        let page = include_str!("../../../../docs/moving.md");
        for name in ORDER.into_iter().filter_map(name_of) {
            assert!(page.contains(&format!("`{name}`")), "docs/moving.md does not name {name}");
        }
    }
}
