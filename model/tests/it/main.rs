//! Tests of the loader through its public API. Each module is about one step of loading.

#![cfg(test)]

mod cognito;
mod files;
mod merging;
mod mixins;
mod models;
mod robustness;
mod services;
mod shared_models;
mod targets;
mod traits;
mod version_one;
