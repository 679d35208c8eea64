//! Those who sign in, each again and again, and what it cost the server.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    PASSWORD, USERS,
    client::Client,
    process::Server,
    servers,
    srp_client::{Challenge, SrpClient, TIME},
};

/// How many are at it at once.
const CONNECTIONS: usize = 4;

/// How to sign in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// USER_PASSWORD_AUTH.
    Password,
    /// USER_SRP_AUTH, both steps.
    Srp,
}

impl Way {
    pub(crate) const ALL: [Way; 2] = [Way::Password, Way::Srp];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Password => "password",
            Way::Srp => "SRP",
        }
    }

    /// The modular exponentiations that it takes: the verifier of what was typed; or `B`, and the two of the key.
    pub(crate) fn exponentiations(self) -> f64 {
        match self {
            Way::Password => 1.0,
            Way::Srp => 3.0,
        }
    }

    /// The signatures: an id token and an access token.
    pub(crate) fn signatures(self) -> f64 {
        2.0
    }

    /// How often it is gone in one turn: about a second of the server's.
    fn times(self) -> usize {
        match self {
            Way::Password => 240,
            Way::Srp => 120,
        }
    }
}

/// Where to sign in.
#[derive(Debug)]
pub(crate) struct Place {
    pool: String,
    client: String,
}

impl Place {
    /// What a server prints beside its port.
    pub(crate) fn read(said: &str) -> anyhow::Result<Self> {
        let (pool, client) = said.split_once(' ').context("the server has said no app client")?;
        Ok(Self { pool: pool.to_owned(), client: client.to_owned() })
    }
}

/// Signs in as often as a turn has it; microseconds of the server's core for each time.
pub(crate) fn turn(server: &Server, place: &Place, way: Way) -> anyhow::Result<f64> {
    let before = server.processor_time();
    std::thread::scope(|scope| {
        let mut connections = Vec::new();
        for connection in 0..CONNECTIONS {
            connections.push(scope.spawn(move || {
                let mut client = Client::try_connect(server.port)?;
                for time in 0..way.times() / CONNECTIONS {
                    let user = servers::name((time * CONNECTIONS + connection) % USERS);
                    sign_in(&mut client, place, way, &user)?;
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
    let times = way.times() as f64;
    Ok(spent.as_secs_f64() * 1e6 / times)
}

fn sign_in(client: &mut Client, place: &Place, way: Way, user: &str) -> anyhow::Result<()> {
    let begin = |flow: &str, name: &str, value: &str| json!({"ClientId": place.client, "AuthFlow": flow, "AuthParameters": {"USERNAME": user, name: value}});
    let answer = match way {
        Way::Password => call(client, "InitiateAuth", &begin("USER_PASSWORD_AUTH", "PASSWORD", PASSWORD))?,
        Way::Srp => {
            // A small secret spares this half some work, and the server's none.
            let srp = SrpClient::new(1);
            let asked = call(client, "InitiateAuth", &begin("USER_SRP_AUTH", "SRP_A", &srp.srp_a()))?;
            let get = |name: &str| asked["ChallengeParameters"][name].as_str().context("a parameter");
            let secret_block = get("SECRET_BLOCK")?;
            let challenge = Challenge {
                pool: &place.pool,
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
                "ClientId": place.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses,
            });
            call(client, "RespondToAuthChallenge", &body)?
        }
    };
    anyhow::ensure!(answer["AuthenticationResult"]["IdToken"].is_string(), "no tokens in {answer}");
    Ok(())
}

fn call(client: &mut Client, operation: &str, body: &Value) -> anyhow::Result<Value> {
    let answer = client.try_call(operation, body)?;
    anyhow::ensure!(answer.status == 200, "{operation} is answered with {answer:?}");
    Ok(serde_json::from_str(&answer.body)?)
}
