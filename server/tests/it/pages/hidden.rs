//! What the pages tell a stranger of a name, where the app client hides users: nothing, whatever the state of the user.

use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, OAuthFlowType, PreventUserExistenceErrorTypes,
};
use lido::store::{Key, Record, UserQuery};
use lido_domain::{
    Timestamp,
    user::{Status, User, first_factors::FactorTraits, simulated::SimulatedUser},
};

use crate::{
    pages::markup::check,
    simulated_users::{ALL, NameForm, Pool},
    support::{
        PASSWORD, PoolAndClient, TestServer,
        oauth::{Browser, OAuthFixture, id_of},
        pages::Sight,
    },
};

const WITH_EMAIL: FactorTraits = FactorTraits { has_phone_number: false, ..ALL };

/// A pool whose users choose their first factor, with the pages of an app client that hides users.
struct Fixture {
    pool: Pool,
    pages: OAuthFixture,
}

impl Fixture {
    async fn new() -> Self {
        let pool = Pool::on(NameForm::Username, TestServer::new().await).await;
        let TestServer { app, address, sdk } = &pool.fixture.server;
        let server = TestServer { app: app.clone(), address: *address, sdk: sdk.clone() };
        let ids = PoolAndClient { pool: pool.id.as_str().to_owned(), client: pool.fixture.hiding.clone() };
        let pages = OAuthFixture::in_pool(server, ids, String::new()).await;
        let flows = [ExplicitAuthFlowsType::AllowUserAuth, ExplicitAuthFlowsType::AllowRefreshTokenAuth];
        let client = pages.create_client(&[OAuthFlowType::Code], |create| {
            let create = create.set_explicit_auth_flows(Some(flows.to_vec()));
            create.prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
        });
        let ids = PoolAndClient { client: id_of(&client.await), ..pages.ids.clone() };
        Self { pool, pages: OAuthFixture { ids, ..pages } }
    }

    /// Creates a user with these factors and changes the stored user. Returns the name.
    async fn create(&self, number: usize, shape: &FactorTraits, change: impl Fn(&mut User)) -> String {
        let name = self.pool.create_user(number, shape).await;
        let (store, pool) = (&self.pool.fixture.server.app.store, &self.pool.id);
        let sdk = &self.pool.fixture.server.sdk;
        let described = sdk.admin_get_user().user_pool_id(pool.as_str()).username(&name).send().await;
        let described = described.expect("a user");
        let sub = described.user_attributes().iter().find(|attribute| attribute.name() == "sub");
        let sub = lido_domain::id::Sub::new(sub.and_then(|sub| sub.value()).expect("a sub"));
        let found = store.begin().find_user(pool, UserQuery::of(&sub, Vec::new())).await;
        let mut user = found.expect("read").user.expect("a user");
        change(&mut user);
        store.put(pool, vec![(Key::user(&user.sub), Record::User(user))]).await.expect("written");
        name
    }

    /// Returns what a stranger sees of a name on every page that takes one, and on those that follow.
    async fn see(&self, name: &str) -> Vec<String> {
        let (query, mut seen) = (self.pages.query(&[]), Vec::new());
        let mut look = |browser: &Browser, page: &Sight| {
            check(page);
            seen.push(outline(browser, page, name));
        };
        let begin = async |path: &str, typed: &[(&str, &str)]| {
            let mut browser = self.pages.browser();
            let page = browser.open(path, &query).await;
            let page = browser.fill(&page, typed).await;
            (browser, page)
        };
        let wrong =
            [("code", "00000000"), ("password", "Wrong-Horse-1"), ("passwordRepeated", "Wrong-Horse-1")];
        for (path, fields) in [("/confirm", 1), ("/confirmforgotPassword", 3)] {
            let typed = [&[("username", name)], &wrong[..fields]].concat();
            let (browser, page) = begin(path, &typed).await;
            look(&browser, &page);
        }
        let (mut browser, page) = begin("/forgotPassword", &[("username", name)]).await;
        look(&browser, &page);
        let page = browser.fill(&page, &wrong).await;
        look(&browser, &page);
        // The form has the username alone; programs send the password too.
        let mut browser = self.pages.browser();
        browser.sign_in(&query, name, "Wrong-Horse-1").await;
        let page = browser.open("/login", &query).await;
        look(&browser, &page);
        let (browser, page) = begin("/login", &[("username", name)]).await;
        look(&browser, &page);
        let buttons: Vec<_> = page.tags().into_iter().filter(|tag| tag.name == "button").collect();
        for button in buttons.iter().filter(|_| page.path() == "/factor") {
            let (mut browser, page) = begin("/login", &[("username", name)]).await;
            let page = browser.press(&page, &button.text).await;
            look(&browser, &page);
            let page = answer_wrongly(&mut browser, &page).await;
            look(&browser, &page);
        }
        if page.path() != "/factor" {
            let (mut browser, page) = begin("/login", &[("username", name)]).await;
            let page = answer_wrongly(&mut browser, &page).await;
            look(&browser, &page);
        }
        seen
    }
}

async fn answer_wrongly(browser: &mut Browser, page: &Sight) -> Sight {
    let typed = match page.path() {
        "/password" => ("password", "Wrong-Horse-1"),
        "/mfa" => ("code", "00000000"),
        "/passkey" => ("credential", "{}"),
        other => panic!("{other}"),
    };
    browser.fill(page, &[typed]).await
}

