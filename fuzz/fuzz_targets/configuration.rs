//! The program of the target `configuration`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::configuration::run(bytes));
