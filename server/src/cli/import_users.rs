//! `lido import --from cognito`: puts users of Amazon Cognito into a user pool.

use std::{ops::ControlFlow, sync::Arc};

use anyhow::{Context as _, bail};
use lido::{
    app::{App, Settings},
    clock::Clock,
    delivery::Transports,
    entropy::Entropy,
    triggers::Triggers,
    user_import,
};
use lido_domain::id::PoolId;

use super::{
    import::{Damaged, ImportArguments, Teller, not_imported},
    progress::{Interrupt, Progress},
};
use crate::config::StoreSettings;

/// Imports the users, and prints what became of them.
///
/// # Errors
/// The file or the store cannot be used, or a row could not be imported.
pub(super) async fn run(
    settings: &StoreSettings,
    arguments: &ImportArguments,
    pool: &str,
) -> anyhow::Result<()> {
    let (path, pool) = (&arguments.file, PoolId::new(pool));
    if !path.exists() {
        bail!("there is no file {}; aws cognito-idp list-users prints one", path.display());
    }
    let keys = settings.keys()?.context("the key file is missing")?;
    let store = settings.open_to_write().await?;
    settings.check_keys(&store, &keys, arguments.check).await?;
    let entropy = Entropy::system();
    let triggers = Triggers::unconfigured(entropy.clone());
    let app = App::new(
        store,
        Clock::system(),
        entropy,
        Arc::new(keys),
        Transports::default(),
        triggers,
        Settings::default(),
    );
    let interrupt = Interrupt::listen()?;
    let step = || if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };

    let bar = Progress::counting("reading", "lines");
    let mut teller = Teller::new(path, &bar);
    let mut progress = |line| {
        bar.set(line, 0);
        step()
    };
    let check = user_import::check(&app, &pool, path, &mut |fault| teller.tell(&fault), &mut progress).await;
    let check = check.with_context(|| format!("{} was not imported", path.display()))?;
    drop(bar);
    println!(
        "{} users for {pool} in {}: they arrive RESET_REQUIRED and set a new password with a code, since nothing has their passwords",
        check.users, settings.store
    );
    if check.unverified > 0 {
        println!(
            "{} of them have no verified mail address or phone number, so that an administrator must set their passwords",
            check.unverified
        );
    }
    if check.faults > 0 && arguments.damaged.unwrap_or_default() == Damaged::Stop && !arguments.check {
        bail!(
            "{} rows of {} cannot be imported, so that nothing was; --damaged skip imports the others",
            check.faults,
            path.display()
        );
    }
    if arguments.check {
        println!("nothing was imported, because of --check");
        return if check.faults == 0 { Ok(()) } else { Err(not_imported(check.faults)) };
    }

    let bar = Progress::counting("importing", "lines");
    let mut teller = Teller::new(path, &bar);
    let mut progress = |line| {
        bar.set(line, 0);
        step()
    };
    let report =
        user_import::import(&app, &pool, path, &mut |fault| teller.tell(&fault), &mut progress).await?;
    drop(bar);
    println!(
        "{pool} in {}: {} users added, {} there already, {} not imported",
        settings.store, report.added, report.present, report.faults
    );
    if report.faults == 0 { Ok(()) } else { Err(not_imported(report.faults)) }
}
