//! Lookups of users by name, of pools by app client, and of related records.

use lido_domain::{
    branding::{asset::AssetOwner, customization::CustomizationScope, terms::TermsName},
    id::{StyleId, TermsId},
};

use super::*;
use crate::store::{
    Claim, ClientRecord, ClientWithPool, CodeAlias, KeyResult, Lookup, LookupResult, Scope, Transaction,
};

pub(crate) async fn name_identifies_its_user(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
    put(&store, &pool, Key::attempts(&bob, AttemptKind::ConfirmSignUp), sample::attempts(2)).await;
    let of_ann = read_user(&store, &pool, query("ann")).await;
    assert_eq!(of_ann.user.as_ref().map(|user| &user.sub), Some(&ann));
    assert!(of_ann.code.is_some() && of_ann.attempts.is_none());
    let of_bob = read_user(&store, &pool, query("bob")).await;
    assert_eq!(of_bob.attempts.map(|attempts| attempts.count), Some(2));

    // The commit depends on everything that was read: the name, the user, the code, and the absence of the counter.
    let changes = || {
        vec![
            Write::Put(Key::name(&name("ann")), Record::Name(bob.clone())),
            Write::Put(Key::user(&ann), Record::User(user("ann"))),
            Write::Remove(Key::code(&ann, Purpose::SignUp)),
            Write::Put(Key::attempts(&ann, AttemptKind::ConfirmSignUp), sample::attempts(1)),
        ]
    };
    for change in changes() {
        let tx = store.begin();
        tx.find_user(&pool, query("ann")).await.expect("read");
        write(&store, &pool, vec![change]).await;
        assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
        write(&store, &pool, vec![Write::Put(Key::name(&name("ann")), Record::Name(ann.clone()))]).await;
        put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
        write(&store, &pool, vec![Write::Remove(Key::attempts(&ann, AttemptKind::ConfirmSignUp))]).await;
    }
    let tx = store.begin();
    tx.find_user(&pool, query("ann")).await.expect("read");
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(true));
}

pub(crate) async fn sub_takes_precedence_over_names(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    // Bob's username equals Ann's sub.
    put(&store, &pool, Key::name(&name(ann.as_str())), Record::Name(bob)).await;
    let reading = read_user(&store, &pool, query(ann.as_str())).await;
    assert_eq!(reading.user.map(|user| user.sub), Some(ann));
}

pub(crate) async fn simulated_sub_has_related_records(store: Store) {
    let (pool, simulated) = (pool_id("p"), Sub::new("simulated"));
    put(&store, &pool, Key::attempts(&simulated, AttemptKind::ConfirmSignUp), sample::attempts(7)).await;
    let with_fallback = UserQuery { fallback: Some(simulated), ..query("missing") };
    assert_eq!(
        read_user(&store, &pool, with_fallback).await.attempts.map(|attempts| attempts.count),
        Some(7)
    );
    assert_eq!(read_user(&store, &pool, query("missing")).await.attempts, None);
    // A sign-up with the missing name makes the commit conflict.
    let tx = store.begin();
    tx.find_user(&pool, query("missing")).await.expect("read");
    put_user(&store, &pool, "missing").await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
}

pub(crate) async fn name_without_user_is_corrupt(store: Store) {
    let pool = pool_id("p");
    put(&store, &pool, Key::name(&name("ghost")), Record::Name(Sub::new("gone"))).await;
    let read = store.begin().find_user(&pool, query("ghost")).await;
    assert!(matches!(read, Err(StoreError::Corrupt(_))));
}

