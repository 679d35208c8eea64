//! The CSV of import jobs of Amazon Cognito.
//!
//! *Documented*: a header with the names of attributes in any order, `cognito:username` and `cognito:mfa_enabled`
//! among them; UTF-8; no quotes, and a comma in a value as `\,`; values without blanks around them; `true` and
//! `false` in any case; rows of at most 16,000 characters. *Chosen*: values are stored as they are written, dates
//! too.

use std::io::{self, BufRead, Read as _};

use serde_json::{Map, Value};

use super::{Row, UserImportError, UserRow};
use crate::{operations::seed::Entry, store::PoolRecord};

const USERNAME: &str = "cognito:username";
const MFA: &str = "cognito:mfa_enabled";

/// The longest row, in characters.
const MAX_CHARACTERS: usize = 16_000;

/// The most bytes that such a row and the end of its line have.
const MAX_BYTES: u64 = 4 * 16_000 + 2;

/// The rows of a CSV.
pub(super) struct CsvRows<R> {
    input: R,
    /// The names of the columns.
    columns: Vec<String>,
    line: u64,
    /// Whether `cognito:mfa_enabled` turns messages to a phone on.
    has_sms: bool,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// The file cannot be read, or has no header.
    pub(super) fn open(input: R, pool: &PoolRecord) -> Result<Self, UserImportError> {
        let has_sms = pool.pool.mfa.factors.contains(&lido_domain::pool::mfa::MfaFactor::Sms);
        let mut rows = Self { input, columns: Vec::new(), line: 0, has_sms };
        let wrong = |text: &str| UserImportError::Header(text.to_owned());
        let neither = "the file is neither what aws cognito-idp list-users prints, nor the CSV of an import job, whose header \
                       has cognito:username and cognito:mfa_enabled";
        let header = rows.read_line()?.and_then(Result::ok).ok_or_else(|| wrong(neither))?;
        // *Documented*: without a byte order mark; spreadsheets write one all the same.
        rows.columns = split(header.strip_prefix('\u{feff}').unwrap_or(&header));
        for name in [USERNAME, MFA] {
            if !rows.columns.iter().any(|column| column == name) {
                return Err(wrong(neither));
            }
        }
        for (index, column) in rows.columns.iter().enumerate() {
            if rows.columns.iter().take(index).any(|other| other == column) {
                return Err(wrong("a column is there twice"));
            }
            if !column.starts_with("cognito:") && pool.pool.schema.get(column).is_none() {
                return Err(UserImportError::Header(format!(
                    "the user pool has no attribute {column}; remove the column"
                )));
            }
        }
        Ok(rows)
    }

    /// Returns the next row that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some(read) = self.read_line()? else { return Ok(None) };
            let row = match read {
                Ok(text) if text.trim().is_empty() => continue,
                Ok(text) => self.user(&text),
                Err(reason) => Err(reason),
            };
            return Ok(Some((self.line, row)));
        }
    }

    /// Reads a line without its end.
    fn read_line(&mut self) -> io::Result<Option<Result<String, String>>> {
        let mut bytes = Vec::new();
        if self.input.by_ref().take(MAX_BYTES).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let is_whole = bytes.ends_with(b"\n");
        if !is_whole && u64::try_from(bytes.len()).unwrap_or(u64::MAX) == MAX_BYTES {
            skip_line(&mut self.input)?;
            return Ok(Some(Err(too_long())));
        }
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(Some(Err("the row is not UTF-8".to_owned())));
        };
        let text = text.trim_end_matches(['\n', '\r']);
        Ok(Some(if text.chars().count() > MAX_CHARACTERS { Err(too_long()) } else { Ok(text.to_owned()) }))
    }

    fn user(&self, text: &str) -> Result<UserRow, String> {
        let values = split(text);
        if values.len() != self.columns.len() {
            return Err(format!(
                "the row has {} values, and the header {}",
                values.len(),
                self.columns.len()
            ));
        }
        let (mut attributes, mut entry, mut mfa) = (Map::new(), Entry::new(), None);
        for (column, value) in self.columns.iter().zip(values) {
            if value.is_empty() {
                continue;
            }
            match column.as_str() {
                USERNAME => {
                    entry.insert("Username".to_owned(), value.into());
                }
                MFA => mfa = Some(truth(column, &value)?),
                _ if column.ends_with("_verified") => {
                    attributes.insert(column.clone(), truth(column, &value)?.to_string().into());
                }
                _ if column.starts_with("cognito:") => {}
                _ => {
                    attributes.insert(column.clone(), value.into());
                }
            }
        }
        if !entry.contains_key("Username") {
            return Err(format!("{USERNAME} is empty"));
        }
        if mfa == Some(true) && self.has_sms && attributes.contains_key("phone_number") {
            entry.insert("UserMFASettingList".to_owned(), Value::Array(vec!["SMS_MFA".into()]));
        }
        entry.insert("UserStatus".to_owned(), "RESET_REQUIRED".into());
        entry.insert("UserAttributes".to_owned(), Value::Object(attributes));
        Ok(UserRow { entry, mfa, needs_verified: true })
    }
}

fn too_long() -> String {
    format!("the row has more than {MAX_CHARACTERS} characters")
}

fn truth(column: &str, value: &str) -> Result<bool, String> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("{column} is neither true nor false")),
    }
}

/// Splits a row at its commas, except those after a backslash.
fn split(text: &str) -> Vec<String> {
    let (mut values, mut value) = (Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&',') => {
                characters.next();
                value.push(',');
            }
            ',' => values.push(std::mem::take(&mut value).trim().to_owned()),
            other => value.push(other),
        }
    }
    values.push(value.trim().to_owned());
    values
}

/// Skips what is left of a line.
fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let available = input.fill_buf()?;
        match available.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                input.consume(at + 1);
                return Ok(());
            }
            None if available.is_empty() => return Ok(()),
            None => {
                let length = available.len();
                input.consume(length);
            }
        }
    }
}
