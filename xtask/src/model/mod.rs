//! `cargo xtask model`: a release of botocore in, `model/cognito-idp/` out.
//!
//! botocore's `service-2.json` is the first public account of a change to an AWS API, so a new
//! release of the API is this one command and the difference it prints. The steps are pure but for
//! the first and the last: [`source`] finds the bytes, [`botocore`] reads them, [`mapping`] says
//! them in Smithy, [`corrections`] mends what is known to differ on the wire, [`layout`] deals the
//! shapes out to files and [`mod@write`] puts those on disk.

mod botocore;
mod corrections;
mod difference;
mod families;
mod layout;
mod mapping;
mod report;
mod source;
mod write;
#[cfg(test)]
mod written;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use corrections::Corrections;
pub(crate) use mapping::{Imported, import};
pub(crate) use source::services;

/// The service whose model is kept here, by its folder in botocore and its folder here.
const SERVICE: &str = "cognito-idp";
/// The same by its namespace, for a file that says nothing by its name.
const NAMESPACE: &str = "com.amazonaws.cognitoidentityprovider";

/// What the command line says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A botocore wheel, or one `service-2.json` or `service-2.json.gz`
    #[arg(long, value_name = "PATH")]
    from: PathBuf,
}

/// Writes the model and prints what that changed.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let model = crate::workspace()?.join("model");
    let Imported { mut document, namespace, warnings } = import(&cognito(&arguments.from)?)
        .map_err(|found| anyhow::anyhow!("the service cannot be imported\n{}", report::list(&found)))?;
    if namespace != NAMESPACE {
        bail!("{} describes {namespace}, not {NAMESPACE}", arguments.from.display());
    }

    let path = model.join("corrections.json");
    let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let corrections = Corrections::read(&text).with_context(|| format!("in {}", path.display()))?;
    corrections.apply(&mut document).with_context(|| format!("in {}", path.display()))?;

    let layout = layout::deal(&document)?;
    let folder = model.join(SERVICE);
    let before = write::read(&folder)?;
    let written = write::write(&folder, &before, &layout.files)?;

    print!("{}", report::warnings(&warnings));
    print!("{}", report::unplaced(&layout.unplaced));
    print!("{}", difference::between(&before, &layout.files)?);
    println!(
        "{} operations and {} other shapes, {} corrections; files: {} written, {} unchanged, {} removed",
        layout.operations,
        layout.shapes,
        corrections.len(),
        written.written,
        written.unchanged,
        written.removed
    );
    Ok(())
}

/// The bytes of the one service that is kept here.
fn cognito(from: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    let mut names = Vec::new();
    for service in services(from)? {
        let (name, bytes) = service?;
        // A file given by itself may lie in any folder; its namespace is looked at afterwards.
        if name == SERVICE || !source::is_wheel(from) {
            return Ok(bytes);
        }
        names.push(name);
    }
    bail!("{} holds no {SERVICE} among its {} services of the JSON protocols", from.display(), names.len())
}
