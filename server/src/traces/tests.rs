use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::{Request, StatusCode};
use tracing::{Id, Subscriber, span::Attributes, subscriber::with_default};
use tracing_subscriber::{EnvFilter, Layer, Registry, layer::Context, layer::SubscriberExt as _};

use super::*;

/// Counts the spans that are made.
#[derive(Clone, Default)]
struct SpanCounter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for SpanCounter {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns how many spans a request makes whose log has this filter.
fn spans_of_a_request(filter: &str) -> usize {
    let counter = SpanCounter::default();
    let filter = EnvFilter::try_new(filter).expect("a filter");
    with_default(Registry::default().with(counter.clone()).with(filter), || {
        let request = RequestSpan::begin(&Request::new(()), "id");
        request.span().in_scope(|| {
            for span in [store_span("read", 1), trigger_span("PreSignUp"), delivery_span("mail", 1)] {
                record_outcome(&span, "ok", false);
            }
        });
        request.set_operation("SignUp");
        request.end(Some(StatusCode::OK), "ok");
    });
    counter.0.load(Ordering::Relaxed)
}

#[test]
fn no_span_is_made_unless_traces_are_recorded() {
    assert_eq!(spans_of_a_request("trace,lido::traces=off"), 0);
    assert_eq!(spans_of_a_request("trace"), 4);
}

#[test]
fn trip_outside_a_request_has_no_span() {
    let counter = SpanCounter::default();
    with_default(Registry::default().with(counter.clone()), || store_span("sweep", 1));
    assert_eq!(counter.0.load(Ordering::Relaxed), 0);
}
