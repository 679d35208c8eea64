//! Tests of the plans that PostgreSQL makes of the statements: none reads more of a large table than it needs.

use lido_domain::{
    Timestamp,
    code::Purpose,
    digest::DigestKeys,
    id::ClientId,
    pool::alias::{Candidates, NameKind},
};

use super::{id::term, param::param, *};
use crate::store::{Claim, CodeAlias, Lookup, Memberships, RelatedRecord, Scope, UserSelector};

/// Returns the URL of a store in a new schema, and a session with it.
async fn new_session() -> Option<(String, Session)> {
    let (url, _) = open_in_new_schema().await?;
    Some((url.clone(), session_with(&url).await))
}

async fn session_with(url: &str) -> Session {
    let address = read_address(&self::url(url)).expect("good");
    connect(&address, PostgresLimits::default()).await.expect("connected")
}

/// Returns the plan of a statement as it is made once for all parameters.
async fn generic_plan(session: &Session, query: &Query) -> String {
    session.execute_plain("SET plan_cache_mode = force_generic_plan").await.expect("set");
    session.execute_plain(&format!("PREPARE planned AS {}", query.text)).await.expect("prepared");
    let nulls = vec!["NULL"; query.params.len()].join(", ");
    let explain = if nulls.is_empty() { String::new() } else { format!("({nulls})") };
    let explain = Query { text: format!("EXPLAIN EXECUTE planned{explain}"), params: Vec::new() };
    let rows = session.query(&explain).await.expect("explained");
    let lines: Vec<String> = rows.iter().map(|row| column(row, 0).expect("text")).collect();
    session.execute_plain("DEALLOCATE planned").await.expect("forgotten");
    lines.join("\n")
}

/// A table of many records, beside tables that are empty and that nothing has ever analyzed: a planner then believes that
/// these have a thousand rows, and no plan may be a scan of the large table for it.
#[tokio::test]
async fn no_statement_scans_a_large_table() {
    let Some((url, session)) = new_session().await else { return };
    for text in [
        "INSERT INTO lido_record (pool, incarnation, kind, id, version, body)
         SELECT 'p'::bytea, 1, 2, convert_to(n::text, 'UTF8'), n, '{}'::bytea FROM generate_series(1, 50000) n",
        "INSERT INTO lido_search (pool, incarnation, term, id)
         SELECT 'p'::bytea, 1, convert_to(n::text, 'UTF8'), convert_to(n::text, 'UTF8') FROM generate_series(1, 50000) n",
        "ANALYZE lido_record",
        "ANALYZE lido_search",
    ] {
        execute(&url, text).await;
    }
    let (now, scope) = (Timestamp::from_millis(0), Scope::Pool(pool_id("p")));
    let list = Lookup::List { kind: Kind::User, prefix: String::new(), after: String::new(), limit: 60 };
    let search = |whole| {
        let search = Search { field: "email", text: "ann@example.com".into(), whole };
        Lookup::Search { search, after: String::new(), limit: 60 }
    };
    let mut queries: Vec<Query> = steps::sweep_deleted(500).into();
    queries.extend([
        steps::sweep_expired(Kind::Session, now, 500),
        steps::due(Kind::Outbox, now, 500),
        steps::list_pools(None, 60),
        steps::check_health(),
        read::statement(&scope, &[Lookup::Key { key: Key::pool(), known: None }]),
        read::statement(&scope, &[list]),
        read::statement(&scope, &[search(true)]),
        read::statement(&scope, &[search(false)]),
        read::statement(&scope, &[Lookup::User(UserQuery::of(&Sub::new("s"), Vec::new()))]),
    ]);
    for query in &queries {
        let plan = generic_plan(&session, query).await;
        let lines: Vec<&str> = plan.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let is_large = line.contains("on lido_record") || line.contains("on lido_search");
            let is_scan = is_large && line.contains("Scan") && !line.contains("Bitmap Heap");
            let detail = lines.get(number + 1).copied().unwrap_or_default();
            assert!(!is_scan || detail.contains("Index Cond"), "{}\n{plan}", query.text);
        }
    }
}

