//! Bodies of different sizes and speeds.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use http_body_util::Full;
use hyper::body::Frame;

use super::*;

/// A body in pieces without a Content-Length. After them it returns what the function returns: its end, an error, or
/// pending.
struct Pieces(std::vec::IntoIter<Vec<u8>>, fn() -> Poll<Option<io::Result<Frame<Bytes>>>>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.0.next() {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(Bytes::from(piece))))),
            None => (self.1)(),
        }
    }
}

fn pieces(pieces: Vec<Vec<u8>>) -> Pieces {
    Pieces(pieces.into_iter(), || Poll::Ready(None))
}

async fn length(body: impl BodyStream, budget: &BodyBudget) -> Result<usize, BodyError> {
    read(&HeaderMap::new(), body, budget, DEADLINE).await.map(|held| held.bytes.len())
}

#[tokio::test]
async fn body_in_pieces_is_joined() {
    let budget = BodyBudget::default();
    let body = pieces(vec![b"one, ".to_vec(), b"two, ".to_vec(), b"three".to_vec()]);
    let held = read(&HeaderMap::new(), body, &budget, DEADLINE).await.expect("small");
    assert_eq!(&held.bytes[..], b"one, two, three");
}

#[tokio::test]
async fn body_over_the_limit_is_refused() {
    let limit = Operation::settings().body_limit;
    let budget = BodyBudget::default();
    assert_eq!(length(Full::new(Bytes::from(vec![0; limit])), &budget).await, Ok(limit));
    assert_eq!(length(Full::new(Bytes::from(vec![0; limit + 1])), &budget).await, Err(BodyError::TooLarge));
    let half = vec![0; limit / 2];
    assert_eq!(length(pieces(vec![half.clone(), half.clone()]), &budget).await, Ok(limit));
    assert_eq!(length(pieces(vec![half.clone(), half, vec![0]]), &budget).await, Err(BodyError::TooLarge));
}

#[tokio::test]
async fn exhausted_budget_refuses_large_bodies_only() {
    let budget = BodyBudget::default();
    let limit = Operation::settings().body_limit;
    let mut held = Vec::new();
    let error = loop {
        let body = Full::new(Bytes::from(vec![0; limit]));
        match read(&HeaderMap::new(), body, &budget, DEADLINE).await {
            Ok(body) => held.push(body),
            Err(error) => break error,
        }
    };
    assert_eq!((error, held.len()), (BodyError::Busy, BUDGET_KIB * 1024 / limit));
    assert_eq!(length(Full::new(Bytes::from(vec![0; FREE])), &budget).await, Ok(FREE));
    drop(held);
    assert_eq!(length(Full::new(Bytes::from(vec![0; limit])), &budget).await, Ok(limit));
}

#[tokio::test]
async fn slow_body_and_broken_body_are_different_errors() {
    let budget = BodyBudget::default();
    let slow = Pieces(vec![vec![0]].into_iter(), || Poll::Pending);
    let slow = read(&HeaderMap::new(), slow, &budget, Duration::from_millis(10)).await;
    assert_eq!(slow.err(), Some(BodyError::TooSlow));
    let broken =
        Pieces(vec![vec![0]].into_iter(), || Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into()))));
    assert_eq!(length(broken, &budget).await, Err(BodyError::Broken));
}

#[tokio::test]
async fn bodies_that_stall_give_way_to_new_ones() {
    let budget = Arc::new(BodyBudget::default());
    let limit = Operation::settings().body_limit;
    let stalled: Vec<_> = (0..BUDGET_KIB * 1024 / limit + 1)
        .map(|_| {
            let budget = Arc::clone(&budget);
            tokio::spawn(async move {
                let body = Pieces(vec![vec![0; limit]].into_iter(), || Poll::Pending);
                length(body, &budget).await
            })
        })
        .collect();
    tokio::time::sleep(PATIENCE / 2).await;
    let whole = || Full::new(Bytes::from(vec![0; limit]));
    assert_eq!(length(whole(), &budget).await, Err(BodyError::Busy), "those that are still arriving stay");
    tokio::time::sleep(PATIENCE).await;
    for _ in 0..3 {
        assert_eq!(length(whole(), &budget).await, Ok(limit));
    }
    let mut ended = 0;
    for task in stalled {
        ended += usize::from(task.is_finished());
        task.abort();
    }
    assert!((2..5).contains(&ended), "no more than necessary give way: {ended}");
}

#[tokio::test]
async fn responses_have_a_budget_of_their_own() {
    let budget = BodyBudget::default();
    let limit = Operation::settings().body_limit;
    let whole = || Full::new(Bytes::from(vec![0; limit]));
    let mut held = Vec::new();
    while let Ok(body) = read(&HeaderMap::new(), whole(), &budget, DEADLINE).await {
        held.push(body);
    }
    let response = http::Response::new(boxed(whole()));
    assert_eq!(budget.hold(response).status(), StatusCode::OK);
}
