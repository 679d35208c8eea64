//! A visit to a screen: what the browser has sent and kept, and the response to it.

use lido_domain::{
    attribute::contact::ContactKind,
    flow::sign_in::challenge_retry::ChallengeRetry,
    id::PoolId,
    oauth::{browser_session::BrowserSessionHandle, parameters::RequestParameters},
    pool::mfa::MfaFactor,
    sign_in::challenge::{Challenge, ChallengeName},
};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{
    answer::{Answer, Change, Next},
    fields::attribute_field,
    kept::{FLASH, FLASH_TTL, Flash, PROGRESS, Progress, Step},
    looks,
    screens::ScreenId,
};
use crate::{
    app::App,
    language::Language,
    oauth::{
        browser::{BrowserEndpoints, Visit},
        form,
        page::{Field, Form, LanguageLink, Link, Text, View, page},
        response,
    },
    operations::oauth::{
        PageReason, PageRefusal,
        accounts::{NewSecret, PageCaller},
        authorize::{AuthorizationResponse, PageRequest},
        logout,
        looks::PageLooks,
        remembered,
        sign_in::{self, SignInAnswer, SignInForm},
    },
    surface::HttpResponse,
    wire::error::ErrorKind,
};

/// The hidden field with the mark of the step.
const STEP: &str = "step";

/// A visit to a screen.
pub(super) struct Page<'a> {
    endpoints: &'a BrowserEndpoints,
    visit: &'a Visit<'a>,
    here: ScreenId,
    /// The request for authorization.
    pub(super) request: Box<PageRequest>,
    /// The language of the page.
    pub(super) language: Language,
    csrf: String,
    flash: Option<Flash>,
    progress: Option<Progress>,
    looks: PageLooks,
}

impl<'a> Page<'a> {
    /// Returns the visit of a browser that has this token against forged forms.
    pub(super) fn new(
        endpoints: &'a BrowserEndpoints,
        visit: &'a Visit<'a>,
        here: ScreenId,
        request: Box<PageRequest>,
        csrf: String,
        looks: PageLooks,
    ) -> Self {
        let cookies = visit.cookies(&endpoints.app);
        let flash: Option<(ScreenId, Flash)> = cookies.kept(FLASH, request.pool_id(), &csrf);
        let flash = flash.filter(|(screen, _)| *screen == here).map(|(_, flash)| flash);
        let progress: Option<Progress> = cookies.kept(PROGRESS, request.pool_id(), &csrf);
        let progress = progress.filter(|progress| progress.is_of(&request.client().id));
        let language = visit.language(&endpoints.app);
        Self { endpoints, visit, here, request, language, csrf, flash, progress, looks }
    }

    fn app(&self) -> &App {
        &self.endpoints.app
    }

    fn pool_id(&self) -> &PoolId {
        self.request.pool_id()
    }

    fn query(&self) -> &str {
        form::query(self.visit.head)
    }

    /// Returns a text in the language of the page.
    pub(super) fn text(&self, key: &str) -> Text {
        self.language.text(key)
    }

    /// Returns the URL of a screen with the request for authorization.
    pub(super) fn url(&self, screen: ScreenId) -> String {
        self.endpoint(screen.path())
    }

    /// Returns the URL of an endpoint with the request for authorization.
    pub(super) fn endpoint(&self, path: &str) -> String {
        format!("{}{path}?{}", self.visit.place.base, self.query())
    }

    fn session(&self) -> Option<BrowserSessionHandle> {
        self.visit.cookies(self.app()).session(self.pool_id())
    }

    /// Returns the name of the user whom the browser remembers.
    pub(super) async fn remembered(&self) -> Option<String> {
        remembered::find_name(self.app(), &self.visit.origin, &self.request, &self.session()?).await
    }

    /// Begins to add a passkey of the user whom the browser remembers. Returns the options for the browser, or `None` if there
    /// is no such user.
    pub(super) async fn start_passkey(&self) -> Result<Option<Value>, PageRefusal> {
        match self.session() {
            Some(session) => {
                remembered::start_passkey(self.app(), &self.visit.origin, &self.request, &session).await
            }
            None => Ok(None),
        }
    }

