//! The load: users that sign in repeatedly, and the processor time that the server spends on it.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    PASSWORD, USERS,
    client::Client,
    process::Server,
    servers,
    srp_client::{Challenge, SrpClient, TIME},
};

/// The number of connections.
const CONNECTIONS: usize = 4;

/// An authentication flow.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SignInFlow {
    /// USER_PASSWORD_AUTH.
    Password,
    /// USER_SRP_AUTH, both steps.
    Srp,
}

impl SignInFlow {
    pub(crate) const ALL: [SignInFlow; 2] = [SignInFlow::Password, SignInFlow::Srp];

    pub(crate) fn name(self) -> &'static str {
        match self {
            SignInFlow::Password => "password",
            SignInFlow::Srp => "SRP",
        }
    }

    /// Returns the number of modular exponentiations: one for the verifier of the password, or three for `B` and the key.
    pub(crate) fn exponentiations(self) -> f64 {
        match self {
            SignInFlow::Password => 1.0,
            SignInFlow::Srp => 3.0,
        }
    }

    /// Returns the number of signatures: one for the id token and one for the access token.
    pub(crate) fn signatures(self) -> f64 {
        2.0
    }

    /// Returns the number of sign-ins in one run, which takes the server about a second.
    fn times(self) -> usize {
        match self {
            SignInFlow::Password => 240,
            SignInFlow::Srp => 120,
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

/// Signs in repeatedly, and returns the microseconds of the server's processor time for each sign-in.
pub(crate) fn run(server: &Server, target: &SignInTarget, flow: SignInFlow) -> anyhow::Result<f64> {
    let before = server.processor_time();
    std::thread::scope(|scope| {
        let mut connections = Vec::new();
        for connection in 0..CONNECTIONS {
            connections.push(scope.spawn(move || {
                let mut client = Client::try_connect(server.port)?;
                for time in 0..flow.times() / CONNECTIONS {
                    let user = servers::name((time * CONNECTIONS + connection) % USERS);
                    sign_in(&mut client, target, flow, &user)?;
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

fn sign_in(client: &mut Client, target: &SignInTarget, flow: SignInFlow, user: &str) -> anyhow::Result<()> {
    let request = |auth_flow: &str, name: &str, value: &str| json!({"ClientId": target.client, "AuthFlow": auth_flow, "AuthParameters": {"USERNAME": user, name: value}});
    let answer = match flow {
        SignInFlow::Password => {
            call(client, "InitiateAuth", &request("USER_PASSWORD_AUTH", "PASSWORD", PASSWORD))?
        }
        SignInFlow::Srp => {
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
