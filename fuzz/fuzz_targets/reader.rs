//! The program of the target `reader`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::reader::run(bytes));
