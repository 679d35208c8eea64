use super::*;
use crate::fixture;

const T: Timestamp = Timestamp::from_millis(7);
const LATER: Timestamp = Timestamp::from_millis(8);

fn links(url: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("cognito:default".to_owned(), url.to_owned())])
}

fn terms(id: &str, name: TermsName) -> Terms {
    let client = fixture::client().id;
    Terms {
        id: TermsId::new(id),
        client,
        name,
        links: links("https://a.example"),
        created_at: T,
        modified_at: T,
    }
}

/// api-0263, api-0270.
#[test]
fn app_client_has_one_document_of_a_name_and_a_pool_a_limited_number() {
    let (pool, client) = (fixture::pool_record(), Arc::new(fixture::client_record()));
    let id = &client.client.id;
    let other = [terms("o", TermsName::PrivacyPolicy)];
    let stored = StoredTerms { pool: &pool, client: Some(&client), terms: &other, count: 39 };
    let give = |stored, name| create(stored, id, TermsId::new("t"), name, links("https://a.example"), T);
    let created = give(stored, TermsName::TermsOfUse);
    let changes = &created.remember[..];
    assert!(
        matches!(changes, [Change::PutTerms(_), Change::PutClient(_), Change::PutPool(_)]),
        "{changes:?}"
    );
    assert_eq!(created.answer, Ok(terms("t", TermsName::TermsOfUse)));
    let exist = Err(BrandingFault::TermsExist(TermsName::PrivacyPolicy, id.clone()).into());
    assert_eq!(give(StoredTerms { count: 40, ..stored }, TermsName::PrivacyPolicy).answer, exist);
    let too_many = Err(BrandingFault::TooManyTerms.into());
    assert_eq!(give(StoredTerms { count: 40, ..stored }, TermsName::TermsOfUse).answer, too_many);
    let unknown = StoredTerms { client: None, terms: &[], ..stored };
    let refusal = Err(Refusal::UnknownClient(id.clone()));
    assert_eq!(give(unknown, TermsName::TermsOfUse).answer, refusal);
    assert_eq!(get_of_client(unknown, id, TermsName::TermsOfUse).map(drop), refusal.map(drop));
    assert_eq!(get_of_client(stored, id, TermsName::PrivacyPolicy), Ok(&other[0]));
    let none = Err(BrandingFault::UnknownTermsOfClient(TermsName::TermsOfUse, id.clone()).into());
    assert_eq!(get_of_client(stored, id, TermsName::TermsOfUse), none);
}

/// api-0263, api-0267.
#[test]
fn update_keeps_what_it_leaves_out_and_moves_to_a_free_name() {
    let (use_terms, privacy) = (terms("t", TermsName::TermsOfUse), terms("p", TermsName::PrivacyPolicy));
    let both = [use_terms.clone(), privacy];
    let nothing = update(&use_terms.id, &both, TermsUpdate::default(), LATER).answer;
    assert_eq!(nothing, Ok(Terms { modified_at: LATER, ..use_terms.clone() }));
    let to_privacy = TermsUpdate { name: Some(TermsName::PrivacyPolicy), links: None };
    let exist = BrandingFault::TermsExist(TermsName::PrivacyPolicy, use_terms.client.clone());
    assert_eq!(update(&use_terms.id, &both, to_privacy.clone(), LATER).answer, Err(exist.into()));
    let moved = update(&use_terms.id, &both[..1], to_privacy, LATER);
    let changes = &moved.remember[..];
    assert!(matches!(changes, [Change::ReleaseTermsName { .. }, Change::PutTerms(_)]), "{changes:?}");
    assert_eq!(moved.answer.map(|terms| terms.name), Ok(TermsName::PrivacyPolicy));
    let linked = TermsUpdate { links: Some(links("https://b.example")), ..TermsUpdate::default() };
    let linked = update(&use_terms.id, &both, linked, LATER).answer.expect("updated");
    assert_eq!((linked.name, linked.links), (TermsName::TermsOfUse, links("https://b.example")));
    let unknown = TermsId::new("x");
    let refusal = Refusal::from(BrandingFault::UnknownTerms);
    assert_eq!(update(&unknown, &both, TermsUpdate::default(), T).answer, Err(refusal.clone()));
    assert_eq!(delete(&unknown, &both).answer, Err(refusal.clone()));
    assert_eq!(get(&unknown, &both).map(drop), Err(refusal));
    assert!(matches!(delete(&use_terms.id, &both).remember[..], [Change::RemoveTerms { .. }]));
}

#[test]
fn link_that_is_no_web_page_is_refused() {
    let (pool, client) = (fixture::pool_record(), Arc::new(fixture::client_record()));
    let stored = StoredTerms { pool: &pool, client: Some(&client), terms: &[], count: 0 };
    let give = |url: &str| {
        let id = &client.client.id;
        create(stored, id, TermsId::new("t"), TermsName::TermsOfUse, links(url), T).answer.map(drop)
    };
    for url in
        ["https://a.example/terms?x=y#z", "http://localhost", "https://[::1]/", "https://münchen.example"]
    {
        assert_eq!(give(url), Ok(()), "{url}");
    }
    let id = &client.client.id;
    let none = create(stored, id, TermsId::new("t"), TermsName::TermsOfUse, BTreeMap::new(), T).answer;
    assert_eq!(none, Err(BrandingFault::TermsWithoutLinks.into()));
    for url in [
        "javascript:alert(1)",
        "//a.example",
        "/terms",
        "data:text/html,x",
        "https:///x",
        "https://",
        "HTTPS:x",
    ] {
        assert_eq!(give(url), Err(BrandingFault::TermsLink(url.to_owned()).into()), "{url}");
    }
    assert!(give(&"x".repeat(1000)).is_err_and(|refusal| format!("{refusal:?}").len() < 200));
}
