//! The program of the target `token`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::token::run(bytes));
