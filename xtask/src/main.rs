//! What is done to this workspace.

fn main() {}
