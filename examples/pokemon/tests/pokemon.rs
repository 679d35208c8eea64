//! Calls the service in the process of the test.

use lido_runtime::{
    Operation as _,
    body::{Body, from_bytes, to_bytes},
    http::{Request, Response},
    tower::ServiceExt as _,
};
use pokemon::{pokemon, service::Operation};

async fn send(request: Request<Body>) -> Response<Body> {
    pokemon().unwrap().oneshot(request).await.unwrap()
}

/// Returns the status and body of the answer.
async fn call(operation: &str, body: &'static str) -> (u16, String) {
    let request = Request::post("/")
        .header("x-amz-target", format!("PokemonService.{operation}"))
        .body(from_bytes(body.into()))
        .unwrap();
    let response = send(request).await;
    assert!(response.headers().contains_key("x-request-id"), "{operation}");
    let status = response.status().as_u16();
    (status, String::from_utf8(to_bytes(response.into_body()).await.unwrap().into()).unwrap())
}

#[tokio::test]
async fn operations_of_the_service_and_its_resources_are_served() {
    let names: Vec<_> = Operation::ALL.iter().map(|operation| operation.name()).collect();
    let served = ["CheckHealth", "DoNothing", "GetPokemonSpecies", "GetServerStatistics", "GetStorage"];
    assert_eq!(names, served, "the operation that streams is left out");
    let (status, body) = call("GetPokemonSpecies", r#"{"name": "pikachu"}"#).await;
    assert!(status == 200 && body.contains(r#""language":"es""#), "{status} {body}");
    assert_eq!(call("GetPokemonSpecies", r#"{"name": "missingno"}"#).await.0, 400);
    assert_eq!(call("GetServerStatistics", "{}").await, (200, r#"{"calls_count":0}"#.to_owned()));
    assert_eq!(call("DoNothing", "{}").await, (200, "{}".to_owned()));
    assert_eq!(call("CapturePokemon", "{}").await.0, 400);
}

#[tokio::test]
async fn plugin_in_its_scope_refuses_a_wrong_passcode() {
    let (status, body) = call("GetStorage", r#"{"user": "ash", "passcode": "guess"}"#).await;
    assert!(status == 400 && body.contains("StorageAccessNotAuthorized"), "{status} {body}");
    let (_, body) = call("GetStorage", r#"{"user": "ash", "passcode": "pikachu123"}"#).await;
    assert_eq!(body, r#"{"collection":["pikachu","bulbasaur"]}"#);
}

#[tokio::test]
async fn load_balancer_is_told_that_the_service_is_healthy() {
    let request = Request::get("/ping").body(from_bytes("".into())).unwrap();
    assert_eq!(send(request).await.status(), 200);
}
