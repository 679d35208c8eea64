//! The defaults of the options, as the help texts and `docs/configuration.md` show them.
//!
//! [`crate::config`] applies the defaults; a test compares both.

use clap::{Arg, Command};

/// The default of an option that has no value unless one is given.
const NONE: &str = "none";

/// The defaults of an option.
pub(super) struct Defaults {
    /// The option's name without the dashes.
    option: &'static str,
    /// The default in `lido dev`.
    dev: &'static str,
    /// The default in `lido serve`; `None` if the option is required.
    serve: Option<&'static str>,
}

impl Defaults {
    /// Returns the option's name without the dashes.
    #[cfg(test)]
    pub(super) const fn option(&self) -> &'static str {
        self.option
    }
}

const fn same(option: &'static str, default: &'static str) -> Defaults {
    Defaults { option, dev: default, serve: Some(default) }
}

const fn required(option: &'static str, dev: &'static str) -> Defaults {
    Defaults { option, dev, serve: None }
}

/// One entry for each option of `dev` and `serve`.
pub(super) const DEFAULTS: &[Defaults] = &[
    same("listen", "127.0.0.1:9229"),
    same("tls-cert", NONE),
    same("tls-key", NONE),
    same("http-redirect", NONE),
    Defaults { option: "drain-delay", dev: "0", serve: Some("5") },
    required("public-url", "the Host header of each request"),
    Defaults {
        option: "issuer",
        dev: "--public-url, or else the Host header of each request",
        serve: Some("--public-url"),
    },
    same("trusted-proxy", NONE),
    same("max-connections-per-address", "no limit"),
    required("store", "sqlite:.lido/lido.db"),
    same("store-connections", "16"),
    same("store-timeout", "5"),
    required("key-file", "created next to the store"),
    same("standby", "false"),
    required("credentials", "any well-formed signature is accepted"),
    same("revoke-reused-refresh-tokens", "false"),
    same("strict-oauth", "false"),
    same("require-branding", "false"),
    Defaults { option: "request-limits", dev: "off", serve: Some("on") },
    same("refuse-from", NONE),
    same("smtp", NONE),
    Defaults {
        option: "mail-from",
        dev: "no-reply@ and the host of --public-url; no-reply@localhost without it",
        serve: Some("no-reply@ and the host of --public-url"),
    },
    same("sms-webhook", NONE),
    same("sms-webhook-secret", NONE),
    same("lambda-endpoint", NONE),
    same("lambda-credentials", NONE),
    same("sender-key-file", NONE),
    same("region", "the Region of each client; us-east-1 if it does not sign"),
    same("account-id", "000000000000"),
    same("metrics", NONE),
    same("log", "info"),
    same("log-format", "text"),
    same("config", NONE),
    same("tls", "false"),
    same("confirmation-code", "random codes"),
    same("address-file", NONE),
    same("stop-with-stdin", "false"),
    same("seed", NONE),
    same("allow-remote", "false"),
    same("admin-origin", NONE),
    same("inbox-origin", NONE),
];

/// The defaults in commands that are no server: the command, the option, and its default, or `None` if it is required.
/// They override those of `lido dev`.
const OF_COMMANDS: &[(&str, &str, Option<&str>)] = &[
    ("migrate", "store", None),
    ("backup", "store", None),
    ("backup", "key-file", Some("none, so that no key is checked")),
    ("backup", "log", Some("warn")),
    ("export", "store", None),
    ("export", "key-file", Some("none, so that no key is checked")),
    ("export", "log", Some("warn")),
    ("import", "store", None),
    ("import", "key-file", None),
    ("import", "from-key", Some(NONE)),
    ("import", "from", Some("lido export")),
    ("import", "pool", Some(NONE)),
    ("import", "damaged", Some("stop")),
    ("import", "existing", Some("refuse")),
    ("import", "log", Some("warn")),
];

/// Returns the note on the default of an option in a command: `default: …` or `required`.
pub(super) fn note(command: &str, option: &str) -> Option<String> {
    let own = OF_COMMANDS.iter().find(|(of, name, _)| *of == command && *name == option);
    if let Some((_, _, default)) = own {
        return Some(default.map_or_else(|| "required".to_owned(), |default| format!("default: {default}")));
    }
    let defaults = DEFAULTS.iter().find(|defaults| defaults.option == option)?;
    let default = if matches!(command, "serve" | "doctor") { defaults.serve } else { Some(defaults.dev) };
    Some(default.map_or_else(|| "required".to_owned(), |default| format!("default: {default}")))
}

/// Adds the default of each option to its help texts.
pub(super) fn show(command: Command) -> Command {
    let name = command.get_name().to_owned();
    command.mut_args(|argument| match note(&name, argument.get_long().unwrap_or_default()) {
        Some(note) => with_note(argument, &note),
        None => argument,
    })
}

fn with_note(argument: Arg, note: &str) -> Arg {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let long_help = argument.get_long_help().map_or_else(|| help.clone(), ToString::to_string);
    argument.help(format!("{help} [{note}]")).long_help(format!("{long_help}\n\n[{note}]"))
}
