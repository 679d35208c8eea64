//! The statement of a batched read: one for the whole batch, so that it sees one instant and takes one round trip.
//!
//! Each lookup adds arms to a `UNION ALL` of the rows that its steps may meet; [`super::rows`] then runs the steps of
//! [`crate::store::lookup`], which all backends share, on these rows. What a step follows, such as the sub of a name, is in
//! the column `links` of the row ([`crate::store::Record::links`]).

use std::fmt::Write as _;

use lido_domain::id::Sub;

use super::{
    id::{end_of_prefix, prefix_range, stored_id, stored_pool, term},
    param::{Param, param},
    session::Query,
};
use crate::store::{
    Key, Kind, Lookup, Memberships, RelatedRecord, Scope, UserQuery, UserSelector, lookup::CodeAlias,
};

/// The number of the arm with the pool of a claim.
pub(super) const POOL_ARM: i32 = -1;

/// The most records that a count of users counts; beyond it, it estimates ([`super::rows::estimate`]).
pub(super) const MAX_COUNTED: i64 = 10_000;

/// Returns the number of the arms of a lookup.
pub(super) fn arm_of(lookup: usize) -> i32 {
    i32::try_from(lookup.saturating_mul(2)).unwrap_or(i32::MAX)
}

/// Returns the number of the arm with the groups of the user of a lookup.
pub(super) fn groups_arm_of(lookup: usize) -> i32 {
    arm_of(lookup).saturating_add(1)
}

/// Returns the statement of a batch. Its columns are arm, kind, id, version and body.
pub(super) fn statement(scope: &Scope, lookups: &[Lookup]) -> Query {
    let mut statement = Statement::default();
    statement.add_scope(scope);
    for (number, lookup) in lookups.iter().enumerate() {
        statement.add(number, lookup);
    }
    statement.finish()
}

/// Returns the statement that counts all records of a kind in a pool, however many.
pub(super) fn exact_count(scope: &Scope, kind: Kind) -> Query {
    let mut statement = Statement::default();
    statement.add_scope(scope);
    statement.add_exact_count(0, kind);
    statement.finish()
}

/// A statement in the making.
#[derive(Default)]
struct Statement {
    tables: Vec<String>,
    arms: Vec<String>,
    params: Vec<Param>,
}

/// Returns the condition of the records of a kind in the pool, under a name.
fn of_kind(name: &str, kind: Kind) -> String {
    let kind = kind.number();
    format!("{name}.pool = p.id AND {name}.incarnation = p.incarnation AND {name}.kind = {kind}")
}

/// Returns a join with the record of a kind in the pool that has an id, under a name.
///
/// The subquery finds it by its whole key, whatever the planner knows. In a plain join it may take the start of the key for
/// enough, if it knows of few such records, and read all of them.
fn join_by_id(name: &str, kind: Kind, id: &str) -> String {
    format!(
        "CROSS JOIN LATERAL (SELECT * FROM lido_record {name} WHERE {} AND {name}.id = {id} LIMIT 1) {name}",
        of_kind(name, kind)
    )
}

/// Returns the records of a kind in the pool whose ids are in an array, named `r`, each with its place `k.place`.
fn records_by_ids(ids: &str, kind: Kind) -> String {
    format!("p CROSS JOIN unnest({ids}) WITH ORDINALITY AS k (id, place) {}", join_by_id("r", kind, "k.id"))
}

/// Returns a page of what is found in the pool: rows named `page`, the first ones in their order.
///
/// The subquery runs within the pool that was found, so that its order is that of the index, which is read no further than the
/// page. A join is sorted before it is limited: the planner does not see that it has one pool.
fn page(columns: &str, from: &str, condition: &str, order: &str, limit: &str) -> String {
    format!(
        "p CROSS JOIN LATERAL (
             SELECT {columns} FROM {from} WHERE {condition} ORDER BY {order} LIMIT {limit}) page"
    )
}

/// The columns of a page whose rows are the records named `r`.
const RECORD_COLUMNS: &str = "r.kind, r.id, r.version, r.body";

/// Returns the columns of an arm whose rows are the records of a name.
fn columns(arm: i32, name: &str) -> String {
    format!("SELECT {arm}::int4, {name}.kind, {name}.id, {name}.version, {name}.body")
}

