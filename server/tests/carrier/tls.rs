//! HTTPS of the binary: certificates that are replaced under load, `lido dev --tls`, and plain HTTP.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    process::Output,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::{Certificate, Client, redirect::Policy};
use rustix::process::Signal;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{
    server_process::{Lido, command, run},
    start_errors::write,
};

/// How long to wait for something that must happen.
const TIMEOUT: Duration = Duration::from_secs(60);

const SERVE: &str = "serve --listen 127.0.0.1:0 --store memory --key-file key --credentials c.json \
                     --public-url https://localhost --tls-cert tls/cert.pem --tls-key tls/key.pem";

/// An authority that signs certificates for localhost.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// Writes a new certificate and its key into a folder, and returns the certificate.
    pub(crate) fn sign(&self, folder: &Path, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        fs::create_dir_all(folder).expect("a folder");
        write(folder, "key.pem", key.serialize_pem());
        write(folder, "cert.pem", certificate.pem());
        certificate.der().to_vec()
    }

    fn client(&self) -> Client {
        let authority = Certificate::from_pem(self.0.pem().as_bytes()).expect("an authority");
        let client = Client::builder().no_proxy().tls_certs_only([authority]);
        client.redirect(Policy::none()).build().expect("a client")
    }

    /// Returns the certificate that a server presents in a new handshake.
    fn presented(&self, port: u16) -> Vec<u8> {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("an authority");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let mut tls = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("connected");
        while tls.is_handshaking() {
            tls.complete_io(&mut socket).expect("a handshake");
        }
        tls.peer_certificates().and_then(|chain| chain.first()).expect("a certificate").to_vec()
    }
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
    write(folder.path(), "c.json", r#"{"users": []}"#);
    folder
}

/// Waits until something is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + TIMEOUT;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Sends requests, each on a connection of its own or all on one, until `stop`. Returns how many got a good answer.
async fn load(client: Client, url: String, is_fresh: bool, stop: Arc<AtomicBool>, sent: Arc<AtomicUsize>) {
    while !stop.load(Ordering::Relaxed) {
        let request = client.get(&url);
        let request = if is_fresh { request.header("connection", "close") } else { request };
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        sent.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn replaced_certificate_is_presented_and_no_request_fails() {
    let folder = folder();
    let (folder, tls) = (folder.path(), folder.path().join("tls"));
    let authority = Authority::new();
    // As Kubernetes mounts secrets: the files are links through a link that is replaced.
    let first = authority.sign(&tls.join("1"), |_| {});
    symlink("1", tls.join("data")).expect("a link");
    for name in ["cert.pem", "key.pem"] {
        symlink(Path::new("data").join(name), tls.join(name)).expect("a link");
    }
    let swap = |to: &str| {
        symlink(to, tls.join("new")).expect("a link");
        fs::rename(tls.join("new"), tls.join("data")).expect("renamed");
    };
    let lido = Lido::start(folder, SERVE);
    assert_eq!(authority.presented(lido.port), first);

    let (stop, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let url = format!("https://localhost:{}/_lido/health", lido.port);
    let runtime = Runtime::new().expect("a runtime");
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
            runtime.spawn(load(authority.client(), url.clone(), number % 2 == 0, stop, sent))
        })
        .collect();
    let wait_for_requests = || {
        let before = sent.load(Ordering::Relaxed);
        wait_until("no request is answered", || sent.load(Ordering::Relaxed) > before + 50);
    };
    wait_for_requests();
    // By itself, and then at once on the signal.
    let second = authority.sign(&tls.join("2"), |_| {});
    swap("2");
    wait_until("not replaced", || authority.presented(lido.port) == second);
    for number in 3..8 {
        let next = authority.sign(&tls.join(number.to_string()), |_| {});
        swap(&number.to_string());
        lido.signal(Signal::HUP);
        wait_until("not replaced", || authority.presented(lido.port) == next);
        wait_for_requests();
    }
    // A pair that does not belong together changes nothing.
    let last = authority.presented(lido.port);
    authority.sign(&tls.join("bad"), |_| {});
    fs::copy(tls.join("1/key.pem"), tls.join("bad/key.pem")).expect("copied");
    swap("bad");
    lido.signal(Signal::HUP);
    let text = "the private key in tls/key.pem does not belong to the first certificate in tls/cert.pem; check --tls-cert \
                and --tls-key; the former certificate stays in use";
    wait_until("no word about the bad pair", || lido.log().contains(text));
    assert_eq!(authority.presented(lido.port), last);
    wait_for_requests();
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        runtime.block_on(task).expect("every request is answered");
    }
}

