//! The table of endpoints: the one place that names the paths of `/_lido/`.
//!
//! The routes, the methods that a path has, the parameters that it takes and the OpenAPI document are read from it. To add
//! an endpoint, write its handler in the file of its noun, and add an entry here; `tests/document.rs` then wants an
//! example of a request for it.

use http::StatusCode;

use super::{
    clock, document,
    endpoint::{Availability, Deleted, Endpoint, Readers, SchemaOf, Verb, any_object},
    health, messages, seed,
};

/// Returns the schema of a type.
const fn of<T: schemars::JsonSchema>() -> SchemaOf {
    |generator| generator.subschema_for::<T>()
}

/// The endpoint of most entries: served in `lido dev`, for tools, without parameters, answered with 200.
const fn endpoint(
    verb: Verb,
    path: &'static str,
    id: &'static str,
    success: SchemaOf,
    handler: for<'a> fn(super::endpoint::Call<'a>) -> super::endpoint::Responding<'a>,
) -> Endpoint {
    Endpoint {
        verb,
        path,
        id,
        summary: "",
        availability: Availability::Dev,
        readers: Readers::Tools,
        parameters: &[],
        body: None,
        success: (StatusCode::OK, success),
        problems: &[],
        handler,
    }
}

/// The endpoints, in the order of the document.
pub(super) static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        summary: "Check that the server and its store respond",
        availability: Availability::Always,
        readers: Readers::Everyone,
        problems: &[StatusCode::SERVICE_UNAVAILABLE],
        ..endpoint(Verb::Get, "/_lido/health", "getHealth", of::<health::Health>(), |call| {
            Box::pin(health::get(call))
        })
    },
    Endpoint {
        summary: "Get this document",
        ..endpoint(Verb::Get, "/_lido/openapi.json", "getDocument", any_object, |call| {
            Box::pin(document::get(call))
        })
    },
    Endpoint {
        summary: "List the messages to users, the newest first, or wait for one",
        readers: Readers::InboxPages,
        parameters: messages::LIST,
        problems: &[StatusCode::TOO_MANY_REQUESTS],
        ..endpoint(Verb::Get, "/_lido/messages", "listMessages", of::<messages::Messages>(), |call| {
            Box::pin(messages::list(call))
        })
    },
    Endpoint {
        summary: "Delete messages: all of them, or those that match",
        parameters: messages::FILTER,
        ..endpoint(Verb::Delete, "/_lido/messages", "deleteMessages", of::<Deleted>(), |call| {
            Box::pin(messages::delete_all(call))
        })
    },
    Endpoint {
        summary: "Get a message",
        readers: Readers::InboxPages,
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(
            Verb::Get,
            "/_lido/messages/{id}",
            "getMessage",
            of::<crate::delivery::InboxMessage>(),
            |call| Box::pin(messages::get(call)),
        )
    },
    Endpoint {
        summary: "Delete a message",
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(Verb::Delete, "/_lido/messages/{id}", "deleteMessage", of::<Deleted>(), |call| {
            Box::pin(messages::delete(call))
        })
    },
    Endpoint {
        summary: "Get all user pools as the contents of a seed file, with secrets in clear",
        ..endpoint(Verb::Get, "/_lido/seed", "getSeed", any_object, |call| Box::pin(seed::get(call)))
    },
    Endpoint {
        summary: "Get the time by the test clock",
        ..endpoint(Verb::Get, "/_lido/clock", "getClock", of::<clock::ClockState>(), |call| {
            Box::pin(clock::get(call))
        })
    },
    Endpoint {
        summary: "Set the test clock forward",
        body: Some(of::<clock::AdvanceRequest>()),
        ..endpoint(Verb::Post, "/_lido/clock", "advanceClock", of::<clock::ClockState>(), |call| {
            Box::pin(clock::advance(call))
        })
    },
    Endpoint {
        summary: "Set the test clock to an instant, also to an earlier one",
        body: Some(of::<clock::SetRequest>()),
        ..endpoint(Verb::Put, "/_lido/clock", "setClock", of::<clock::ClockState>(), |call| {
            Box::pin(clock::set(call))
        })
    },
    Endpoint {
        summary: "Set the test clock back to the real time",
        ..endpoint(Verb::Delete, "/_lido/clock", "resetClock", of::<clock::ClockState>(), |call| {
            Box::pin(clock::reset(call))
        })
    },
];
