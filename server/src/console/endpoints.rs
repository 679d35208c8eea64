//! The table of endpoints: the one place that names the paths of `/_lido/`.
//!
//! The routes, the methods that a path has, the parameters that it takes and the OpenAPI document are read from it. To add
//! an endpoint, write its handler in the file of its noun, and add an entry here; `tests/document.rs` then wants an
//! example of a request for it.

use http::StatusCode;

use super::{
    clock, document,
    endpoint::{Availability, Deleted, Endpoint, Readers, SchemaOf, Verb, any_object},
    faults, health, messages, pools, reset, seed, users,
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
        summary: "Check that the server runs",
        availability: Availability::Always,
        readers: Readers::Everyone,
        ..endpoint(Verb::Get, "/_lido/health/live", "getHealthLive", of::<health::Health>(), |call| {
            Box::pin(health::live(call))
        })
    },
    Endpoint {
        summary: "Check that the server and its store respond, and that the server is not told to stop",
        availability: Availability::Always,
        readers: Readers::Everyone,
        problems: &[StatusCode::SERVICE_UNAVAILABLE],
        ..endpoint(Verb::Get, "/_lido/health/ready", "getHealthReady", of::<health::Health>(), |call| {
            Box::pin(health::ready(call))
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
    Endpoint {
        summary: "List the user pools",
        parameters: pools::PAGE,
        ..endpoint(Verb::Get, "/_lido/pools", "listPools", of::<pools::Pools>(), |call| {
            Box::pin(pools::list(call))
        })
    },
    Endpoint {
        summary: "Delete a user pool with everything in it, also if its deletion protection is active",
        problems: &[StatusCode::NOT_FOUND, StatusCode::CONFLICT],
        ..endpoint(Verb::Delete, "/_lido/pools/{pool}", "deletePool", of::<Deleted>(), |call| {
            Box::pin(pools::delete(call))
        })
    },
    Endpoint {
        summary: "List the app clients of a user pool",
        parameters: pools::PAGE,
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(Verb::Get, "/_lido/pools/{pool}/clients", "listClients", of::<pools::Clients>(), |call| {
            Box::pin(pools::list_clients(call))
        })
    },
    Endpoint {
        summary: "List the users of a user pool",
        parameters: users::LIST,
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(Verb::Get, "/_lido/pools/{pool}/users", "listUsers", of::<users::Users>(), |call| {
            Box::pin(users::list(call))
        })
    },
    Endpoint {
        summary: "Delete all users of a user pool, and keep its app clients and groups",
        problems: &[StatusCode::NOT_FOUND, StatusCode::CONFLICT],
        ..endpoint(Verb::Delete, "/_lido/pools/{pool}/users", "deleteUsers", of::<Deleted>(), |call| {
            Box::pin(pools::delete_users(call))
        })
    },
    Endpoint {
        summary: "Get a user, by username, sub or alias",
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(Verb::Get, "/_lido/pools/{pool}/users/{user}", "getUser", of::<users::User>(), |call| {
            Box::pin(users::get(call))
        })
    },
    Endpoint {
        summary: "Confirm a user without a code, as AdminConfirmSignUp does",
        problems: &[StatusCode::NOT_FOUND, StatusCode::CONFLICT],
        ..endpoint(
            Verb::Post,
            "/_lido/pools/{pool}/users/{user}/confirm",
            "confirmUser",
            of::<users::User>(),
            |call| Box::pin(users::confirm(call)),
        )
    },
    Endpoint {
        summary: "List the codes that were sent to a user and are still valid",
        readers: Readers::InboxPages,
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(
            Verb::Get,
            "/_lido/pools/{pool}/users/{user}/codes",
            "listCodes",
            of::<users::Codes>(),
            |call| Box::pin(users::codes(call)),
        )
    },
    Endpoint {
        summary: "Sign a user in without a password",
        body: Some(of::<users::TokenRequest>()),
        problems: &[StatusCode::NOT_FOUND, StatusCode::CONFLICT],
        ..endpoint(
            Verb::Post,
            "/_lido/pools/{pool}/users/{user}/tokens",
            "issueTokens",
            of::<users::Tokens>(),
            |call| Box::pin(users::issue_tokens(call)),
        )
    },
    Endpoint {
        summary: "List the faults",
        ..endpoint(Verb::Get, "/_lido/faults", "listFaults", of::<faults::FaultList>(), |call| {
            Box::pin(faults::list(call))
        })
    },
    Endpoint {
        summary: "Set a fault: let requests be throttled, fail, wait, or lose their messages",
        body: Some(of::<faults::FaultRequest>()),
        success: (StatusCode::CREATED, of::<faults::SetFault>()),
        problems: &[StatusCode::TOO_MANY_REQUESTS],
        ..endpoint(Verb::Post, "/_lido/faults", "setFault", of::<faults::SetFault>(), |call| {
            Box::pin(faults::set(call))
        })
    },
    Endpoint {
        summary: "Clear all faults",
        ..endpoint(Verb::Delete, "/_lido/faults", "deleteFaults", of::<Deleted>(), |call| {
            Box::pin(faults::delete_all(call))
        })
    },
    Endpoint {
        summary: "Get a fault, with how often it has struck",
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(Verb::Get, "/_lido/faults/{id}", "getFault", of::<faults::SetFault>(), |call| {
            Box::pin(faults::get(call))
        })
    },
    Endpoint {
        summary: "Delete a fault",
        problems: &[StatusCode::NOT_FOUND],
        ..endpoint(Verb::Delete, "/_lido/faults/{id}", "deleteFault", of::<Deleted>(), |call| {
            Box::pin(faults::delete(call))
        })
    },
    Endpoint {
        summary: "Delete all user pools, messages and faults, set the clock back, and seed again",
        problems: &[StatusCode::CONFLICT],
        ..endpoint(Verb::Post, "/_lido/reset", "reset", of::<reset::Reset>(), |call| {
            Box::pin(reset::reset(call))
        })
    },
];
