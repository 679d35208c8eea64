//! `/_lido/messages`: the inbox. Finds messages, waits for one, and deletes them.
//!
//! A user is named by anything that the API accepts as a username, and by the address that a message went to: in a pool
//! whose users sign up with their addresses, the username of a message is the sub, which no test knows.

use std::{collections::HashMap, time::Duration};

use lido_domain::id::{PoolId, Sub};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::{Instant, timeout_at};

use super::{
    endpoint::{Answer, Call, Deleted, Parameter, Query},
    problem::{Problem, ProblemKind},
};
use crate::{
    app::App,
    delivery::{Inbox, InboxMessage, InboxPage, PageRange},
    operations::control::{self, ControlError},
    surface::ConnectionEnd,
};

/// The most seconds that a request waits for a message.
const MAX_WAIT: u64 = 60;

const USER_POOL_ID: Parameter =
    Parameter::text("userPoolId", "Only messages to users of the pool with this id");
const USERNAME: Parameter = Parameter::text(
    "username",
    "Only messages to the user with this username, sub or alias, and messages to this mail address or phone number",
);
const TO: Parameter = Parameter::text("to", "Only messages to this mail address or phone number");
const LIMIT: Parameter =
    Parameter::number("limit", 1, 1_000, "The most messages of the answer; 1,000 without it");
const AFTER: Parameter = Parameter::number(
    "after",
    0,
    u64::MAX,
    "Only messages that arrived after an earlier answer, by its `cursor`",
);
const NEXT_TOKEN: Parameter =
    Parameter::number("nextToken", 0, u64::MAX, "The `nextToken` of the page before this one");
const WAIT: Parameter = Parameter::duration(
    "wait",
    MAX_WAIT,
    "How long to wait for a message if there is none, such as 5s. The answer is empty if none has come",
);

/// The parameters of a list.
pub(super) const LIST: &[Parameter] = &[USER_POOL_ID, USERNAME, TO, LIMIT, AFTER, NEXT_TOKEN, WAIT];

/// The parameters of a deletion.
pub(super) const FILTER: &[Parameter] = &[USER_POOL_ID, USERNAME, TO];

/// A page of messages.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Messages {
    /// The messages, the newest first
    messages: Vec<InboxMessage>,
    /// Where this answer ends, for `after` in a later request
    cursor: String,
    /// The token of the next page, which has older messages
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A filter of messages.
struct MessageFilter {
    user_pool_id: Option<String>,
    username: Option<String>,
    to: Option<String>,
}

/// The users that a name stands for, in the pools whose messages were looked at.
type NamedUsers = HashMap<String, Option<Sub>>;

pub(super) async fn list(call: Call<'_>) -> Result<Answer, Problem> {
    let inbox = call.inbox()?;
    let query = &call.query;
    let filter = MessageFilter::read(query);
    let range = PageRange {
        after: query.number(&AFTER)?.unwrap_or(0),
        before: query.number(&NEXT_TOKEN)?.unwrap_or(u64::MAX),
        limit: query
            .number(&LIMIT)?
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(PageRange::ALL.limit),
    };
    let wait = query.duration(&WAIT)?;
    // Those of earlier answers have arrived then.
    call.app.outbox.settle().await;
    let page = match wait {
        None => filter.page(call.app, inbox, range).await?,
        Some(wait) => {
            let Ok(_place) = call.waits().try_acquire() else {
                let text = "Too many requests wait for messages; ask again, or without wait.";
                return Err(Problem::new(ProblemKind::TooManyRequests, text));
            };
            let ended = ConnectionEnd::of(call.head());
            tokio::select! {
                page = filter.wait(call.app, inbox, range, wait) => page?,
                // Then no client reads it, or the server stops.
                () = ended => filter.page(call.app, inbox, range).await?,
            }
        }
    };
    let InboxPage { messages, next_before, newest } = page;
    let next_token = next_before.map(|number| number.to_string());
    Answer::ok(&Messages { messages, cursor: newest.to_string(), next_token })
}

