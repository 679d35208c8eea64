//! GetUser.

use std::time::Duration;

use super::signed_in;
use crate::support::{assert_refused, sign_in::SignInFixture};

/// cog-0334, cog-0335, cog-0336, cog-0337.
#[tokio::test]
async fn get_user_with_valid_token_returns_the_user() {
    let fixture = SignInFixture::new().await;
    let result = signed_in(&fixture).await;
    let token = result.access_token().expect("an access token");
    let get = |token: &str| fixture.server.sdk.get_user().access_token(token);
    let user = get(token).send().await.expect("the user");
    assert_eq!(user.username(), "ann");
    let attributes: Vec<_> =
        user.user_attributes().iter().map(|one| (one.name(), one.value().unwrap_or_default())).collect();
    let expected = [("sub", fixture.sub.as_str()), ("email", "ann@example.com"), ("email_verified", "false")];
    assert_eq!(attributes, expected);
    for damaged in ["nonsense", "a.b.c", result.id_token().expect("an id token")] {
        assert_refused!(get(damaged), is_not_authorized_exception, "Invalid Access Token");
    }
    let (message, _) = token.rsplit_once('.').expect("three parts");
    let other = result.id_token().expect("an id token").rsplit_once('.').expect("three parts").1;
    let forged = format!("{message}.{other}");
    assert_refused!(get(&forged), is_not_authorized_exception, "Could not verify signature for Access Token");
    fixture.server.app.clock.advance(Duration::from_secs(60 * 60));
    assert_refused!(get(token), is_not_authorized_exception, "Access Token has expired");
}
