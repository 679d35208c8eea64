//! The device of a user: what the twins of users and administrators have in common.

use lido_domain::{Refusal, Timestamp, Verdict, id::PoolId, user::device::Device};

use crate::{
    operations::{Failure, RequestContext, transact::Tx, transact::UserRef},
    store::{Beside, UserReading},
    wire::page::{self, Pages},
};

/// Finds the user and what lies beside, or refuses; a pool that remembers no devices is refused too.
async fn find_user(
    tx: &Tx<'_>,
    user: UserRef<'_>,
    beside: Vec<Beside>,
) -> Result<(PoolId, UserReading), Failure> {
    let (pool, found) = tx.user(user, beside).await?;
    pool.pool.get_device_policy()?;
    if found.user.is_none() {
        return Err(Refusal::UserNotFound.into());
    }
    Ok((pool.pool.id.clone(), found))
}

async fn find_device(tx: &Tx<'_>, user: UserRef<'_>, key: &str) -> Result<Option<Device>, Failure> {
    let (_, found) = find_user(tx, user, vec![Beside::Device(Some(key.to_owned()))]).await?;
    Ok(found.device.and_then(|(_, device)| device))
}

/// Changes the device that has this key as `decide` says.
pub(super) async fn change(
    request: RequestContext<'_>,
    user: UserRef<'_>,
    key: &str,
    decide: impl Fn(Option<&Device>, Timestamp) -> Verdict<()>,
) -> Result<(), Failure> {
    request
        .transact(async |tx| {
            let device = find_device(&tx, user, key).await?;
            Ok(decide(device.as_ref(), tx.now()))
        })
        .await
}

/// The device that has this key.
pub(super) async fn get(
    request: &RequestContext<'_>,
    user: UserRef<'_>,
    key: &str,
) -> Result<Device, Failure> {
    Ok(find_device(&request.begin(), user, key).await?.ok_or(Refusal::DeviceNotFound)?)
}

/// A page of devices, and the token of the next.
pub(super) async fn list(
    request: &RequestContext<'_>,
    user: UserRef<'_>,
    limit: Option<i32>,
    token: Option<&str>,
) -> Result<(Vec<Device>, Option<String>), Failure> {
    let tx = request.begin();
    let (pool, found) = find_user(&tx, user, Vec::new()).await?;
    let sub = found.user.ok_or(Refusal::UserNotFound)?.sub;
    let pages = Pages::of(request.app().keys.digests(), &["devices", pool.as_str(), sub.as_str()]);
    let (size, after) = (page::size(limit), pages.after(token)?);
    let devices = tx.list_devices(&pool, &sub, after.as_deref(), size + 1).await?;
    let (devices, last) = page::cut(devices, size, |device| device.key.clone());
    Ok((devices, last.map(|last| pages.token(&last))))
}
