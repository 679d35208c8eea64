//! Looks for test doubles in the server that is shipped.
//!
//! They are behind the feature `fakes` of the package `lido`. Cargo turns it on for a build that tests, benches or
//! examples take part in, and only then; this builds the program alone, and reads it.

use std::{collections::BTreeSet, fs, process::Command};

use anyhow::{Context as _, bail};

/// What the doubles leave in a program: what their `Debug` prints, and names that debug information has.
const TRACES: [&str; 4] = ["Entropy(fake)", "FakeCarrier", "FakeLambda", "with_shared_keys"];

/// What every server has, so that a search that finds nothing at all is noticed.
const CONTROL: &str = "Entropy(system)";

/// Builds the server as it is shipped, and refuses one with a test double in it.
pub(crate) fn run() -> anyhow::Result<()> {
    let root = crate::workspace()?;
    let build = ["build", "--quiet", "--package", "lido", "--bin", "lido"];
    let status = Command::new(env!("CARGO")).args(build).current_dir(&root).status()?;
    if !status.success() {
        bail!("cargo ended with {status}");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let path = target.join("debug").join(format!("lido{}", std::env::consts::EXE_SUFFIX));
    let program = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut found = found(&program);
    if !found.remove(CONTROL) {
        bail!("{} does not even contain `{CONTROL}`; is it the server?", path.display());
    }
    if !found.is_empty() {
        let found: Vec<_> = found.into_iter().collect();
        bail!("{} contains test doubles: {}", path.display(), found.join(", "));
    }
    println!("none of {} traces of test doubles is in the server", TRACES.len());
    Ok(())
}

/// Returns which of the texts stand in `program`, in one pass: it is large, and this tool is not optimized.
fn found(program: &[u8]) -> BTreeSet<&'static str> {
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
    fn every_trace_is_found() {
        let program = [TRACES.as_slice(), &[CONTROL]].concat().join("\0");
        assert_eq!(found(program.as_bytes()).len(), TRACES.len() + 1);
        assert!(found(b"Entropy(fak").is_empty());
    }
}
