use serde_json::json;

use super::*;
use crate::{
    branding::{
        asset::AssetExtension,
        style::{AssetCategory, ColorMode},
    },
    fixture,
};

const T: Timestamp = Timestamp::from_millis(7);

fn request(uses_defaults: Option<bool>, settings: Option<Value>) -> StyleRequest {
    StyleRequest { uses_defaults, settings, assets: None }
}

fn asset(category: AssetCategory, extension: AssetExtension, bytes: Option<&[u8]>) -> RequestedAsset {
    let asset =
        StyleAsset { category, color_mode: ColorMode::Light, extension, resource_id: None, digest: None };
    RequestedAsset { asset, bytes: bytes.map(<[u8]>::to_vec) }
}

fn create_with(request: &StyleRequest) -> Verdict<Arc<Style>> {
    let (pool, client) = (fixture::pool_record(), Arc::new(fixture::client_record()));
    let stored = StoredStyle { pool: &pool, client: Some(&client), style: None, count: 0 };
    create(stored, &client.client.id, StyleId::new("s"), request, T)
}

/// api-0245, api-0247.
#[test]
fn style_has_exactly_one_source() {
    let settings = Some(json!({}));
    let cases = [
        (request(None, None), false),
        (request(Some(false), None), false),
        (request(Some(true), settings.clone()), false),
        (request(Some(true), None), true),
        (request(None, settings.clone()), true),
        (request(Some(false), settings), true),
    ];
    let style = create_with(&cases[3].0).answer.expect("created");
    for (request, is_accepted) in &cases {
        let expected = if *is_accepted { Ok(()) } else { Err(BrandingFault::StyleSource.into()) };
        assert_eq!(create_with(request).answer.map(drop), expected, "{request:?}");
        assert_eq!(update(Some(&style), request, T).answer.map(drop), expected, "{request:?}");
    }
}

/// api-0250, api-0251, api-0252, api-0257.
#[test]
fn app_client_has_one_style_and_a_pool_a_limited_number() {
    let (pool, client) = (fixture::pool_record(), Arc::new(fixture::client_record()));
    let id = &client.client.id;
    let stored = StoredStyle { pool: &pool, client: Some(&client), style: None, count: 19 };
    let request = request(Some(true), None);
    let created = create(stored, id, StyleId::new("s"), &request, T);
    let changes = &created.remember[..];
    assert!(
        matches!(changes, [Change::PutStyle(_), Change::PutClient(_), Change::PutPool(_)]),
        "{changes:?}"
    );
    let style = created.answer.expect("created");
    let refusal = |stored| create(stored, id, StyleId::new("s"), &request, T).answer.map(drop);
    assert_eq!(refusal(StoredStyle { count: 20, ..stored }), Err(BrandingFault::TooManyStyles.into()));
    let has_one = StoredStyle { style: Some(&style), count: 20, ..stored };
    assert_eq!(refusal(has_one), Err(BrandingFault::StyleExists(id.clone()).into()));
    let unknown = Err(Refusal::UnknownClient(id.clone()));
    assert_eq!(refusal(StoredStyle { client: None, ..stored }), unknown);
    assert_eq!(get_of_client(StoredStyle { client: None, ..stored }, id).map(drop), unknown);
    let none = Err(BrandingFault::UnknownStyleOfClient(id.clone()).into());
    assert_eq!(get_of_client(stored, id).map(drop), none);
    assert_eq!(get_of_client(has_one, id), Ok(&style));
    let unknown = Err(BrandingFault::UnknownStyle.into());
    assert_eq!(update(None, &request, T).answer.map(drop), unknown);
    assert_eq!(delete(None).answer, unknown);
}

/// api-0248, api-0249.
#[test]
fn update_keeps_images_that_it_leaves_out() {
    let logo = asset(AssetCategory::FormLogo, AssetExtension::Png, Some(b"logo"));
    let again = asset(AssetCategory::PageHeaderLogo, AssetExtension::Png, Some(b"logo"));
    let bare = asset(AssetCategory::PageBackground, AssetExtension::Webp, None);
    let settings = Some(json!({ "a": 1 }));
    let with_assets = StyleRequest { assets: Some(vec![logo, again, bare]), ..request(None, settings) };
    let created = create_with(&with_assets);
    // The same bytes are stored once.
    let puts = created.remember.iter().filter(|change| matches!(change, Change::PutAsset { .. })).count();
    assert_eq!(puts, 1);
    let style = created.answer.expect("created");
    assert_eq!((style.assets.len(), style.digests().count()), (3, 1));
    let later = Timestamp::from_millis(8);
    let other = update(Some(&style), &request(None, Some(json!({ "b": 2 }))), later);
    assert_eq!(other.remember.len(), 1);
    let other = other.answer.expect("updated");
    assert_eq!((other.settings.as_ref(), &other.assets), (Some(&json!({ "b": 2 })), &style.assets));
    assert_eq!((other.created_at, other.modified_at), (T, later));
    let icon = asset(AssetCategory::FaviconSvg, AssetExtension::Svg, Some(b"<svg/>"));
    let replaced = StyleRequest { assets: Some(vec![icon]), ..request(Some(true), None) };
    let replaced = update(Some(&other), &replaced, later);
    let changes = &replaced.remember[..];
    assert!(
        matches!(changes, [Change::PutAsset { .. }, Change::RemoveAsset { .. }, Change::PutStyle(_)]),
        "{changes:?}"
    );
    let replaced = replaced.answer.expect("updated");
    assert_eq!((replaced.settings.as_ref(), replaced.assets.len()), (None, 1));
    let reverted = update(Some(&replaced), &request(Some(true), None), later).answer.expect("updated");
    assert!(reverted.assets.is_empty());
    let changes = delete(Some(&replaced)).remember;
    assert!(matches!(changes[..], [Change::RemoveAsset { .. }, Change::RemoveStyle { .. }]), "{changes:?}");
}

/// api-0255.
#[test]
fn image_in_a_format_of_another_category_is_refused() {
    let ico = asset(AssetCategory::PageBackground, AssetExtension::Ico, None);
    let fine = asset(AssetCategory::FaviconIco, AssetExtension::Ico, None);
    let refused = StyleRequest { assets: Some(vec![fine, ico]), ..request(Some(true), None) };
    let fault = AssetFault {
        category: AssetCategory::PageBackground,
        color_mode: ColorMode::Light,
        extension: AssetExtension::Ico,
    };
    let expected = Err(BrandingFault::StyleAssets(vec![fault]).into());
    assert_eq!(create_with(&refused).answer.map(drop), expected);
}

#[test]
fn settings_that_could_not_be_read_again_are_refused() {
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!({ "a": [inner] }));
    assert!(create_with(&request(None, Some(nested(32)))).answer.is_ok());
    let refused = create_with(&request(None, Some(nested(33)))).answer.map(drop);
    assert_eq!(refused, Err(BrandingFault::StyleSettingsTooDeep.into()));
}