pub(crate) async fn holders_of_names_are_found(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let (held, free) = (name("ann"), name("free"));
    let email = NameKey { kind: NameKind::Email, text: "ann@example.com".into() };
    put(&store, &pool, Key::name(&email), Record::Name(ann.clone())).await;
    let names = [held.clone(), free.clone(), email.clone()];
    let tx = store.begin();
    let holders = tx.find_holders(&pool, &names, None).await.expect("read");
    assert_eq!(holders.keys().cloned().collect::<Vec<_>>(), [held, email]);
    // The commit depends on the free name staying free.
    put(&store, &pool, Key::name(&free), Record::Name(ann.clone())).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));

    // The sub of a user is requested as a username.
    let (tx, as_sub) = (store.begin(), name("whatever"));
    let holders = tx.find_holders(&pool, std::slice::from_ref(&as_sub), Some(&ann)).await.expect("read");
    assert_eq!(holders.get(&as_sub).map(|user| &user.sub), Some(&ann));
    let none = tx.find_holders(&pool, &[as_sub], Some(&Sub::new("none"))).await.expect("read");
    assert!(none.is_empty());
}

pub(crate) async fn client_id_identifies_its_pool(store: Store) {
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    put(&store, &pool, Key::pool(), sample::pool("p")).await;
    put(&store, &pool, Key::client(&id), sample::client("c")).await;
    let tx = store.begin();
    let found = tx.find_client(&id).await.expect("read").expect("there");
    assert_eq!((found.pool.name.as_str(), &found.client.client.id), ("p", &id));
    // A change of the pool is visible at once, and makes an earlier transaction conflict.
    put(&store, &pool, Key::pool(), sample::pool("renamed")).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
    let found = store.begin().find_client(&id).await.expect("read").expect("there");
    assert_eq!(found.pool.name, "renamed");
    write(&store, &pool, vec![Write::Remove(Key::client(&id))]).await;
    assert!(store.begin().find_client(&id).await.expect("read").is_none());
}

pub(crate) async fn client_id_is_unique_over_pools(store: Store) {
    let (here, there, id) = (pool_id("here"), pool_id("there"), ClientId::new("c"));
    put(&store, &here, Key::client(&id), sample::client("c")).await;
    let both = || {
        vec![
            Write::Put(Key::pool(), sample::pool("there")),
            Write::Put(Key::client(&id), sample::client("c")),
        ]
    };
    assert_eq!(commit(&store, &there, vec![], both()).await, Err(StoreError::Conflict));
    assert_eq!(store.get(&there, Key::pool()).await, Ok(None));
    // Putting the client again keeps its claim, and another pool cannot release it.
    put(&store, &here, Key::client(&id), sample::client("c")).await;
    make_pool(&store, &there).await;
    write(&store, &there, vec![Write::Remove(Key::client(&id))]).await;
    assert!(store.begin().find_client(&id).await.expect("read").is_some());
    write(&store, &here, vec![Write::Remove(Key::client(&id))]).await;
    assert_eq!(commit(&store, &there, vec![], both()).await, Ok(()));
}

pub(crate) async fn domain_identifies_its_pool(store: Store) {
    let (pool, shop) = (pool_id("p"), DomainName::new("shop"));
    assert_eq!(store.begin().find_pool_by_domain(&shop).await, Ok(None));
    put(&store, &pool, Key::pool(), sample::pool_with_domain("p", "shop")).await;
    let tx = store.begin();
    let found = tx.find_pool_by_domain(&shop).await.expect("read").expect("there");
    assert_eq!((&found.pool.id, tx.pool_id()), (&pool, Some(&pool)));
    assert_eq!(store.begin().find_pool_by_domain(&DomainName::new("sho")).await, Ok(None));
    write(&store, &pool, vec![Write::DeletePool]).await;
    assert_eq!(store.begin().find_pool_by_domain(&shop).await, Ok(None));
}

