//! The load: users that sign up and that sign in repeatedly, and the processor time that the server spends on it.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    PASSWORD, USERS,
    client::Client,
    limit::Limit,
    process::Server,
    servers,
    srp_client::{Challenge, SrpClient, TIME},
};

/// The number of connections.
const CONNECTIONS: usize = 4;

/// A flow with a password.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    /// SignUp.
    SignUp,
    /// USER_PASSWORD_AUTH.
    Password,
    /// USER_SRP_AUTH, both steps.
    Srp,
}

impl Flow {
    pub(crate) const ALL: [Flow; 3] = [Flow::SignUp, Flow::Password, Flow::Srp];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Flow::SignUp => "sign-up",
            Flow::Password => "password",
            Flow::Srp => "SRP",
        }
    }

    /// Returns the cryptography that the flow cannot do without: a verifier for the password or for `B`, which costs the
    /// same, the claim of an SRP exchange, and the signatures of the id token and the access token.
    pub(crate) fn limits(self) -> &'static [Limit] {
        match self {
            Flow::SignUp => &[Limit::Verifier],
            Flow::Password => &[Limit::Verifier, Limit::Signature, Limit::Signature],
            Flow::Srp => &[Limit::Verifier, Limit::Claim, Limit::Signature, Limit::Signature],
        }
    }

    /// Returns the number of requests or sign-ins in one run, which takes the server about half a second.
    fn times(self) -> usize {
        match self {
            Flow::SignUp => 800,
            Flow::Password => 400,
            Flow::Srp => 120,
        }
    }
}

/// The user pool and the app client of the users.
#[derive(Debug)]
pub(crate) struct SignInTarget {
    pool: String,
    client: String,
}

impl SignInTarget {
    /// Parses what a server prints after its port.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let (pool, client) = text.split_once(' ').context("the server printed no app client")?;
        Ok(Self { pool: pool.to_owned(), client: client.to_owned() })
    }
}

/// Signs up or in repeatedly, and returns the microseconds of the server's processor time for each time. `round` keeps the
/// names of users that sign up apart.
pub(crate) fn run(server: &Server, target: &SignInTarget, flow: Flow, round: usize) -> anyhow::Result<f64> {
    let before = server.processor_time();
    std::thread::scope(|scope| {
        let mut connections = Vec::new();
        for connection in 0..CONNECTIONS {
            connections.push(scope.spawn(move || {
                let mut client = Client::try_connect(server.port)?;
                for time in 0..flow.times() / CONNECTIONS {
                    let user = time * CONNECTIONS + connection;
                    match flow {
                        Flow::SignUp => sign_up(&mut client, target, &format!("new{round}-{user}"))?,
                        Flow::Password | Flow::Srp => {
                            sign_in(&mut client, target, flow, &servers::name(user % USERS))?;
                        }
                    }
                }
                anyhow::Ok(())
            }));
        }
        for connection in connections {
            connection.join().map_err(|_| anyhow::anyhow!("a connection panicked"))??;
        }
        anyhow::Ok(())
    })?;
    let spent = server.processor_time().saturating_sub(before);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let times = flow.times() as f64;
    Ok(spent.as_secs_f64() * 1e6 / times)
}

fn sign_up(client: &mut Client, target: &SignInTarget, user: &str) -> anyhow::Result<()> {
    let attributes = json!([{"Name": "email", "Value": format!("{user}@example.com")}]);
    let body = json!({"ClientId": target.client, "Username": user, "Password": PASSWORD, "UserAttributes": attributes});
    call(client, "SignUp", &body).map(|_| ())
}

fn sign_in(client: &mut Client, target: &SignInTarget, flow: Flow, user: &str) -> anyhow::Result<()> {
    let request = |auth_flow: &str, name: &str, value: &str| json!({"ClientId": target.client, "AuthFlow": auth_flow, "AuthParameters": {"USERNAME": user, name: value}});
    let answer = match flow {
        Flow::SignUp | Flow::Password => {
            call(client, "InitiateAuth", &request("USER_PASSWORD_AUTH", "PASSWORD", PASSWORD))?
        }
        Flow::Srp => {
            // A small secret saves work on this side only.
            let srp = SrpClient::new(1);
            let challenge = call(client, "InitiateAuth", &request("USER_SRP_AUTH", "SRP_A", &srp.srp_a()))?;
            let get = |name: &str| challenge["ChallengeParameters"][name].as_str().context("a parameter");
            let secret_block = get("SECRET_BLOCK")?;
            let challenge = Challenge {
                pool: &target.pool,
                user: get("USER_ID_FOR_SRP")?,
                salt: get("SALT")?,
                b: get("SRP_B")?,
                secret_block,
            };
            let responses = json!({
                "USERNAME": challenge.user,
                "PASSWORD_CLAIM_SECRET_BLOCK": secret_block,
                "PASSWORD_CLAIM_SIGNATURE": srp.sign(&challenge, PASSWORD),
                "TIMESTAMP": TIME,
            });
            let body = json!({
                "ClientId": target.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses,
            });
            call(client, "RespondToAuthChallenge", &body)?
        }
    };
    anyhow::ensure!(answer["AuthenticationResult"]["IdToken"].is_string(), "no tokens in {answer}");
    Ok(())
}

fn call(client: &mut Client, operation: &str, body: &Value) -> anyhow::Result<Value> {
    let answer = client.try_call(operation, body)?;
    anyhow::ensure!(answer.status == 200, "{operation} was answered with {answer:?}");
    Ok(serde_json::from_str(&answer.body)?)
}