/// Returns all of a page but the name, destinations and what is random, with the cookies that the browser has then.
fn outline(browser: &Browser, page: &Sight, name: &str) -> String {
    let hide = |text: &str| {
        let words = text.split(' ').map(|word| if word.contains("***") { "masked" } else { word });
        words.collect::<Vec<_>>().join(" ").replace(name, "the name")
    };
    let tag = |tag: crate::support::pages::Tag| {
        let is_random = |attribute: &str| {
            attribute == "data-options" || attribute == "value" && tag.get("type") == "hidden"
        };
        let attributes = tag.attributes.iter().map(|(attribute, value)| match is_random(attribute) {
            true => format!("{attribute} of {}", value.len()),
            false => format!("{attribute}={}", hide(value)),
        });
        format!("{} [{}] {}", tag.name, attributes.collect::<Vec<_>>().join(", "), hide(&tag.text))
    };
    let cookies = browser.cookies.iter().map(|(name, value)| format!("{name} of {}", value.len()));
    let cookies: Vec<_> = cookies.collect();
    let tags: Vec<_> = page.tags().into_iter().map(tag).collect();
    format!("{} {} {cookies:?} {tags:#?}", page.answer.status, page.path())
}

/// Pages × states of the user.
#[tokio::test]
async fn stranger_sees_the_same_of_every_user_and_of_no_user() {
    let fixture = Fixture::new().await;
    let nothing = FactorTraits { has_password: false, has_email: false, ..WITH_EMAIL };
    let only_password = FactorTraits { has_password: true, ..nothing };
    let force = Status::ForceChangePassword { expires_at: Timestamp::from_millis(i64::MAX) };
    let temporary = FactorTraits { has_temporary_password: true, ..WITH_EMAIL };
    let passkey = FactorTraits { has_password: false, has_passkey: true, ..WITH_EMAIL };
    // (status, what the user has, what the pages show)
    let states = [
        (Status::Confirmed, WITH_EMAIL, Some(WITH_EMAIL)),
        (Status::Unconfirmed, WITH_EMAIL, Some(WITH_EMAIL)),
        (Status::Unconfirmed, passkey, Some(passkey)),
        (Status::ResetRequired, WITH_EMAIL, Some(WITH_EMAIL)),
        (Status::ResetRequired, nothing, Some(only_password)),
        (force, temporary, Some(temporary)),
        // As an unknown user of this name.
        (Status::ExternalProvider, WITH_EMAIL, None),
    ];
    let mut number = 0;
    for (status, has, shows) in &states {
        for enabled in [true, false] {
            number += 1;
            let name = fixture.create(number, has, |user| {
                (user.status, user.enabled) = (status.clone(), enabled);
            });
            let name = name.await;
            let app = &fixture.pool.fixture.server.app;
            let record = app.store.begin().find_pool(&fixture.pool.id).await.expect("read").expect("a pool");
            let drawn = || SimulatedUser::draw(app.keys.digests(), &record.pool, &name).factors(&record.pool);
            let unknown = fixture.pool.unknown_name_from(500 * number, &shows.unwrap_or_else(drawn)).await;
            assert_eq!(name.len(), unknown.len());
            let (of_user, of_none) = (fixture.see(&name).await, fixture.see(&unknown).await);
            assert_eq!(of_user.len(), of_none.len(), "{status:?}, {enabled}");
            for (of_user, of_none) in of_user.iter().zip(&of_none) {
                assert_eq!(of_user, of_none, "{status:?}, {enabled}");
            }
        }
    }
}

/// The right first factor is a proof, after which the page tells what the user can do about the status.
#[tokio::test]
async fn user_learns_the_own_status_after_the_right_first_factor() {
    let fixture = Fixture::new().await;
    let query = fixture.pages.query(&[]);
    let states = [
        (Status::Unconfirmed, true, "/confirm", "Your account is not confirmed yet."),
        (
            Status::ResetRequired,
            true,
            "/confirmforgotPassword",
            "Your password must be replaced by a new one.",
        ),
        (Status::Confirmed, false, "/password", "User is disabled."),
    ];
    for (number, (status, enabled, path, text)) in states.into_iter().enumerate() {
        let name = fixture.create(number, &WITH_EMAIL, |user| {
            (user.status, user.enabled) = (status.clone(), enabled);
        });
        let name = name.await;
        let mut browser = fixture.pages.browser();
        let page = browser.open("/login", &query).await;
        let chosen = browser.fill(&page, &[("username", &name)]).await;
        let page = browser.press(&chosen, "With my password").await;
        let page = browser.fill(&page, &[("password", PASSWORD)]).await;
        assert_eq!((page.path(), &*page.notice()), (path, text));
        let page = browser.open("/login", &query).await;
        let page = browser.fill(&page, &[("username", &name)]).await;
        let page = browser.press(&page, "With a code by email").await;
        let codes = fixture.pages.server.codes_of(&name);
        assert_eq!(codes.len(), usize::from(enabled), "a disabled user gets no message");
        let Some(code) = codes.first() else { continue };
        let page = browser.fill(&page, &[("code", code)]).await;
        assert_eq!((page.path(), &*page.notice()), (path, text));
        assert!(!browser.cookies.contains_key("cognito"));
    }
}