impl Statement {
    fn bind(&mut self, param: impl Into<ParamOf>) -> String {
        let ParamOf(param, cast) = param.into();
        self.params.push(param);
        format!("${}::{cast}", self.params.len())
    }

    fn finish(self) -> Query {
        let mut text = "WITH ".to_owned();
        // A write to a string does not fail.
        let _ = write!(text, "{}\n{}", self.tables.join(",\n"), self.arms.join("\nUNION ALL\n"));
        Query { text, params: self.params }
    }

    fn add_scope(&mut self, scope: &Scope) {
        match scope {
            Scope::Pool(pool) => {
                let id = self.bind(stored_pool(pool));
                self.tables.push(format!("p AS (SELECT id, incarnation FROM lido_pool WHERE id = {id})"));
            }
            Scope::Claim(claim) => {
                let namespace = self.bind(i16::from(claim.namespace.number()));
                let id = self.bind(stored_id(&claim.id));
                self.tables.push(format!(
                    "p AS (SELECT pool.id, pool.incarnation FROM lido_claim c
                     JOIN lido_pool pool ON pool.id = c.pool AND pool.incarnation = c.incarnation
                     WHERE c.namespace = {namespace} AND c.id = {id})"
                ));
            }
        }
        self.arms.push(format!(
            "SELECT {POOL_ARM}::int4 AS arm, 0::int2 AS kind, p.id, p.incarnation AS version, NULL::bytea AS body FROM p"
        ));
    }

    fn add(&mut self, number: usize, lookup: &Lookup) {
        let arm = arm_of(number);
        match lookup {
            Lookup::Key { key, known } => {
                let known = self.bind(known.map(|version| i64::try_from(version.0).unwrap_or(i64::MAX)));
                let record = join_by_id("r", key.kind(), &self.bind(stored_id(key.id())));
                self.arms.push(format!(
                    "SELECT {arm}::int4, r.kind, r.id, r.version, CASE WHEN r.version = {known} THEN NULL ELSE r.body END
                     FROM p {record}"
                ));
            }
            Lookup::User(query) => self.add_user(number, query),
            Lookup::Holders { names, as_sub } => {
                let names = names.iter().map(|name| stored_id(Key::name(name).id())).collect();
                self.add_names(number, names);
                self.add_holders(arm, &format!("n{number}"));
                if let Some(sub) = as_sub {
                    let user = join_by_id("r", Kind::User, &self.bind(stored_id(sub.as_str())));
                    self.arms.push(format!("{} FROM p {user}", columns(arm, "r")));
                }
            }
            Lookup::List { kind, prefix, after, limit } => {
                let (after, first) = (self.bind(stored_id(after)), self.bind(stored_id(prefix)));
                let end = self.bind(end_of_prefix(prefix.as_bytes()));
                let limit = self.bind(limit_of(*limit));
                let among = format!(
                    "{} AND r.id > {after} AND r.id >= {first} AND r.id < {end}",
                    of_kind("r", *kind)
                );
                self.add_page(arm, "lido_record r", &among, "r.id", &limit);
            }
            Lookup::Search { search, after, limit } => {
                // Below one whole text the index is in the order of the ids, and has each once. A prefix has all its matches sorted.
                let (is_match, ids) = if search.whole {
                    (format!("s.term = {}", self.bind(term(search.field, &search.text))), "s.id")
                } else {
                    let (from, to) = prefix_range(search.field, &search.text);
                    let (from, to) = (self.bind(from), self.bind(to));
                    (format!("s.term >= {from} AND s.term < {to}"), "DISTINCT s.id")
                };
                let (after, limit) = (self.bind(stored_id(after)), self.bind(limit_of(*limit)));
                let among = format!(
                    "s.pool = p.id AND s.incarnation = p.incarnation AND {is_match} AND s.id > {after}"
                );
                // The page is found in the index alone, so that no other body is read.
                self.arms.push(format!(
                    "{} FROM {} {}",
                    columns(arm, "r"),
                    page(ids, "lido_search s", &among, "s.id", &limit),
                    join_by_id("r", Kind::User, "page.id")
                ));
            }
            Lookup::Memberships(Memberships::OfUser { sub, after, limit }) => {
                let side = self.bind(stored_id(sub.as_str()));
                let after = after.as_ref().map(|group| group.as_str());
                self.add_groups(arm, &side, after, *limit);
            }
            Lookup::Memberships(Memberships::OfGroup { group, after, limit }) => {
                let prefix = format!("{} ", group.name);
                let after = format!("{prefix}{}", after.as_ref().map_or("", |sub| sub.as_str()));
                let (after, end) =
                    (self.bind(stored_id(&after)), self.bind(end_of_prefix(prefix.as_bytes())));
                let (prefix, group) =
                    (self.bind(stored_id(&prefix)), self.bind(stored_id(group.id.as_str())));
                let limit = self.bind(limit_of(*limit));
                let sub = format!("substring(m.id from octet_length({prefix}) + 1)");
                let from = format!("lido_record m {}", join_by_id("r", Kind::User, &sub));
                // Nearly all have the group. The planner takes a comparison with an element for a rare match, and would read and
                // sort all of them; of COALESCE it expects half.
                let among = format!(
                    "{} AND m.id > {after} AND m.id < {end} AND COALESCE(m.links[1] = {group}, false)",
                    of_kind("m", Kind::UserInGroup)
                );
                self.add_page(arm, &from, &among, "m.id", &limit);
            }
            Lookup::Count(kind) if kind.is_searched() => {
                let (number, among) = (kind.number(), of_kind("r", *kind));
                let page = |limit: &str| page("r.id", "lido_record r", &among, "r.id", limit);
                self.arms.push(format!(
                    "SELECT {arm}::int4, {number}::int2, (SELECT page.id FROM {}), (SELECT count(*) FROM {}), NULL::bytea",
                    page(&format!("1 OFFSET {MAX_COUNTED}")),
                    page(&format!("{MAX_COUNTED} + 1"))
                ));
            }
            Lookup::Count(kind) => self.add_exact_count(arm, *kind),
        }
    }

    /// Adds a page of records named `r`.
    fn add_page(&mut self, arm: i32, from: &str, among: &str, order: &str, limit: &str) {
        let page = page(RECORD_COLUMNS, from, among, order, limit);
        self.arms.push(format!("{} FROM {page}", columns(arm, "page")));
    }

    fn add_exact_count(&mut self, arm: i32, kind: Kind) {
        let (number, among) = (kind.number(), of_kind("r", kind));
        self.arms.push(format!(
            "SELECT {arm}::int4, {number}::int2, NULL::bytea,
             (SELECT count(*) FROM p JOIN lido_record r ON {among}), NULL::bytea"
        ));
    }

    /// Adds the session, the names, the user and the related records of a query.
    fn add_user(&mut self, number: usize, query: &UserQuery) {
        let arm = arm_of(number);
        let has_session = !query.sessions.is_empty();
        if has_session {
            let ids: Vec<_> =
                query.sessions.iter().map(|digest| stored_id(Key::session(digest).id())).collect();
            let sessions = records_by_ids(&self.bind(ids), Kind::Session);
            self.tables.push(format!(
                "s{number} AS (SELECT r.kind, r.id, r.version, r.body, r.links FROM {sessions} ORDER BY k.place LIMIT 1)"
            ));
            self.arms.push(format!("{} FROM s{number} r", columns(arm, "r")));
        }
        let mut subs = Vec::new();
        match &query.subject {
            UserSelector::Named(candidates) => {
                let sub = self.bind(stored_id(candidates.sub.as_str()));
                subs.push(format!("(SELECT r.id FROM p {})", join_by_id("r", Kind::User, &sub)));
                if !candidates.names.is_empty() {
                    let names = candidates.names.iter().map(|name| stored_id(Key::name(name).id())).collect();
                    self.add_names(number, names);
                    subs.push(format!("(SELECT links[1] FROM n{number} ORDER BY place LIMIT 1)"));
                }
                if has_session {
                    subs.push(format!("(SELECT links[1] FROM s{number} WHERE links[1] = {sub})"));
                }
            }
            UserSelector::Session if has_session => subs.push(format!("(SELECT links[1] FROM s{number})")),
            UserSelector::Session => {}
        }
        let fallback = self.bind(query.fallback.as_ref().map(|sub| stored_id(sub.as_str())));
        subs.push(fallback);
        self.tables.push(format!("o{number} AS (SELECT COALESCE({}) AS id)", subs.join(", ")));
        let of = format!("p CROSS JOIN o{number} o");
        self.arms.push(format!("{} FROM {of} {}", columns(arm, "r"), join_by_id("r", Kind::User, "o.id")));
        for related in &query.related {
            match related {
                RelatedRecord::Groups(limit) => {
                    let side = format!("(SELECT id FROM o{number})");
                    self.add_groups(groups_arm_of(number), &side, None, *limit);
                }
                RelatedRecord::AliasHolder(alias) => self.add_alias_holder(number, &of, alias),
                RelatedRecord::Device(None) => {
                    if has_session {
                        let device = join_by_id("r", Kind::Device, "o.id || ' '::bytea || s.links[2]");
                        self.arms
                            .push(format!("{} FROM {of} CROSS JOIN s{number} s {device}", columns(arm, "r")));
                    }
                }
                single => {
                    // The id of such a record is that of its user and what follows it.
                    if let Some(key) = single.key(&Sub::new(""), None) {
                        let id = format!("o.id || {}", self.bind(stored_id(key.id())));
                        let record = join_by_id("r", key.kind(), &id);
                        self.arms.push(format!("{} FROM {of} {record}", columns(arm, "r")));
                    }
                }
            }
        }
    }

    /// Adds the names of a lookup, as a table with their place in its order, and as rows.
    fn add_names(&mut self, number: usize, ids: Vec<Vec<u8>>) {
        let names = records_by_ids(&self.bind(ids), Kind::Name);
        self.tables.push(format!(
            "n{number} AS (SELECT r.kind, r.id, r.version, r.body, r.links, k.place FROM {names})"
        ));
        self.arms.push(format!("{} FROM n{number} r", columns(arm_of(number), "r")));
    }

    /// Adds the users that hold the names of a table.
    fn add_holders(&mut self, arm: i32, names: &str) {
        let user = join_by_id("r", Kind::User, "n.links[1]");
        self.arms.push(format!("{} FROM p CROSS JOIN {names} n {user}", columns(arm, "r")));
    }

    /// Adds the groups of a user, whose id is an expression, after a group. The membership and its group must have the same
    /// id of the group.
    fn add_groups(&mut self, arm: i32, of: &str, after: Option<&str>, limit: usize) {
        let after = self.bind(format!(" {}", after.unwrap_or_default()).into_bytes());
        let limit = self.bind(limit_of(limit));
        let name = format!("substring(m.id from octet_length({of}) + 2)");
        let from = format!("lido_record m {}", join_by_id("r", Kind::Group, &name));
        // As with the users of a group, nearly all match.
        let among = format!(
            "{} AND m.id > {of} || {after} AND m.id < {of} || '!'::bytea AND COALESCE(r.links = m.links, false)",
            of_kind("m", Kind::GroupOfUser)
        );
        self.add_page(arm, &from, &among, "m.id", &limit);
    }

    /// Adds the name that a pending code activates, and its user.
    fn add_alias_holder(&mut self, number: usize, of: &str, alias: &CodeAlias) {
        let code = Key::code(&Sub::new(""), alias.purpose);
        let suffix = self.bind(stored_id(code.id()));
        // A record of a code links to the name as it is, and to the folded one.
        let link = if alias.case_sensitive { 1 } else { 2 };
        self.tables.push(format!(
            "a{number} AS (SELECT r.kind, r.id, r.version, r.body, r.links FROM {of} {} {})",
            join_by_id("c", Kind::Code, &format!("o.id || {suffix}")),
            join_by_id("r", Kind::Name, &format!("c.links[{link}]"))
        ));
        let arm = arm_of(number);
        self.arms.push(format!("{} FROM a{number} r", columns(arm, "r")));
        self.add_holders(arm, &format!("a{number}"));
        // The code itself, which may not be among the related records.
        let code = join_by_id("r", Kind::Code, &format!("o.id || {suffix}"));
        self.arms.push(format!("{} FROM {of} {code}", columns(arm, "r")));
    }
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A parameter and its type in SQL.
struct ParamOf(Param, &'static str);

macro_rules! param_of {
    ($($from:ty: $cast:literal),*) => {$(
        impl From<$from> for ParamOf {
            fn from(value: $from) -> Self {
                Self(param(value), $cast)
            }
        }
    )*};
}

param_of!(
    Vec<u8>: "bytea",
    Option<Vec<u8>>: "bytea",
    Vec<Vec<u8>>: "bytea[]",
    i16: "int2",
    i64: "int8",
    Option<i64>: "int8"
);
