//! Who may know whom: the walls of ARCHITECTURE.md, held by looking for names where they do not belong.
//!
//! Which module of the server may use which other one is in [`arrows`], cycles in the domain are in [`cycles`].

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

mod arrows;
mod cycles;
mod paths;

/// A name and the only places below `under` that may say it.
struct Wall {
    name: &'static str,
    under: &'static str,
    rooms: &'static [&'static str],
}

const WALLS: &[Wall] = &[
    Wall { name: "lido_cognito_idp", under: "server/src", rooms: &["operations/", "wire/"] },
    Wall { name: "lido_model", under: "server", rooms: &[] },
    Wall { name: "lido_codegen", under: "server", rooms: &[] },
    Wall { name: "rusqlite", under: "server/src", rooms: &["store/sqlite/"] },
    Wall { name: "lettre", under: "server/src", rooms: &["delivery/smtp/"] },
    Wall { name: "reqwest", under: "server/src", rooms: &["delivery/", "triggers/"] },
    Wall { name: "hyper", under: "server/src", rooms: &["http/"] },
    Wall { name: "tower", under: "server/src", rooms: &["api/", "http/tests.rs"] },
    Wall { name: "matchit", under: "server/src", rooms: &["surface/"] },
    Wall { name: "governor", under: "server/src", rooms: &["rates/"] },
    // HTTP types: the listener, the surfaces, where a request comes from, and calling functions. In
    // `cli/` and `config/` it is the server's own module that has this name.
    Wall {
        name: "http::",
        under: "server/src",
        rooms: &[
            "http/",
            "surface/",
            "api/",
            "console/",
            "oauth/",
            "pages/",
            "operations/origin.rs",
            "triggers/lambda/",
            "cli/",
            "config/",
        ],
    },
    Wall { name: "webauthn_rs_core", under: "server/src", rooms: &["passkeys.rs", "passkeys/"] },
    Wall { name: "SystemTime::now", under: "server/src", rooms: &["clock.rs"] },
    Wall { name: "getrandom", under: "server/src", rooms: &["entropy/mod.rs"] },
    Wall { name: "std::fs", under: "codegen/src", rooms: &["disk.rs", "main.rs"] },
    Wall { name: "lido_", under: "server/domain/src", rooms: &[] },
    Wall { name: "async", under: "server/domain/src", rooms: &[] },
    Wall { name: "lido_", under: "server/iam/src", rooms: &[] },
    Wall { name: "async", under: "server/iam/src", rooms: &[] },
];

/// A package and all that it may depend on; tests may use more.
struct Neighbours {
    manifest: &'static str,
    may_know: &'static [&'static str],
}

const NEIGHBOURS: &[Neighbours] = &[
    Neighbours { manifest: "generated/Cargo.toml", may_know: &["lido-runtime", "tower"] },
    Neighbours { manifest: "model/Cargo.toml", may_know: &[] },
    Neighbours { manifest: "server/domain/Cargo.toml", may_know: &[] },
    // The types of heads; it opens no connection.
    Neighbours { manifest: "server/iam/Cargo.toml", may_know: &["http"] },
    Neighbours { manifest: "codegen/Cargo.toml", may_know: &["lido-model"] },
    Neighbours { manifest: "codegen/runtime/Cargo.toml", may_know: &["tower"] },
    Neighbours {
        manifest: "server/Cargo.toml",
        may_know: &["lido-domain", "lido-iam", "lido-cognito-idp", "lido-runtime", "tower"],
    },
];

/// Packages that carry something to or from the outside world, or belong to this workspace.
fn is_worldly(dependency: &str) -> bool {
    const WORLDLY: [&str; 6] = ["tokio", "hyper", "http", "rusqlite", "tower", "async-trait"];
    dependency.starts_with("lido") || WORLDLY.contains(&dependency)
}

/// Says every line that stands in the wrong room.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let mut found = Vec::new();
    for wall in WALLS {
        let under = root.join(wall.under);
        for file in rust_files(&under)? {
            let path = file.strip_prefix(&under).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            if wall.rooms.iter().any(|room| path.starts_with(room)) {
                continue;
            }
            let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
            for (number, line) in text.lines().enumerate().filter(|(_, line)| says(line, wall.name)) {
                found.push(format!(
                    "{}/{path}:{}: `{}` may not be named here: {}",
                    wall.under,
                    number + 1,
                    wall.name,
                    line.trim()
                ));
            }
        }
    }
    for neighbours in NEIGHBOURS {
        let path = root.join(neighbours.manifest);
        let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        for dependency in dependencies(&text) {
            let strict = neighbours.manifest.starts_with("server/") || is_worldly(dependency);
            if strict && is_worldly(dependency) && !is_allowed(neighbours, dependency) {
                found.push(format!("{}: may not depend on {dependency}", neighbours.manifest));
            }
        }
    }
    found.extend(arrows::find()?);
    found.extend(cycles::find()?);
    if found.is_empty() {
        println!(
            "{} walls, {} arrows and {} neighbours hold, and no folders of the domain use each other",
            WALLS.len(),
            arrows::ARROWS.len(),
            NEIGHBOURS.len()
        );
        return Ok(());
    }
    bail!("{}", found.join("\n"))
}

/// The server itself is where the outside world comes in, and the runtime where HTTP does.
fn is_allowed(neighbours: &Neighbours, dependency: &str) -> bool {
    let carries = ["server/Cargo.toml", "codegen/runtime/Cargo.toml"].contains(&neighbours.manifest);
    neighbours.may_know.contains(&dependency) || (carries && !dependency.starts_with("lido"))
}

/// Whether a line of code, comments aside, has `name` as a word or the beginning of one. One that ends in `::` is the
/// beginning of a path.
fn says(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let mut rest = code;
    while let Some(at) = rest.find(name) {
        let before = rest.get(..at).and_then(|before| before.chars().next_back());
        let after = rest.get(at + name.len()..).unwrap_or_default();
        let is_path = name.ends_with("::");
        let ends =
            is_path || name.ends_with('_') || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if ends
            && !before
                .is_some_and(|c| c.is_alphanumeric() || c == '_' || "\"-".contains(c) || is_path && c == ':')
        {
            return true;
        }
        rest = after;
    }
    false
}

/// The names under `[dependencies]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    let lines = lines.take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).with_context(|| format!("reading {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{dependencies, says};

    #[test]
    fn a_name_is_a_word_outside_of_comments() {
        assert!(says("use hyper::Request;", "hyper"));
        assert!(says("use lido_model::load;", "lido_"));
        assert!(!says("let hyperbole = 1; // hyper", "hyper"));
        assert!(!says("use hyper_util::rt;", "hyper"));
        assert!(says("use http::Request;", "http::"));
        assert!(!says("use crate::http::Gate;", "http::"));
    }

    #[test]
    fn dependencies_are_read_up_to_the_next_table() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\nserde.workspace = true\ntokio = { version = \"1\" }\n\n[dev-dependencies]\nhyper = \"1\"\n";
        assert_eq!(dependencies(manifest).collect::<Vec<_>>(), ["serde", "tokio"]);
    }
}
