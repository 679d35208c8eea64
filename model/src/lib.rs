//! Reads Smithy 2.0 models in their JSON AST form.
//!
//! [`load`] takes the bytes of any number of files and gives one [`Model`] in which nothing is left
//! to resolve: mixins are flattened, `apply` statements merged, 1.0 enums and sets turned into their
//! 2.0 forms, every target known. What it cannot read it refuses with [`Diagnostic`]s that name the
//! file, the place in it, the shape and the remedy; it never panics, whatever the bytes.
//!
//! It is stricter than Smithy in three ways, so that nothing an author wrote is lost without a word: a
//! key that stands twice in one object, a property that no shape of the type has, and a shape that two
//! files define, even equally, are errors.
//!
//! It knows nothing of Rust code or of any one protocol: that is `lido-codegen`'s.

mod apply;
mod circle;
mod diagnostic;
mod document;
mod draft;
mod findings;
mod id;
mod load;
mod mixin;
mod nearest;
mod prelude;
mod read;
mod resolve;
mod resource;
mod shape;
mod traits;
mod upgrade;
mod validate;

pub use diagnostic::{Diagnostic, Origin, Severity};
pub use id::ShapeId;
pub use load::load;
pub use shape::{Member, Model, Shape, ShapeKind};
pub use traits::{Length, Range, Traits};
