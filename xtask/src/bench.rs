//! `cargo xtask bench`: runs a benchmark. Results are ratios to a baseline that is measured in the same run.

mod codegen;

use std::{
    fs::File,
    path::PathBuf,
    process::Command,
    time::{Instant, SystemTime},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};

/// The options of `cargo xtask bench`.
#[derive(Args)]
#[command(
    after_help = "Nothing fails for being slow. The results mean something on an idle machine only.\n\n\
    Examples:\n  cargo xtask bench wire\n  cargo xtask bench codegen --release\n  cargo xtask bench sign-in\n  cargo xtask bench confirm --quick"
)]
pub(crate) struct Arguments {
    /// Benchmark to run
    #[arg(value_name = "BENCHMARK")]
    benchmark: Benchmark,
    /// Short form for trying, whose figures mean nothing; of `confirm` alone
    #[arg(long)]
    quick: bool,
    /// Larger number of users, of `confirm` alone [default: 1000000]
    #[arg(long, value_name = "COUNT", conflicts_with = "quick")]
    users: Option<usize>,
    /// SQLite alone, of `confirm` alone
    #[arg(long)]
    sqlite: bool,
    /// Botocore wheel with more services, of `codegen` alone [default: LIDO_BOTOCORE_WHEEL]
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// Optimized builds, of `codegen` alone, whose others are optimized always
    #[arg(long)]
    release: bool,
    /// Folder with the model to generate once, of `codegen` alone, which calls itself so
    #[arg(long, hide = true, value_name = "FOLDER")]
    measure: Option<PathBuf>,
}

/// The benchmarks: `codegen` here, the others in `server/benches/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    /// Generator on Cognito, DynamoDB and the five largest services of botocore: time, memory, lines, time to check the
    /// output, and to read a body
    Codegen,
    /// Generated router compared with bare hyper; time to generate and to compile it
    Wire,
    /// Code flow, client_credentials and refresh compared with the cryptography that they need; pages compared with
    /// their style sheet
    Oauth,
    /// Server compared with bare hyper and with the disk; its start, and its memory at rest
    Server,
    /// Confirming users on SQLite and PostgreSQL beside 1,000 and 1,000,000 users, compared with bare hyper and the disk; the
    /// start beside them, and finding them
    Confirm,
    /// Sign-up and sign-in compared with the cryptography that they need
    SignIn,
}

/// Runs a benchmark, which prints its results.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let is_special = arguments.quick || arguments.users.is_some() || arguments.sqlite;
    if is_special && arguments.benchmark != Benchmark::Confirm {
        bail!("--quick, --users and --sqlite are options of the benchmark confirm; leave them out");
    }
    if (arguments.from.is_some() || arguments.release) && arguments.benchmark != Benchmark::Codegen {
        bail!("--from and --release are options of the benchmark codegen; leave them out");
    }
    match arguments.benchmark {
        Benchmark::Codegen => match &arguments.measure {
            Some(folder) => codegen::measure_once(folder),
            None => codegen::run(codegen::wheel(arguments.from.clone()).as_deref(), arguments.release),
        },
        Benchmark::Wire => {
            measure_generation()?;
            measure_compilation()?;
            cargo(&["bench", "--quiet", "--package", "lido-server", "--bench", "wire"])
        }
        Benchmark::Oauth => cargo(&["bench", "--quiet", "--package", "lido-server", "--bench", "oauth"]),
        Benchmark::Server => cargo(&["bench", "--quiet", "--package", "lido-server", "--bench", "server"]),
        Benchmark::Confirm => {
            let mut command =
                vec!["bench", "--quiet", "--package", "lido-server", "--bench", "confirm", "--"];
            let users = arguments.users.map(|users| users.to_string());
            match &users {
                Some(users) => command.extend(["--users", users.as_str()]),
                None if arguments.quick => command.push("--quick"),
                None => {}
            }
            if arguments.sqlite {
                command.push("--sqlite");
            }
            cargo(&command)
        }
        Benchmark::SignIn => cargo(&["bench", "--quiet", "--package", "lido-server", "--bench", "sign_in"]),
    }
}

/// Measures how long a release build of xtask takes to generate all files and compare them.
fn measure_generation() -> anyhow::Result<()> {
    cargo(&["build", "--quiet", "--release", "--package", "xtask"])?;
    let started = Instant::now();
    cargo(&["run", "--quiet", "--release", "--package", "xtask", "--", "codegen", "--check"])?;
    println!("generation: {} ms, start of the program included", started.elapsed().as_millis());
    Ok(())
}

/// Measures how long the generated crate takes to compile after its dependencies are compiled.
fn measure_compilation() -> anyhow::Result<()> {
    let build = ["build", "--quiet", "--release", "--package", "lido-cognito-idp"];
    cargo(&build)?;
    touch("generated/src/lib.rs")?;
    let started = Instant::now();
    cargo(&build)?;
    println!("release build of the generated crate alone: {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

/// Sets the modification time of a file to now, so that cargo compiles it again.
fn touch(path: &str) -> anyhow::Result<()> {
    let path = crate::workspace()?.join(path);
    let file =
        File::options().append(true).open(&path).with_context(|| format!("opening {}", path.display()))?;
    #[expect(clippy::disallowed_methods, reason = "tools may read the real clock")]
    let now = SystemTime::now();
    file.set_modified(now).with_context(|| format!("touching {}", path.display()))
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO")).args(arguments).current_dir(crate::workspace()?).status()?;
    if status.success() {
        return Ok(());
    }
    bail!("cargo ended with {status}; see it again with: cargo {}", arguments.join(" "))
}
