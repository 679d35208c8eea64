//! Whose device it is, and what is done with it: what the twins of users and administrators have in common.

use lido_domain::{
    Refusal, Timestamp, Verdict,
    id::PoolId,
    pool::Pool,
    user::{User, device::Device},
};

use crate::{
    app::App,
    operations::{bearer::Bearer, calling, failure::Failure, turn::Turn},
    store::Expect,
    wire::page::{self, Pages},
};

/// Who says whose device it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    /// A token, if one came.
    Bearer(Option<&'a str>),
    /// An administrator.
    Named { pool: &'a PoolId, username: &'a str },
}

/// Whose it is.
struct Owned {
    pool: PoolId,
    user: User,
    expects: Vec<Expect>,
}

impl Owner<'_> {
    /// Finds the user, or refuses; a pool that remembers no devices is refused too. Nothing, if somebody was quicker.
    async fn find(self, app: &App, turn: &mut Turn<'_>, now: Timestamp) -> Result<Option<Owned>, Failure> {
        let check = |pool: &Pool| pool.get_device_policy().map(|_| pool.id.clone());
        match self {
            Owner::Bearer(token) => {
                let bearer = Bearer::find(app, token.ok_or(Refusal::AccessTokenInvalid)?, now).await?;
                let pool = check(&bearer.caller.pool.pool)?;
                Ok(Some(Owned { pool, user: bearer.user, expects: bearer.expects }))
            }
            Owner::Named { pool, username } => {
                let read = calling::get_pool(app, pool).await?;
                let pool = check(&read.value.pool)?;
                let reading = app.store.read_user(&pool, &calling::admin_query(&read.value, username)).await;
                let Some(reading) = turn.unless_conflict(reading).await? else { return Ok(None) };
                let user = reading.user.ok_or(Refusal::UserNotFound)?;
                Ok(Some(Owned { pool, user, expects: [read.expects, reading.expects].concat() }))
            }
        }
    }

    /// Changes the device that has this key as `decide` says.
    pub(super) async fn change(
        self,
        app: &App,
        key: &str,
        decide: impl Fn(Option<&Device>, Timestamp) -> Verdict<()>,
    ) -> Result<(), Failure> {
        let mut turn = Turn::new(app);
        loop {
            let now = app.clock.now();
            let Some(owned) = self.find(app, &mut turn, now).await? else { continue };
            let read = app.store.read_device(&owned.pool, &owned.user.sub, key).await?;
            let verdict = decide(read.value.as_ref(), now);
            let expects = [owned.expects, read.expects].concat();
            if turn.carry_out(&owned.pool, expects, verdict, now).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// The device that has this key, or a refusal.
    pub(super) async fn get(self, app: &App, key: &str) -> Result<Device, Failure> {
        let mut turn = Turn::new(app);
        loop {
            let Some(owned) = self.find(app, &mut turn, app.clock.now()).await? else { continue };
            let read = app.store.read_device(&owned.pool, &owned.user.sub, key).await?;
            return Ok(read.value.ok_or(Refusal::DeviceNotFound)?);
        }
    }

    /// A page of devices, and the token of the next.
    pub(super) async fn list(
        self,
        app: &App,
        limit: Option<i32>,
        token: Option<&str>,
    ) -> Result<(Vec<Device>, Option<String>), Failure> {
        let mut turn = Turn::new(app);
        loop {
            let Some(owned) = self.find(app, &mut turn, app.clock.now()).await? else { continue };
            let (pool, sub) = (&owned.pool, &owned.user.sub);
            let pages = Pages::of(app.keys.digests(), &["devices", pool.as_str(), sub.as_str()]);
            let (size, after) = (page::size(limit), pages.after(token)?);
            let devices = app.store.list_devices(pool, sub, after.as_deref(), size + 1).await?;
            let (devices, last) = page::cut(devices, size, |device| device.key.clone());
            return Ok((devices, last.map(|last| pages.token(&last))));
        }
    }
}
