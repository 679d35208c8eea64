use super::*;
use crate::{
    branding::css::CssFault,
    fixture,
    id::{ClientId, DomainName},
    pool::domain::{Domain, DomainSettings},
};

const CSS: &str = ".label-customizable { color: red }";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const T: Timestamp = Timestamp::from_millis(7);

fn pool() -> PoolRecord {
    let mut pool = fixture::pool_record();
    let (name, settings) = (DomainName::new("shop"), DomainSettings::default());
    *pool.domains.place(false) = Some(Domain { name, settings, created_at: T });
    pool
}

fn of(pool: &PoolRecord) -> StoredCustomizations<'_> {
    StoredCustomizations { pool, client: None, own: None, shared: None }
}

fn customization(scope: CustomizationScope) -> Arc<UiCustomization> {
    let css = Some(Stylesheet::read(CSS));
    Arc::new(UiCustomization { scope, css, logo: None, created_at: T, modified_at: T })
}

/// api-0236.
#[test]
fn customization_needs_a_domain_and_an_app_client_that_exists() {
    let bare = fixture::pool_record();
    let no_domain: Result<(), _> = Err(BrandingFault::NoDomain.into());
    assert_eq!(get(&CustomizationScope::Pool, of(&bare)).map(drop), no_domain);
    let set_bare = set(&CustomizationScope::Pool, of(&bare), Some(CSS), None, T);
    assert_eq!((set_bare.remember.len(), set_bare.answer.map(drop)), (0, no_domain));
    let (id, pool) = (ClientId::new("none"), pool());
    let scope = CustomizationScope::Client(id.clone());
    assert_eq!(get(&scope, of(&pool)).map(drop), Err(Refusal::UnknownClient(id)));
}

/// api-0240.
#[test]
fn app_client_without_its_own_has_the_customization_of_the_pool() {
    let (pool, client) = (pool(), Arc::new(fixture::client_record()));
    let scope = CustomizationScope::Client(client.client.id.clone());
    let (own, shared) = (customization(scope.clone()), customization(CustomizationScope::Pool));
    let of_client = StoredCustomizations { client: Some(&client), ..of(&pool) };
    assert_eq!(get(&scope, of_client), Ok(None));
    let of_pool = StoredCustomizations { shared: Some(&shared), ..of_client };
    assert_eq!(get(&scope, of_pool), Ok(Some(&shared)));
    assert_eq!(get(&scope, StoredCustomizations { own: Some(&own), ..of_pool }), Ok(Some(&own)));
}

#[test]
fn customization_is_replaced_as_a_whole_and_removed_by_an_empty_request() {
    let (pool, client) = (pool(), Arc::new(fixture::client_record()));
    let scope = CustomizationScope::Client(client.client.id.clone());
    let stored = StoredCustomizations { client: Some(&client), ..of(&pool) };
    let both = set(&scope, stored, Some(CSS), Some(PNG), T);
    let changes = &both.remember[..];
    assert!(
        matches!(changes, [Change::PutAsset { .. }, Change::PutUiCustomization(_), Change::PutClient(_)]),
        "{changes:?}"
    );
    let both = both.answer.expect("set").expect("a customization");
    let stored = StoredCustomizations { own: Some(&both), ..stored };
    let later = Timestamp::from_millis(8);
    let css_only = set(&scope, stored, Some(CSS), None, later);
    assert!(matches!(&css_only.remember[0], Change::RemoveAsset { .. }), "{:?}", css_only.remember);
    let css_only = css_only.answer.expect("set").expect("a customization");
    assert_eq!((css_only.created_at, css_only.modified_at, css_only.logo.as_ref()), (T, later, None));
    let same_logo = set(&scope, stored, None, Some(PNG), later);
    assert!(!same_logo.remember.iter().any(|change| matches!(change, Change::RemoveAsset { .. })));
    for (css, logo) in [(None, None), (Some(""), Some(&b""[..]))] {
        let none = set(&scope, stored, css, logo, later);
        let changes = &none.remember[..];
        assert!(
            matches!(changes, [Change::RemoveAsset { .. }, Change::RemoveUiCustomization(_)]),
            "{changes:?}"
        );
        assert_eq!(none.answer, Ok(None));
    }
}

/// api-0238.
#[test]
fn contents_beyond_the_limits_are_refused() {
    let pool = pool();
    let check = |css: Option<&str>, logo: Option<&[u8]>| {
        let verdict = set(&CustomizationScope::Pool, of(&pool), css, logo, T);
        assert!(verdict.answer.is_ok() || verdict.remember.is_empty());
        verdict.answer.err()
    };
    let padded = |length: usize| format!("{CSS}{}", " ".repeat(length - CSS.len()));
    let logo =
        |length: usize| PNG.iter().copied().chain(std::iter::repeat(0)).take(length).collect::<Vec<u8>>();
    let too_large = Some(BrandingFault::CustomizationTooLarge.into());
    assert_eq!(check(Some(&padded(MAX_CSS_BYTES)), Some(&logo(MAX_LOGO_BYTES))), None);
    assert_eq!(check(Some(&padded(MAX_CSS_BYTES + 1)), None), too_large);
    assert_eq!(check(None, Some(&logo(MAX_LOGO_BYTES + 1))), too_large);
    assert_eq!(check(None, Some(b"GIF89a")), Some(BrandingFault::LogoFormat.into()));
    let body = BrandingFault::Css(CssFault::Class("body".into()));
    assert_eq!(check(Some("body { color: red }"), None), Some(body.into()));
}
