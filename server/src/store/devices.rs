//! The devices of users.

use lido_domain::{
    id::{PoolId, Sub},
    user::device::Device,
};

use super::{Expect, Key, Kind, Read, Record, Store, StoreError, Stored};

impl Store {
    /// The device of a user that has this key, if it is there; either way a commit can expect that it stays so.
    pub async fn read_device(
        &self,
        pool: &PoolId,
        of: &Sub,
        key: &str,
    ) -> Result<Read<Option<Device>>, StoreError> {
        let key = Key::device(of, key);
        match self.backend().read(pool, std::slice::from_ref(&key)).await?.into_iter().flatten().next() {
            Some(Stored { key, version, record }) => {
                Ok(Read { value: Some(device_of(record)?), expects: vec![Expect::At(key, version)] })
            }
            None => Ok(Read { value: None, expects: vec![Expect::Absent(key)] }),
        }
    }

    /// The devices of a user in the order of their keys, after `after`.
    pub async fn list_devices(
        &self,
        pool: &PoolId,
        of: &Sub,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Device>, StoreError> {
        let own = format!("{of} ");
        let from = format!("{own}{}", after.unwrap_or_default());
        let listed = self.backend().list(pool, Kind::Device, Some(&from), limit).await?;
        let listed = listed.into_iter().take_while(|stored| stored.key.id().starts_with(&own));
        listed.map(|stored| device_of(stored.record)).collect()
    }
}

fn device_of(record: Record) -> Result<Device, StoreError> {
    match record {
        Record::Device(device) => Ok(device),
        other => Err(StoreError::Corrupt(format!("a {:?} lies in place of a device", other.kind()))),
    }
}
