//! Stores that former builds wrote open with this one, and nothing is lost or silently off. One module for each of them.

#[cfg(test)]
mod store_2026_11;
