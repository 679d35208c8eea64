//! Loads Smithy 2.0 models in JSON AST form.
//!
//! [`load`](load()) reads any number of files into one resolved [`Model`]: mixins are flattened, `apply` statements are merged,
//! enums and sets of Smithy 1.0 are converted to their 2.0 form, and every target exists. A model with errors is refused
//! with [`Diagnostic`]s, each of which names the file with line and column, the JSON pointer, the shape and a remedy. Loading never panics.
//!
//! It is stricter than Smithy in three cases, so that nothing in a file is ignored silently: a key that is repeated in
//! an object, a property that a shape of that type does not have, and a shape that two files define, even identically,
//! are errors.
//!
//! The package does not generate code and does not depend on a protocol; `lido-codegen` does both.
//!
//! # Examples
//!
//! ```
//! use lido_model::{ShapeKind, load};
//!
//! let file = r#"{
//!     "smithy": "2.0",
//!     "shapes": {
//!         "example.weather#CityName": {
//!             "type": "string",
//!             "traits": { "smithy.api#length": { "min": 1, "max": 40 } }
//!         }
//!     }
//! }"#;
//!
//! let model = load(&[("weather.json", file)]).unwrap();
//! let shape = model.find_shape("example.weather#CityName").unwrap();
//! assert!(matches!(shape.kind, ShapeKind::String));
//! assert_eq!(shape.traits.length().unwrap().max, Some(40));
//!
//! // Errors name the file with line and column, the JSON pointer and a remedy.
//! let errors = load(&[("weather.json", r#"{"smithy": "2.0", "shape": {}}"#)]).unwrap_err();
//! assert_eq!(errors[0].code, &lido_model::codes::UNKNOWN_PROPERTY);
//! assert!(errors[0].to_string().contains("at weather.json:1:28 #/shape"));
//! ```

mod apply;
mod code;
pub mod codes;
mod cycle;
mod diagnostic;
mod document;
mod draft;
mod findings;
mod id;
mod load;
mod mixin;
mod nearest;
mod place;
mod prelude;
mod read;
mod resolve;
mod resource;
mod shape;
mod traits;
mod upgrade;
mod validate;

pub use code::Code;
pub use diagnostic::{Diagnostic, Origin, Place, Severity};
pub use id::ShapeId;
pub use load::load;
pub use nearest::nearest;
pub use shape::{Member, Model, Shape, ShapeKind};
pub use traits::{Length, Range, Traits};
