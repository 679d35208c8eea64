//! Compiles and runs the golden `kitchen-sink`: this test binary contains the modules of the generated crate.

#![cfg(test)]
#![expect(missing_docs, reason = "generated code has the documentation of the model alone")]
#[path = "../golden/kitchen-sink/src/error_kind.rs"]
mod error_kind;
#[path = "../golden/kitchen-sink/src/operations/mod.rs"]
pub mod operations;
#[path = "../golden/kitchen-sink/src/service.rs"]
mod service;
#[path = "../golden/kitchen-sink/src/settings.rs"]
mod settings;
#[path = "../golden/kitchen-sink/src/types/mod.rs"]
pub mod types;

mod constraints;
mod debug;
mod responses;
mod traits;
mod values;

pub use error_kind::ErrorKind;
pub use service::{Kitchen, KitchenBuilder, Operation};
pub use settings::SETTINGS;

use lido_runtime::{
    Bytes, Config,
    http::{HeaderMap, Request},
    server::body::{collect_body_limited, from_bytes},
};
use operations::{
    CookError, CookInput, CookOutput, PingInput, PingOutput, TasteError, TasteInput, TasteOutput,
};
use serde_json::Value;
use tower::ServiceExt as _;

/// A response with its body as text.
struct TextResponse {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl TextResponse {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// Calls `operation` of a service with handlers for all operations.
async fn call(operation: &str, body: &str) -> TextResponse {
    let kitchen = Kitchen::builder(Config::new()).cook(cook).ping(ping).taste(taste).build().unwrap();
    let request = Request::post("/")
        .header("x-amz-target", format!("Kitchen.{operation}"))
        .body(from_bytes(Bytes::copy_from_slice(body.as_bytes())))
        .unwrap();
    let (head, body) = kitchen.oneshot(request).await.unwrap().into_parts();
    let body = collect_body_limited(body, 0).await.unwrap();
    TextResponse {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// Returns its input as its output.
async fn cook(dish: CookInput) -> Result<CookOutput, CookError> {
    Ok(CookOutput {
        name: dish.name,
        r#type: dish.r#type,
        rating: dish.rating,
        vegan: dish.vegan,
        byte: dish.byte,
        short: dish.short,
        integer: dish.integer,
        long: dish.long,
        float: dish.float,
        double: dish.double,
        big_integer: dish.big_integer,
        big_decimal: dish.big_decimal,
        blob: dish.blob,
        document: dish.document,
        epoch_seconds: dish.epoch_seconds,
        date_time: dish.date_time,
        http_date: dish.http_date,
        words: dish.words,
        sparse_words: dish.sparse_words,
        counts: dish.counts,
        sparse_counts: dish.sparse_counts,
        dates: dish.dates,
        course: dish.course,
        filling: dish.filling,
        servings: dish.servings,
        sides: dish.sides,
        stock: dish.stock,
        label: dish.label.map(|label| types::Name::try_from(label.into_inner()).unwrap()),
        portions: dish.portions,
        season: dish.season,
        note: dish.note,
        extras: dish.extras,
        recipe: dish.recipe,
        credentials: dish.credentials,
        recipes: dish.recipes,
        secrets: dish.secrets,
    })
}

async fn ping(_: PingInput) -> Result<PingOutput, operations::PingError> {
    Ok(PingOutput {})
}

/// Returns the member `spoon` as its verdict, or the error that it names.
async fn taste(input: TasteInput) -> Result<TasteOutput, TasteError> {
    match input.spoon.as_deref() {
        Some("hot") => {
            let mut error = types::TooHot::new("too hot to taste".to_owned());
            error.degrees = Some(90);
            Err(TasteError::TooHot(error))
        }
        Some("cold") => Err(TasteError::OutOfGas(types::OutOfGas {})),
        other => Ok(TasteOutput { verdict: other.unwrap_or("none").to_owned(), remark: None, score: None }),
    }
}
