//! Sample records for tests: a valid record of each kind.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use lido_domain::client::cimd::{CachedMetadata, CimdPolicy, CimdPolicySettings};
use lido_domain::user::auth_method::{AuthMethod, AuthMethods};
use lido_domain::{
    Timestamp,
    attribute::{
        Attributes,
        contact::{Contact, ContactKind},
    },
    branding::{
        asset::{Asset, AssetExtension, AssetName, AssetOwner},
        css::Stylesheet,
        customization::{CustomizationScope, UiCustomization},
        style::{AssetCategory, ColorMode, Style, StyleAsset},
        terms::{Terms, TermsName},
    },
    client::Client,
    code::{Code, PendingCode, Purpose, message::MessageReason},
    digest::DigestKeys,
    id::{
        CimdPolicyId, ClientId, DomainName, GroupId, GroupName, PoolId, ResourceServerId, StyleId, Sub,
        TermsId, Username,
    },
    oauth::{
        authorization::{Authorization, TokenContents},
        browser_session::BrowserSession,
    },
    pool::{
        Pool,
        alias::{NameKey, NameKind},
        domain::{Domain, DomainSettings, Domains},
        resource_server::{ResourceServer, Scope},
    },
    secret::Sealed,
    sign_in::{
        lockout::Failures,
        session::{Session, Stage},
    },
    token::grant::{Grant, GrantSeed},
    user::{
        Status, User,
        attempt::{AttemptKind, Attempts},
        auth_event::{AuthEvent, EventContext, EventKind},
        device::Device,
        group::Group,
    },
};

use crate::store::{ClientRecord, Key, OutboxRow, PoolRecord, Record, RequestInfo, SigningKeysRecord};

pub(crate) const T: Timestamp = Timestamp::from_millis(1);

pub(crate) fn pool_id(name: &str) -> PoolId {
    PoolId::new(format!("us-east-1_{name}"))
}

pub(crate) fn pool(name: &str) -> Record {
    Record::Pool(Arc::new(pool_record(name)))
}

/// Returns a pool with a prefix domain.
pub(crate) fn pool_with_domain(name: &str, prefix: &str) -> Record {
    let settings = DomainSettings::default();
    let domain = Domain { name: DomainName::new(prefix), settings, created_at: T };
    let domains = Domains { prefix: Some(domain), custom: None };
    Record::Pool(Arc::new(PoolRecord { domains, ..pool_record(name) }))
}

pub(crate) fn cimd_policy(id: &str) -> CimdPolicy {
    let settings = CimdPolicySettings {
        name: "apps".to_owned(),
        client: ClientId::new("c"),
        cache_seconds: Some(86_400),
        patterns: vec!["https://example.com/*".to_owned()],
    };
    CimdPolicy { id: CimdPolicyId::new(id), settings, created_at: T, modified_at: T }
}

pub(crate) fn client_metadata(policy: &str, url: &str, expires_at: Timestamp) -> CachedMetadata {
    let document = serde_json::json!({ "client_id": url });
    CachedMetadata {
        policy: CimdPolicyId::new(policy),
        url: url.to_owned(),
        document,
        cached_at: T,
        expires_at,
    }
}

pub(crate) fn resource_server(id: &str) -> ResourceServer {
    let read = Scope { name: "read".to_owned(), description: "Read photos".to_owned() };
    let (id, name) = (ResourceServerId::new(id), "Photos".to_owned());
    ResourceServer { id, name, scopes: Some(vec![read]) }
}

/// Returns the looks of the classic pages of an app client, or of all for `ALL`.
pub(crate) fn ui_customization(scope: &str) -> UiCustomization {
    UiCustomization {
        scope: CustomizationScope::from(scope.to_owned()),
        css: Some(Stylesheet::read(".label-customizable { color: red }")),
        logo: Some(AssetName { digest: "00ff".to_owned(), extension: AssetExtension::Png }),
        created_at: T,
        modified_at: T,
    }
}

/// Returns the managed login style of an app client.
pub(crate) fn style(client: &str) -> Style {
    let logo = StyleAsset {
        category: AssetCategory::FormLogo,
        color_mode: ColorMode::Dark,
        extension: AssetExtension::Png,
        resource_id: None,
        digest: Some("00ff".to_owned()),
    };
    Style {
        id: StyleId::new(format!("style-{client}")),
        client: ClientId::new(client),
        settings: Some(serde_json::json!({ "a": [1] })),
        assets: vec![logo],
        created_at: T,
        modified_at: T,
    }
}

