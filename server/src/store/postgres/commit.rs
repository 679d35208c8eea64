//! The statements of a commit: one transaction, sent at once, that holds for itself what the commit expects.
//!
//! Nothing is read back in between. A statement whose expectation is lost divides by zero, which aborts the transaction,
//! and whatever was sent after it is refused. What makes a commit right beside others:
//!
//! - A record that is written at a version is locked by its update or removal, which finds it at that version or raises.
//! - A record that is expected to be absent is inserted: into the unique index, which lets one of two in. If the commit does
//!   not write it, it is removed again at the end of the transaction.
//! - A record that is only relied upon is locked in share mode, last and without waiting.
//! - A guard is read after all of them, and not locked.
//!
//! Every row that is there already is reached by its whole key, by a statement or a subquery of its own: in a join with the
//! rows of the commit the planner may take the start of the key for enough, and read all records of a pool.
//!
//! So any two commits of which one must see the other meet in a lock or in the unique index, and READ COMMITTED is enough;
//! docs/postgresql.md has the reasons at length.

use super::{
    param::{Param, param},
    plan::{NewRow, Plan, RowKey},
    session::Query,
};

/// The incarnation of the pool `$1`.
const INCARNATION: &str = "(SELECT incarnation FROM lido_pool WHERE id = $1)";

/// Returns the condition of the record `r` of the pool `$1` with a kind and an id.
fn has_key(kind: &str, id: &str) -> String {
    format!("r.pool = $1 AND r.incarnation = {INCARNATION} AND r.kind = {kind} AND r.id = {id}")
}

/// Returns a query that raises unless `count` is `expected`.
///
/// The division depends on data, so that no planner divides beforehand.
fn raise_unless(count: &str, expected: &str) -> String {
    format!("SELECT 1 / (CASE WHEN {count} = {expected} THEN 1 ELSE 0 END)")
}

/// Returns a query that finds the records with the kinds, ids and versions `$2`, `$3` and `$4`, and locks them in their order.
fn found_rows(lock: &str) -> String {
    format!(
        "SELECT 1 FROM unnest($2::int2[], $3::bytea[], $4::int8[]) AS k (kind, id, version) CROSS JOIN LATERAL (
             SELECT 1 FROM lido_record r WHERE {} AND r.version = k.version LIMIT 1 {lock}) r",
        has_key("k.kind", "k.id")
    )
}

/// Returns the statements of a commit to a pool, in order.
pub(super) fn statements(pool: &[u8], plan: &Plan) -> Vec<Query> {
    let pool = || -> Param { param(pool.to_vec()) };
    let version = || -> Param { param(plan.version) };
    let mut queries = Vec::new();
    let mut add = |text: String, params: Vec<Param>| queries.push(Query { text, params });
    if plan.creates_pool {
        add(
            "INSERT INTO lido_pool (id, incarnation) VALUES ($1::bytea, $2::int8) ON CONFLICT (id) DO NOTHING".to_owned(),
            vec![pool(), version()],
        );
    }
    if plan.needs_lock() {
        let mut locked: Vec<_> = plan.locked.iter().collect();
        locked.sort();
        let [kinds, ids, versions] = versioned(locked.iter().map(|(key, version)| (key, *version)));
        let rows = found_rows("FOR UPDATE");
        let text = raise_unless(&format!("(SELECT count(*) FROM ({rows}) locked)"), "$5::int8");
        add(text, vec![pool(), kinds, ids, versions, count(plan.locked.len())]);
    }
    if !plan.searched.is_empty() {
        add_search(&mut add, &pool, plan);
    }
    let mut updates: Vec<_> = plan.updates.iter().collect();
    updates.sort_by(|one, other| one.0.cmp(&other.0));
    for ((kind, id), version_before, row) in updates {
        let list =
            |members: &Vec<Vec<u8>>| param(Some(members.clone()).filter(|members| !members.is_empty()));
        let mut params = vec![pool(), version(), param(*kind), param(id.clone()), param(*version_before)];
        params.extend([param(row.due_at), list(&row.links), list(&row.terms), param(row.body.clone())]);
        let text = format!(
            "WITH done AS (
                 UPDATE lido_record r SET version = $2::int8, due_at = $6::int8, links = $7::bytea[], terms = $8::bytea[], body = $9
                 WHERE {} AND r.version = $5::int8 RETURNING 1)
             {}",
            has_key("$3::int2", "$4::bytea"),
            raise_unless("(SELECT count(*) FROM done)", "1")
        );
        add(text, params);
    }
    if !plan.inserts.is_empty() || !plan.absent.is_empty() {
        let nothing = NewRow { due_at: None, links: Vec::new(), terms: Vec::new(), body: Vec::new() };
        let mut inserts: Vec<(&RowKey, &NewRow)> = plan.inserts.iter().map(|(key, row)| (key, row)).collect();
        inserts.extend(plan.absent.iter().map(|key| (key, &nothing)));
        add_insert(&mut add, &pool, plan, inserts, "");
    }
    if !plan.upserts.is_empty() {
        let upserts = plan.upserts.iter().map(|(key, row)| (key, row)).collect();
        let replace = "ON CONFLICT (pool, incarnation, kind, id) DO UPDATE SET version = excluded.version,
             due_at = excluded.due_at, links = excluded.links, terms = excluded.terms, body = excluded.body";
        add_insert(&mut add, &pool, plan, upserts, replace);
    }
    let mut removals: Vec<(&RowKey, Option<i64>)> =
        plan.removals.iter().map(|(key, at)| (key, *at)).collect();
    removals.extend(plan.absent.iter().map(|key| (key, Some(plan.version))));
    removals.sort();
    for ((kind, id), version_before) in removals {
        let has_key = has_key("$2::int2", "$3::bytea");
        let mut params = vec![pool(), param(*kind), param(id.clone())];
        match version_before {
            None => add(format!("DELETE FROM lido_record r WHERE {has_key}"), params),
            Some(version) => {
                params.push(param(version));
                let text = raise_unless("(SELECT count(*) FROM done)", "1");
                add(
                    format!(
                        "WITH done AS (DELETE FROM lido_record r WHERE {has_key} AND r.version = $4::int8 RETURNING 1)
                         {text}"
                    ),
                    params,
                );
            }
        }
    }
    for (kind, prefix) in &plan.removed_prefixes {
        // What the commit itself has put stays.
        add(
            format!(
                "DELETE FROM lido_record r WHERE r.pool = $1 AND r.incarnation = {INCARNATION} AND r.kind = $2::int2
                 AND r.id >= $3::bytea AND r.id < $4::bytea AND r.version <> $5::int8"
            ),
            vec![pool(), param(*kind), param(prefix.clone()), param(super::id::end_of_prefix(prefix)), version()],
        );
    }
    add_claims(&mut add, &pool, plan);
    add_checks(&mut add, &pool, plan);
    if let Some(must_exist) = plan.deletes_pool {
        add_pool_deletion(&mut add, &pool, must_exist);
    }
    queries
}

