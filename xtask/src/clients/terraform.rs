//! Terraform with the AWS provider, where both are installed. No registry that CI uses has them.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The variable that names a folder of providers, laid out as a filesystem mirror.
const VARIABLE: &str = "LIDO_TERRAFORM_PROVIDERS";

/// Where the provider lies in such a folder.
const AWS_PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// Runs the stacks of `xtask/clients/terraform/` against the server at `url`, or says why not.
pub(super) fn run(root: &Path, url: &str) -> anyhow::Result<()> {
    let probe = Command::new("terraform").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        println!("clients: Terraform is skipped: terraform is not on PATH");
        return Ok(());
    }
    let Some(providers) = providers() else {
        println!("clients: Terraform is skipped: {VARIABLE} names no folder with {AWS_PROVIDER}");
        return Ok(());
    };
    let mut script = Command::new("python3");
    script.arg(root.join("xtask/clients/terraform.py")).arg(url).arg(providers);
    super::run_script(&mut script)
}

/// Returns the folder that the variable names, that of the user's Terraform configuration, or one in which Terraform looks
/// by itself.
fn providers() -> Option<PathBuf> {
    let home = env::var_os("HOME").map(PathBuf::from);
    let in_home = |path: &str| home.as_ref().map(|home| home.join(path));
    let configuration =
        env::var_os("TF_CLI_CONFIG_FILE").map(PathBuf::from).or_else(|| in_home(".terraformrc"));
    let configured = configuration.and_then(|file| std::fs::read_to_string(file).ok());
    let candidates = [
        env::var_os(VARIABLE).map(PathBuf::from),
        configured.as_deref().and_then(mirror).map(PathBuf::from),
        in_home(".terraform.d/plugins"),
        Some(PathBuf::from("/usr/local/share/terraform/plugins")),
        Some(PathBuf::from("/usr/share/terraform/plugins")),
    ];
    // Machines without access to a registry keep providers below /opt, too.
    let optional = std::fs::read_dir("/opt").into_iter().flatten().flatten().map(|entry| entry.path());
    candidates.into_iter().flatten().chain(optional).find(|folder| folder.join(AWS_PROVIDER).is_dir())
}

/// Returns the path of the first filesystem mirror in a Terraform configuration.
fn mirror(configuration: &str) -> Option<&str> {
    let (_, block) = configuration.split_once("filesystem_mirror")?;
    let (_, path) = block.split_once("path")?;
    path.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirror_of_a_configuration_is_its_path() {
        let configuration =
            "provider_installation {\n  filesystem_mirror {\n    path    = \"/opt/mirror\"\n  }\n}\n";
        assert_eq!(mirror(configuration), Some("/opt/mirror"));
        assert_eq!(mirror("disable_checkpoint = true"), None);
    }
}