#[test]
fn certificate_that_clients_refuse_for_its_dates_is_warned_of() {
    let folder = folder();
    let authority = Authority::new();
    authority.sign(&folder.path().join("tls"), |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let lido = Lido::start(folder.path(), SERVE);
    let text =
        "the certificate of --tls-cert has expired on 2021-01-01T00:00:00Z: clients refuse it; renew it";
    assert!(lido.log().contains(text), "{}", lido.log());
}

#[test]
fn doctor_tells_a_certificate_that_begins_later_and_an_address_that_is_taken() {
    let folder = folder();
    let authority = Authority::new();
    authority.sign(&folder.path().join("tls"), |params| params.not_before = rcgen::date_time_ymd(2999, 1, 1));
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound");
    let line = format!("{} --http-redirect {address}", SERVE.replacen("serve", "doctor", 1));
    let output = run(folder.path(), &line);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    for text in ["is not valid yet", &format!("cannot listen on {address}")] {
        assert!(printed.contains(text), "{text}: {printed}");
    }
}

#[test]
fn signal_without_a_certificate_leaves_the_server_running() {
    let folder = folder();
    let line = "serve --listen 127.0.0.1:0 --store memory --key-file key --credentials c.json --public-url https://a.b";
    let lido = Lido::start(folder.path(), line);
    lido.signal(Signal::HUP);
    wait_until("no word about the signal", || lido.log().contains("there is no certificate to read again"));
    assert_eq!(lido.client().get("/_lido/health").status, 200);
}

#[test]
fn development_server_makes_a_certificate_that_stays_trusted() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let line = "dev --tls --listen 127.0.0.1:0 --address-file address.json";
    let authority = || fs::read(folder.join(".lido/tls-ca.pem")).expect("an authority");
    let mut former: Option<Vec<u8>> = None;
    // The second time it is there.
    for _ in 0..2 {
        let mut lido = Lido::start(folder, line);
        let address: Value =
            serde_json::from_slice(&fs::read(folder.join("address.json")).expect("a file")).expect("JSON");
        assert_eq!(address["endpoint"], format!("https://127.0.0.1:{}", lido.port));
        let named = Path::new(address["certificateAuthority"].as_str().expect("a path"));
        assert_eq!(fs::read(named).expect("a file"), authority());
        assert!(former.is_none_or(|former| former == authority()), "another authority");
        former = Some(authority());
        let mode = fs::metadata(folder.join(".lido/tls-key.pem")).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let client = Client::builder().no_proxy();
        let client = client.tls_certs_only(Certificate::from_pem_bundle(&authority()).expect("an authority"));
        let client = client.build().expect("a client");
        let runtime = Runtime::new().expect("a runtime");
        for host in ["localhost", "127.0.0.1"] {
            let url = format!("https://{host}:{}/_lido/pools", lido.port);
            let response = runtime.block_on(client.get(&url).send()).expect(host);
            assert_eq!(response.status(), 200, "{host}");
        }
        lido.signal(Signal::TERM);
        assert!(lido.wait(TIMEOUT).success());
    }
}

