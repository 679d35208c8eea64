//! Web pages and `lido dev`: a page of another origin calls public operations and nothing else.

use super::{
    Measure,
    lab::{Lab, Server},
    raw_client::post,
};

/// A page: what it is, and the Host and Origin of its requests.
type Page = (&'static str, &'static str, &'static str);

const PAGES: &[Page] = &[
    ("a page of the web", "127.0.0.1", "https://attacker.example"),
    ("a page of another port", "127.0.0.1", "http://127.0.0.1:3000"),
    ("a page of localhost", "127.0.0.1", "http://localhost:3000"),
    ("a page without an origin", "127.0.0.1", "null"),
    // By DNS rebinding the page's own host name leads here.
    ("a page whose name was made to lead here", "attacker.example", "http://attacker.example"),
];

/// Sends what pages could send, to a server without options and to one that names an origin.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let mut server = lab.dev("--store memory")?;
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for (what, host, origin) in PAGES {
        let headers = format!("host: {host}\r\norigin: {origin}\r\n");
        let mut send = |what: &str, request: String, is_wanted: bool| -> anyhow::Result<()> {
            let status = status(&server, &request)?;
            if is_wanted && status == 403 {
                refused.push(format!("{what}: {status}"));
            } else if !is_wanted && status == 200 {
                done.push(format!("{what}: {status}"));
            }
            Ok(())
        };
        send(
            &format!("{what} creates a pool"),
            post("CreateUserPool", r#"{"PoolName":"p"}"#).replace("host: lido\r\n", &headers),
            false,
        )?;
        send(
            &format!("{what} reads the inbox"),
            format!("GET /_lido/messages HTTP/1.1\r\n{headers}\r\n"),
            false,
        )?;
        let body = r#"{"advanceSeconds":1}"#;
        send(
            &format!("{what} sets the clock"),
            format!("POST /_lido/clock HTTP/1.1\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()),
            false,
        )?;
        if *host == "127.0.0.1" {
            // It is refused for its empty input, and not for its origin.
            let sign_up = post("SignUp", "{}").replace("host: lido\r\n", &headers);
            send(&format!("{what} signs a user up"), sign_up, true)?;
        }
    }
    let mut measures = vec![
        Measure::none("what pages of other origins can do and must not", &done),
        Measure::none("what they cannot do and must", &refused),
        Measure::none("faults of the server", &server.faults()?),
    ];
    let named = lab.dev("--store memory --admin-origin http://localhost:3000");
    let allowed = named.and_then(|server| {
        let headers = "host: 127.0.0.1\r\norigin: http://localhost:3000\r\n";
        let create = post("CreateUserPool", r#"{"PoolName":"p"}"#).replace("host: lido\r\n", headers);
        let inbox = format!("GET /_lido/messages HTTP/1.1\r\n{headers}\r\n");
        Ok((status(&server, &create)?, status(&server, &inbox)?))
    });
    let measured =
        allowed.as_ref().map_or_else(ToString::to_string, |(create, inbox)| format!("{create}, {inbox}"));
    measures.push(Measure::new(
        "a page that an option names: a pool, the inbox",
        measured,
        "200, 403",
        matches!(allowed, Ok((200, 403))),
    ));
    Ok(measures)
}

fn status(server: &Server, request: &str) -> anyhow::Result<u16> {
    let mut client = server.client()?;
    client.send(request)?;
    Ok(client.read()?.status)
}
