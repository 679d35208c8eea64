//! The OCI image: the binary, glibc, certificates of authorities and an empty `/data`, and nothing else.
//!
//! buildah makes it without a daemon and without privileges of the host beyond root's, and runs it in the test.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::{Distribution, is_installed, output};

/// The most bytes of an image that is released.
const MAX_SIZE: u64 = 30_000_000;

/// The user and the group that the server runs as. It has no name on the host.
const USER: &str = "65532";

/// The app client of `deploy/compose/seed.toml`.
const SEEDED_CLIENT: &str = "shopweb";

/// The certificates of authorities, for mail servers, webhooks and Lambda.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Builds `lido_VERSION_image.tar` (an OCI archive), starts it and runs a client against it.
pub(super) fn build(dist: &Distribution, program: &Path) -> anyhow::Result<()> {
    if !is_installed("buildah") {
        return crate::shared::skip("the image", "buildah is not installed");
    }
    let storage = tempfile::tempdir().context("creating the storage of images")?;
    let buildah = Buildah { folder: storage.path() };
    let root = dist.folder.join("image");
    fill(&root, program)?;
    let name = format!("lido_{}_image.tar", dist.version);
    let archive = format!("oci-archive:{}:lido:{}", dist.folder.join(&name).display(), dist.version);

    let container = buildah.run(&["from", "scratch"])?;
    buildah.run(&["add", &container, &pack(dist, &root)?.to_string_lossy(), "/"])?;
    let label = |name: &str, value: &str| format!("org.opencontainers.image.{name}={value}");
    buildah.run(&[
        "config",
        "--user",
        &format!("{USER}:{USER}"),
        "--workingdir",
        "/data",
        "--port",
        "9229",
        "--env",
        "LIDO_LISTEN=0.0.0.0:9229",
        "--env",
        "LIDO_STORE=sqlite:/data/lido.db",
        "--entrypoint",
        r#"["/usr/bin/lido"]"#,
        // Publishing the port of a container is a deliberate setting.
        "--cmd",
        r#"["dev","--allow-remote"]"#,
        "--label",
        &label("title", "Lido"),
        "--label",
        &label("description", "A server that answers like Amazon Cognito user pools"),
        "--label",
        &label("licenses", "MIT OR Apache-2.0"),
        "--label",
        &label("version", dist.version),
        "--label",
        &label("revision", &dist.commit),
        &container,
    ])?;
    buildah.run(&[
        "commit",
        "--quiet",
        "--disable-compression=false",
        "--timestamp",
        &dist.time,
        "--format",
        "oci",
        &container,
        &archive,
    ])?;
    fs::remove_dir_all(&root)?;
    let size = fs::metadata(dist.folder.join(&name))?.len();
    if !dist.is_quick && size > MAX_SIZE {
        bail!("{name} has {size} bytes, more than {MAX_SIZE}");
    }
    check(dist, &buildah, &archive)?;
    println!(
        "{name}: started as user {USER} with a volume and as the compose file does, used through boto3, healthy, stopped"
    );
    Ok(())
}

/// Writes the files of the image.
fn fill(root: &Path, program: &Path) -> anyhow::Result<()> {
    let copy = |from: &Path, to: &str| -> anyhow::Result<()> {
        let to = root.join(to.trim_start_matches('/'));
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        // The target of a symbolic link, which is how libraries are named.
        fs::copy(from, &to).map(drop).with_context(|| format!("copying {}", from.display()))
    };
    copy(program, "usr/bin/lido")?;
    copy(Path::new(CERTIFICATES), CERTIFICATES).context("the package ca-certificates is missing")?;
    let libraries = output(Command::new("ldd").arg(program))?;
    for path in libraries.split_whitespace().filter(|word| word.starts_with('/')) {
        copy(Path::new(path), path)?;
    }
    // What glibc looks up by name while it runs is in glibc itself since 2.34.
    copy(Path::new("/usr/share/doc/libc6/copyright"), "usr/share/doc/libc6/copyright")?;
    fs::write(root.join("etc/passwd"), format!("lido:x:{USER}:{USER}:Lido:/data:/usr/sbin/nologin\n"))?;
    fs::write(root.join("etc/group"), format!("lido:x:{USER}:\n"))?;
    fs::write(root.join("etc/nsswitch.conf"), "hosts: files dns\n")?;
    for folder in ["data", "tmp"] {
        fs::create_dir_all(root.join(folder))?;
    }
    Ok(())
}

/// Packs the files with their owners, and in an order and with times that make builds comparable.
fn pack(dist: &Distribution, root: &Path) -> anyhow::Result<PathBuf> {
    let archive = root.join("root.tar");
    let folders = [
        ("0", ["-c", "--exclude=./data", "--exclude=./tmp", "--exclude=./root.tar", "."].as_slice()),
        (USER, &["-r", "./data", "./tmp"]),
    ];
    for (owner, arguments) in folders {
        let mut tar = Command::new("tar");
        tar.current_dir(root).args(["--sort=name", "--numeric-owner", "--file=root.tar"]);
        tar.arg(format!("--mtime=@{}", dist.time))
            .arg(format!("--owner={owner}"))
            .arg(format!("--group={owner}"));
        output(tar.args(arguments))?;
    }
    Ok(archive)
}

