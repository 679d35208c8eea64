//! Tests of addresses: what libpq's documentation says of each part, and that no text tells a password.

use std::io::Write as _;

use super::*;

fn read(url: &str, variables: &[(&str, &str)]) -> Result<PostgresAddress, AddressError> {
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    PostgresAddress::read_with(&url.parse().expect("a URL"), &variable)
}

fn config(url: &str, variables: &[(&str, &str)]) -> Config {
    read(url, variables).expect(url).config
}

#[test]
fn password_is_in_no_text() {
    for (url, shown) in [
        ("postgres://lido:s3cret@db:5432/lido", "postgres://lido@db:5432/lido"),
        ("postgresql://lido:s3cret@a,b/x?sslmode=require", "postgresql://lido@a,b/x?sslmode=require"),
        ("postgres://db/lido?user=u&password=s3cret", "postgres://db/lido?user=u"),
        ("postgres://lido:s3cret/?@x@db/lido", "postgres://lido@db/lido"),
        ("postgres://:s3cret@/", "postgres://@/"),
        ("postgres://", "postgres://"),
    ] {
        let url = url.parse::<PostgresUrl>().expect("a URL");
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("PostgresUrl({shown})"));
        let address = PostgresAddress::read_with(&url, &|_| None);
        assert!(!format!("{address:?}").contains("s3cret"), "{url}");
    }
    let variables = [("PGPASSWORD", "s3cret")];
    assert!(!format!("{:?}", read("postgres://db", &variables)).contains("s3cret"));
    let error = read("postgres://u:s3cret@db:port/x", &[]).expect_err("a wrong port").to_string();
    assert!(error.contains("the URL of the database is wrong: invalid value for option `port`"), "{error}");
}

#[test]
fn url_precedes_variables() {
    let variables = [
        ("PGHOST", "other"),
        ("PGPORT", "1"),
        ("PGUSER", "other"),
        ("PGPASSWORD", "other"),
        ("PGDATABASE", "other"),
        ("PGAPPNAME", "other"),
        ("PGCONNECT_TIMEOUT", "9"),
    ];
    let full = config("postgres://u:p@h:2/d?application_name=a&connect_timeout=3", &variables);
    assert_eq!(full.get_hosts(), [Host::Tcp("h".into())]);
    assert_eq!((full.get_ports(), full.get_user(), full.get_dbname()), (&[2][..], Some("u"), Some("d")));
    assert_eq!((full.get_password(), full.get_application_name()), (Some(&b"p"[..]), Some("a")));
    assert_eq!(full.get_connect_timeout(), Some(&Duration::from_secs(3)));
    let empty = config("postgres://", &variables);
    assert_eq!(empty.get_hosts(), [Host::Tcp("other".into())]);
    assert_eq!(
        (empty.get_ports(), empty.get_user(), empty.get_dbname()),
        (&[1][..], Some("other"), Some("other"))
    );
    assert_eq!((empty.get_password(), empty.get_application_name()), (Some(&b"other"[..]), Some("other")));
    assert_eq!(empty.get_connect_timeout(), Some(&Duration::from_secs(9)));
}

#[test]
fn several_hosts_and_attributes_are_read() {
    let found = config("postgres://u@a:1,b:2/d?target_session_attrs=read-write&options=-c%20a%3Db", &[]);
    assert_eq!(found.get_hosts(), [Host::Tcp("a".into()), Host::Tcp("b".into())]);
    assert_eq!((found.get_ports(), found.get_options()), (&[1, 2][..], Some("-c a=b")));
    assert_eq!(found.get_target_session_attrs(), tokio_postgres::config::TargetSessionAttrs::ReadWrite);
    for wrong in ["target_session_attrs=x", "sslmode=x", "nonsense=1", "tcp_user_timeout=x"] {
        let error = read(&format!("postgres://h?{wrong}"), &[]).expect_err(wrong).to_string();
        assert!(
            error.contains("wrong") && error.contains(wrong.split('=').next().expect("a name")),
            "{error}"
        );
    }
}

#[test]
fn tls_modes_are_those_of_libpq() {
    for (mode, expected, verifies) in [
        ("disable", SslMode::Disable, TlsMode::Disable),
        ("allow", SslMode::Prefer, TlsMode::Prefer),
        ("prefer", SslMode::Prefer, TlsMode::Prefer),
        ("require", SslMode::Require, TlsMode::Require),
    ] {
        let address = read(&format!("postgres://db?sslmode={mode}"), &[]).expect(mode);
        assert_eq!((address.config.get_ssl_mode(), address.mode), (expected, verifies));
        assert!(address.is_unverified());
        assert_eq!(read("postgres://db", &[("PGSSLMODE", mode)]).expect(mode).mode, verifies);
    }
    for mode in ["verify-ca", "verify-full"] {
        let error = read(&format!("postgres://db?sslmode={mode}"), &[]).expect_err(mode).to_string();
        assert!(error.contains("require sslrootcert"), "{error}");
        let missing = read(&format!("postgres://db?sslmode={mode}&sslrootcert=/no/such.pem"), &[]);
        assert!(missing.expect_err(mode).to_string().contains("/no/such.pem of sslrootcert"));
        let address = read(&format!("postgres://db?sslmode={mode}&sslrootcert=system"), &[]).expect(mode);
        assert_eq!(address.is_unverified(), mode == "verify-ca");
    }
    for local in
        ["postgres://localhost", "postgres://127.0.0.1", "postgres://[::1]", "postgres://%2Frun%2Fpg"]
    {
        assert!(!read(local, &[]).expect(local).is_unverified(), "{local}");
    }
}

#[cfg(unix)]
#[test]
fn password_file_has_the_password_of_the_first_line_that_matches() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let text =
        "# a comment\nother:*:*:*:no\nh:2:d:u:first\nh:*:*:u:with\\:colon\\\\\nlocalhost:5432:*:*:socket\n";
    file.write_all(text.as_bytes()).expect("written");
    let path = file.path().to_str().expect("text").to_owned();
    let password = |url: &str| {
        let found = config(url, &[("PGPASSFILE", &path)]);
        found.get_password().map(|password| String::from_utf8(password.to_vec()).expect("text"))
    };
    assert_eq!(password("postgres://u@h:2/d").as_deref(), Some("first"));
    assert_eq!(password("postgres://u@h:3/d").as_deref(), Some("with:colon\\"));
    assert_eq!(password("postgres://u@localhost/d").as_deref(), Some("socket"));
    assert_eq!(password("postgres://u:own@h:2/d").as_deref(), Some("own"));
    assert_eq!(password("postgres://v@h:2/d"), None);
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&path, open).expect("changed");
    assert_eq!(password("postgres://u@h:2/d"), None, "a file that others can read is ignored");
    let missing = read("postgres://h?passfile=/no/such", &[]).expect_err("no file").to_string();
    assert!(missing.contains("/no/such of passfile"), "{missing}");
}
