//! Reads Smithy 2.0 models in their JSON AST form.
//!
//! [`load`] takes the bytes of any number of files and gives one [`Model`] in which nothing is left
//! to resolve: mixins are flattened, `apply` statements merged, 1.0 enums and sets turned into their
//! 2.0 forms, every target known. What it cannot read it refuses with [`Diagnostic`]s that name the
//! file, the place in it, the shape and the remedy; it never panics, whatever the bytes.
//!
//! It knows nothing of Rust code or of any one protocol: that is `lido-codegen`'s.

mod diagnostic;
mod load;
mod resolve;
mod shape;
mod traits;

pub use diagnostic::{Diagnostic, Origin, Severity};
pub use load::load;
pub use shape::{Member, Model, Shape, ShapeId, ShapeKind};
pub use traits::{Length, Range, Traits};