/// Starts the image as it is archived, once with a volume and once as `deploy/compose.yaml` does, uses it through boto3, asks
/// it for its health, and stops it.
fn check(dist: &Distribution, buildah: &Buildah<'_>, archive: &str) -> anyhow::Result<()> {
    let container = buildah.run(&["from", archive])?;
    let image: Value = serde_json::from_str(&buildah.run(&["inspect", &container])?)
        .context("the description of the image")?;
    let config = &image["OCIv1"]["config"];
    if config["User"] != format!("{USER}:{USER}")
        || config["Entrypoint"] != serde_json::json!(["/usr/bin/lido"])
    {
        bail!("the image has another user or entry point: {config}");
    }
    let data = tempfile::tempdir().context("creating the volume")?;
    output(Command::new("chown").arg(format!("{USER}:{USER}")).arg(data.path()))?;
    let options = ["--volume".to_owned(), format!("{}:/data:rw", data.path().display())];
    let image = Image { buildah, container: &container, options: &options };
    image.use_and_stop(dist, &["dev".to_owned(), "--confirmation-code=123456".to_owned()], None)?;
    if !data.path().join("lido.db").is_file() {
        bail!("the image keeps its store elsewhere than in /data");
    }

    let service = compose_service(dist)?;
    let image = Image { buildah, container: &container, options: &service.options };
    image.use_and_stop(dist, &service.command, Some(SEEDED_CLIENT))?;
    image.check_root_is_unchanged()
}

/// The service of `deploy/compose.yaml`, as buildah is told it.
struct ComposeService {
    options: Vec<String>,
    command: Vec<String>,
}

fn compose_service(dist: &Distribution) -> anyhow::Result<ComposeService> {
    let folder = dist.root.join("deploy");
    let documents = crate::deploy::documents(&dist.root.join(crate::deploy::COMPOSE[0]))?;
    let service = &documents.first().context("the compose file is empty")?["services"]["lido"];
    let texts = |name: &str| -> Vec<String> {
        let values = service[name].as_array().into_iter().flatten();
        values.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let user = service["user"].as_str().context("the compose file names no user")?;
    let mut options = vec!["--user".to_owned(), user.to_owned()];
    for capability in texts("cap_drop") {
        options.extend(["--cap-drop".to_owned(), capability.to_lowercase()]);
    }
    for volume in texts("volumes") {
        let volume = match volume.strip_prefix("./") {
            Some(path) => folder.join(path).to_string_lossy().into_owned(),
            None => bail!("the compose file has the volume {volume}, which is not a file beside it"),
        };
        options.extend(["--volume".to_owned(), volume]);
    }
    Ok(ComposeService { options, command: texts("command") })
}

/// The image in a container, with the options that it runs with.
struct Image<'a> {
    buildah: &'a Buildah<'a>,
    container: &'a str,
    options: &'a [String],
}

impl Image<'_> {
    fn command(&self, command: &[&str]) -> Command {
        let mut run = self.buildah.command();
        run.args(["run", "--isolation", "chroot"]).args(self.options);
        run.args([self.container, "--", "/usr/bin/lido"]).args(command);
        run
    }

    /// Starts the server on a free port, uses it through boto3, asks it for its health, and stops it.
    fn use_and_stop(
        &self,
        dist: &Distribution,
        command: &[String],
        seeded_client: Option<&str>,
    ) -> anyhow::Result<()> {
        // An option that is given twice has its last value, but for the port nothing of the command changes.
        let command = command.iter().map(String::as_str).chain(["--listen", "127.0.0.1:0"]);
        let mut server = Running(
            self.command(&command.collect::<Vec<_>>())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .context("starting the image")?,
        );
        let mut lines = BufReader::new(server.0.stdout.take().context("the server has no output")?).lines();
        let url = loop {
            let line = lines.next().context("the image ended before it listened")??;
            if let Some((_, url)) = line.split_once("listening on ") {
                break url.trim().to_owned();
            }
        };
        let script = dist.root.join("xtask/clients/image.py");
        let mut client = Command::new("python3");
        let status = client.arg(script).arg(&url).args(seeded_client).status().context("starting python3")?;
        if !status.success() {
            bail!("the client of the image ended with {status}");
        }
        output(&mut self.command(&["health", "--listen", url.trim_start_matches("http://")]))?;
        server.stop()
    }

    /// Checks that the server has written nothing, so that its root file system may be read-only. chroot cannot make it so.
    fn check_root_is_unchanged(&self) -> anyhow::Result<()> {
        let root = self.buildah.run(&["mount", self.container])?;
        // Its two folders are its own; what buildah makes for itself, such as the targets of volumes, is root's.
        let written = output(Command::new("find").arg(&root).args(["-mindepth", "2", "-user", USER]))?;
        self.buildah.run(&["unmount", self.container])?;
        if written.is_empty() { Ok(()) } else { bail!("the server of the image has written:\n{written}") }
    }
}

/// A running container, killed when dropped.
struct Running(Child);

impl Running {
    fn stop(&mut self) -> anyhow::Result<()> {
        // buildah does not pass a signal on, so it is sent to the server, the innermost process.
        let mut server = self.0.id().to_string();
        while let Ok(child) = output(Command::new("pgrep").args(["--parent", &server])) {
            server = child.lines().next().unwrap_or_default().to_owned();
        }
        output(Command::new("kill").args(["-TERM", &server]))?;
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { bail!("the image stopped with {status}") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// buildah with a storage of its own.
struct Buildah<'a> {
    folder: &'a Path,
}

impl Buildah<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new("buildah");
        command.arg("--root").arg(self.folder.join("storage")).arg("--runroot").arg(self.folder.join("run"));
        command
    }

    fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        output(self.command().args(arguments))
    }
}
