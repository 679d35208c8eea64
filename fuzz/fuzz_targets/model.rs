//! The program of the target `model`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::model::run(bytes));
