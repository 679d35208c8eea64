//! The progress of a long command, on a terminal.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use indicatif::{ProgressBar, ProgressStyle};

const COUNTING: &str = "{prefix} {human_pos} {msg}, {per_sec}";

const TEMPLATE: &str = "{prefix} [{bar:30}] {human_pos} of {human_len} {msg}, {eta} left";

/// A bar on standard error, which only a terminal shows. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Shows a bar of things that are counted by `unit`, such as `pages`.
    pub(crate) fn new(verb: &'static str, unit: &'static str) -> Self {
        Self::with_template(TEMPLATE, verb, unit)
    }

    /// Shows a count of things whose number is not known.
    pub(crate) fn counting(verb: &'static str, unit: &'static str) -> Self {
        Self::with_template(COUNTING, verb, unit)
    }

    fn with_template(template: &str, verb: &'static str, unit: &'static str) -> Self {
        let bar = ProgressBar::new(0).with_prefix(verb).with_message(unit);
        // The templates are valid, which a test shows; a bar that looks different is no error.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> "));
        Self(bar)
    }

    /// Prints a line on standard error, above the bar.
    pub(crate) fn print(&self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }

    /// Shows how much is done.
    pub(crate) fn set(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Whether the command was asked to end, by Ctrl-C or SIGTERM. The command ends in its own time, and leaves nothing
/// half done.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Listens for both signals from now on. A second one ends the process at once.
    ///
    /// # Errors
    /// The system refuses to register a signal handler.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let is_set = Arc::new(AtomicBool::new(false));
        let (is_asked, mut stop) = (Arc::clone(&is_set), super::stop::StopSignals::new(false)?);
        tokio::spawn(async move {
            stop.received().await;
            is_asked.store(true, Ordering::Relaxed);
        });
        Ok(Self(is_set))
    }

    /// Returns whether a signal has arrived.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_the_bars_are_valid() {
        for template in [TEMPLATE, COUNTING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
