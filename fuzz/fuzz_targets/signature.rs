//! The program of the target `signature`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::signature::run(bytes));