pub(crate) async fn domain_is_unique_over_pools_until_it_is_released(store: Store) {
    let (here, there, shop) = (pool_id("here"), pool_id("there"), DomainName::new("shop"));
    let take = |name: &str| vec![Write::Put(Key::pool(), sample::pool_with_domain(name, "shop"))];
    make_pool(&store, &there).await;
    write(&store, &here, take("here")).await;
    assert_eq!(commit(&store, &there, vec![], take("there")).await, Err(StoreError::Conflict));
    // A further write of the pool keeps the domain, and to ask for the holder enters no pool.
    write(&store, &here, take("here")).await;
    let tx = store.begin();
    assert_eq!(tx.find_domain_holder(&shop).await, Ok(Some(here.clone())));
    assert_eq!(tx.pool_id(), None);
    // A change releases it with the pool's record; another pool cannot release it.
    for (pool, holder) in [(&there, Some(here.clone())), (&here, None)] {
        let tx = store.begin();
        let record = tx.find_pool(pool).await.expect("read").expect("there");
        let freed = PoolRecord { domains: Domains::default(), ..PoolRecord::clone(&record) };
        let changes = vec![Change::PutPool(Arc::new(freed)), Change::ReleaseDomain(shop.clone())];
        let cause = RequestInfo::default();
        tx.commit(&keys(), changes, &cause, T).await.expect("no conflict");
        assert_eq!(store.begin().find_domain_holder(&shop).await, Ok(holder));
    }
    assert_eq!(commit(&store, &there, vec![], take("there")).await, Ok(()));
}

pub(crate) async fn resource_servers_are_found_by_identifier(store: Store) {
    let pool = pool_id("p");
    for id in ["photos", "https://example.com/api"] {
        let server = sample::resource_server(id);
        put(&store, &pool, Key::resource_server(&server.id), Record::ResourceServer(server)).await;
    }
    let ids = ["absent", "photos"].map(ResourceServerId::new);
    let tx = store.begin();
    let found = tx.find_resource_servers(&pool, &ids).await;
    assert_eq!(found, Ok(vec![sample::resource_server("photos")]));
    assert_eq!(store.begin().find_resource_servers(&pool, &[]).await, Ok(Vec::new()));
    let (_, one, count) = store.begin().find_pool_and_resource_servers(&pool, &ids[1]).await.expect("read");
    assert_eq!((one, count), (Some(sample::resource_server("photos")), 2));
    let listed = store.begin().list_resource_servers(&pool, None, 1).await.expect("read");
    assert_eq!(listed, [sample::resource_server("https://example.com/api")]);
    let listed = store.begin().list_resource_servers(&pool, Some(&listed[0].id), 9).await;
    assert_eq!(listed, Ok(vec![sample::resource_server("photos")]));
    // A commit that relies on a resource server, or on its absence, conflicts once that has changed.
    write(&store, &pool, vec![Write::Remove(Key::resource_server(&ids[1]))]).await;
    let changes = vec![Change::PutUser(Box::new(user("ann")))];
    let cause = RequestInfo::default();
    assert_eq!(tx.commit(&keys(), changes, &cause, T).await.map(drop), Err(StoreError::Conflict));
}

pub(crate) async fn client_metadata_is_listed_and_removed_by_policy(store: Store) {
    let (pool, urls) = (pool_id("p"), ["https://example.com/a", "https://example.com/b"]);
    for policy in ["p", "pp"] {
        let key = Key::cimd_policy(&CimdPolicyId::new(policy));
        put(&store, &pool, key, Record::CimdPolicy(sample::cimd_policy(policy))).await;
        for url in urls {
            let kept = sample::client_metadata(policy, url, T);
            let key = Key::client_metadata(&kept.policy, url);
            put(&store, &pool, key, Record::ClientMetadata(Box::new(kept))).await;
        }
    }
    let (p, pp) = (CimdPolicyId::new("p"), CimdPolicyId::new("pp"));
    let tx = store.begin();
    let (_, policy, kept) = tx.find_client_metadata(&pool, &p, urls[1]).await.expect("read");
    assert_eq!(policy, Some(sample::cimd_policy("p")));
    assert_eq!(kept, Some(sample::client_metadata("p", urls[1], T)));
    let listed = tx.list_client_metadata(&pool, &p, Some(urls[0]), 9).await;
    assert_eq!(listed, Ok(vec![sample::client_metadata("p", urls[1], T)]));
    let changes = vec![Change::RemoveCimdPolicy(p.clone())];
    tx.commit(&keys(), changes, &RequestInfo::default(), T).await.expect("no conflict");
    assert_eq!(store.begin().list_client_metadata(&pool, &p, None, 9).await, Ok(Vec::new()));
    assert_eq!(store.begin().list_client_metadata(&pool, &pp, None, 9).await.map(|kept| kept.len()), Ok(2));
    assert_eq!(store.begin().list_cimd_policies(&pool, None, 9).await, Ok(vec![sample::cimd_policy("pp")]));
    // A client that does not exist is not present.
    let (c, d) = (ClientId::new("c"), ClientId::new("d"));
    put(&store, &pool, Key::client(&c), sample::client("c")).await;
    let present = store.begin().find_present_clients(&pool, [&d, &c, &c]).await.expect("read");
    assert!(present.iter().eq([&c]));
}

