//! Groups: made, changed, listed, joined and left.

use aws_sdk_cognitoidentityprovider::types::GroupType;

use crate::support::{House, refused};

const NO_GROUP: &str = "Group not found.";

fn names(groups: &[GroupType]) -> Vec<&str> {
    groups.iter().filter_map(GroupType::group_name).collect()
}

#[tokio::test]
async fn a_group_is_made_changed_and_deleted() {
    let house = House::new().await;
    let pool = house.place().await.pool;
    let (sdk, name) = (&house.sdk, "Großkunden/№1");
    let made = sdk.create_group().user_pool_id(&pool).group_name(name).precedence(3).description("large");
    let made = made.role_arn("arn:aws:iam::123456789012:role/large").send().await.expect("made");
    let told = sdk.get_group().user_pool_id(&pool).group_name(name).send().await.expect("there").group;
    assert_eq!(made.group, told);
    assert_eq!(told.as_ref().and_then(GroupType::precedence), Some(3));
    assert_eq!(told.as_ref().and_then(GroupType::user_pool_id), Some(pool.as_str()));

    let again = sdk.create_group().user_pool_id(&pool).group_name(name);
    refused!(again, is_group_exists_exception, "A group with the name already exists.");
    let changed = sdk.update_group().user_pool_id(&pool).group_name(name).precedence(0).send().await;
    let changed = changed.expect("changed").group.expect("told");
    assert_eq!((changed.precedence(), changed.description()), (Some(0), Some("large")));

    sdk.delete_group().user_pool_id(&pool).group_name(name).send().await.expect("deleted");
    refused!(sdk.get_group().user_pool_id(&pool).group_name(name), is_resource_not_found_exception, NO_GROUP);
    refused!(
        sdk.update_group().user_pool_id(&pool).group_name(name),
        is_resource_not_found_exception,
        NO_GROUP
    );
    refused!(
        sdk.delete_group().user_pool_id(&pool).group_name(name),
        is_resource_not_found_exception,
        NO_GROUP
    );
    let nowhere = sdk.list_groups().user_pool_id("us-east-1_nowhere");
    refused!(nowhere, is_resource_not_found_exception, "User pool us-east-1_nowhere does not exist.");
    // cog-0379
    refused!(
        sdk.list_groups().user_pool_id(" ap-northeast-1_xxx"),
        is_invalid_parameter_exception,
        concat!(
            "1 validation error detected: Value ' ap-northeast-1_xxx' at 'userPoolId' failed to satisfy ",
            "constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"
        )
    );
}

#[tokio::test]
async fn users_join_and_leave() {
    let house = House::new().await;
    let place = house.place().await;
    let (sdk, pool) = (&house.sdk, &place.pool);
    for user in ["ann", "bob"] {
        house.sign_up(&place.client, user, &format!("{user}@example.com")).await;
    }
    for group in ["a", "a!", "b"] {
        sdk.create_group().user_pool_id(pool).group_name(group).send().await.expect("made");
    }
    let join = |user: &str, group: &str| {
        sdk.admin_add_user_to_group().user_pool_id(pool).username(user).group_name(group)
    };
    // Twice is once.
    for (user, group) in [("ann", "a"), ("ann", "a"), ("ann", "a!"), ("bob", "a")] {
        join(user, group).send().await.expect("joined");
    }
    refused!(join("nobody", "a"), is_user_not_found_exception, "User does not exist.");
    refused!(join("ann", "c"), is_resource_not_found_exception, NO_GROUP);

    let of = |user: &str| sdk.admin_list_groups_for_user().user_pool_id(pool).username(user);
    let groups = of("ann").send().await.expect("listed").groups;
    assert_eq!(names(groups.as_deref().expect("some")), ["a", "a!"]);
    let members = sdk.list_users_in_group().user_pool_id(pool).group_name("a").send().await.expect("listed");
    let mut members: Vec<_> = members.users().iter().filter_map(|user| user.username()).collect();
    members.sort_unstable();
    assert_eq!(members, ["ann", "bob"]);

    let leave = || sdk.admin_remove_user_from_group().user_pool_id(pool).username("ann").group_name("a");
    leave().send().await.expect("left");
    leave().send().await.expect("still not in it");
    let groups = of("ann").send().await.expect("listed").groups;
    assert_eq!(names(groups.as_deref().expect("some")), ["a!"]);

    // A group of an old name is another group.
    sdk.delete_group().user_pool_id(pool).group_name("a").send().await.expect("deleted");
    sdk.create_group().user_pool_id(pool).group_name("a").send().await.expect("made");
    let groups = of("bob").send().await.expect("listed").groups;
    assert!(groups.expect("some").is_empty());
}

#[tokio::test]
async fn pages_go_on_where_the_one_before_ended() {
    let house = House::new().await;
    let place = house.place().await;
    let (sdk, pool) = (&house.sdk, &place.pool);
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    for number in 0..7 {
        let name = format!("g{number}");
        sdk.create_group().user_pool_id(pool).group_name(&name).send().await.expect("made");
        let join = sdk.admin_add_user_to_group().user_pool_id(pool).username("ann").group_name(&name);
        join.send().await.expect("joined");
    }
    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let call = sdk.admin_list_groups_for_user().user_pool_id(pool).username("ann").limit(3);
        let page = call.set_next_token(token).send().await.expect("a page");
        seen.extend(names(page.groups()).into_iter().map(str::to_owned));
        // What is deleted between two pages does not disturb them.
        if seen.len() == 3 {
            sdk.delete_group().user_pool_id(pool).group_name("g2").send().await.expect("deleted");
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["g0", "g1", "g2", "g3", "g4", "g5", "g6"]);
    let page = sdk.list_groups().user_pool_id(pool).limit(6).send().await.expect("a page");
    assert_eq!((page.groups().len(), page.next_token.is_none()), (6, true));
}

#[tokio::test]
async fn a_hundred_groups_are_enough() {
    let house = House::new().await;
    let place = house.place().await;
    let (sdk, pool) = (&house.sdk, &place.pool);
    house.sign_up(&place.client, "ann", "ann@example.com").await;
    let join = |name: &str| sdk.admin_add_user_to_group().user_pool_id(pool).username("ann").group_name(name);
    for number in 0..=100 {
        let name = format!("g{number:03}");
        sdk.create_group().user_pool_id(pool).group_name(&name).send().await.expect("made");
        if number < 100 {
            join(&name).send().await.expect("joined");
        }
    }
    refused!(join("g100"), is_invalid_parameter_exception, "A user can be in at most 100 groups."); // cog-0263
    join("g007").send().await.expect("in it already");
}
