//! Tests that this build opens the stores of former builds without loss. One module for each former format.

#[cfg(test)]
mod store_2026_11;