pub(crate) async fn branding_is_read_with_the_app_client(store: Store) {
    let (pool, client) = (pool_id("p"), ClientId::new("c"));
    put(&store, &pool, Key::client(&client), sample::client("c")).await;
    let changes = vec![
        Change::PutUiCustomization(Arc::new(sample::ui_customization("c"))),
        Change::PutUiCustomization(Arc::new(sample::ui_customization("ALL"))),
        Change::PutStyle(Arc::new(sample::style("c"))),
        Change::PutTerms(Box::new(sample::terms("c", TermsName::PrivacyPolicy))),
        Change::PutTerms(Box::new(sample::terms("d", TermsName::TermsOfUse))),
        Change::PutAsset { of: AssetOwner::Style(client.clone()), asset: Box::new(sample::asset()) },
    ];
    let tx = store.begin();
    tx.find_pool(&pool).await.expect("read");
    tx.commit(&keys(), changes, &RequestInfo::default(), T).await.expect("committed");
    let tx = store.begin();
    let (found, count) = tx.find_branding_and_count(&pool, &client, Kind::Terms).await.expect("read");
    assert_eq!(found.customization.as_deref(), Some(&sample::ui_customization("c")));
    assert_eq!(found.shared_customization.as_deref(), Some(&sample::ui_customization("ALL")));
    assert_eq!(found.style.as_deref(), Some(&sample::style("c")));
    assert_eq!((found.terms, count), (vec![sample::terms("c", TermsName::PrivacyPolicy)], 2));
    let all = store.begin().find_branding(&pool, None).await.expect("read");
    assert!(all.shared_customization.is_some() && all.style.is_none() && all.client.is_none());
    let of_style = store.begin().find_client_of_style(&pool, &StyleId::new("style-c")).await.expect("read").1;
    let of_terms = store.begin().find_client_of_terms(&pool, &TermsId::new("d-terms-of-use")).await;
    assert_eq!(of_style.as_ref(), Some(&client));
    assert_eq!(of_terms.expect("read").1, Some(ClientId::new("d")));
    let owner = AssetOwner::Style(client.clone());
    let digest = sample::asset().name().digest;
    assert_eq!(
        store.begin().list_assets(&pool, &owner).await,
        Ok([(digest.clone(), sample::asset())].into())
    );
    let other = AssetOwner::Style(ClientId::new("c2"));
    assert_eq!(store.begin().list_assets(&pool, &other).await, Ok([].into()));
    assert_eq!(store.begin().find_asset(&pool, &owner, &digest).await, Ok(Some(sample::asset())));
    let scope = CustomizationScope::Pool;
    let listed = store.begin().list_ui_customizations(&pool, None, 9).await.expect("read");
    assert_eq!(listed.iter().map(|one| one.scope.as_str()).collect::<Vec<_>>(), ["ALL", "c"]);
    assert_eq!(
        store.begin().list_ui_customizations(&pool, Some(&scope), 9).await.map(|rest| rest.len()),
        Ok(1)
    );
    let styles = store.begin().list_styles(&pool, None, 9).await;
    assert_eq!(styles, Ok(vec![Arc::new(sample::style("c"))]));
    assert_eq!(store.begin().list_styles(&pool, Some(&client), 9).await, Ok(Vec::new()));
    let first = store.begin().list_terms(&pool, None, 1).await.expect("read");
    assert_eq!(first, [sample::terms("c", TermsName::PrivacyPolicy)]);
    let after = Some((&first[0].client, first[0].name));
    let rest = store.begin().list_terms(&pool, after, 9).await;
    assert_eq!(rest, Ok(vec![sample::terms("d", TermsName::TermsOfUse)]));
    // A commit that relies on what is there conflicts once it has changed.
    let removal = store.begin();
    removal.find_pool(&pool).await.expect("read");
    let of = client.clone();
    let removed = vec![Change::RemoveStyle { of, id: StyleId::new("style-c") }];
    removal.commit(&keys(), removed, &RequestInfo::default(), T).await.expect("committed");
    let changes = vec![Change::PutUser(Box::new(user("ann")))];
    let conflict = tx.commit(&keys(), changes, &RequestInfo::default(), T).await.map(drop);
    assert_eq!(conflict, Err(StoreError::Conflict));
    let of_style = store.begin().find_client_of_style(&pool, &StyleId::new("style-c")).await.expect("read").1;
    assert_eq!(of_style, None);
}

