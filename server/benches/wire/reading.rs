//! Measures reading and checking the body alone, compared with serde_json.

use std::{hint::black_box, time::Instant};

use lido_cognito_idp::operations::ConfirmSignUpInput;
use lido_runtime::{OperationInput as _, http::HeaderMap};

use crate::{BODY, servers::Parsed};

const ROUNDS: u32 = 200_000;

/// Prints the nanoseconds for one body.
pub(crate) fn print() {
    let body = lido_runtime::Bytes::from_static(BODY.as_bytes());
    let headers = HeaderMap::new();
    let checked = time(|| drop(black_box(ConfirmSignUpInput::from_body(&headers, black_box(&body)))));
    let parsed = time(|| drop(black_box(serde_json::from_slice::<Parsed>(black_box(&body)))));
    println!("read + check of {} bytes: {checked:.0} ns (serde_json, unchecked: {parsed:.0} ns)", BODY.len());
}

fn time(work: impl Fn()) -> f64 {
    let runs = (0..7).map(|_| {
        let start = Instant::now();
        (0..ROUNDS).for_each(|_| work());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(ROUNDS)
    });
    crate::process::median(runs.collect())
}
