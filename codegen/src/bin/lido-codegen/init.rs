//! `lido-codegen init`: lays out a crate with a model, a handler, a test and a README.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use lido_codegen::is_package_name;

/// The options of `init`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lido-codegen init weather\n      Lay out the crate `weather` in a new folder of that name\n  \
    lido-codegen init weather --source ../lido\n      Depend on the crates of a clone, for a version that is not published"
)]
pub(crate) struct Arguments {
    /// Folder of the crate, which must be new or empty; its last part is the name of the crate
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Clone of Lido's repository, whose crates the new one depends on [default: the published version]
    #[arg(long, value_name = "FOLDER")]
    source: Option<PathBuf>,
}

/// The files of the crate. `{{name}}`, `{{crate}}`, `{{codegen}}` and `{{runtime}}` are replaced.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("../../../templates/Cargo.toml.txt")),
    ("build.rs", include_str!("../../../templates/build.rs.txt")),
    ("model/weather.json", include_str!("../../../templates/weather.json")),
    ("src/lib.rs", include_str!("../../../templates/lib.rs.txt")),
    ("src/main.rs", include_str!("../../../templates/main.rs.txt")),
    ("tests/forecast.rs", include_str!("../../../templates/forecast.rs.txt")),
    ("README.md", include_str!("../../../templates/README.md.txt")),
    (".gitignore", "/target\n"),
];

/// Writes the files, and prints what to do next.
///
/// # Errors
/// Returns a message, and writes nothing, if the folder has files or its name is none for a crate.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let folder = &arguments.folder;
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if !is_package_name(name) || name.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(format!(
            "error: {name:?} is no name for a crate\n  remedy: choose a folder of lower-case letters, digits, `-` and `_`, \
             with a letter first, and no keyword"
        ));
    }
    let at = |path: &Path, error: io::Error| format!("error: {}: {error}", path.display());
    let has_files = match fs::read_dir(folder) {
        Ok(entries) => entries.count() > 0,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(at(folder, error)),
    };
    if has_files {
        return Err(format!(
            "error: the folder {} has files; nothing was written\n  remedy: choose a new or empty folder",
            folder.display()
        ));
    }
    let (codegen, runtime) = dependencies(arguments.source.as_deref())?;
    for (path, text) in FILES {
        let full = folder.join(path);
        let text = text
            .replace("{{name}}", name)
            .replace("{{crate}}", &name.replace('-', "_"))
            .replace("{{codegen}}", &codegen)
            .replace("{{runtime}}", &runtime);
        let parent = full.parent().unwrap_or(folder);
        fs::create_dir_all(parent).and_then(|()| fs::write(&full, text)).map_err(|error| at(&full, error))?;
    }
    println!(
        "laid out the crate `{name}` in {}; next:\n  cd {}\n  cargo test\n  cargo run",
        folder.display(),
        folder.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns the dependencies on lido-codegen and lido-runtime, as in `Cargo.toml`.
fn dependencies(source: Option<&Path>) -> Result<(String, String), String> {
    let version = env!("CARGO_PKG_VERSION");
    let Some(source) = source else {
        let codegen = format!("{{ version = \"{version}\", default-features = false }}");
        return Ok((codegen, format!("\"{version}\"")));
    };
    let source = source.canonicalize().map_err(|error| format!("error: {}: {error}", source.display()))?;
    if !source.join("codegen/runtime/Cargo.toml").is_file() {
        return Err(format!(
            "error: {} is no clone of Lido's repository\n  remedy: name the folder that has `codegen/runtime`",
            source.display()
        ));
    }
    let path = |folder: &str| toml::Value::String(source.join(folder).display().to_string()).to_string();
    Ok((
        format!("{{ path = {}, default-features = false }}", path("codegen")),
        format!("{{ path = {} }}", path("codegen/runtime")),
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Arguments, run};

    #[test]
    fn init_lays_out_a_crate_without_placeholders_and_refuses_other_folders() {
        let parent = tempfile::tempdir().unwrap();
        let init = |name: &str| run(&Arguments { folder: parent.path().join(name), source: None });
        for name in ["match", "test", "Weather", "1st", "my shop", "lido-runtime"] {
            assert!(init(name).unwrap_err().contains("is no name for a crate"), "{name}");
            assert!(!parent.path().join(name).exists(), "{name}");
        }
        init("my-weather").unwrap();
        let folder = parent.path().join("my-weather");
        for path in ["Cargo.toml", "README.md", "src/lib.rs", "src/main.rs", "tests/forecast.rs"] {
            assert!(!fs::read_to_string(folder.join(path)).unwrap().contains("{{"), "{path}");
        }
        assert!(fs::read_to_string(folder.join("src/main.rs")).unwrap().contains("my_weather::service()"));
        assert!(init("my-weather").unwrap_err().contains("has files"));
    }
}
