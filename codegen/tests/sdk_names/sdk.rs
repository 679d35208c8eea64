//! Reads the names that an AWS SDK crate declares from its source.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use syn::{Item, Visibility};

use super::Names;

/// Returns the folder with the source of the package.
///
/// It is the version that this workspace depends on, in cargo's registry folder.
///
/// # Errors
/// Returns the reason if the folder is not found.
pub(super) fn find_source(package: &str) -> Result<PathBuf, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata fails: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let packages = metadata.get("packages").and_then(Value::as_array).into_iter().flatten();
    let manifest = packages
        .filter(|found| found.get("name").and_then(Value::as_str) == Some(package))
        .find_map(|found| found.get("manifest_path")?.as_str());
    let source = manifest.and_then(|manifest| Some(Path::new(manifest).parent()?.join("src")));
    source.filter(|source| source.is_dir()).ok_or_else(|| format!("the source of {package} is not there"))
}

/// Reads the names of the SDK whose source is in `folder`.
pub(super) fn read(folder: &Path) -> Names {
    let mut names = Names::default();
    for file in files(&folder.join("types")).into_iter().chain(files(&folder.join("types/error"))) {
        if is_shape(&file) {
            declared(&file, &mut names.types);
        }
    }
    for module in files(&folder.join("operation")) {
        let mut inside = BTreeMap::new();
        declared(&module, &mut inside);
        let parts = module.with_extension("");
        for file in files(&parts).into_iter().filter(|file| is_shape(file)) {
            declared(&file, &mut names.types);
        }
        let (errors, markers): (Vec<_>, Vec<_>) =
            inside.into_iter().partition(|(_, members)| members.iter().any(|member| member == "Unhandled"));
        names.types.extend(errors.into_iter().map(|(name, mut variants)| {
            variants.retain(|variant| variant != "Unhandled");
            (name, variants)
        }));
        let method = parts.file_name().unwrap().to_str().unwrap().to_owned();
        names.operations.extend(markers.into_iter().map(|(name, _)| (name, method.clone())));
    }
    names
}

/// Returns whether the file declares one shape. Other files declare builders and module lists.
fn is_shape(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_'))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// Adds the public types of the file with their public fields or their variants.
fn declared(file: &Path, types: &mut BTreeMap<String, Vec<String>>) {
    let text = fs::read_to_string(file).unwrap();
    let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    for item in parsed.items {
        let (name, members): (_, Vec<String>) = match item {
            Item::Struct(item) if is_public(&item.vis) => {
                let fields = item.fields.iter().filter(|field| is_public(&field.vis));
                (item.ident, fields.filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect())
            }
            // Every enum of the SDK has a variant for values that are not in the model.
            Item::Enum(item) if is_public(&item.vis) => {
                let variants = item.variants.iter().filter(|variant| variant.ident != "Unknown");
                (item.ident, variants.map(|variant| variant.ident.to_string()).collect())
            }
            _ => continue,
        };
        // Builders have no public fields, and no shape is called like one.
        if !name.to_string().ends_with("Builder") {
            types.insert(name.to_string(), members);
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