    /// Adds the passkey that the browser has made. Returns whether the browser remembers a user.
    pub(super) async fn complete_passkey(&self, credential: &str) -> Result<bool, PageRefusal> {
        let (app, origin) = (self.app(), &self.visit.origin);
        match self.session() {
            Some(session) => {
                remembered::complete_passkey(app, origin, &self.request, &session, credential).await
            }
            None => Ok(false),
        }
    }

    /// Returns a link to a screen.
    pub(super) fn link(&self, screen: ScreenId, key: &str) -> Link {
        Link { href: self.url(screen), text: self.text(key) }
    }

    /// Returns the caller of the operations that forms call.
    pub(super) fn caller(&self) -> PageCaller<'_> {
        PageCaller { app: self.app(), origin: &self.visit.origin, page: &self.request }
    }

    /// Returns the host of the pages, by which an authenticator app names the account.
    pub(super) fn host(&self) -> String {
        let url = Url::parse(&self.visit.place.base).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Returns the progress of the sign-in and its step, if that is the one of this screen.
    pub(super) fn progress(&self) -> Option<(&Progress, &Step)> {
        self.progress_of(self.here)
    }

    /// Returns the progress of the sign-in and its step, if that is the one of a screen.
    pub(super) fn progress_of(&self, screen: ScreenId) -> Option<(&Progress, &Step)> {
        let progress = self.progress.as_ref()?;
        (progress.step.screen() == screen).then_some((progress, &progress.step))
    }

    /// Returns a form that is sent to this screen.
    pub(super) fn form(&self, name: &'static str) -> Form {
        self.form_to(self.here, name)
    }

    /// Returns a form that is sent to a screen.
    pub(super) fn form_to(&self, screen: ScreenId, name: &'static str) -> Form {
        let mut form = Form::new(name, self.url(screen));
        form.hidden.push(("_csrf", self.csrf.clone()));
        if let Some((progress, _)) = self.progress() {
            form.hidden.push((STEP, progress.mark(self.app().keys.digests())));
        }
        form
    }

    /// Returns whether the page has the notice with this key.
    pub(super) fn has_notice(&self, key: &str) -> bool {
        self.flash.as_ref().is_some_and(|flash| flash.has_key(key))
    }

    /// Returns whether the page has something to say first.
    pub(super) fn has_flash(&self) -> bool {
        self.flash.is_some()
    }

    /// Returns what was typed into a field before a refusal.
    pub(super) fn typed(&self, name: &str) -> Option<&str> {
        self.flash.as_ref()?.value(name)
    }

    /// Returns the name of the user whose sign-in is under way.
    pub(super) fn username_under_way(&self) -> Option<&str> {
        self.progress.as_ref().map(|progress| progress.username.as_str())
    }

    /// Returns the URL at which a browser that is signed in goes on to the app. It lacks `prompt`:
    /// the user has seen the page that the parameter asks for.
    pub(super) fn on_to_app(&self) -> String {
        let pairs = form_urlencoded::parse(self.query().as_bytes()).filter(|(name, _)| name != "prompt");
        let mut query = form_urlencoded::Serializer::new(String::new());
        format!("{}/oauth2/authorize?{}", self.visit.place.base, query.extend_pairs(pairs).finish())
    }

    /// Returns an empty page.
    pub(super) fn view(&self, title: &str) -> View {
        let mut view = View::new(self.language, self.visit.up(), self.text(title));
        view.languages = self.languages();
        view.looks = looks::of(&self.looks, self.visit, self.pool_id());
        view
    }

    /// Returns links to the terms of the app client, if it has both documents.
    pub(super) fn terms(&self) -> Vec<Link> {
        let keys = ["terms-link", "privacy-link"];
        let addresses = self.looks.terms(self.language.terms_key());
        let links = addresses.iter().flat_map(|both| both.iter().zip(keys));
        links.map(|(address, key)| Link { href: (*address).to_owned(), text: self.text(key) }).collect()
    }

    /// Returns links to this screen in the other languages.
    fn languages(&self) -> Vec<LanguageLink> {
        let others = Language::all().filter(|language| *language != self.language);
        let link = |language: Language| {
            let pairs = form_urlencoded::parse(self.query().as_bytes()).filter(|(name, _)| name != "lang");
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(pairs).append_pair("lang", language.tag());
            let href = format!("{}{}?{}", self.visit.place.base, self.here.path(), query.finish());
            LanguageLink { href, tag: language.tag(), text: language.name() }
        };
        others.map(link).collect()
    }

    /// Returns the page with what it shows first, and the focus where it belongs: on the field that is wrong, or on the first
    /// one that is empty.
    pub(super) fn complete(&self, mut view: View) -> Answer {
        let mut fields: Vec<&mut Field> =
            view.forms.iter_mut().filter(|form| !form.is_minor).flat_map(|form| &mut form.fields).collect();
        let mut notice = self.flash.as_ref().map(|flash| flash.notice(self.language));
        let wrong = self.flash.as_ref().and_then(|flash| flash.field.as_deref());
        // An attribute may have a field of its own name, and a contact may be the username.
        let is_wrong = |field: &Field, name: &str| field.name == name || attribute_field(&field.name) == name;
        let is_contact =
            |name: &str| ContactKind::BOTH.iter().any(|kind| attribute_field(kind.attribute()) == name);
        let wrong = wrong.and_then(|name| {
            let at = |name: &str| fields.iter().position(|field| is_wrong(field, name));
            at(name).or_else(|| if is_contact(name) { at("username") } else { None })
        });
        if let Some(field) = wrong.and_then(|at| fields.get_mut(at)) {
            field.error = notice.take();
        }
        let focus = fields
            .iter()
            .position(|field| field.error.is_some())
            .or_else(|| fields.iter().position(|field| field.value.is_empty() && !field.is_fixed));
        if let Some(field) = focus.and_then(|at| fields.get_mut(at)) {
            field.has_focus = true;
        }
        view.notice = notice;
        Answer::page(view)
    }

    /// Returns whether a form is that of the step at which the sign-in is. A screen without a step has forms without a mark.
    pub(super) fn is_current(&self, form: &RequestParameters) -> bool {
        let sent = form.find(STEP).ok().flatten();
        let mark = self.progress.as_ref().map(|progress| progress.mark(self.app().keys.digests()));
        sent.is_none_or(|sent| mark.as_deref() == Some(sent))
    }

    /// Returns the answer to a form of an older step: the screen of the step at which the sign-in is, or the beginning.
    pub(super) fn outdated(&self) -> Answer {
        match &self.progress {
            Some(progress) => Answer::to(progress.step.screen()).with_flash(Flash::info("notice-outdated")),
            None => self.expired(),
        }
    }

    /// Returns the answer to a browser that opens a screen whose step it is not at.
    pub(super) fn misplaced(&self) -> Answer {
        match &self.progress {
            Some(progress) => Answer::to(progress.step.screen()),
            None => self.expired(),
        }
    }

    /// Returns the answer to a step that is over.
    pub(super) fn expired(&self) -> Answer {
        Answer::to(ScreenId::SignIn).with_flash(Flash::info("notice-expired")).without_progress()
    }

    /// Returns the answer to a form that is refused: this screen again.
    pub(super) fn refuse<'v>(
        &self,
        flash: Flash,
        typed: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Answer {
        Answer::to(self.here).with_flash(flash.with_values(typed))
    }

    /// Returns the answer that goes on with a step.
    pub(super) fn begin(&self, progress: Progress) -> Answer {
        Answer::to(progress.step.screen()).with_progress(progress)
    }

    /// Makes the secret of an authenticator app for a sign-in that waits for one, and returns what follows.
    pub(super) async fn set_up_authenticator(&self, progress: &Progress) -> Answer {
        match self.caller().associate_software_token(&progress.session).await {
            Ok(NewSecret { secret, session }) => {
                self.begin(progress.with_step(Step::Authenticator { secret }).with_session(session))
            }
            Err(refusal) if refusal.is_over() => self.expired(),
            Err(refusal) => self.refuse(Flash::refusal(refusal), []),
        }
    }

    /// Returns what follows a challenge. What leaves no choice is skipped.
    async fn challenge(&self, username: &str, challenge: &Challenge, typed: &[(&str, &str)]) -> Answer {
        let progress = match Progress::new(&self.request.client().id, username, challenge) {
            Ok(progress) => progress,
            Err(name) => {
                let mut view = self.view("not-served-title");
                let values = [("challenge", name.as_str().into())];
                view.intro = vec![self.language.text_with("not-served-text", values)];
                view.links = vec![self.link(ScreenId::SignIn, "back-to-sign-in")];
                return Answer::not_served(view).without_progress();
            }
        };
        match &progress.step {
            Step::Select(factors) if let [factor] = factors.as_slice() => {
                Box::pin(self.select(&progress, factor, typed)).await
            }
            Step::SetUp(factors) if factors.is_empty() => {
                let mut view = self.view("set-up-title");
                view.intro = vec![self.text("set-up-phone-only")];
                view.links = vec![self.link(ScreenId::SignIn, "back-to-sign-in")];
                Answer::page(view).without_progress()
            }
            Step::SetUp(factors) if *factors == [MfaFactor::SoftwareToken.as_str()] => {
                self.set_up_authenticator(&progress).await
            }
            Step::SetUp(factors) if *factors == [MfaFactor::Email.as_str()] => {
                self.begin(progress.with_step(Step::SetUpEmail))
            }
            _ => self.begin(progress),
        }
    }

    /// Returns what follows a refusal: this screen again, or the screen on which the user can do something about it (*Inferred*
    /// for the service: the code of the sign-up, or a new password).
    fn refused(&self, username: &str, refusal: PageRefusal, typed: &[(&str, &str)]) -> Answer {
        let (step, notice) = match refusal.kind {
            ErrorKind::UserNotConfirmedException => {
                (Step::Confirm { to: None, session: None }, "notice-not-confirmed")
            }
            ErrorKind::PasswordResetRequiredException => (Step::Reset { to: None }, "notice-reset-required"),
            // The API speaks of passwords, whatever was typed.
            _ if refusal.reason == PageReason::LockedOut && self.here == ScreenId::Code => {
                return self.refuse(Flash::field("code", "too-many-codes"), typed.iter().copied());
            }
            _ => return self.refuse(Flash::refusal(refusal), typed.iter().copied()),
        };
        let progress = Progress::of_user(&self.request.client().id, username, step);
        // What the user has typed was right.
        self.begin(progress).with_flash(Flash::info(notice))
    }

    /// Signs the user of a form in, and returns what follows. `username` is as typed; `typed` is shown again if the form is
    /// refused.
    pub(super) async fn sign_in(
        &self,
        username: &str,
        form: &SignInForm<'_>,
        typed: &[(&str, &str)],
    ) -> Answer {
        let answer = sign_in::sign_in(self.app(), &self.visit.origin, &self.request, form).await;
        self.conclude(username, answer, typed).await
    }

    /// Selects a first factor of a sign-in that waits for the choice.
    async fn select(&self, progress: &Progress, factor: &str, typed: &[(&str, &str)]) -> Answer {
        let (username, answers) = (progress.username.as_str(), [("ANSWER", factor)]);
        let (name, session) = (ChallengeName::SelectChallenge, progress.session.as_str());
        self.sign_in(username, &SignInForm::Challenge { name, username, session, answers: &answers }, typed)
            .await
    }

    /// Begins the sign-in of a user anew and selects the same first factor, which sends another code.
    pub(super) async fn send_again(&self, username: &str, factor: &str) -> Answer {
        let form = SignInForm::Username { username, session: None };
        let answer = sign_in::sign_in(self.app(), &self.visit.origin, &self.request, &form).await;
        if let SignInAnswer::Challenged(challenge) = &answer
            && let Ok(progress) = Progress::new(&self.request.client().id, username, challenge)
            && matches!(&progress.step, Step::Select(factors) if factors.iter().any(|one| one == factor))
        {
            return sent_again(self.select(&progress, factor, &[]).await);
        }
        self.conclude(username, answer, &[]).await
    }

    /// Goes on with a sign-in whose user asks for something in place of an answer.
    pub(super) async fn retry(
        &self,
        progress: &Progress,
        name: ChallengeName,
        retry: ChallengeRetry,
    ) -> Answer {
        let (username, session) = (progress.username.as_str(), progress.session.as_str());
        let form = SignInForm::Retry { name, retry, username, session };
        let answer = sign_in::sign_in(self.app(), &self.visit.origin, &self.request, &form).await;
        match answer {
            // The user has said what to set up before, and only corrects it.
            SignInAnswer::Challenged(challenge) if retry == ChallengeRetry::AnotherAddress => {
                match Progress::new(&self.request.client().id, username, &challenge) {
                    Ok(progress) => self.begin(progress.with_step(Step::SetUpEmail)),
                    Err(_) => self.expired(),
                }
            }
            answer => sent_again(self.conclude(username, answer, &[]).await),
        }
    }

    /// Returns what follows an answer of the sign-in.
    async fn conclude(&self, username: &str, answer: SignInAnswer, typed: &[(&str, &str)]) -> Answer {
        match answer {
            SignInAnswer::SignedIn { session, target, response } => {
                let (app, pool) = (self.app(), self.pool_id());
                if let Some(former) = self.visit.cookies(app).session(pool) {
                    logout::end_former_session(app, &self.visit.origin, pool, &former).await;
                }
                Answer { session: Some(session), ..Answer::client(target, response) }
            }
            SignInAnswer::Failed(target, error) => {
                Answer::client(target, AuthorizationResponse::Error(error))
            }
            SignInAnswer::Refused(refusal) if refusal.is_over() => self.expired(),
            SignInAnswer::Refused(refusal) => self.refused(username, refusal, typed),
            SignInAnswer::Challenged(challenge) => self.challenge(username, &challenge, typed).await,
            SignInAnswer::Fault => Answer::fault(),
        }
    }

    /// Returns the response of an answer. `is_shown` is whether the browser has opened the screen, rather than sent its form.
    pub(super) fn respond(&self, answer: Answer, is_shown: bool) -> HttpResponse {
        let (app, pool) = (self.app(), self.pool_id());
        let Answer { next, flash, progress, session } = answer;
        let is_client = matches!(next, Next::Client(..));
        let screen = if let Next::Screen(screen) = next { screen } else { self.here };
        let mut response = match next {
            Next::Page(status, view) => page(app, self.visit, status, &view),
            Next::Screen(screen) => response::redirect(app, &self.visit.place, &self.url(screen)),
            Next::Authorize => response::redirect(app, &self.visit.place, &self.on_to_app()),
            Next::Client(target, response) => {
                self.endpoints.redirect_to_client(self.visit, pool, &target, &response)
            }
            Next::Fault => self.endpoints.fault(self.visit),
        };
        let cookies = self.visit.cookies(app);
        match session {
            Some(session) => {
                cookies.set_session(&mut response, pool, Some(&session));
                cookies.set_csrf(&mut response, pool, None);
            }
            None if is_shown => cookies.set_csrf(&mut response, pool, Some(&self.csrf)),
            None => {}
        }
        match &flash {
            Some(flash) => {
                cookies.keep(&mut response, FLASH, pool, &self.csrf, Some((&(screen, flash), FLASH_TTL)));
            }
            None if self.flash.is_some() => {
                cookies.keep::<Flash>(&mut response, FLASH, pool, &self.csrf, None);
            }
            None => {}
        }
        match &progress {
            Change::Set(progress) => {
                let ttl = progress.step.ttl(self.request.client());
                let mut keep =
                    |progress| cookies.keep(&mut response, PROGRESS, pool, &self.csrf, Some((progress, ttl)));
                if !keep(progress) && !progress.without_passkeys().as_ref().is_some_and(keep) {
                    tracing::error!("the step of a sign-in does not fit into a cookie");
                    return self.endpoints.fault(self.visit);
                }
            }
            Change::Remove if self.progress.is_some() => {
                cookies.keep::<Progress>(&mut response, PROGRESS, pool, &self.csrf, None);
            }
            Change::Remove | Change::Keep => {}
        }
        if is_shown && !is_client && self.names_language() {
            cookies.set_language(&mut response, pool, self.language);
        }
        response
    }

    /// Returns whether the browser names the language in the URL.
    fn names_language(&self) -> bool {
        let parameters = form::parameters(self.query().as_bytes());
        let named = parameters.find("lang").ok().flatten();
        named.and_then(Language::find) == Some(self.language)
    }
}

/// Says that another code is on its way, if the answer asks for it.
fn sent_again(answer: Answer) -> Answer {
    match &answer.progress {
        Change::Set(Progress { step: Step::Code { .. }, .. }) => {
            answer.with_flash(Flash::info("notice-code-sent"))
        }
        _ => answer,
    }
}
