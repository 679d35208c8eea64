//! Runs the generated tests, and counts and prints their outcomes.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context as _, bail};
use lido_codegen::ir::{Expected, ProtocolTest};

use super::suite::{Counts, LEFT_OUT, Suite};

/// The tests of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Request,
    Response,
    Malformed,
}

impl Kind {
    /// Returns the kind of the test called `name` in its binary.
    fn of(name: &str) -> Option<Self> {
        match name.split_once("::")?.0 {
            "requests" => Some(Self::Request),
            "responses" => Some(Self::Response),
            "malformed_requests" => Some(Self::Malformed),
            _ => None,
        }
    }
}

/// The number of tests, and of those that passed.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    passed: usize,
    of: usize,
}

/// The outcomes of all services.
#[derive(Default)]
pub(super) struct Outcomes {
    packages: BTreeMap<String, (Counts, BTreeMap<Kind, Tally>)>,
    /// The number of tests in each file. A file with several services is counted once.
    in_files: BTreeMap<(Counts, &'static str), usize>,
    failed: Vec<String>,
}

impl Outcomes {
    /// Adds the expected tests of a generated service.
    pub(super) fn add_generated(&mut self, suite: &Suite, in_file: usize, tests: &[ProtocolTest]) {
        let mut kinds: BTreeMap<Kind, Tally> = BTreeMap::new();
        for test in tests {
            let kind = match test.expected {
                Expected::Input(_) => Kind::Request,
                Expected::Output(..) | Expected::Error(..) => Kind::Response,
                Expected::Refusal(_) => Kind::Malformed,
            };
            kinds.entry(kind).or_default().of += 1;
        }
        self.packages.insert(suite.package(), (suite.counts, kinds));
        self.in_files.insert((suite.counts, suite.file), in_file);
    }

    /// Runs the tests of a package and adds their outcomes.
    pub(super) fn run(&mut self, package: &str, binary: &Path) -> anyhow::Result<()> {
        let output =
            Command::new(binary).output().with_context(|| format!("running {}", binary.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let Some((_, kinds)) = self.packages.get_mut(package) else { return Ok(()) };
        for line in text.lines() {
            let Some((name, outcome)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
            else {
                continue;
            };
            match Kind::of(name) {
                Some(kind) if outcome == "ok" => kinds.entry(kind).or_default().passed += 1,
                _ => self.failed.push(format!("{package}: {name}")),
            }
        }
        if !output.status.success() {
            print!("{text}");
        }
        Ok(())
    }

    /// Prints the outcomes, the totals last.
    ///
    /// # Errors
    /// Returns an error if a test failed, if a test of a file was not generated, or if the compiler printed warnings.
    pub(super) fn report(&self, warnings: usize) -> anyhow::Result<()> {
        for (package, (_, kinds)) in &self.packages {
            let of: usize = kinds.values().map(|tally| tally.of).sum();
            let passed: usize = kinds.values().map(|tally| tally.passed).sum();
            if of > 0 {
                println!("{package}: {passed} of {of}");
            }
        }
        let compiled: Vec<_> = self.names(Counts::Compiled).collect();
        println!("compiled, without tests of awsJson: {}", compiled.join(", "));
        println!("further tests of smithy-rs: {}", self.tally(Counts::Further, None));
        println!("left out: {}", LEFT_OUT.len());
        for (name, why) in LEFT_OUT {
            println!("    {name}: {why}");
        }
        let cases = self.tally(Counts::Validation, Some(Kind::Malformed));
        println!(
            "validation cases: {cases}, none left out: what was bound to headers and queries is in the body"
        );
        println!("requests: {}", self.tally(Counts::Protocol, Some(Kind::Request)));
        println!("responses: {}", self.tally(Counts::Protocol, Some(Kind::Response)));
        self.failed.iter().for_each(|name| println!("failed: {name}"));
        println!("protocol tests: {}", self.tally(Counts::Protocol, None));
        for (counts, in_files) in [Counts::Protocol, Counts::Further, Counts::Validation].map(|counts| {
            let files = self.in_files.iter().filter(|((of, _), _)| *of == counts);
            (counts, files.map(|(_, count)| count).sum::<usize>())
        }) {
            let Tally { passed, of } = self.tally(counts, None);
            if passed != of || of != in_files {
                bail!(
                    "{passed} of {of} generated tests passed, and the files have {in_files} ({counts:?}); see above which failed"
                );
            }
        }
        if warnings > 0 {
            bail!("the compiler printed {warnings} warnings about generated code; see above");
        }
        Ok(())
    }

    fn names(&self, counts: Counts) -> impl Iterator<Item = &str> {
        let named = self.packages.iter().filter(move |(_, (of, _))| *of == counts);
        named.map(|(package, _)| package.as_str())
    }

    fn tally(&self, counts: Counts, kind: Option<Kind>) -> Tally {
        let packages = self.packages.values().filter(|(of, _)| *of == counts);
        let tallies =
            packages.flat_map(|(_, kinds)| kinds).filter(|(of, _)| kind.is_none_or(|kind| kind == **of));
        tallies.fold(Tally::default(), |sum, (_, tally)| Tally {
            passed: sum.passed + tally.passed,
            of: sum.of + tally.of,
        })
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.passed, self.of)
    }
}