pub(crate) async fn cached_version_is_not_returned_again(store: Store) {
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    put(&store, &pool, Key::client(&id), sample::client("c")).await;
    let known = version(&store, &pool, &Key::pool()).await;
    for scope in [Scope::Pool(pool.clone()), Scope::Claim(Claim::client(&id))] {
        let lookups = vec![
            Lookup::Key { key: Key::name(&name("absent")), known },
            Lookup::Key { key: Key::pool(), known: None },
        ];
        let (found, answers) = store.read(&scope, lookups).await.expect("read").expect("there");
        assert_eq!(found, pool);
        assert_eq!(answers[0], LookupResult::Key(KeyResult::Absent));
        // The store replaces the unchanged result by its cached record.
        assert!(
            matches!(&answers[1], LookupResult::Key(KeyResult::Record(stored)) if Some(stored.version) == known)
        );
    }
    put(&store, &pool, Key::pool(), sample::pool("renamed")).await;
    assert_eq!(pool_name(&store, &pool).await.as_deref(), Some("renamed"));
    write(&store, &pool, vec![Write::DeletePool]).await;
    assert_eq!(pool_name(&store, &pool).await, None);
}

pub(crate) async fn user_is_found_by_the_current_record_of_the_pool(store: Store) {
    let pool = pool_id("p");
    let by_name = |record: &PoolRecord| query(&record.name);
    assert!(store.begin().find_pool_and_user_by(&pool, by_name).await.expect("read").is_none());
    put(&store, &pool, Key::pool(), sample::pool("ann")).await;
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    // The first one brings the record of the pool into the cache.
    for _ in 0..2 {
        let tx = store.begin();
        let (record, found) = tx.find_pool_and_user_by(&pool, by_name).await.expect("read").expect("there");
        assert_eq!((record.name.as_str(), found.user.map(|user| user.sub)), ("ann", Some(ann.clone())));
        // The commit depends on the user and on the pool.
        put(&store, &pool, Key::user(&ann), Record::User(user("ann"))).await;
        assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
    }
    put(&store, &pool, Key::pool(), sample::pool("bob")).await;
    let tx = store.begin();
    let (record, found) = tx.find_pool_and_user_by(&pool, by_name).await.expect("read").expect("there");
    assert_eq!((record.name.as_str(), found.user.map(|user| user.sub)), ("bob", Some(bob.clone())));
    // It does not depend on the user that the former record had led to.
    put(&store, &pool, Key::user(&ann), Record::User(user("ann"))).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(true));
    let tx = store.begin();
    tx.find_pool_and_user_by(&pool, by_name).await.expect("read").expect("there");
    put(&store, &pool, Key::pool(), sample::pool("carol")).await;
    assert_eq!(tx.put_message(sample::outbox_row("other", T)).await, Ok(false));
    write(&store, &pool, vec![Write::DeletePool]).await;
    assert!(store.begin().find_pool_and_user_by(&pool, by_name).await.expect("read").is_none());
}