/// Lookups of the first rows of something, however much there is of it.
fn pages(limit: usize) -> Vec<Lookup> {
    let search = |after: &str| {
        let search = Search { field: "email", text: "all".into(), whole: true };
        Lookup::Search { search, after: after.to_owned(), limit }
    };
    let list = |prefix: &str, after: &str| Lookup::List {
        kind: Kind::User,
        prefix: prefix.to_owned(),
        after: after.to_owned(),
        limit,
    };
    let Record::Group(group) = sample::group("g") else { panic!("a group") };
    let (group, sub) = (Box::new(group), Sub::new("1"));
    vec![
        list("", ""),
        list("1", "12"),
        search(""),
        search("2"),
        Lookup::Memberships(Memberships::OfGroup { group, after: None, limit }),
        Lookup::Memberships(Memberships::OfUser { sub: sub.clone(), after: None, limit }),
        Lookup::User(UserQuery::of(&sub, vec![RelatedRecord::Groups(limit)])),
        Lookup::Count(Kind::User),
    ]
}

/// Returns the most rows that a lookup of [`pages`] may read: a few for each that it returns.
fn most_rows(lookup: &Lookup, limit: usize) -> usize {
    match lookup {
        Lookup::List { .. } | Lookup::Search { .. } | Lookup::Memberships(_) | Lookup::User(_) => 3 * limit,
        Lookup::Key { .. } | Lookup::Holders { .. } => 1,
        Lookup::Count(_) => 2 * (usize::try_from(read::MAX_COUNTED).expect("small") + 2),
    }
}

/// A pool of 50,000 users in a group, each in 50,000 groups and with the same e-mail address: a page reads no more of them
/// than it has rows, whether its plan is made for its parameters or for all.
#[tokio::test]
async fn page_of_a_large_pool_reads_no_more_than_the_page() {
    const LIMIT: usize = 60;
    let Some((url, session)) = new_session().await else { return };
    let record =
        "INSERT INTO lido_record (pool, incarnation, kind, id, version, links, body) SELECT pool.id, 1,";
    let rest = "n, ARRAY['id-g'::bytea], '{}'::bytea FROM lido_pool pool, generate_series(1, 50000) n";
    let add = |kind: Kind, id: &str| format!("{record} {}, convert_to({id}, 'UTF8'), {rest}", kind.number());
    for text in [
        format!("INSERT INTO lido_pool (id, incarnation) VALUES ('{}'::bytea, 1)", pool_id("p").as_str()),
        add(Kind::User, "n::text"),
        add(Kind::Group, "n::text"),
        add(Kind::UserInGroup, "'g ' || n"),
        add(Kind::GroupOfUser, "'1 ' || n"),
        "ANALYZE lido_record".to_owned(),
    ] {
        execute(&url, &text).await;
    }
    let entry = Query {
        text: "INSERT INTO lido_search (pool, incarnation, term, id)
               SELECT pool.id, 1, $1, convert_to(n::text, 'UTF8') FROM lido_pool pool, generate_series(1, 50000) n"
            .to_owned(),
        params: vec![param(term("email", "all"))],
    };
    session.query(&entry).await.expect("inserted");
    session.execute_plain("ANALYZE lido_search").await.expect("analyzed");
    for lookup in pages(LIMIT) {
        let statement = || read::statement(&Scope::Pool(pool_id("p")), std::slice::from_ref(&lookup));
        let Query { text, params } = statement();
        let explain = Query { text: format!("EXPLAIN ANALYZE {text}"), params };
        let rows = session.query(&explain).await.expect("explained");
        let lines: Vec<String> = rows.iter().map(|row| column(row, 0).expect("text")).collect();
        let read: usize =
            lines.iter().filter(|line| line.contains(" on lido_")).map(|line| rows_read(line)).sum();
        let most = most_rows(&lookup, LIMIT);
        assert!((LIMIT..=most).contains(&read), "{read} rows, {lookup:?}\n{}", lines.join("\n"));
        let plan = generic_plan(&session, &statement()).await;
        assert!(!plan.contains("Sort"), "{lookup:?}\n{plan}");
    }
}

#[tokio::test]
async fn planner_learns_of_a_table_that_has_grown() {
    let Some((url, store)) = open_in_new_schema().await else { return };
    store.put(&pool_id("p"), vec![(Key::pool(), pool("p"))]).await.expect("written");
    execute(
        &url,
        "INSERT INTO lido_record (pool, incarnation, kind, id, version, body)
         SELECT id, incarnation, 2, convert_to(n::text, 'UTF8'), n, '{}'::bytea
         FROM lido_pool, generate_series(1, 20000) n",
    )
    .await;
    store.refresh_statistics().await.expect("analyzed");
    let session = session_with(&url).await;
    assert!(session.query(&steps::outgrown_tables()).await.expect("read").is_empty());
    let known = Query {
        text: "SELECT reltuples FROM pg_class WHERE oid = 'lido_record'::regclass".to_owned(),
        params: Vec::new(),
    };
    let rows = session.query(&known).await.expect("read");
    assert!(column::<f32>(&rows[0], 0).expect("a number") > 10_000.0);
}

