//! Key files that do not belong to the store: the server does not start, and says why.

use super::{
    Measure,
    client::text,
    lab::{Lab, Setup},
    signing::SignedRequest,
};

const OLD: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
const NEW: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n";

/// Starts a server on its store with wrong, rotated, partly rotated and unreadable key files.
pub(super) fn run(lab: &Lab) -> anyhow::Result<Vec<Measure>> {
    let server = lab.start(Setup::serve("")?)?;
    let mut client = server.client()?;
    client.send(SignedRequest::new("CreateUserPool", r#"{"PoolName":"first"}"#, 0)?.signed_bytes()?)?;
    text(&client.read()?.json(), "/UserPool/Id")?;
    let mut setup = server.kill()?;
    let mut measures = Vec::new();
    let cases = [
        ("another key", NEW.to_owned(), false),
        ("half a line", OLD.get(..20).unwrap_or_default().to_owned(), false),
        ("an empty file", String::new(), false),
        ("the key", OLD.to_owned(), true),
        ("a new key before the old one", format!("{NEW}{OLD}"), true),
        ("the old key alone, after that", OLD.to_owned(), false),
        ("both keys again", format!("{NEW}{OLD}"), true),
    ];
    for (what, file, is_good) in cases {
        let (starts, log, again) = start(lab, setup, &file, is_good)?;
        setup = again;
        let is_told = log.to_lowercase().contains("key");
        let told = if is_told { "names the key" } else { "silent" };
        measures.push(Measure::new(
            format!("key file: {what}"),
            if starts { "starts".to_owned() } else { format!("ends, {told}") },
            if is_good { "starts" } else { "ends, names the key" },
            if is_good { starts } else { !starts && is_told },
        ));
    }
    Ok(measures)
}

/// Starts the server with a key file. Returns whether it started, what it said if not, and the setup for the next case.
fn start(lab: &Lab, setup: Setup, file: &str, is_good: bool) -> anyhow::Result<(bool, String, Setup)> {
    setup.write("lido.key", file)?;
    // What a server writes that should not have started must not decide the next case.
    let copy = setup.copy()?;
    match lab.try_start(setup)? {
        Ok(server) if is_good => Ok((true, String::new(), server.kill()?)),
        Ok(_) => Ok((true, String::new(), copy)),
        Err((_, log)) => Ok((false, log, copy)),
    }
}