pub(crate) async fn user_is_found_by_the_current_records_of_the_app_client(store: Store) {
    let (pool, id) = (pool_id("p"), ClientId::new("c"));
    // The user has the name of the pool. What is found is named by the app client.
    let open = |read: ClientWithPool| Ok::<_, StoreError>((read.client.name.clone(), query(&read.pool.name)));
    let find = async |tx: &Transaction| tx.find_client_and_user_by(&id, open).await.expect("read");
    let sub = |found: UserRecords| found.user.map(|user| user.sub);
    let named = |name: &str| {
        let Record::Pool(record) = sample::pool("p") else { panic!("a pool") };
        Record::Pool(Arc::new(PoolRecord { name: name.to_owned(), ..PoolRecord::clone(&record) }))
    };
    assert!(find(&store.begin()).await.is_none());
    put(&store, &pool, Key::pool(), named("ann")).await;
    put(&store, &pool, Key::client(&id), sample::client("c")).await;
    let ann = put_user(&store, &pool, "ann").await;
    let bob = put_user(&store, &pool, "bob").await;
    // The first one brings the records into the cache.
    for _ in 0..2 {
        let tx = store.begin();
        let (name, found) = find(&tx).await.expect("there");
        assert_eq!((name.as_str(), sub(found)), ("web", Some(ann.clone())));
        // The commit depends on the user.
        put(&store, &pool, Key::user(&ann), Record::User(user("ann"))).await;
        assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(false));
    }
    // Another pool's record leads to another user, on whom alone the commit depends.
    put(&store, &pool, Key::pool(), named("bob")).await;
    let tx = store.begin();
    let (_, found) = find(&tx).await.expect("there");
    assert_eq!(sub(found), Some(bob));
    put(&store, &pool, Key::user(&ann), Record::User(user("ann"))).await;
    assert_eq!(tx.put_message(sample::outbox_row("row", T)).await, Ok(true));
    // And on the app client, in the record that it has now.
    let Record::Client(client) = sample::client("c") else { panic!("an app client") };
    let renamed = ClientRecord { name: "renamed".to_owned(), ..ClientRecord::clone(&client) };
    put(&store, &pool, Key::client(&id), Record::Client(Arc::new(renamed))).await;
    let tx = store.begin();
    assert_eq!(find(&tx).await.expect("there").0, "renamed");
    put(&store, &pool, Key::client(&id), Record::Client(client)).await;
    assert_eq!(tx.put_message(sample::outbox_row("other", T)).await, Ok(false));
    write(&store, &pool, vec![Write::Remove(Key::client(&id))]).await;
    assert!(find(&store.begin()).await.is_none());
}

