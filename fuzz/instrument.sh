#!/bin/sh
# Compiles with the instrumentation of coverage that libFuzzer reads. `cargo xtask fuzz` names it as the wrapper of rustc
# for the packages of this workspace, so that dependencies are not compiled again.
exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
