//! The program of the target `policy`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lido_fuzz::policy::run(bytes));
