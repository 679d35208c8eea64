//! App clients: made, described, listed and deleted; every setting kept and given back.

use aws_sdk_cognitoidentityprovider::types::{
    ExplicitAuthFlowsType, OAuthFlowType, PreventUserExistenceErrorTypes, TimeUnitsType,
    TokenValidityUnitsType, UserPoolClientType,
};

use crate::support::{House, refused};

async fn described(house: &House, pool: &str, client: &str) -> UserPoolClientType {
    let call = house.sdk.describe_user_pool_client().user_pool_id(pool).client_id(client);
    call.send().await.expect("described").user_pool_client.expect("told")
}

#[tokio::test]
async fn a_client_has_the_services_defaults() {
    let house = House::new().await;
    let place = house.place().await;
    let client = described(&house, &place.pool, &place.client).await;
    assert_eq!(place.client.len(), 26);
    assert!(place.client.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
    assert_eq!(client.user_pool_id(), Some(place.pool.as_str()));
    assert_eq!((client.client_name(), client.client_secret()), (Some("c"), None));
    assert_eq!(client.refresh_token_validity(), 30);
    let flows = [
        ExplicitAuthFlowsType::AllowRefreshTokenAuth,
        ExplicitAuthFlowsType::AllowUserSrpAuth,
        ExplicitAuthFlowsType::AllowCustomAuth,
    ];
    assert_eq!(client.explicit_auth_flows(), flows);
    assert_eq!(client.allowed_o_auth_flows_user_pool_client(), Some(false));
    assert_eq!(client.enable_token_revocation(), Some(true));
    assert_eq!(client.enable_propagate_additional_user_context_data(), Some(false));
    assert_eq!(client.auth_session_validity(), Some(3));
    assert_eq!(client.prevent_user_existence_errors(), Some(&PreventUserExistenceErrorTypes::Legacy));
    assert!(client.read_attributes().is_empty() && client.write_attributes().is_empty());
    assert_eq!(client.creation_date().map(|date| date.secs()), Some(1_795_246_200));
}

#[tokio::test]
async fn every_setting_is_given_back() {
    let house = House::new().await;
    let place = house.place().await;
    let units = TokenValidityUnitsType::builder().access_token(TimeUnitsType::Minutes).build();
    let made = house
        .sdk
        .create_user_pool_client()
        .user_pool_id(&place.pool)
        .client_name("all of it")
        .generate_secret(true)
        .refresh_token_validity(0)
        .access_token_validity(10)
        .token_validity_units(units.clone())
        .read_attributes("email")
        .write_attributes("email")
        .write_attributes("name")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserAuth)
        .callback_urls("https://example.com/back")
        .allowed_o_auth_flows(OAuthFlowType::Code)
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
        .enable_token_revocation(false)
        .auth_session_validity(15);
    let made = made.send().await.expect("a client").user_pool_client.expect("told");
    let client = described(&house, &place.pool, made.client_id().expect("an id")).await;
    assert_eq!(made, client, "what was made is what is described");
    assert_eq!(client.client_secret().map(str::len), Some(51));
    assert_eq!((client.refresh_token_validity(), client.access_token_validity()), (30, Some(10)));
    assert_eq!(client.token_validity_units(), Some(&units));
    assert_eq!(
        (client.read_attributes(), client.write_attributes().len()),
        (["email".to_owned()].as_slice(), 2)
    );
    assert_eq!(client.explicit_auth_flows(), [ExplicitAuthFlowsType::AllowUserAuth]);
    assert_eq!(client.callback_urls(), ["https://example.com/back"]);
    assert_eq!(client.allowed_o_auth_flows(), [OAuthFlowType::Code]);
    assert_eq!(client.prevent_user_existence_errors(), Some(&PreventUserExistenceErrorTypes::Enabled));
    assert_eq!((client.enable_token_revocation(), client.auth_session_validity()), (Some(false), Some(15)));
}

#[tokio::test]
async fn settings_that_contradict_are_refused() {
    let house = House::new().await;
    let place = house.place().await;
    let create = || house.sdk.create_user_pool_client().user_pool_id(&place.pool).client_name("c");
    let text = "Invalid write attributes specified while creating a client";
    refused!(create().write_attributes("custom:nope"), is_invalid_parameter_exception, text);
    let text = "Invalid read attributes specified while creating a client";
    refused!(create().read_attributes("custom:nope"), is_invalid_parameter_exception, text);
    let mixed = create().explicit_auth_flows(ExplicitAuthFlowsType::AdminNoSrpAuth);
    let mixed = mixed.explicit_auth_flows(ExplicitAuthFlowsType::AllowUserSrpAuth);
    let text = "Auth flow name with prefix 'ALLOW' cannot be used with legacy auth flow names.";
    refused!(mixed, is_invalid_parameter_exception, text);
    let nowhere = create().user_pool_id("us-east-1_nowhere");
    let text = "User pool us-east-1_nowhere does not exist.";
    refused!(nowhere, is_resource_not_found_exception, text);
}

#[tokio::test]
async fn a_deleted_client_is_gone() {
    let house = House::new().await;
    let place = house.place().await;
    let delete = || house.sdk.delete_user_pool_client().user_pool_id(&place.pool).client_id(&place.client);
    delete().send().await.expect("deleted");
    let text = format!("User pool client {} does not exist.", place.client);
    refused!(delete(), is_resource_not_found_exception, text.as_str());
    let describe = house.sdk.describe_user_pool_client().user_pool_id(&place.pool).client_id(&place.client);
    refused!(describe, is_resource_not_found_exception, text.as_str());
    let confirm = house.sdk.confirm_sign_up().client_id(&place.client).username("a").confirmation_code("1");
    refused!(confirm, is_resource_not_found_exception, text.as_str());
}

#[tokio::test]
async fn clients_are_listed_page_by_page() {
    let house = House::new().await;
    let place = house.place().await;
    let other = house.place().await;
    let mut made = vec![place.client.clone()];
    for _ in 0..4 {
        made.push(house.client_in(&place.pool).await);
    }
    made.sort();
    let list = |pool: &str| house.sdk.list_user_pool_clients().user_pool_id(pool).max_results(3);
    let first = list(&place.pool).send().await.expect("a page");
    let token = first.next_token().expect("more");
    let second = list(&place.pool).next_token(token).send().await.expect("a page");
    assert_eq!(second.next_token(), None);
    let all = first.user_pool_clients().iter().chain(second.user_pool_clients());
    let listed: Vec<_> = all.map(|client| client.client_id().expect("an id")).collect();
    assert_eq!(listed, made);
    let elsewhere = list(&other.pool).next_token(token);
    refused!(elsewhere, is_invalid_parameter_exception, "Invalid pagination token.");
    let all = house.sdk.list_user_pool_clients().user_pool_id(&place.pool).send().await.expect("a page");
    assert_eq!((all.user_pool_clients().len(), all.next_token()), (5, None));
}
