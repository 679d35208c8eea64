//! Checks that the server binary contains no test double.
//!
//! Test doubles are behind the feature `fakes` of the package `lido`, which only tests, benchmarks and examples enable.
//! This builds the binary as it is released, with the package that runs the server in tests of others, and searches it.

use std::{collections::BTreeSet, fs, process::Command};

use anyhow::{Context as _, bail};

/// Texts that test doubles leave in a binary: their `Debug` output, and names in debug information.
const TRACES: [&str; 4] = ["Entropy(fake)", "FakeTransport", "FakeLambda", "with_shared_keys"];

/// A text that every server binary contains, to notice a search that finds nothing at all.
const CONTROL: &str = "Entropy(system)";

/// Builds the server binary and searches it.
///
/// # Errors
/// Returns an error if the binary contains a test double.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::workspace()?;
    // The latter is for tests, but has to be complete without test doubles, too.
    let build = [
        "build",
        "--quiet",
        "--package",
        "lido-server",
        "--bin",
        "lido",
        "--package",
        "lido-cognito",
        "--lib",
    ];
    let status = Command::new(env!("CARGO")).args(build).current_dir(&root).status()?;
    if !status.success() {
        bail!("cargo ended with {status}");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let path = target.join("debug").join(format!("lido{}", std::env::consts::EXE_SUFFIX));
    let program = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut found = find_texts(&program);
    if !found.remove(CONTROL) {
        bail!(
            "{} does not contain `{CONTROL}`, which every server contains; update CONTROL in xtask/src/fakes.rs",
            path.display()
        );
    }
    if !found.is_empty() {
        let found: Vec<_> = found.into_iter().collect();
        bail!("{} contains test doubles: {}", path.display(), found.join(", "));
    }
    println!("the server contains none of {} traces of test doubles", TRACES.len());
    Ok(())
}

/// Returns the texts that `program` contains. It searches in one pass, since the binary is large and xtask is not optimized.
fn find_texts(program: &[u8]) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for (at, byte) in program.iter().enumerate() {
        if matches!(byte, b'E' | b'F' | b'w') {
            let rest = program.get(at..).unwrap_or_default();
            found
                .extend(TRACES.into_iter().chain([CONTROL]).filter(|text| rest.starts_with(text.as_bytes())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn find_texts_finds_every_trace() {
        let program = [TRACES.as_slice(), &[CONTROL]].concat().join("\0");
        assert_eq!(find_texts(program.as_bytes()).len(), TRACES.len() + 1);
        assert!(find_texts(b"Entropy(fak").is_empty());
    }
}
