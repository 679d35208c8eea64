//! The user whom a browser remembers, and a passkey that this user adds. The rules are those of the authorization endpoint, and of
//! StartWebAuthnRegistration and CompleteWebAuthnRegistration ([`lido_domain::flow::passkeys`]).

use lido_domain::{
    Refusal, Timestamp,
    attribute::contact::ContactKind,
    flow::{
        passkeys::{self, Registrant},
        sign_in::PresentedSession,
    },
    oauth::browser_session::BrowserSessionHandle,
    pool::SignInNames,
    refusal::PasskeyFault,
    user::{User, passkey::PasskeyChallenge},
};

use serde_json::Value;

use super::{
    PageRefusal,
    authorize::{PageRequest, find_session},
    failure::log,
    find_client,
};
use crate::{
    app::App,
    operations::{Failure, Operation, Origin, RequestContext, client::LoadedClient, standby, transact::Tx},
    passkeys::Registration,
    wire,
};

/// Returns the name of the user whom the browser remembers, if the session signs this user in for the request of the
/// page. If the store fails, there is none: what the form does needs the store too, and answers with the fault.
pub(crate) async fn find_name(
    app: &App,
    origin: &Origin,
    page: &PageRequest,
    session: &BrowserSessionHandle,
) -> Option<String> {
    let tx = RequestContext::new(app, origin).begin();
    match find_user(&tx, &page.client, page, session).await {
        Ok(user) => user.map(|user| name_of(&page.client, &user)),
        Err(failure) => {
            log(failure);
            None
        }
    }
}

/// Returns the name under which a user knows the account: in a pool without chosen usernames the contact.
fn name_of(client: &LoadedClient, user: &User) -> String {
    let contact = || ContactKind::BOTH.iter().rev().find_map(|kind| user.attributes.contact(*kind));
    match client.pool_rules().names {
        SignInNames::Attributes(_) => contact().map(|contact| contact.value),
        _ => None,
    }
    .unwrap_or_else(|| user.username.to_string())
}

async fn find_user(
    tx: &Tx<'_>,
    client: &LoadedClient,
    page: &PageRequest,
    session: &BrowserSessionHandle,
) -> Result<Option<User>, Failure> {
    let loaded = find_session(tx, client, session).await?;
    let (pool, oauth) = (client.pool_rules(), &client.client_rules().oauth);
    let Some((session, user)) = loaded.browser_session.zip(loaded.user) else { return Ok(None) };
    Ok(session.signs_in(&user, pool, oauth, &page.request.demands, tx.now()).then_some(user))
}

/// Begins to add a passkey. Returns the options for the browser; `None` if the browser remembers no user.
pub(crate) async fn start_passkey(
    app: &App,
    origin: &Origin,
    page: &PageRequest,
    session: &BrowserSessionHandle,
) -> Result<Option<Value>, PageRefusal> {
    let operation = Operation::StartWebAuthnRegistration;
    let refused = |failure| PageRefusal::new(operation, failure);
    standby::check(app, operation).map_err(refused)?;
    let bytes = app.entropy.bytes::<32>().map_err(|error| refused(error.into()))?;
    let challenge = PasskeyChallenge::from_bytes(&bytes);
    let started = RequestContext::new(app, origin)
        .transact(async |tx| {
            let (client, user) = load(app, &tx, page, session).await?;
            let registrant = registrant(app, &client, &user, tx.now());
            Ok(passkeys::start(&registrant, &challenge)?)
        })
        .await;
    match started {
        Ok(options) => Ok(Some(wire::document::to_json(wire::passkey::creation_options(&options)))),
        Err(Failure::Refused(Refusal::SessionInvalid)) => Ok(None),
        Err(failure) => Err(refused(failure)),
    }
}

/// Adds the passkey that the browser has made. Returns whether the browser remembers the user.
pub(crate) async fn complete_passkey(
    app: &App,
    origin: &Origin,
    page: &PageRequest,
    session: &BrowserSessionHandle,
    credential: &str,
) -> Result<bool, PageRefusal> {
    let operation = Operation::CompleteWebAuthnRegistration;
    let refused = |failure| PageRefusal::new(operation, failure);
    standby::check(app, operation).map_err(refused)?;
    let malformed = || refused(Refusal::Passkey(PasskeyFault::Malformed).into());
    let credential = serde_json::from_str(credential).map_err(|_| malformed())?;
    let completed = RequestContext::new(app, origin)
        .transact(async |tx| {
            let (client, user) = load(app, &tx, page, session).await?;
            let registration = Registration::read(&credential);
            let registration = registration.ok_or(Refusal::Passkey(PasskeyFault::Malformed))?;
            let keys = registration.challenge().keys(app.keys.digests(), client.pool_id(), &user.sub);
            let registering = tx.find_session(client.pool_id(), &keys).await?;
            let now = tx.now();
            let registrant = registrant(app, &client, &user, now);
            let presented = registering.as_ref().map(|(key, session)| PresentedSession { key, session });
            let party = passkeys::check_registration(&registrant, presented)?;
            let made = app.passwords.run(0, move || registration.verify(&party, now)).await?;
            let presented = presented.ok_or(Refusal::Passkey(PasskeyFault::NoChallenge))?;
            Ok(passkeys::complete(&registrant, presented, made)?)
        })
        .await;
    match completed {
        Ok(()) => Ok(true),
        Err(Failure::Refused(Refusal::SessionInvalid)) => Ok(false),
        Err(failure) => Err(refused(failure)),
    }
}

/// Loads the app client and the user whom the browser remembers.
///
/// # Errors
/// `SessionInvalid` if it remembers none.
async fn load(
    app: &App,
    tx: &Tx<'_>,
    page: &PageRequest,
    session: &BrowserSessionHandle,
) -> Result<(LoadedClient, User), Failure> {
    let client = find_client(app, tx, Some(page.pool_id()), &page.client().id).await?;
    let client = client.ok_or(Refusal::SessionInvalid)?;
    let user = find_user(tx, &client, page, session).await?.ok_or(Refusal::SessionInvalid)?;
    Ok((client, user))
}

/// Returns the user as the rules about passkeys take it.
fn registrant<'a>(app: &'a App, client: &'a LoadedClient, user: &'a User, now: Timestamp) -> Registrant<'a> {
    Registrant {
        pool: client.pool_rules(),
        client: client.client_rules(),
        user,
        relying_party: app.settings.relying_party.as_deref(),
        digest_keys: app.keys.digests(),
        now,
    }
}
