//! Everything the loader promises, from outside. Each module is about one promise.

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
