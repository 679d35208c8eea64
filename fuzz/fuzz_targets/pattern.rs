//! The program of the target `pattern`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::pattern::run(bytes));