/// Without statistics the planner believes that the start of a key finds one row. Whatever it believes, what is read by an id is
/// looked up by its whole key, and what is read in the order of the ids begins at one.
#[tokio::test]
async fn read_uses_the_whole_key_whatever_the_planner_knows() {
    let Some((_, session)) = new_session().await else { return };
    let sub = Sub::new("1");
    let named = UserSelector::Named(Candidates { sub: sub.clone(), names: vec![name("ann"), name("bob")] });
    let digests = [1, 2].map(|byte| DigestKeys::new([byte; 32], []).digest(&["session"]));
    let related = vec![
        RelatedRecord::Code(Purpose::SignUp),
        RelatedRecord::AliasHolder(CodeAlias {
            purpose: Purpose::SignUp,
            kinds: vec![NameKind::Username],
            case_sensitive: true,
        }),
        RelatedRecord::Groups(60),
        RelatedRecord::Device(None),
    ];
    let query =
        |subject| UserQuery { subject, related: related.clone(), fallback: None, sessions: digests.to_vec() };
    let mut lookups = pages(60);
    lookups.retain(|lookup| !matches!(lookup, Lookup::Count(_)));
    lookups.extend([
        Lookup::Key { key: Key::user(&sub), known: None },
        Lookup::User(query(named)),
        Lookup::User(query(UserSelector::Session)),
        Lookup::Holders { names: vec![name("ann"), name("bob")], as_sub: Some(sub) },
    ]);
    let claim = Scope::Claim(Claim::client(&ClientId::new("c")));
    let both = [Scope::Pool(pool_id("p")), claim];
    for (scope, lookup) in both.iter().flat_map(|scope| lookups.iter().map(move |lookup| (scope, lookup))) {
        assert_reads_by_id(&session, &read::statement(scope, std::slice::from_ref(lookup))).await;
    }
}

/// As above, for every statement of commits that replace, insert, remove and rely.
#[tokio::test]
async fn commit_uses_the_whole_key_whatever_the_planner_knows() {
    let Some((_, session)) = new_session().await else { return };
    let [ann, bob, group] = [Sub::new("ann"), Sub::new("bob"), Sub::new("group")].map(|sub| Key::user(&sub));
    let put = |key: &Key| Write::Put(key.clone(), Record::User(user("ann")));
    let commit = Commit {
        version: Version(9),
        expects: vec![
            Expectation::At(ann.clone(), Version(1)),
            Expectation::At(attempts_key(), Version(2)),
            Expectation::Absent(bob.clone()),
            Expectation::At(group, Version(3)),
            Expectation::Guard(Key::pool(), Version(4)),
        ],
        writes: vec![
            put(&ann),
            put(&bob),
            Write::Remove(attempts_key()),
            Write::Remove(Key::code(&Sub::new("s"), Purpose::SignUp)),
            Write::RemoveByPrefix(Kind::Device, "ann ".to_owned()),
        ],
        claims: Vec::new(),
    };
    let plan = plan::Plan::new(&commit).expect("encoded");
    let statements = commit::statements(pool_id("p").as_str().as_bytes(), &plan);
    assert_eq!(statements.len(), 11, "{statements:?}");
    for statement in &statements {
        assert_reads_by_id(&session, statement).await;
    }
}

/// Asserts that each row of a large table which a statement reads is looked up with an id.
async fn assert_reads_by_id(session: &Session, statement: &Query) {
    let plan = generic_plan(session, statement).await;
    let lines: Vec<&str> = plan.lines().collect();
    for (line, condition) in lines.iter().zip(lines.iter().skip(1)) {
        let is_read = line.contains("Scan") && line.contains(" on lido_");
        let is_large = line.contains(" on lido_record") || line.contains(" on lido_search");
        let has_id = condition.contains("Index Cond") && condition.contains("(id ");
        assert!(!is_read || !is_large || has_id, "{}\n{plan}", statement.text);
    }
}

/// Returns how many rows a line of an executed plan tells.
fn rows_read(line: &str) -> usize {
    let number = |name: &str| {
        let (_, rest) = line.split_once("(actual ")?.1.split_once(name)?;
        // From version 18 on with a fraction, the mean of the loops.
        rest.split(['.', ' ', ')']).next()?.parse::<usize>().ok()
    };
    match (number("rows="), number("loops=")) {
        (Some(rows), Some(loops)) => rows * loops,
        // A node that was never executed.
        _ => 0,
    }
}