/// Adds the statement that inserts rows, which raises if the pool does not exist, and where a row exists already unless
/// `on_conflict` says what to do with it.
fn add_insert(
    add: &mut impl FnMut(String, Vec<Param>),
    pool: &impl Fn() -> Param,
    plan: &Plan,
    mut rows: Vec<(&RowKey, &NewRow)>,
    on_conflict: &str,
) {
    rows.sort_by(|one, other| one.0.cmp(other.0));
    let mut params = vec![pool(), param(plan.version)];
    params.extend(keys(rows.iter().map(|(key, _)| *key)));
    params.extend(contents(rows.iter().map(|(_, row)| *row)));
    params.push(count(rows.len()));
    let text = raise_unless("(SELECT count(*) FROM done)", "$9::int8");
    add(
        format!(
            "WITH done AS (
                 INSERT INTO lido_record (pool, incarnation, kind, id, version, due_at, links, terms, body)
                 SELECT p.id, p.incarnation, k.kind, k.id, $2::int8, k.due_at, k.links::bytea[], k.terms::bytea[], k.body
                 FROM lido_pool p CROSS JOIN
                 unnest($3::int2[], $4::bytea[], $5::int8[], $6::text[], $7::text[], $8::bytea[])
                 AS k (kind, id, due_at, links, terms, body)
                 WHERE p.id = $1 {on_conflict} RETURNING 1)
             {text}"
        ),
        params,
    );
}

/// Adds the statements that update the search index. They run before the users are written, whose rows have the entries
/// from before.
fn add_search(add: &mut impl FnMut(String, Vec<Param>), pool: &impl Fn() -> Param, plan: &Plan) {
    let is_user = |id: &str| has_key(&format!("{}::int2", crate::store::Kind::User.number()), id);
    let former =
        |id: &str| format!("(SELECT r.terms FROM lido_record r WHERE {} LIMIT 1) former", is_user(id));
    for (id, terms) in &plan.searched {
        add(
            format!(
                "DELETE FROM lido_search s WHERE s.pool = $1 AND s.incarnation = {INCARNATION} AND s.id = $2::bytea
                 AND s.term = ANY(ARRAY(
                     SELECT t.term FROM {} CROSS JOIN unnest(former.terms) AS t (term) WHERE t.term <> ALL($3::bytea[])))",
                former("$2::bytea")
            ),
            vec![pool(), param(id.clone()), param(terms.clone())],
        );
    }
    let entries = || plan.searched.iter().flat_map(|(id, terms)| terms.iter().map(move |term| (id, term)));
    let ids: Vec<Vec<u8>> = entries().map(|(id, _)| id.clone()).collect();
    let terms: Vec<Vec<u8>> = entries().map(|(_, term)| term.clone()).collect();
    if !ids.is_empty() {
        add(
            format!(
                "INSERT INTO lido_search (pool, incarnation, term, id)
                 SELECT p.id, p.incarnation, k.term, k.id
                 FROM lido_pool p CROSS JOIN unnest($2::bytea[], $3::bytea[]) AS k (id, term)
                 WHERE p.id = $1 AND NOT EXISTS (SELECT 1 FROM {} WHERE k.term = ANY(former.terms))
                 ON CONFLICT (pool, incarnation, term, id) DO NOTHING",
                former("k.id")
            ),
            vec![pool(), param(ids), param(terms)],
        );
    }
}

