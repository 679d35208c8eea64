//! The steps that the operations of users and of administrators on devices share.

use lido_domain::{Refusal, Timestamp, Verdict, id::PoolId, user::device::Device};

use crate::{
    operations::{Failure, RequestContext, transact::Tx, transact::UserRef},
    store::{RelatedRecord, UserRecords},
    wire::page::{self, Pages},
};

/// Returns the id of the pool and the user, with the records of the user that `related` lists.
///
/// # Errors
/// `DevicesNotRemembered` if the pool does not track devices, and `UserNotFound`.
async fn get_user(
    tx: &Tx<'_>,
    user: UserRef<'_>,
    related: Vec<RelatedRecord>,
) -> Result<(PoolId, UserRecords), Failure> {
    let (pool, loaded) = tx.load_user(user, related).await?;
    pool.pool.get_device_policy()?;
    if loaded.user.is_none() {
        return Err(Refusal::UserNotFound.into());
    }
    Ok((pool.pool.id.clone(), loaded))
}

/// Returns the device with this key.
async fn find_device(tx: &Tx<'_>, user: UserRef<'_>, key: &str) -> Result<Option<Device>, Failure> {
    let (_, loaded) = get_user(tx, user, vec![RelatedRecord::Device(Some(key.to_owned()))]).await?;
    Ok(loaded.device.and_then(|(_, device)| device))
}

/// Commits the verdict of `decide` on the device with this key.
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

/// Returns the device with this key.
///
/// # Errors
/// `DeviceNotFound`, and those of [`get_user`].
pub(super) async fn get(
    request: &RequestContext<'_>,
    user: UserRef<'_>,
    key: &str,
) -> Result<Device, Failure> {
    Ok(find_device(&request.begin(), user, key).await?.ok_or(Refusal::DeviceNotFound)?)
}

/// Returns a page of the devices of a user, and the token of the next page.
pub(super) async fn list(
    request: &RequestContext<'_>,
    user: UserRef<'_>,
    limit: Option<i32>,
    token: Option<&str>,
) -> Result<(Vec<Device>, Option<String>), Failure> {
    let tx = request.begin();
    let (pool_id, loaded) = get_user(&tx, user, Vec::new()).await?;
    let sub = loaded.user.ok_or(Refusal::UserNotFound)?.sub;
    let pages = Pages::of(request.app().keys.digests(), &["devices", pool_id.as_str(), sub.as_str()]);
    let (size, after) = (page::size(limit), pages.after(token)?);
    let devices = tx.list_devices(&pool_id, &sub, after.as_deref(), size + 1).await?;
    let (devices, last) = page::cut(devices, size, |device| device.key.clone());
    Ok((devices, last.map(|last| pages.token(&last))))
}
