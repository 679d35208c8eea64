//! The first output of `lido dev`: commands to copy that create the first confirmed user.

use crate::config::{Config, Mode};

/// Returns the output for a server at `endpoint`; none for `lido serve`.
pub(crate) fn lines(config: &Config, endpoint: &str) -> String {
    let Mode::Dev { confirmation_code, .. } = &config.mode else { return String::new() };
    let region = config.region();
    let signer = match &config.credentials {
        Some(path) => {
            format!(
                "  # set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to those of a user in {}\n",
                path.display()
            )
        }
        None => "  export AWS_ACCESS_KEY_ID=dev AWS_SECRET_ACCESS_KEY=dev\n".to_owned(),
    };
    let code = match confirmation_code {
        Some(code) => format!("CODE={}", code.0),
        None => format!(
            r#"CODE=$(curl -s "{endpoint}/_lido/messages?username=ann" | grep -o '"code":"[0-9]*"' | head -1 | tr -dc 0-9)"#
        ),
    };
    format!(
        r#"
Create the first confirmed user, in another terminal:

{signer}  export AWS_ENDPOINT_URL={endpoint} AWS_DEFAULT_REGION={region}
  POOL=$(aws cognito-idp create-user-pool --pool-name first --auto-verified-attributes email --query UserPool.Id --output text)
  CLIENT=$(aws cognito-idp create-user-pool-client --user-pool-id $POOL --client-name app --query UserPoolClient.ClientId --output text)
  aws cognito-idp sign-up --client-id $CLIENT --username ann --password 'Passw0rd!' --user-attributes Name=email,Value=ann@example.com
  {code}
  aws cognito-idp confirm-sign-up --client-id $CLIENT --username ann --confirmation-code $CODE
  aws cognito-idp admin-get-user --user-pool-id $POOL --username ann

Inbox: {endpoint}/_lido/messages   Store: {store}   Stop: Ctrl-C
Test clock: curl -d '{{"advanceSeconds": 3600}}' {endpoint}/_lido/clock
Start with users and fixed ids: --seed FILE   Users, messages, tokens: lido users, lido messages, lido token USER

"#,
        store = config.store
    )
}
