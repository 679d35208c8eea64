//! Two users with one address: whoever confirms first has it, unless the second insists.

use aws_sdk_cognitoidentityprovider::types::{AliasAttributeType, UserStatusType, VerifiedAttributeType};

use crate::support::{House, PASSWORD, Place, id_of, refused};

async fn alias_place(house: &House) -> Place {
    let pool = house.sdk.create_user_pool().pool_name("p").alias_attributes(AliasAttributeType::Email);
    let pool = pool.auto_verified_attributes(VerifiedAttributeType::Email);
    let pool = id_of(pool.send().await.expect("a pool").user_pool());
    Place { client: house.client_in(&pool).await, pool }
}

#[tokio::test]
async fn the_second_is_refused_unless_it_insists() {
    let house = House::new().await;
    let place = alias_place(&house).await;
    for username in ["ann", "eve"] {
        house.sign_up(&place.client, username, "one@example.com").await;
    }
    let confirm = |username: &str| {
        let call = house.sdk.confirm_sign_up().client_id(&place.client).username(username);
        call.confirmation_code(house.code_of(username))
    };
    confirm("ann").send().await.expect("confirmed");
    let (status, verified) = house.user(&place.pool, "one@example.com", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("true")));

    let text = "An account with the given email already exists.";
    refused!(confirm("eve"), is_alias_exists_exception, text);
    refused!(confirm("eve").force_alias_creation(false), is_alias_exists_exception, text);
    confirm("eve").force_alias_creation(true).send().await.expect("the code is still good");
    let holder = house.sdk.admin_get_user().user_pool_id(&place.pool).username("one@example.com");
    assert_eq!(holder.send().await.expect("there").username, "eve");
    let (status, verified) = house.user(&place.pool, "ann", "email_verified").await;
    assert_eq!((status, verified.as_deref()), (UserStatusType::Confirmed, Some("false")));
}

#[tokio::test]
async fn an_unverified_alias_leads_nowhere() {
    let house = House::new().await;
    let place = alias_place(&house).await;
    house.sign_up(&place.client, "ann", "one@example.com").await;
    let call = house.sdk.confirm_sign_up().client_id(&place.client).username("one@example.com");
    let call = call.confirmation_code(house.code_of("ann"));
    refused!(call, is_user_not_found_exception, "Username/client id combination not found.");
    let call = house.sdk.sign_up().client_id(&place.client).username("two@example.com").password(PASSWORD);
    let text = "Username cannot be of email format, since user pool is configured for email alias.";
    refused!(call, is_invalid_parameter_exception, text);
}
