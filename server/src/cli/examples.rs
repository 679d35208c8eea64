//! The examples at the end of each help text.

pub(super) const LIDO: &str = "\
Examples:
  Start a server for development on http://127.0.0.1:9229:
    lido dev

  Start a server for production:
    lido serve --config /etc/lido/lido.toml

  Show the options of a command:
    lido dev --help";

pub(super) const DEV: &str = "\
Examples:
  Start on http://127.0.0.1:9229, with the store in .lido/lido.db:
    lido dev

  Start with an empty store, a free port and a fixed code, for tests:
    lido dev --store memory --listen 127.0.0.1:0 --confirmation-code 123456

  Start on a free port and write the address to a file, for a program that waits for it:
    lido dev --store memory --listen 127.0.0.1:0 --address-file lido.json

  Start with the user pools, app clients and users of a file:
    lido dev --seed seed.toml

  Read the inbox: the messages to one user, newest first (also ?userPoolId= and ?to=):
    curl 'http://127.0.0.1:9229/_lido/messages?username=ann'

  Set the test clock forward by an hour:
    curl -d '{\"advanceSeconds\": 3600}' http://127.0.0.1:9229/_lido/clock

  Call an operation:
    export AWS_ENDPOINT_URL=http://127.0.0.1:9229 AWS_DEFAULT_REGION=us-east-1
    export AWS_ACCESS_KEY_ID=dev AWS_SECRET_ACCESS_KEY=dev
    aws cognito-idp list-user-pools --max-results 10";

pub(super) const SERVE: &str = "\
Examples:
  Create a key file that only its owner can read, without overwriting one:
    (set -C; umask 077; head -c 32 /dev/urandom | base64 > lido.key)

  Start on http://127.0.0.1:9229, behind a reverse proxy that serves https://auth.example.com:
    lido serve --store sqlite:lido.db --key-file lido.key --credentials credentials.json \\
        --public-url https://auth.example.com --trusted-proxy 127.0.0.1

  Start with a configuration file, and keep the password of the mail server in the environment:
    LIDO_SMTP=smtps://user:password@mail.example.com lido serve --config /etc/lido/lido.toml

  Check that the server and its store respond:
    curl http://127.0.0.1:9229/_lido/health";

pub(super) const OPERATIONS: &str = "\
Examples:
  List the operations that are served:
    lido operations | grep ' served$'";

pub(super) const MIGRATE: &str = "\
Examples:
  Create or update the tables with the rights of another user than the server's:
    lido migrate --store postgres://owner@db.example.com/lido

  Check that the tables are those that this version uses:
    LIDO_STORE=postgres://lido@db.example.com/lido lido migrate --check";

pub(super) const DOCTOR: &str = "\
Examples:
  Try the configuration of the server:
    lido doctor --config /etc/lido/lido.toml

  Show only what is wrong, for a program:
    lido doctor --config /etc/lido/lido.toml --json | grep '\"state\":\"wrong\"'";

pub(super) const BACKUP: &str = "\
Examples:
  Back up the store of the server that has this configuration, with the day in the name:
    lido backup --config /etc/lido/lido.toml /var/backups/lido-$(date +%F).db

  Back up a file, and check that a key file belongs to it:
    lido backup --store sqlite:lido.db --key-file lido.key backup.db";

pub(super) const EXPORT: &str = "\
Examples:
  Export the store of the server that has this configuration:
    lido export --config /etc/lido/lido.toml lido.jsonl

  Export a database:
    lido export --store postgres://lido@db.example.com/lido lido.jsonl";

pub(super) const IMPORT: &str = "\
Examples:
  Move from SQLite to PostgreSQL, with the same key file:
    lido export --store sqlite:lido.db lido.jsonl
    lido import --store postgres://lido@db.example.com/lido --key-file lido.key lido.jsonl

  Import what another key file has sealed:
    lido import --store sqlite:new.db --key-file new.key --from-key lido.key lido.jsonl

  Import without the key file, so that users set new passwords:
    lido import --store sqlite:new.db --key-file new.key --reset-passwords lido.jsonl

  Import the users of a user pool of Amazon Cognito:
    aws cognito-idp list-users --user-pool-id eu-west-1_AbCdEfGhI > users.json
    lido import --config /etc/lido/lido.toml --from cognito --pool eu-west-1_JkLmNoPqR users.json";

pub(super) const SEED: &str = "\
Examples:
  Write what lido dev on http://127.0.0.1:9229 has to a file:
    lido seed export seed.toml

  Print it, of a server at another address:
    lido seed export --endpoint http://127.0.0.1:41705

  Start another server with it:
    lido dev --store memory --listen 127.0.0.1:0 --seed seed.toml";

pub(super) const HEALTH: &str = "\
Examples:
  Check the server on http://127.0.0.1:9229:
    lido health

  Check a server whose address is in its configuration file:
    lido health --config /etc/lido/lido.toml";

pub(super) const COMPLETIONS: &str = "\
Examples:
  Complete lido in this shell:
    source <(lido completions bash)

  Complete it in every shell of this user:
    lido completions bash > ~/.local/share/bash-completion/completions/lido";

pub(super) const MAN: &str = "\
Examples:
  Read the page of lido dev:
    lido man dev | man -l -";

pub(super) const USERS: &str = "\
Examples:
  List the users of the only pool:
    lido users

  List the users of a pool whose mail address begins with ann, as JSON:
    lido users --pool us-east-1_AbCdEfGhI --filter 'email ^= \"ann\"' --json";

pub(super) const MESSAGES: &str = "\
Examples:
  Show each message when it is sent, until Ctrl-C:
    lido messages --follow

  Show the messages to a user:
    lido messages ann@example.com";

pub(super) const CONFIRM: &str = "\
Examples:
  Confirm the user ann of the only pool:
    lido confirm ann";

pub(super) const TOKEN: &str = "\
Examples:
  Print the tokens of the user ann:
    lido token ann

  Call an API with the access token:
    curl -H \"Authorization: Bearer $(lido token ann --access)\" http://localhost:3000/me";

pub(super) const CLOCK: &str = "\
Examples:
  Set the clock forward by an hour and a half:
    lido clock +1h30m

  Set it to an instant, and back to the real time:
    lido clock 2027-01-01T00:00:00Z
    lido clock reset";

pub(super) const RESET: &str = "\
Examples:
  Delete everything:
    lido reset

  Delete the users of the only pool, and keep the pool:
    lido reset --users";
