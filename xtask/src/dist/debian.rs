//! The Debian package, from the binary and the files in `deploy/debian/`.
//!
//! `dpkg-deb` makes it. `cargo-deb`, which does the same, would be compiled for longer than everything else here takes.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

use super::{Distribution, is_installed, output};

/// The shells whose completion scripts are installed, each with the path of its script.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/lido"),
    ("zsh", "usr/share/zsh/vendor-completions/_lido"),
    ("fish", "usr/share/fish/vendor_completions.d/lido.fish"),
];

/// The files of `deploy/debian/`, each with its path in the package and its mode.
const FILES: [(&str, &str, u32); 6] = [
    ("lido.service", "usr/lib/systemd/system/lido.service", 0o644),
    ("lido.sysusers", "usr/lib/sysusers.d/lido.conf", 0o644),
    ("lido.toml", "etc/lido/lido.toml", 0o644),
    ("conffiles", "DEBIAN/conffiles", 0o644),
    ("postinst", "DEBIAN/postinst", 0o755),
    ("prerm", "DEBIAN/prerm", 0o755),
];

/// Builds `lido_VERSION_amd64.deb`, unpacks it and runs what is in it.
pub(super) fn build(dist: &Distribution, program: &Path) -> anyhow::Result<()> {
    if !is_installed("dpkg-deb") {
        return crate::shared::skip("the Debian package", "dpkg-deb is not installed");
    }
    let tree = Tree { folder: dist.folder.join("debian") };
    tree.copy(program, "usr/bin/lido", 0o755)?;
    for (name, path, mode) in FILES {
        tree.copy(&dist.root.join("deploy/debian").join(name), path, mode)?;
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        tree.copy(&dist.root.join(license), &format!("usr/share/doc/lido/{license}"), 0o644)?;
    }
    for (shell, path) in COMPLETIONS {
        tree.write(path, &output(Command::new(program).args(["completions", shell]))?, 0o644)?;
    }
    let commands = [
        "",
        "dev",
        "serve",
        "operations",
        "migrate",
        "doctor",
        "backup",
        "export",
        "import",
        "health",
        "completions",
        "man",
    ];
    for command in commands {
        let page =
            output(Command::new(program).arg("man").args(Some(command).filter(|name| !name.is_empty())))?;
        let name = ["lido", command].join("-");
        tree.write(&format!("usr/share/man/man1/{}.1", name.trim_end_matches('-')), &page, 0o644)?;
    }
    let size = fs::metadata(program)?.len() / 1024;
    tree.write("DEBIAN/control", &control(dist.version, size), 0o644)?;

    let name = format!("lido_{}_amd64.deb", dist.version);
    let build = ["--root-owner-group", "-Zxz", "--build", "debian", &name];
    output(
        Command::new("dpkg-deb").args(build).current_dir(&dist.folder).env("SOURCE_DATE_EPOCH", &dist.time),
    )?;
    fs::remove_dir_all(&tree.folder)?;
    check(dist, &name)
}

/// Returns the control file. The maintainer's address is one that does not exist: nothing is published yet.
fn control(version: &str, size: u64) -> String {
    format!(
        "Package: lido\nVersion: {version}\nArchitecture: amd64\nMaintainer: The Lido developers <maintainers@lido.invalid>\n\
         Installed-Size: {size}\nDepends: libc6 (>= 2.17)\nRecommends: ca-certificates\nSection: net\nPriority: optional\n\
         Description: server that answers like Amazon Cognito user pools\n \
         Sign-up, confirmation, sign-in, MFA, passkeys, groups and user administration for\n \
         every AWS SDK, which needs a different endpoint and nothing else.\n"
    )
}

fn check(dist: &Distribution, name: &str) -> anyhow::Result<()> {
    let folder = dist.folder.join("unpacked");
    output(Command::new("dpkg-deb").arg("--extract").arg(dist.folder.join(name)).arg(&folder))?;
    let version = output(Command::new(folder.join("usr/bin/lido")).arg("--version"))?;
    if !version.starts_with(&format!("lido {}", dist.version)) {
        bail!("{name} has a binary of another version: {version}");
    }
    let page = folder.join("usr/share/man/man1/lido-serve.1");
    if !fs::read_to_string(&page).is_ok_and(|page| page.starts_with(".ie") || page.starts_with(".TH")) {
        bail!("{name} has no manual page of lido serve");
    }
    fs::remove_dir_all(&folder)?;
    println!("{name}: unpacked, and lido runs");
    Ok(())
}

/// The files of the package, before it is packed.
struct Tree {
    folder: PathBuf,
}

impl Tree {
    fn copy(&self, from: &Path, path: &str, mode: u32) -> anyhow::Result<()> {
        let to = self.create(path)?;
        fs::copy(from, &to).with_context(|| format!("copying {}", from.display()))?;
        Ok(fs::set_permissions(&to, fs::Permissions::from_mode(mode))?)
    }

    fn write(&self, path: &str, text: &str, mode: u32) -> anyhow::Result<()> {
        let to = self.create(path)?;
        fs::write(&to, format!("{text}\n")).with_context(|| format!("writing {}", to.display()))?;
        Ok(fs::set_permissions(&to, fs::Permissions::from_mode(mode))?)
    }

    fn create(&self, path: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        Ok(path)
    }
}