pub(crate) async fn failures_and_session_are_read_with_the_user(store: Store) {
    let (pool, simulated) = (pool_id("p"), Sub::new("simulated"));
    let ann = put_user(&store, &pool, "ann").await;
    let failures = |count| Failures { count, last_at: T };
    put(&store, &pool, Key::failures(&ann), Record::Failures(failures(1))).await;
    put(&store, &pool, Key::failures(&simulated), Record::Failures(failures(2))).await;
    let digest = DigestKeys::new([1; 32], []).digest(&["handle"]);
    let read = async |typed: &str, digests: &[lido_domain::digest::Digest]| {
        let query = UserQuery {
            related: vec![RelatedRecord::Failures],
            fallback: Some(simulated.clone()),
            sessions: digests.to_vec(),
            ..query(typed)
        };
        read_user(&store, &pool, query).await
    };
    let reading = read("ann", std::slice::from_ref(&digest)).await;
    assert_eq!((reading.user, reading.failures), (Some(user("ann")), Some(failures(1))));
    assert_eq!(reading.session, None);
    assert_eq!(read("missing", &[]).await.failures, Some(failures(2)), "those of the simulated sub");

    // A session may belong to a simulated sub, which the client then sends as the username. Its records are read.
    let (owner, mut record) = (Sub::new("owner"), sample::session(T));
    if let Record::Session(session) = &mut record {
        session.of = owner.clone();
    }
    put(&store, &pool, Key::session(&digest), record).await;
    put(&store, &pool, Key::failures(&owner), Record::Failures(failures(3))).await;
    let reading = read("owner", std::slice::from_ref(&digest)).await;
    assert_eq!((reading.user, reading.failures), (None, Some(failures(3))));
    let session = reading.session.map(|(key, session)| (key, session.of));
    assert_eq!(session, Some((digest.clone(), owner)));
    assert_eq!(
        read("missing", &[digest]).await.failures,
        Some(failures(2)),
        "the session of another name is ignored"
    );
}

pub(crate) async fn session_identifies_its_user_and_device(store: Store) {
    let pool = pool_id("p");
    let ann = put_user(&store, &pool, "ann").await;
    let [digest, other] = ["one", "other"].map(|text| DigestKeys::new([1; 32], []).digest(&[text]));
    let device = sample::device("ann", "d");
    let mut record = sample::session(T);
    if let Record::Session(session) = &mut record {
        session.of = ann.clone();
        session.device = Some(device.key.clone());
    }
    put(&store, &pool, Key::session(&digest), record).await;
    put(&store, &pool, Key::device(&ann, &device.key), Record::Device(device.clone())).await;
    let query = |sessions, sent: Option<&str>| UserQuery {
        subject: UserSelector::Session,
        related: vec![RelatedRecord::Device(sent.map(str::to_owned))],
        fallback: None,
        sessions,
    };
    let reading = read_user(&store, &pool, query(vec![other.clone(), digest.clone()], None)).await;
    assert_eq!(reading.user, Some(user("ann")));
    assert_eq!(reading.session.map(|(key, _)| key), Some(digest.clone()));
    assert_eq!(reading.device, Some((device.key.clone(), Some(device))));
    let reading = read_user(&store, &pool, query(vec![digest], Some("sent"))).await;
    assert_eq!(reading.device, Some(("sent".to_owned(), None)), "the sent key overrides that of the session");
    assert_eq!(read_user(&store, &pool, query(vec![other], None)).await, UserRecords::default());
}

pub(crate) async fn code_identifies_the_holder_of_its_alias(store: Store) {
    let pool = pool_id("p");
    let (ann, bob) = (put_user(&store, &pool, "ann").await, put_user(&store, &pool, "bob").await);
    put(&store, &pool, Key::code(&ann, Purpose::SignUp), sample::code(&pool, &ann)).await;
    let alias = NameKey { kind: NameKind::Email, text: sample::contact().value.to_lowercase() };
    let query = |kinds| UserQuery {
        related: vec![RelatedRecord::AliasHolder(CodeAlias {
            purpose: Purpose::SignUp,
            kinds,
            case_sensitive: false,
        })],
        ..query("ann")
    };
    let emails = || vec![NameKind::Email];
    assert_eq!(read_user(&store, &pool, query(vec![])).await.alias, None, "the pool has no such alias");
    let tx = store.begin();
    let reading = tx.find_user(&pool, query(emails())).await.expect("read");
    assert_eq!(reading.alias, Some((alias.clone(), None)));
    put(&store, &pool, Key::name(&alias), Record::Name(bob)).await;
    assert_eq!(
        tx.put_message(sample::outbox_row("row", T)).await,
        Ok(false),
        "the commit depends on the alias being free"
    );
    let reading = read_user(&store, &pool, query(emails())).await;
    assert_eq!(reading.alias_holder().map(|user| user.username.as_str()), Some("bob"));
}