pub(super) async fn get(call: Call<'_>) -> Result<Answer, Problem> {
    let id = call.path_parameter("id");
    call.app.outbox.settle().await;
    let page = call.inbox()?.page(PageRange::ALL, |message| message.id == id);
    page.messages.first().map_or_else(|| Err(unknown_message()), Answer::ok)
}

pub(super) async fn delete_all(call: Call<'_>) -> Result<Answer, Problem> {
    let inbox = call.inbox()?;
    let filter = MessageFilter::read(&call.query);
    call.app.outbox.settle().await;
    let named = filter.find_users(call.app, inbox).await?;
    Answer::ok(&Deleted { deleted: inbox.remove(|message| filter.matches(message, &named)) })
}

pub(super) async fn delete(call: Call<'_>) -> Result<Answer, Problem> {
    let id = call.path_parameter("id");
    match call.inbox()?.remove(|message| message.id == id) {
        0 => Err(unknown_message()),
        deleted => Answer::ok(&Deleted { deleted }),
    }
}

fn unknown_message() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no message with this id; GET /_lido/messages lists them.")
}

impl MessageFilter {
    fn read(query: &Query) -> Self {
        let text = |parameter| query.text(parameter).map(str::to_owned);
        Self { user_pool_id: text(&USER_POOL_ID), username: text(&USERNAME), to: text(&TO) }
    }

    /// Returns a page of the messages that match.
    async fn page(&self, app: &App, inbox: &Inbox, range: PageRange) -> Result<InboxPage, Problem> {
        let named = self.find_users(app, inbox).await?;
        Ok(inbox.page(range, |message| self.matches(message, &named)))
    }

    /// Returns a page that has a message, or an empty one after `wait`.
    async fn wait(
        &self,
        app: &App,
        inbox: &Inbox,
        range: PageRange,
        wait: Duration,
    ) -> Result<InboxPage, Problem> {
        let deadline = Instant::now() + wait;
        let mut arrivals = inbox.arrivals();
        loop {
            arrivals.mark_unchanged();
            let page = self.page(app, inbox, range).await?;
            if !page.messages.is_empty() || timeout_at(deadline, arrivals.changed()).await.is_err() {
                return Ok(page);
            }
        }
    }

    /// Finds the user with the name in each pool whose messages may match.
    async fn find_users(&self, app: &App, inbox: &Inbox) -> Result<NamedUsers, Problem> {
        let mut found = NamedUsers::new();
        let Some(username) = &self.username else { return Ok(found) };
        let page = inbox.page(PageRange::ALL, |message| self.matches_pool_and_address(message));
        for message in page.messages {
            if found.contains_key(&message.user_pool_id) {
                continue;
            }
            let pool = PoolId::new(&message.user_pool_id);
            let sub = match control::find_user(app, &pool, username).await {
                Ok(user) => user.map(|user| user.sub),
                // The pool was deleted; its messages have their names still.
                Err(ControlError::UnknownPool) => None,
                Err(fault) => return Err(fault.into()),
            };
            found.insert(message.user_pool_id, sub);
        }
        Ok(found)
    }

    fn matches_pool_and_address(&self, message: &InboxMessage) -> bool {
        let is =
            |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        is(&self.user_pool_id, &message.user_pool_id) && is(&self.to, &message.to)
    }

    fn matches(&self, message: &InboxMessage, named: &NamedUsers) -> bool {
        let is_user = |name: &String| {
            [&message.username, &message.sub, &message.to].contains(&name)
                || named
                    .get(&message.user_pool_id)
                    .and_then(Option::as_ref)
                    .is_some_and(|sub| sub.as_str() == message.sub)
        };
        self.matches_pool_and_address(message) && self.username.as_ref().is_none_or(is_user)
    }
}
