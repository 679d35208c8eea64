//! Fuzz targets: each is a function that takes any bytes and panics if something is wrong.
//!
//! A target does more than wait for a panic of the code that it calls: it compares with a second implementation, or
//! checks a rule that must hold for every input. `cargo xtask fuzz` searches for inputs that break it, with the
//! programs in `fuzz_targets/`; `tests/replay.rs` runs the inputs that are kept, which are in `corpus/` (small and
//! meaningful, where a search starts) and `found/` (inputs that failed once).

#[cfg(feature = "server")]
pub mod configuration;
pub mod model;
pub mod pattern;
pub mod policy;
pub mod reader;
pub mod signature;
#[cfg(feature = "server")]
pub mod token;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the program, and of the folders with its inputs.
    pub name: &'static str,
    /// Runs one input.
    ///
    /// # Panics
    /// If the input shows a fault.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    #[cfg(feature = "server")]
    Target { name: "configuration", run: configuration::run },
    Target { name: "model", run: model::run },
    Target { name: "pattern", run: pattern::run },
    Target { name: "policy", run: policy::run },
    Target { name: "reader", run: reader::run },
    Target { name: "signature", run: signature::run },
    #[cfg(feature = "server")]
    Target { name: "token", run: token::run },
];
