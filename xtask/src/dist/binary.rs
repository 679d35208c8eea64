//! The binary for Linux on x86-64.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{Distribution, is_installed, output};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The glibc that the binary is linked against: that of CentOS 7, and the oldest that Rust supports.
const GLIBC: (u32, u32) = (2, 17);

/// The most bytes of a binary that is released.
const MAX_SIZE: u64 = 30_000_000;

/// The libraries that the binary may need: all of them are parts of glibc.
const LIBRARIES: [&str; 7] = [
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "libresolv.so.2",
];

/// Builds the binary, stripped, and checks it. Returns `None`, and prints why, if it cannot be built on this machine.
pub(super) fn build(dist: &Distribution) -> anyhow::Result<Option<PathBuf>> {
    if !is_installed("cargo-zigbuild") {
        let why = "cargo-zigbuild is not installed (pip install --require-hashes -r deploy/programs.txt)";
        crate::shared::skip("the distribution", why)?;
        return Ok(None);
    }
    let profile = if dist.is_quick { "dev" } else { "release" };
    let status = Command::new("cargo-zigbuild")
        .args([
            "zigbuild",
            "--quiet",
            "--locked",
            "--package",
            "lido-server",
            "--bin",
            "lido",
            "--profile",
            profile,
        ])
        .args(["--target", &format!("{TARGET}.{}.{}", GLIBC.0, GLIBC.1)])
        .env("LIDO_COMMIT", &dist.commit)
        .env("CARGO_PROFILE_DEV_STRIP", "true")
        .current_dir(&dist.root)
        .status()
        .context("starting cargo-zigbuild")?;
    if !status.success() {
        bail!("cargo-zigbuild ended with {status}");
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| dist.root.join("target"), Into::into);
    let built = target.join(TARGET).join(if dist.is_quick { "debug" } else { "release" }).join("lido");
    let program = dist.folder.join("lido");
    fs::copy(&built, &program).with_context(|| format!("copying {}", built.display()))?;
    check(dist, &program)?;
    Ok(Some(program))
}

fn check(dist: &Distribution, program: &Path) -> anyhow::Result<()> {
    let version = output(Command::new(program).arg("--version"))?;
    let expected = format!("lido {} ({})", dist.version, dist.commit);
    if version != expected {
        bail!("lido --version prints {version:?}, not {expected:?}");
    }
    let size = fs::metadata(program)?.len();
    if !dist.is_quick && size > MAX_SIZE {
        bail!("the binary has {size} bytes, more than {MAX_SIZE}");
    }
    let needed = Needed::parse(&output(
        Command::new("readelf").args(["--dynamic", "--version-info", "--wide"]).arg(program),
    )?);
    if let Some(library) = needed.libraries.iter().find(|library| !LIBRARIES.contains(&library.as_str())) {
        bail!("the binary needs {library}, which not every distribution has");
    }
    match needed.glibc {
        None => bail!(
            "the binary names no version of glibc; see it with: readelf --version-info {}",
            program.display()
        ),
        Some(glibc) if glibc > GLIBC => {
            bail!("the binary needs glibc {}.{}, newer than {}.{}", glibc.0, glibc.1, GLIBC.0, GLIBC.1)
        }
        Some(glibc) => println!("{version}: {size} bytes, glibc {}.{} or newer", glibc.0, glibc.1),
    }
    Ok(())
}

/// What a binary needs of the machine that it runs on.
#[derive(Debug, PartialEq, Eq)]
struct Needed {
    libraries: Vec<String>,
    /// The newest version of glibc that it names.
    glibc: Option<(u32, u32)>,
}

impl Needed {
    /// Reads the output of `readelf --dynamic --version-info --wide`.
    fn parse(text: &str) -> Self {
        let libraries = text.lines().filter_map(|line| {
            let (_, name) = line.split_once("Shared library: [")?;
            Some(name.split(']').next()?.to_owned())
        });
        let versions = text.split("GLIBC_").skip(1).filter_map(|rest| {
            let version = rest.split(|letter: char| letter != '.' && !letter.is_ascii_digit()).next()?;
            let mut numbers = version.split('.').map(str::parse::<u32>);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        });
        Self { libraries: libraries.collect(), glibc: versions.max() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newest_version_and_all_libraries_are_found() {
        let text = " 0x0000000000000001 (NEEDED)  Shared library: [libm.so.6]\n \
                    0x0000000000000001 (NEEDED)  Shared library: [libc.so.6]\n \
                    000000: Version: 1  File: libc.so.6  Cnt: 3\n  0x0010:   Name: GLIBC_2.2.5  Flags: none\n  \
                    0x0020:   Name: GLIBC_2.17  Flags: none\n  0x0030:   Name: GLIBC_2.9  Flags: none\n";
        let libraries = vec!["libm.so.6".to_owned(), "libc.so.6".to_owned()];
        assert_eq!(Needed::parse(text), Needed { libraries, glibc: Some((2, 17)) });
        assert_eq!(Needed::parse(""), Needed { libraries: Vec::new(), glibc: None });
    }
}
