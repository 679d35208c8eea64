//! The options of the commands that start a server, `dev` and `serve`.
//!
//! [`crate::config`] reads them; a test makes `docs/configuration.md` from them.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;
use lido::rates;

use super::{ACCESS, DELIVERY, DEVELOPMENT, FILE, LOGS, NAMES, SERVER, STORAGE, SWITCH, TRIGGERS};
use crate::config::{
    AccountId, AddressRange, ConfirmationCode, Issuer, LambdaUrl, LogFilter, LogFormat, MailSender,
    PageOrigin, PublicUrl, Region, RequestLimits, SecretArgument,
};

#[derive(Debug, Args)]
pub(crate) struct DevArguments {
    #[command(flatten)]
    pub(crate) common: CommonArguments,

    /// Speak HTTPS with a certificate for localhost, 127.0.0.1, ::1 and *.localhost that the server makes
    ///
    /// It is kept beside the store, or in .lido if the store is no file, as tls-cert.pem and tls-key.pem. tls-ca.pem is the
    /// authority that clients have to trust, such as by AWS_CA_BUNDLE
    #[arg(long, env = "LIDO_TLS", value_name = SWITCH, help_heading = DEVELOPMENT)]
    pub(crate) tls: Option<bool>,

    /// Confirmation code that every message contains instead of a random one: six digits
    #[arg(long, env = "LIDO_CONFIRMATION_CODE", value_name = "CODE", help_heading = DEVELOPMENT)]
    pub(crate) confirmation_code: Option<ConfirmationCode>,

    /// File to write the server's address to as soon as it listens, for programs that start it on port 0
    ///
    /// It contains a JSON object, {"endpoint": "http://127.0.0.1:41705", "region": "us-east-1"}, is complete as soon as it
    /// exists, and is removed when the server stops
    #[arg(long, env = "LIDO_ADDRESS_FILE", value_name = "FILE", help_heading = DEVELOPMENT)]
    pub(crate) address_file: Option<PathBuf>,

    /// Stop when standard input is closed, which the system does when the program that started the server ends
    ///
    /// For test runners: with a pipe as standard input no server is left behind, though the test runner is killed. What
    /// arrives on standard input is ignored
    #[arg(long, env = "LIDO_STOP_WITH_STDIN", value_name = SWITCH, help_heading = DEVELOPMENT)]
    pub(crate) stop_with_stdin: Option<bool>,

    /// File with user pools, and all that is in them, to create before the server starts: .toml, .json, .yaml or .yml
    ///
    /// What the file describes is created if it is absent and changed where it differs, with the ids and secrets that the
    /// file fixes; what it leaves out stays. Repeat the option or separate values by commas. lido seed export writes such
    /// a file, and lido reset brings the server back to its seed
    #[arg(long, env = "LIDO_SEED", value_name = "FILE", value_delimiter = ',', help_heading = DEVELOPMENT)]
    pub(crate) seed: Option<Vec<PathBuf>>,

    /// Accept connections from other machines
    ///
    /// Every client that reaches the server can read all codes, so an address other than localhost is refused without
    /// this option
    #[arg(long, env = "LIDO_ALLOW_REMOTE", value_name = SWITCH, help_heading = DEVELOPMENT)]
    pub(crate) allow_remote: Option<bool>,

    /// Origin whose web pages may call signed operations, such as http://localhost:3000
    ///
    /// Without --credentials the server accepts any signature, so pages of other origins than its own, another port of
    /// localhost included, are refused. Operations without AWS credentials, such as SignUp and InitiateAuth, can be
    /// called from every page. Repeat the option or separate values by commas
    #[arg(
        long,
        env = "LIDO_ADMIN_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        help_heading = DEVELOPMENT
    )]
    pub(crate) admin_origin: Option<Vec<PageOrigin>>,

    /// Origin whose web pages may read the inbox, such as http://localhost:3000
    ///
    /// Its pages can read every code at /_lido/messages; they cannot set the clock. Repeat the option or separate
    /// values by commas
    #[arg(
        long,
        env = "LIDO_INBOX_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        help_heading = DEVELOPMENT
    )]
    pub(crate) inbox_origin: Option<Vec<PageOrigin>>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) common: CommonArguments,
}

