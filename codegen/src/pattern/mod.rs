//! Patterns of the model.
