//! `cargo xtask model`: writes `model/cognito-idp/` from a release of botocore.
//!
//! botocore's `service-2.json` is where a change of an AWS API is published first. [`source`] reads its bytes, [`botocore`]
//! parses them, [`mapping`] converts them to Smithy, [`corrections`] corrects what differs on the wire, [`layout`] assigns
//! the shapes to files and [`mod@write`] writes these. Only the first and the last step touch a disk. [`release`] compares
//! the release that the model is from with the releases on the machine.

mod botocore;
#[cfg(test)]
mod committed_tests;
mod corrections;
mod difference;
mod families;
mod layout;
mod mapping;
mod release;
mod report;
mod source;
mod write;

use std::{fs, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use corrections::Corrections;
pub(crate) use mapping::{Imported, import};
pub(crate) use release::report_newer;
pub(crate) use source::services;

/// The folder of the service in botocore, and the folder of its model here.
const SERVICE: &str = "cognito-idp";
/// The namespace of the service, which identifies it in a single file.
const NAMESPACE: &str = "com.amazonaws.cognitoidentityprovider";

/// The options of `cargo xtask model`.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask model --from botocore-1.44.8-py3-none-any.whl\n  git diff model"
)]
pub(crate) struct Arguments {
    /// Botocore wheel (.whl), service-2.json or service-2.json.gz
    #[arg(long, value_name = "PATH")]
    from: PathBuf,
}

/// Writes the model, and prints the shapes that changed.
///
/// # Errors
/// Returns an error if the description cannot be imported, or if a correction changes nothing.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let model = crate::workspace()?.join("model");
    let Imported { mut document, namespace, warnings } =
        import(&cognito(&arguments.from)?).map_err(|found| {
            anyhow::anyhow!("{}the service cannot be imported; see above", report::list(&found))
        })?;
    if namespace != NAMESPACE {
        bail!("{} describes {namespace}, not {NAMESPACE}", arguments.from.display());
    }

    let path = model.join("corrections.json");
    let text = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let corrections = Corrections::read(&text).with_context(|| format!("in {}", path.display()))?;
    corrections.apply(&mut document).with_context(|| format!("in {}", path.display()))?;

    if let Some(release) = source::release(&arguments.from)? {
        document["metadata"] = json!({ release::METADATA: release });
    }
    let layout = layout::assign(&document)?;
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

/// Reads the description of the service.
fn cognito(from: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    let mut names = Vec::new();
    for service in services(from)? {
        let (name, bytes) = service?;
        // The name of a single file's folder means nothing; the caller checks the namespace.
        if name == SERVICE || !source::is_wheel(from) {
            return Ok(bytes);
        }
        names.push(name);
    }
    bail!("{} has no {SERVICE} among its {} services of the JSON protocols", from.display(), names.len())
}