/// The options of both `dev` and `serve`.
#[derive(Debug, Args)]
pub(crate) struct CommonArguments {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, env = "LIDO_LISTEN", value_name = "HOST:PORT", help_heading = SERVER)]
    pub(crate) listen: Option<String>,

    /// File with the certificate for HTTPS: PEM, the certificate of the server first
    ///
    /// With it the server speaks HTTPS (TLS 1.2 and 1.3) and no plain HTTP. The file and that of --tls-key are read again
    /// when they change, and lido serve reads them at once on SIGHUP. Requires --tls-key
    #[arg(long, env = "LIDO_TLS_CERT", value_name = "FILE", help_heading = SERVER)]
    pub(crate) tls_cert: Option<PathBuf>,

    /// File with the private key of the certificate: PEM, without a password
    #[arg(long, env = "LIDO_TLS_KEY", value_name = "FILE", help_heading = SERVER)]
    pub(crate) tls_key: Option<PathBuf>,

    /// Address on which plain HTTP is redirected to HTTPS
    ///
    /// GET requests are sent to --public-url, or in lido dev without one to the port of --listen. Others, whose contents
    /// everybody on the way has seen already, get an error. Without it plain HTTP gets an error on the port of --listen.
    /// Requires TLS
    #[arg(long, env = "LIDO_HTTP_REDIRECT", value_name = "HOST:PORT", help_heading = SERVER)]
    pub(crate) http_redirect: Option<String>,

    /// Seconds for which the server still accepts requests after SIGTERM
    ///
    /// From the signal on GET /_lido/health/ready answers 503, so that load balancers and orchestrators send requests
    /// elsewhere, and each response closes its connection. Ctrl-C does not wait
    #[arg(long, env = "LIDO_DRAIN_DELAY", value_name = "NUMBER", help_heading = SERVER)]
    pub(crate) drain_delay: Option<u16>,

    /// Base URL that clients use: http:// or https:// and a host, such as https://auth.example.com
    ///
    /// Links in mails lead to it, and it is the issuer (iss) of tokens unless --issuer sets another one
    #[arg(long, env = "LIDO_PUBLIC_URL", value_name = "URL", hide_env_values = true, help_heading = SERVER)]
    pub(crate) public_url: Option<PublicUrl>,

    /// Issuer of tokens (iss) without the pool id, which is added: an http:// or https:// URL
    ///
    /// For verifiers that expect another issuer than the address of this server. {region} stands for the Region of the
    /// pool: https://cognito-idp.{region}.amazonaws.com is the issuer of AWS. The keys stay where the server is
    #[arg(long, env = "LIDO_ISSUER", value_name = "URL", hide_env_values = true, help_heading = SERVER)]
    pub(crate) issuer: Option<Issuer>,

    /// Reverse proxy whose X-Forwarded-For and X-Forwarded-Proto headers are trusted: an IP address or range
    ///
    /// Repeat the option or separate values by commas
    #[arg(
        long,
        env = "LIDO_TRUSTED_PROXY",
        value_name = "RANGE",
        value_delimiter = ',',
        help_heading = SERVER
    )]
    pub(crate) trusted_proxy: Option<Vec<AddressRange>>,

    /// Most connections from one address at once, a number of at least 1
    ///
    /// Connections of trusted proxies do not count; behind a proxy that is not trusted all clients have one address. An
    /// IPv6 client is counted by its network of 64 bits. Beyond it a new connection replaces an idle one of the same
    /// address, or is closed
    #[arg(long, env = "LIDO_MAX_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER", help_heading = SERVER)]
    pub(crate) max_connections_per_address: Option<NonZeroUsize>,

    /// Storage backend: sqlite:PATH for a SQLite file, postgres://USER@HOST/DATABASE for PostgreSQL, which several servers
    /// may share, or memory for a store that is lost when the server stops
    ///
    /// The URL of PostgreSQL is that of libpq, with its options and its variables, such as PGHOST, PGPASSWORD and PGPASSFILE
    #[arg(long, env = "LIDO_STORE", value_name = "STORE", hide_env_values = true, help_heading = STORAGE)]
    pub(crate) store: Option<SecretArgument>,

    /// Most connections to PostgreSQL at once, a number of at least 1
    #[arg(long, env = "LIDO_STORE_CONNECTIONS", value_name = "NUMBER", help_heading = STORAGE)]
    pub(crate) store_connections: Option<NonZeroUsize>,

    /// Longest time of a statement of PostgreSQL, in seconds
    #[arg(long, env = "LIDO_STORE_TIMEOUT", value_name = "NUMBER", help_heading = STORAGE)]
    pub(crate) store_timeout: Option<NonZeroUsize>,

    /// File with the server's keys: 32 random bytes in base64 per line
    ///
    /// Passwords, codes, client secrets and signing keys in the store are protected by them. The first key encrypts new
    /// secrets; every key decrypts. To rotate, insert a new first line, keep the others, and restart
    #[arg(long, env = "LIDO_KEY_FILE", value_name = "FILE", help_heading = STORAGE)]
    pub(crate) key_file: Option<PathBuf>,

    /// Serve read-only, as a standby on a copy of the store: true or false
    ///
    /// An operation that may change the store is refused with OperationNotEnabledException, or with another error if
    /// the operation does not declare that one
    #[arg(long, env = "LIDO_STANDBY", value_name = SWITCH, help_heading = STORAGE)]
    pub(crate) standby: Option<bool>,

    /// JSON file with the IAM users that may sign requests, and their policies
    ///
    /// {"users": [{"name": "ci", "accessKeyId": "AKIA...", "secretAccessKey": "...", "policies": [...]}]}
    #[arg(long, env = "LIDO_CREDENTIALS", value_name = "FILE", help_heading = ACCESS)]
    pub(crate) credentials: Option<PathBuf>,

    /// Revoke all tokens of a sign-in when one of its refresh tokens is used again after another one has replaced it: true
    /// or false
    ///
    /// For app clients that rotate refresh tokens. Amazon Cognito only refuses the token, and so does Lido without this
    /// option. It stops a thief of a refresh token, and signs out a user whose app repeats a request after the grace period
    #[arg(long, env = "LIDO_REVOKE_REUSED_REFRESH_TOKENS", value_name = SWITCH, help_heading = ACCESS)]
    pub(crate) revoke_reused_refresh_tokens: Option<bool>,

    /// Let the OAuth endpoints follow the RFCs where Amazon Cognito differs from them: true or false
    ///
    /// docs/oauth.md lists the differences
    #[arg(long, env = "LIDO_STRICT_OAUTH", value_name = SWITCH, help_heading = ACCESS)]
    pub(crate) strict_oauth: Option<bool>,

    /// Refuse the managed login pages of an app client without a branding style, as Amazon Cognito does: true or false
    ///
    /// The response is 403. Without this option they have Lido's own look. Classic pages need no style
    #[arg(long, env = "LIDO_REQUIRE_BRANDING", value_name = SWITCH, help_heading = ACCESS)]
    pub(crate) require_branding: Option<bool>,

    /// Requests per second by category of operations: off, on or shared, or with changes (on,UserCreation=100,UserList=off)
    #[arg(
        long,
        env = "LIDO_REQUEST_LIMITS",
        value_name = "LIMITS",
        help_heading = ACCESS,
        long_help = request_limits_help()
    )]
    pub(crate) request_limits: Option<RequestLimits>,

    /// Client whose requests are refused: an IP address or range, such as 192.0.2.0/24
    ///
    /// The response is 403 with ForbiddenException. Repeat the option or separate values by commas
    #[arg(
        long,
        env = "LIDO_REFUSE_FROM",
        value_name = "RANGE",
        value_delimiter = ',',
        help_heading = ACCESS
    )]
    pub(crate) refuse_from: Option<Vec<AddressRange>>,

    /// Mail server: smtp://HOST:PORT or smtps://HOST:PORT, with USER:PASSWORD@ before the host to log in
    ///
    /// smtps:// uses TLS from the start. With smtp://, STARTTLS is used if the server offers it, and required if a
    /// password is sent to another machine; ?tls=required, ?tls=opportunistic or ?tls=none overrides this.
    /// Percent-encode special characters in USER and PASSWORD. The default port is 465 for smtps://, else 587 with a
    /// password and 25 without. In lido dev, the inbox shows every mail too
    #[arg(long, env = "LIDO_SMTP", value_name = "URL", hide_env_values = true, help_heading = DELIVERY)]
    pub(crate) smtp: Option<SecretArgument>,

    /// Default From address of mails, such as no-reply@example.com or Shop <no-reply@example.com>
    ///
    /// It is used for user pools whose EmailConfiguration has no From address. Requires --smtp
    #[arg(long, env = "LIDO_MAIL_FROM", value_name = "ADDRESS", help_heading = DELIVERY)]
    pub(crate) mail_from: Option<MailSender>,

    /// Webhook that sends SMS: an http:// or https:// URL that receives each SMS as a POST with a JSON body
    ///
    /// In lido dev, the inbox shows every SMS too
    #[arg(
        long,
        env = "LIDO_SMS_WEBHOOK",
        value_name = "URL",
        hide_env_values = true,
        help_heading = DELIVERY
    )]
    pub(crate) sms_webhook: Option<SecretArgument>,

    /// Secret that signs the webhook's requests (Standard Webhooks): 24 to 64 random bytes in base64
    ///
    /// Required with --sms-webhook
    #[arg(
        long,
        env = "LIDO_SMS_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        help_heading = DELIVERY
    )]
    pub(crate) sms_webhook_secret: Option<SecretArgument>,

    /// Endpoint that invokes the Lambda triggers of user pools: an http:// or https:// URL
    ///
    /// AWS Lambda, or a server with its Invoke operation, such as serverless-offline (http://127.0.0.1:3002), SAM local
    /// or cargo-lambda
    #[arg(long, env = "LIDO_LAMBDA_ENDPOINT", value_name = "URL", hide_env_values = true, help_heading = TRIGGERS)]
    pub(crate) lambda_endpoint: Option<LambdaUrl>,

    /// JSON file with the AWS credentials that sign Lambda requests: the output of aws configure export-credentials
    ///
    /// The file is read for every request. Without it requests are not signed
    #[arg(long, env = "LIDO_LAMBDA_CREDENTIALS", value_name = "FILE", help_heading = TRIGGERS)]
    pub(crate) lambda_credentials: Option<PathBuf>,

    /// File with the keys that encrypt codes for CustomEmailSender and CustomSMSSender triggers
    ///
    /// Each line is a KMSKeyID, a space, and 32 random bytes in base64
    #[arg(long, env = "LIDO_SENDER_KEY_FILE", value_name = "FILE", help_heading = TRIGGERS)]
    pub(crate) sender_key_file: Option<PathBuf>,

    /// AWS Region of all clients and of new user pools: lower-case letters, digits and hyphens
    ///
    /// Without it, a client has the user pools of the Region that it signs for, as with Amazon Cognito: a user pool of
    /// another Region does not exist for it. With it, all clients have all user pools of the store, and new ones are in
    /// this Region
    #[arg(long, env = "LIDO_REGION", value_name = "REGION", help_heading = NAMES)]
    pub(crate) region: Option<Region>,

    /// AWS account id in ARNs: twelve digits
    #[arg(long, env = "LIDO_ACCOUNT_ID", value_name = "ID", help_heading = NAMES)]
    pub(crate) account_id: Option<AccountId>,

    /// Address on which Prometheus reads metrics, at /metrics; port 0 picks a free port
    ///
    /// Plain HTTP, on a listener of its own: name a loopback address, or one that only your Prometheus reaches.
    /// docs/metrics.md lists the metrics
    #[arg(long, env = "LIDO_METRICS", value_name = "HOST:PORT", help_heading = LOGS)]
    pub(crate) metrics: Option<String>,

    /// Log level: error, warn, info, debug, trace or off
    ///
    /// Levels of single modules can follow, separated by commas: info,lido::http=debug. The line of each request has the
    /// level info, so warn and error omit it. Logs are written to standard error
    #[arg(long, env = "LIDO_LOG", value_name = "LEVEL", help_heading = LOGS)]
    pub(crate) log: Option<LogFilter>,

    /// Log format: text, or json with one object per line
    #[arg(long, env = "LIDO_LOG_FORMAT", value_name = "FORMAT", help_heading = LOGS)]
    pub(crate) log_format: Option<LogFormat>,

    /// TOML file with settings; the key of an option is its name without the leading dashes, such as key-file
    ///
    /// Relative paths in the file start from the folder of the file
    #[arg(long, env = "LIDO_CONFIG", value_name = "FILE", help_heading = FILE)]
    pub(crate) config: Option<PathBuf>,
}

fn request_limits_help() -> String {
    let categories: Vec<&str> = rates::category_names().collect();
    format!(
        "Requests per second by category of operations: off, on or shared, or with changes \
         (on,UserCreation=100,UserList=off)\n\n\
         With on, each category has the quota of Amazon Cognito, which all clients of the server share. NAME=NUMBER \
         sets another quota for a category, and NAME=off removes it. Signed requests have half of the quota beside it, which \
         strangers cannot use up. PerAddress=NUMBER limits public requests from each address, or IPv6 network of 64 bits; \
         behind a proxy it needs --trusted-proxy. A request over a quota is refused with \
         TooManyRequestsException. With shared, which needs PostgreSQL, all servers of the store share the quotas; give each \
         the same. The categories are {}",
        categories.join(", ")
    )
}