fn add_claims(add: &mut impl FnMut(String, Vec<Param>), pool: &impl Fn() -> Param, plan: &Plan) {
    if !plan.taken.is_empty() {
        let [namespaces, ids] = keys(plan.taken.iter());
        let text = raise_unless("(SELECT count(*) FROM done)", "$4::int8");
        add(
            format!(
                "WITH done AS (
                     INSERT INTO lido_claim AS c (namespace, id, pool, incarnation)
                     SELECT k.namespace, k.id, p.id, p.incarnation
                     FROM lido_pool p CROSS JOIN unnest($2::int2[], $3::bytea[]) AS k (namespace, id) WHERE p.id = $1
                     ON CONFLICT (namespace, id) DO UPDATE SET pool = excluded.pool
                     WHERE c.pool = excluded.pool AND c.incarnation = excluded.incarnation RETURNING 1)
                 {text}"
            ),
            vec![pool(), namespaces, ids, count(plan.taken.len())],
        );
    }
    if !plan.released.is_empty() {
        let [namespaces, ids] = keys(plan.released.iter());
        add(
            format!(
                "DELETE FROM lido_claim c USING unnest($2::int2[], $3::bytea[]) AS k (namespace, id)
                 WHERE c.namespace = k.namespace AND c.id = k.id AND c.pool = $1 AND c.incarnation = {INCARNATION}"
            ),
            vec![pool(), namespaces, ids],
        );
    }
}

/// Adds the statements that check what the commit relies upon and does not write.
fn add_checks(add: &mut impl FnMut(String, Vec<Param>), pool: &impl Fn() -> Param, plan: &Plan) {
    for (list, lock) in [(&plan.relied, "FOR SHARE NOWAIT"), (&plan.guards, "")] {
        if list.is_empty() {
            continue;
        }
        let mut list: Vec<_> = list.iter().collect();
        list.sort();
        let [kinds, ids, versions] = versioned(list.iter().map(|(key, version)| (key, *version)));
        let rows = found_rows(lock);
        let text = raise_unless(&format!("(SELECT count(*) FROM ({rows}) found)"), "$5::int8");
        add(text, vec![pool(), kinds, ids, versions, count(list.len())]);
    }
}

/// Adds the statements that delete the pool. Its rows are swept later ([`super::steps::sweep_deleted`]).
fn add_pool_deletion(add: &mut impl FnMut(String, Vec<Param>), pool: &impl Fn() -> Param, must_exist: bool) {
    add(
        "INSERT INTO lido_deleted (pool, incarnation) SELECT id, incarnation FROM lido_pool WHERE id = $1"
            .to_owned(),
        vec![pool()],
    );
    add(format!("DELETE FROM lido_claim WHERE pool = $1 AND incarnation = {INCARNATION}"), vec![pool()]);
    let text = raise_unless("GREATEST((SELECT count(*) FROM done), $2::int8)", "1");
    let least: i64 = if must_exist { 0 } else { 1 };
    add(
        format!("WITH done AS (DELETE FROM lido_pool WHERE id = $1 RETURNING 1) {text}"),
        vec![pool(), param(least)],
    );
}

fn count(rows: usize) -> Param {
    param(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// Returns the parameters of keys: their kinds and their ids.
fn keys<'a>(keys: impl Iterator<Item = &'a RowKey>) -> [Param; 2] {
    let (kinds, ids): (Vec<i16>, Vec<Vec<u8>>) = keys.cloned().unzip();
    [param(kinds), param(ids)]
}

/// Returns the parameters of keys with versions.
fn versioned<'a>(rows: impl Iterator<Item = (&'a RowKey, i64)> + Clone) -> [Param; 3] {
    let [kinds, ids] = keys(rows.clone().map(|(key, _)| key));
    let versions: Vec<i64> = rows.map(|(_, version)| version).collect();
    [kinds, ids, param(versions)]
}

/// Returns the parameters of the columns `due_at`, `links`, `terms` and `body`.
fn contents<'a>(rows: impl Iterator<Item = &'a NewRow> + Clone) -> [Param; 4] {
    let due: Vec<Option<i64>> = rows.clone().map(|row| row.due_at).collect();
    let links: Vec<Option<String>> = rows.clone().map(|row| array(&row.links)).collect();
    let terms: Vec<Option<String>> = rows.clone().map(|row| array(&row.terms)).collect();
    let bodies: Vec<Vec<u8>> = rows.map(|row| row.body.clone()).collect();
    [param(due), param(links), param(terms), param(bodies)]
}

/// Returns the text of an array of `bytea`, since an array of arrays has members of one length. `None` if it is empty.
fn array(members: &[Vec<u8>]) -> Option<String> {
    if members.is_empty() {
        return None;
    }
    let members: Vec<String> = members
        .iter()
        .map(|member| {
            let digits: String = member.iter().map(|byte| format!("{byte:02x}")).collect();
            format!(r#""\\x{digits}""#)
        })
        .collect();
    Some(format!("{{{}}}", members.join(",")))
}