/// Returns a terms document of an app client.
pub(crate) fn terms(client: &str, name: TermsName) -> Terms {
    Terms {
        id: TermsId::new(format!("{client}-{}", name.as_str())),
        client: ClientId::new(client),
        name,
        links: BTreeMap::from([("cognito:default".to_owned(), "https://example.com".to_owned())]),
        created_at: T,
        modified_at: T,
    }
}

pub(crate) fn asset() -> Asset {
    Asset { extension: AssetExtension::Png, bytes: b"\x89PNG\r\n\x1a\n".to_vec() }
}

fn pool_record(name: &str) -> PoolRecord {
    PoolRecord {
        pool: Pool { deletion_protected: true, ..Pool::new(pool_id(name)) },
        name: name.to_owned(),
        settings: serde_json::json!({ "DeletionProtection": "ACTIVE" }),
        tags: BTreeMap::from([("stage".to_owned(), "test".to_owned())]),
        domains: Domains::default(),
        created_at: T,
        modified_at: T,
    }
}

pub(crate) fn client(id: &str) -> Record {
    let mut client = Client::new(ClientId::new(id));
    // As its settings have it.
    client.oauth.callback_urls = vec!["https://example.com".to_owned()];
    Record::Client(Arc::new(ClientRecord {
        client,
        name: "web".to_owned(),
        settings: serde_json::json!({ "CallbackURLs": ["https://example.com"] }),
        is_former: false,
        created_at: T,
        modified_at: T,
    }))
}

pub(crate) fn user(name: &str) -> User {
    let attributes = Attributes::from_iter([("email", format!("{name}@example.com"))]);
    User::new(Sub::new(format!("sub-{name}")), Username::new(name), Status::Unconfirmed, attributes, T)
}

pub(crate) fn name(text: &str) -> NameKey {
    NameKey { kind: NameKind::Username, text: text.to_owned() }
}

pub(crate) fn device(name: &str, key: &str) -> Device {
    Device {
        key: key.to_owned(),
        of: Sub::new(format!("sub-{name}")),
        name: None,
        verifier: Sealed::from_text("sealed"),
        remembered: true,
        created_at: T,
        modified_at: T,
        authenticated_at: T,
    }
}

pub(crate) fn contact() -> Contact {
    Contact { kind: ContactKind::Email, value: "ann@example.com".to_owned() }
}

pub(crate) fn outbox(id: &str, next_at: Timestamp) -> Record {
    Record::Outbox(outbox_row(id, next_at))
}

pub(crate) fn outbox_row(id: &str, next_at: Timestamp) -> OutboxRow {
    OutboxRow {
        id: id.to_owned(),
        reason: MessageReason::SignUp,
        of: Sub::new("sub-ann"),
        username: Username::new("ann"),
        client: Some(ClientId::new("c")),
        to: contact(),
        code: Sealed::from_text("1.x.y"),
        cause: Box::new(RequestInfo {
            base: Some("https://a.example".to_owned()),
            client_metadata: Some(BTreeMap::from([("campaign".to_owned(), "spring".to_owned())])),
            ..RequestInfo::default()
        }),
        created_at: T,
        tries: 0,
        next_at,
    }
}

pub(crate) fn session(expires_at: Timestamp) -> Record {
    Record::Session(Session {
        of: Sub::new("sub-ann"),
        client: ClientId::new("c"),
        stage: Stage::Confirmed,
        device: None,
        bound_to: None,
        proven: AuthMethods::from_iter([AuthMethod::Password]),
        expires_at,
    })
}

pub(crate) fn grant(name: &str, seed: u8) -> Grant {
    let (keys, pool) = (DigestKeys::new([1; 32], []), pool_id("p"));
    let seed = GrantSeed { id: [seed; 16], origin: [seed; 16], secret: [seed; 32] };
    Grant::begin(&keys, &pool, &user(name), ClientId::new("c"), Duration::from_secs(60), &seed, T).0
}

/// Returns an authorization code of the user "ann".
pub(crate) fn authorization() -> Authorization {
    Authorization {
        of: Sub::new("sub-ann"),
        grant: grant("ann", 1).id,
        client: ClientId::new("c"),
        redirect_uri: Some("https://example.com".to_owned()),
        challenge: None,
        nonce: Some("nonce".to_owned()),
        contents: TokenContents::default(),
        bound_to: Some(user("ann").sign_in_state()),
        expires_at: T,
        is_used: false,
    }
}

