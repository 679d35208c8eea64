//! The settings of a pool after a request: what is stored, and what the rules need to know about the request.
//!
//! Each operation makes them in its own module; [`super::PoolSettings::check`] has the rules.

use serde_json::{Map, Value};

/// An operation that changes settings of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsOperation {
    /// CreateUserPool.
    CreateUserPool,
    /// UpdateUserPool.
    UpdateUserPool,
    /// SetUserPoolMfaConfig.
    SetUserPoolMfaConfig,
}

/// The settings of a pool after a request that changes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedSettings {
    /// The operation of the request.
    pub operation: SettingsOperation,
    /// The members of the settings that the request contains.
    pub request: Map<String, Value>,
    /// The settings before the request; `None` if it creates the pool.
    pub former: Option<Value>,
    /// The settings to store.
    pub settings: Value,
    /// The settings that the rules check: those to store, without members that count as absent because the request omits
    /// them.
    pub judged: Value,
}

/// Returns the settings of a new pool.
pub fn create_user_pool(request: Map<String, Value>) -> ChangedSettings {
    let settings = Value::Object(request.clone());
    let operation = SettingsOperation::CreateUserPool;
    ChangedSettings { operation, request, former: None, judged: settings.clone(), settings }
}
