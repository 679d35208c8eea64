//! What `aws cognito-idp list-users` prints: one page or several, one after the other.
//!
//! The objects in the lists are cut out of the text as it is read, so that a file of any size takes the memory of one
//! user, and each user has a line.

use std::io::{self, BufRead};

use lido_domain::pool::SignInNames;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Row, UserRow};
use crate::{operations::seed::Entry, store::PoolRecord};

/// The most bytes of a user. All attributes of one are some hundred thousand at most.
const MAX_BYTES: usize = 1024 * 1024;

/// The most objects and lists within each other. The end of more is not looked for.
const MAX_DEPTH: usize = 64;

/// The users in the pages.
pub(super) struct ListedUsers<R> {
    input: R,
    line: u64,
    /// What is open at this place of the text: `{` or `[`.
    open: Vec<u8>,
    in_text: bool,
    after_backslash: bool,
    /// The attributes that are usernames, in a pool where they are.
    contacts: Vec<&'static str>,
    is_done: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedUser {
    username: String,
    #[serde(default)]
    attributes: Vec<ListedAttribute>,
    #[serde(default = "enabled")]
    enabled: bool,
    user_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListedAttribute {
    name: String,
    #[serde(default)]
    value: String,
}

const fn enabled() -> bool {
    true
}

impl<R: BufRead> ListedUsers<R> {
    pub(super) fn new(input: R, pool: &PoolRecord) -> Self {
        let contacts = match &pool.pool.names {
            SignInNames::Attributes(kinds) => kinds.iter().map(|kind| kind.attribute()).collect(),
            SignInNames::UsernameOnly | SignInNames::Aliases(_) => Vec::new(),
        };
        let open = Vec::new();
        Self { input, line: 1, open, in_text: false, after_backslash: false, contacts, is_done: false }
    }

    /// Returns the next user.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        let mut user = Vec::new();
        let mut began = 0;
        while let Some(byte) = self.read_byte()? {
            let depth = self.open.len();
            if self.in_text {
                self.step_in_text(byte);
            } else {
                match byte {
                    b'"' => self.in_text = true,
                    b'{' | b'[' => {
                        if depth == MAX_DEPTH {
                            self.is_done = true;
                            return Ok(Some((self.line, Err("too many lists within each other".to_owned()))));
                        }
                        self.open.push(byte);
                    }
                    b'}' | b']' => {
                        let opened = if byte == b'}' { b'{' } else { b'[' };
                        if self.open.pop() != Some(opened) {
                            self.is_done = true;
                            return Ok(Some((
                                self.line,
                                Err("not JSON: a bracket has no other half".to_owned()),
                            )));
                        }
                    }
                    _ => {}
                }
            }
            // An object in the list of the page, or in a list by itself, as `--query Users` prints it.
            let is_user = |open: &[u8]| matches!(open, [b'{', b'[', b'{', ..] | [b'[', b'{', ..]);
            if began == 0 && is_user(&self.open) {
                began = self.line;
            }
            if began > 0 {
                if user.len() < MAX_BYTES {
                    user.push(byte);
                }
                if !is_user(&self.open) {
                    return Ok(Some((began, self.user(&user))));
                }
            }
        }
        if self.open.is_empty() || self.is_done {
            return Ok(None);
        }
        self.is_done = true;
        self.open.clear();
        Ok(Some((self.line, Err("the file ends in the middle of a page".to_owned()))))
    }

    fn step_in_text(&mut self, byte: u8) {
        match byte {
            _ if self.after_backslash => self.after_backslash = false,
            b'\\' => self.after_backslash = true,
            b'"' => self.in_text = false,
            _ => {}
        }
    }

    fn read_byte(&mut self) -> io::Result<Option<u8>> {
        if self.is_done {
            return Ok(None);
        }
        let byte = self.input.fill_buf()?.first().copied();
        if let Some(byte) = byte {
            self.input.consume(1);
            self.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }

    fn user(&self, text: &[u8]) -> Result<UserRow, String> {
        if text.len() == MAX_BYTES {
            return Err("the user is larger than 1 MiB".to_owned());
        }
        let listed: ListedUser = serde_json::from_slice(text)
            .map_err(|error| format!("no user as list-users prints it (line {} of it)", error.line()))?;
        let find =
            |name: &str| listed.attributes.iter().find(|one| one.name == name).map(|one| one.value.as_str());
        let mut entry = Entry::new();
        // In such a pool the service lists the sub as username.
        let username = self.contacts.iter().find_map(|name| find(name)).unwrap_or(&listed.username);
        entry.insert("Username".to_owned(), username.into());
        // *Chosen*: the sub stays, because apps store it; an import job of the service gives users new ones.
        if let Some(sub) = find("sub").filter(|sub| is_sub(sub)) {
            entry.insert("Sub".to_owned(), sub.into());
        }
        // *Chosen*: of those who had a password. An unconfirmed user stays so, since no address is proven by a list.
        let had_none = |status: &&str| matches!(*status, "UNCONFIRMED" | "EXTERNAL_PROVIDER");
        let status = listed.user_status.as_deref().filter(had_none).unwrap_or("RESET_REQUIRED");
        entry.insert("UserStatus".to_owned(), status.into());
        entry.insert("Enabled".to_owned(), listed.enabled.into());
        // `identities` are those of identity providers, which no administrator can set.
        let given = listed.attributes.into_iter().filter(|one| {
            !matches!(one.name.as_str(), "sub" | "identities")
                && !one.name.starts_with("cognito:")
                && !one.value.is_empty()
        });
        let attributes: Map<String, Value> = given.map(|one| (one.name, one.value.into())).collect();
        entry.insert("UserAttributes".to_owned(), Value::Object(attributes));
        Ok(UserRow { entry, mfa: None, needs_verified: false })
    }
}

fn is_sub(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok_and(|parsed| parsed.to_string() == text)
}