/// Returns a browser session of the user "ann".
pub(crate) fn browser_session() -> BrowserSession {
    BrowserSession::begin(&user("ann"), T)
}

fn signing_keys() -> Record {
    let (id, access) = (Sealed::from_text("1.x.y"), Sealed::from_text("1.x.z"));
    Record::SigningKeys(Arc::new(SigningKeysRecord { id, access, created_at: T }))
}

pub(crate) fn attempts(count: u32) -> Record {
    Record::Attempts(Attempts { since: T, count })
}

pub(crate) fn code(pool: &PoolId, of: &Sub) -> Record {
    let (keys, code) = (DigestKeys::new([1; 32], []), Code::from_text("123456"));
    Record::Code(PendingCode::new(&keys, pool, of, Purpose::SignUp, &code, contact(), T))
}

pub(crate) fn group(name: &str) -> Record {
    Record::Group(Group {
        id: GroupId::new(format!("id-{name}")),
        name: GroupName::new(name),
        description: Some("a description".to_owned()),
        role_arn: None,
        precedence: Some(1),
        created_at: T,
        modified_at: T,
    })
}

/// Returns an authentication event.
pub(crate) fn auth_event(id: &str, at: Timestamp) -> AuthEvent {
    let context = EventContext { ip_address: Some("192.0.2.1".to_owned()), ..EventContext::default() };
    AuthEvent { id: id.to_owned(), kind: EventKind::SignUp, is_pass: true, context, at, is_simulated: false }
}

/// Returns one record of every kind, with its key.
pub(crate) fn all() -> Vec<(Key, Record)> {
    let ann = user("ann");
    let digest = DigestKeys::new([1; 32], []).digest(&["handle"]);
    vec![
        (Key::pool(), pool("p")),
        (Key::client(&ClientId::new("c")), client("c")),
        (Key::name(&name("ann")), Record::Name(ann.sub.clone())),
        (Key::code(&ann.sub, Purpose::SignUp), code(&pool_id("p"), &ann.sub)),
        (Key::attempts(&ann.sub, AttemptKind::ConfirmSignUp), attempts(3)),
        (Key::session(&digest), session(T)),
        (Key::outbox("row"), outbox("row", T)),
        (Key::failures(&ann.sub), Record::Failures(Failures { count: 2, last_at: T })),
        (Key::grant(&ann.sub, &grant("ann", 1).id), Record::Grant(Box::new(grant("ann", 1)))),
        (Key::auth_event(&ann.sub, &auth_event("e", T)), Record::AuthEvent(auth_event("e", T))),
        (Key::signing_keys(), signing_keys()),
        (Key::group(&GroupName::new("g")), group("g")),
        (Key::device(&ann.sub, "d"), Record::Device(device("ann", "d"))),
        (Key::group_of_user(&ann.sub, &GroupName::new("g")), Record::GroupOfUser(GroupId::new("id-g"))),
        (Key::user_in_group(&GroupName::new("g"), &ann.sub), Record::UserInGroup(GroupId::new("id-g"))),
        (Key::authorization(&digest), Record::Authorization(Box::new(authorization()))),
        (Key::browser_session(&ann.sub, &digest), Record::BrowserSession(browser_session())),
        (Key::user(&ann.sub), Record::User(ann)),
        (Key::cimd_policy(&CimdPolicyId::new("p")), Record::CimdPolicy(cimd_policy("p"))),
        (
            Key::client_metadata(&CimdPolicyId::new("p"), "https://example.com/a"),
            Record::ClientMetadata(Box::new(client_metadata("p", "https://example.com/a", T))),
        ),
        (
            Key::ui_customization(&CustomizationScope::Pool),
            Record::UiCustomization(Arc::new(ui_customization("ALL"))),
        ),
        (Key::asset(&AssetOwner::Style(ClientId::new("c")), "00ff"), Record::Asset(asset())),
        (Key::style(&ClientId::new("c")), Record::Style(Arc::new(style("c")))),
        (Key::style_id(&StyleId::new("style-c")), Record::StyleId(ClientId::new("c"))),
        (
            Key::terms(&ClientId::new("c"), TermsName::TermsOfUse),
            Record::Terms(terms("c", TermsName::TermsOfUse)),
        ),
        (Key::terms_id(&TermsId::new("t")), Record::TermsId(ClientId::new("c"))),
        (
            Key::resource_server(&ResourceServerId::new("photos")),
            Record::ResourceServer(resource_server("photos")),
        ),
    ]
}
