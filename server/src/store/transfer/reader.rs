//! Reads the lines of an export, each with its number, and of bounded length.

use std::io::{self, BufRead, Read as _};

use super::{
    TransferError,
    line::{End, Header, RecordLine, Tally},
};

/// The longest line that is read. The longest that an export has is that of an image.
pub(super) const MAX_LINE: usize = 32 * 1024 * 1024;

/// What is wrong with a line. The reason quotes nothing of what the line says about users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFault {
    /// The number of the line, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// A line after the header.
#[derive(Debug)]
pub(super) enum Line {
    /// A record.
    Record(Box<RecordLine>),
    /// A line that cannot be read.
    Damaged(String),
    /// The end, and whether it fits what was read.
    End {
        /// Whether the lines before it are those that were written.
        is_whole: bool,
    },
}

/// The lines of an export.
pub(super) struct Lines<R> {
    input: R,
    tally: Tally,
    buffer: Vec<u8>,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// The file cannot be read, or is no export that this build can read.
    pub(super) fn open(input: R) -> Result<(Header, Self), TransferError> {
        let mut lines = Self { input, tally: Tally::default(), buffer: Vec::new(), bytes: 0 };
        let is_line = lines.read_line()?;
        let header: Option<Header> = is_line.then(|| serde_json::from_slice(&lines.buffer).ok()).flatten();
        let Some(header) = header else {
            let text = "the file is no export of Lido: its first line is no header; lido export writes one";
            return Err(TransferError::Foreign(text.to_owned()));
        };
        if let Some(refusal) = header.refusal() {
            return Err(TransferError::Foreign(refusal));
        }
        lines.tally.add(&lines.buffer);
        Ok((header, lines))
    }

    /// Returns the number of lines that were read, and so the number of the last one.
    pub(super) fn number(&self) -> u64 {
        self.tally.lines()
    }

    /// Returns the next line, or `None` at the end of the file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if !self.read_line()? {
            return Ok((!self.buffer.is_empty()).then(|| {
                self.tally.add(&self.buffer);
                Line::Damaged("the line has no end or is too long".to_owned())
            }));
        }
        // A record begins with its pool, so that it is not read twice.
        let end = self.buffer.starts_with(b"{\"end\"").then(|| serde_json::from_slice::<End>(&self.buffer));
        if let Some(Ok(End { end })) = end {
            let is_whole = end == self.tally.totals();
            self.tally.add(&self.buffer);
            return Ok(Some(Line::End { is_whole }));
        }
        self.tally.add(&self.buffer);
        Ok(Some(match RecordLine::decode(self.buffer.trim_ascii_end()) {
            Ok(line) => Line::Record(Box::new(line)),
            Err(reason) => Line::Damaged(reason),
        }))
    }

    /// Returns the length of the lines that were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns what was read so far, for an export that goes on after it.
    pub(super) fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// Reads a line with its end into the buffer. Returns `false` at the end of the file, and for a line that is not
    /// whole.
    fn read_line(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        if self.buffer.last() == Some(&b'\n') {
            return Ok(true);
        }
        if self.buffer.len() == MAX_LINE {
            self.skip_line()?;
        }
        Ok(false)
    }

    /// Skips what is left of a line.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let available = self.input.fill_buf()?;
            match available.iter().position(|byte| *byte == b'\n') {
                Some(at) => {
                    self.input.consume(at + 1);
                    return Ok(());
                }
                None if available.is_empty() => return Ok(()),
                None => {
                    let length = available.len();
                    self.input.consume(length);
                }
            }
        }
    }
}
