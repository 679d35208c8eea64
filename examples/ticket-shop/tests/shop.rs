//! Calls the shop in the process of the test.

use lido_runtime::{
    body::{Body, from_bytes, to_bytes},
    http::Request,
    tower::ServiceExt as _,
};
use ticket_shop::{Calls, Shop, TicketService, service};

/// Returns the status and body of the answer.
async fn call(
    shop: &impl TicketService<Body>,
    token: Option<&str>,
    operation: &str,
    body: &'static str,
) -> (u16, String) {
    let mut request = Request::post("/").header("x-amz-target", format!("TicketShop.{operation}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(from_bytes(body.into())).unwrap();
    let response = shop.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    (status, String::from_utf8(to_bytes(response.into_body()).await.unwrap().into()).unwrap())
}

#[tokio::test]
async fn operation_with_bearer_auth_refuses_callers_without_a_token() {
    let shop = service(Shop::open().unwrap(), Calls::default()).unwrap();
    for operation in ["BuyTickets", "ListTickets", "RefundTicket"] {
        for token in [None, Some(""), Some("forged")] {
            let (status, body) = call(&shop, token, operation, r#"{"showId": "tosca", "number": 1}"#).await;
            assert!(
                status == 401 && body.contains("UnauthorizedException"),
                "{operation} {token:?}: {status} {body}"
            );
        }
    }
    assert_eq!(call(&shop, None, "ListShows", "{}").await.0, 200);
    let (status, body) = call(&shop, None, "Unknown", "{}").await;
    assert!(status == 400 && body.contains("UnknownOperationException"), "{status} {body}");
}

#[tokio::test]
async fn tickets_belong_to_the_caller_who_bought_them() {
    let calls = Calls::default();
    let shop = service(Shop::open().unwrap(), calls.clone()).unwrap();
    let (ann, bob) = (Some("token-of-ann"), Some("token-of-bob"));
    assert_eq!(call(&shop, ann, "BuyTickets", r#"{"showId": "hamlet", "seats": 2}"#).await.0, 200);
    let (status, body) = call(&shop, bob, "BuyTickets", r#"{"showId": "hamlet", "seats": 2}"#).await;
    assert_eq!(
        (status, body.as_str()),
        (400, r#"{"__type":"SoldOut","message":"Hamlet has 1 seats left.","seatsLeft":1}"#)
    );
    assert_eq!(call(&shop, bob, "RefundTicket", r#"{"number": 1}"#).await.0, 400);
    assert_eq!(call(&shop, ann, "RefundTicket", r#"{"number": 1}"#).await.0, 200);
    let (_, body) = call(&shop, ann, "ListTickets", "{}").await;
    assert_eq!(body, r#"{"tickets":[{"number":2,"showId":"hamlet"}]}"#);
    assert_eq!(
        calls.counted().into_iter().collect::<Vec<_>>(),
        [("BuyTickets", 2), ("ListTickets", 1), ("RefundTicket", 2)]
    );
}
