//! `cargo xtask fuzz`: searches for inputs that break a fuzz target, for a few seconds each.
//!
//! The targets are in `fuzz/`. The engine is LLVM's libFuzzer, and the coverage that drives it comes from the same LLVM
//! in the pinned toolchain, so that neither a nightly toolchain nor another program is needed. Only the packages of
//! this workspace are instrumented. The corpus of earlier runs is kept in the target folder.

mod dictionary;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
};

use anyhow::{Context as _, bail};
use clap::Args;

/// The options of `cargo xtask fuzz`.
#[derive(Args)]
#[command(
    after_help = "An input that fails is written to fuzz/found/, where cargo test runs it from then on.\n\n\
    Examples:\n  cargo xtask fuzz\n  cargo xtask fuzz reader --seconds 600"
)]
pub(crate) struct Arguments {
    /// Target to run, such as reader [default: all]
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// Seconds for each target
    #[arg(long, value_name = "N", default_value_t = 10)]
    seconds: u32,
}

impl Arguments {
    /// Every target for a short time.
    pub(crate) const CHECK: Self = Self { target: None, seconds: 10 };
}

/// The packages that the programs are built with.
const BUILD: [&str; 7] = ["build", "--quiet", "--package", "lido-fuzz", "--features", "libfuzzer", "--bins"];

/// Builds the targets and runs them, as many at a time as there are processors.
///
/// # Errors
/// Returns an error if a target fails, with the file of the input.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let probe = Command::new("c++").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !cfg!(target_os = "linux") || !probe.is_ok_and(|status| status.success()) {
        return crate::shared::skip(
            "fuzz",
            "it needs Linux and a C++ compiler (c++), which libFuzzer is built with",
        );
    }
    let root = crate::workspace()?;
    let mut targets = targets(&root)?;
    if let Some(name) = &arguments.target {
        if !targets.contains(name) {
            bail!("there is no target `{name}`; use one of: {}", targets.join(", "));
        }
        targets.retain(|target| target == name);
    }
    let status = Command::new(env!("CARGO"))
        .args(BUILD)
        .env("RUSTC_WORKSPACE_WRAPPER", root.join("fuzz/instrument.sh"))
        .current_dir(&root)
        .status()
        .context("starting cargo")?;
    if !status.success() {
        bail!("cargo ended with {status}; see it again with: cargo {}", BUILD.join(" "));
    }
    let built = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let search = Search { root: &root, programs: built.join("debug"), seconds: arguments.seconds };
    let failures = search.run_all(targets)?;
    if failures.is_empty() {
        return Ok(());
    }
    bail!("{}", failures.join("\n"))
}

/// Returns the names of the targets, sorted: those of their programs.
fn targets(root: &Path) -> anyhow::Result<Vec<String>> {
    let programs = fs::read_dir(root.join("fuzz/fuzz_targets")).context("reading fuzz/fuzz_targets")?;
    let mut targets = Vec::new();
    for program in programs {
        targets.extend(program?.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

/// A search for inputs that fail.
struct Search<'a> {
    root: &'a Path,
    programs: PathBuf,
    seconds: u32,
}

impl Search<'_> {
    /// Runs the targets, and returns the failures.
    fn run_all(&self, targets: Vec<String>) -> anyhow::Result<Vec<String>> {
        let count = thread::available_parallelism().map_or(1, |count| count.get());
        let (waiting, outcomes) = (Mutex::new(targets.into_iter()), Mutex::new(Vec::new()));
        let next = || waiting.lock().ok().and_then(|mut waiting| waiting.next());
        thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(|| {
                    while let Some(target) = next() {
                        let outcome = self.run(&target);
                        if let Ok(mut outcomes) = outcomes.lock() {
                            outcomes.push(outcome);
                        }
                    }
                });
            }
        });
        let outcomes = outcomes.into_inner().map_err(|_| anyhow::anyhow!("a search panicked"))?;
        outcomes.into_iter().filter_map(Result::transpose).collect()
    }

    /// Runs one target. Returns what failed, if anything.
    fn run(&self, target: &str) -> anyhow::Result<Option<String>> {
        // Below `target/` also where CARGO_TARGET_DIR names another folder, so that a corpus outlives it.
        let kept = self.root.join("target/fuzz").join(target);
        let found = self.root.join("fuzz/found").join(target);
        let log = kept.with_extension("log");
        fs::create_dir_all(&kept).with_context(|| format!("creating {}", kept.display()))?;
        fs::create_dir_all(&found).with_context(|| format!("creating {}", found.display()))?;
        let output = fs::File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        let mut command = Command::new(self.programs.join(target));
        command
            .arg(format!("-max_total_time={}", self.seconds))
            .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
            .arg(format!("-artifact_prefix={}/", found.display()));
        if let Some(dictionary) = dictionary::write(self.root, target, &kept)? {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        // What is found goes to the first folder.
        command.arg(&kept).arg(self.root.join("fuzz/corpus").join(target)).arg(&found);
        let status = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .status()
            .with_context(|| format!("starting the target {target}"))?;
        let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        // An empty folder is none of git's, and none of the replay's.
        let _ = fs::remove_dir(&found);
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map_or("?", str::trim).to_owned()
        };
        println!(
            "{target:<14} {:>9} inputs, {:>4} of them new, {:>4} MiB at most",
            number("stat::number_of_executed_units:"),
            number("stat::new_units_added:"),
            number("stat::peak_rss_mb:")
        );
        if status.success() {
            return Ok(None);
        }
        let artifact = text.lines().find_map(|line| line.split("Test unit written to ").nth(1));
        let why = text.lines().find(|line| line.contains("panicked at") || line.starts_with("SUMMARY"));
        let why = why.map(str::trim).unwrap_or("no message");
        Ok(Some(match artifact {
            Some(artifact) => {
                format!("{target}: {why}: {artifact}; see it again with: cargo test --package lido-fuzz")
            }
            None => format!("{target}: ended with {status}: {why}; the log is {}", log.display()),
        }))
    }
}