#[test]
fn commands_trust_the_authority_that_they_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let mut lido = Lido::start(folder, "dev --tls --store sqlite:data/lido.db --listen 127.0.0.1:0");
    let screen = lido.first_screen();
    let exports = "export AWS_CA_BUNDLE=data/tls-ca.pem NODE_EXTRA_CA_CERTS=data/tls-ca.pem LIDO_CA_CERT=data/tls-ca.pem";
    assert!(screen.contains(exports) && screen.contains("curl --cacert data/tls-ca.pem -d"), "{screen}");
    let endpoint = format!("https://localhost:{}", lido.port);
    let run = |line: &str, authority: Option<&str>| -> Output {
        let mut command = command(folder, line);
        command.env("LIDO_ENDPOINT", &endpoint).envs(authority.map(|file| ("LIDO_CA_CERT", file)));
        command.output().expect("it runs")
    };
    for line in ["clock", "seed export"] {
        let trusted = run(line, Some("data/tls-ca.pem"));
        assert!(trusted.status.success(), "{line}: {trusted:?}");
        assert_eq!(run(line, None).status.code(), Some(1), "{line}");
    }
    let untrusted = String::from_utf8(run("clock", None).stderr).expect("text");
    assert!(untrusted.contains("is not trusted; name its authority with --ca-cert"), "{untrusted}");
    fs::create_dir(folder.join(".lido")).expect("a folder");
    fs::copy(folder.join("data/tls-ca.pem"), folder.join(".lido/tls-ca.pem")).expect("copied");
    assert!(run("clock", None).status.success());
    for line in ["health --tls", "health --tls-cert data/tls-cert.pem"] {
        let health = run(&format!("{line} --listen 127.0.0.1:{}", lido.port), None);
        assert!(health.status.success() && health.stderr.is_empty(), "{line}: {health:?}");
    }
    assert_eq!(run(&format!("health --listen 127.0.0.1:{}", lido.port), None).status.code(), Some(1));
}

#[test]
fn plain_http_is_redirected_or_refused() {
    let folder = folder();
    let authority = Authority::new();
    authority.sign(&folder.path().join("tls"), |_| {});
    let lido = Lido::start(folder.path(), &format!("{SERVE} --http-redirect 127.0.0.1:0"));
    let log = lido.log();
    let port = log.lines().find(|line| line.contains("plain HTTP is redirected")).expect("a line");
    let port: u16 = port.rsplit(':').next().and_then(|port| port.trim().parse().ok()).expect("a port");
    let runtime = Runtime::new().expect("a runtime");
    let client = authority.client();
    let answer = |method, port, path: &str| {
        let url = format!("http://127.0.0.1:{port}{path}");
        runtime.block_on(client.request(method, url).send()).expect("an answer")
    };
    let redirected = answer(reqwest::Method::GET, port, "/p/login?client_id=1");
    assert_eq!(redirected.status(), 301);
    assert_eq!(redirected.headers()["location"], "https://localhost/p/login?client_id=1");
    assert_eq!(answer(reqwest::Method::POST, port, "/").status(), 403);
    let refused = answer(reqwest::Method::POST, lido.port, "/");
    assert_eq!(refused.status(), 400);
    let text = runtime.block_on(refused.text()).expect("text");
    assert_eq!(text, "This port speaks HTTPS only: use https:// in the URL.\n");
}

/// The certificate that `lido dev --tls` makes is one for servers, and its authority one for nothing else.
#[test]
fn made_certificate_has_what_clients_look_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let lido = Lido::start(folder.path(), "dev --tls --store memory --listen 127.0.0.1:0");
    drop(lido);
    let read = |name: &str| {
        CertificateDer::from_pem_file(folder.path().join(".lido").join(name)).expect("a certificate")
    };
    let (authority, certificate) = (read("tls-ca.pem"), read("tls-cert.pem"));
    let (_, authority) = x509_parser::parse_x509_certificate(&authority).expect("a certificate");
    let (_, certificate) = x509_parser::parse_x509_certificate(&certificate).expect("a certificate");
    assert!(authority.is_ca() && !certificate.is_ca());
    let names = certificate.subject_alternative_name().expect("valid").expect("names");
    let names: Vec<String> = names.value.general_names.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().any(|name| name.contains("*.localhost")), "{names:?}");
    let usage = certificate.extended_key_usage().expect("valid").expect("a usage");
    assert!(usage.value.server_auth && !usage.value.client_auth);
    let days = (certificate.validity().not_after.timestamp() - certificate.validity().not_before.timestamp())
        / 86_400;
    assert!(days <= 825, "{days}");
    assert!(!folder.path().join(".lido/tls-ca-key.pem").exists(), "the key of the authority is not kept");
}
