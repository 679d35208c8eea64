//! How messages show the values of a shape, and what they list about its constraints.
//!
//! The live service prints values as Java does. A value is printed from the JSON text of the request, so that one that
//! could not be made is shown as it was sent; [`Form`] says what that text means. `style/java.rs` prints it.

use std::collections::BTreeMap;

use aws_smithy_types::{BigDecimal, BigInteger, Blob, DateTime, Document};

use crate::Rules;

/// What messages show of the values of a type. Implemented for every type that is read.
pub trait Shape {
    /// Returns the constraints of the shape, which a message about the list or map around a value lists.
    ///
    /// `None` keeps messages from showing values of the shape, and lists and maps that contain them. A shape without
    /// constraints whose values may be shown returns [`Rules::NONE`].
    fn rules() -> Option<&'static Rules> {
        None
    }

    /// Returns the form in which messages show a value.
    fn form() -> Form {
        Form::Json
    }
}

/// The form in which messages show a value.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// A value that JSON describes completely: a string without quotes, a number, or a document.
    Json,
    /// An integer, without the fraction that is cut off when it is read.
    Integer,
    /// A Java buffer of as many bytes as the text has in base64.
    Blob,
    /// A list of elements of this form.
    List(fn() -> Form),
    /// A map with values of this form.
    Map(fn() -> Form),
    /// A structure.
    Structure(&'static StructureForm),
}

/// A member of a structure: its name in JSON, the name that messages show, and the form of its value.
pub type FormMember = (&'static str, &'static str, fn() -> Form);

/// The form of a structure or union: `Class(member=value, other=null)`.
#[derive(Debug)]
pub struct StructureForm {
    pub(crate) class: &'static str,
    /// The members, in model order.
    pub(crate) members: &'static [FormMember],
}

impl StructureForm {
    /// Returns the form of the structure that Java calls `class`, with these members in model order.
    pub const fn new(class: &'static str, members: &'static [FormMember]) -> Self {
        Self { class, members }
    }

    /// Returns the members by their names in JSON, with the forms of their values.
    pub fn members(&self) -> impl Iterator<Item = (&'static str, Form)> + use<> {
        self.members.iter().map(|(name, _, form)| (*name, form()))
    }
}

/// Returns `Rules::NONE` if messages may show a value whose parts have these rules.
pub(crate) fn showable(parts: &[Option<&'static Rules>]) -> Option<&'static Rules> {
    parts.iter().all(|rules| rules.is_some_and(Rules::may_show)).then_some(&Rules::NONE)
}

macro_rules! scalars {
    ($($form:ident: $($type:ty),*;)*) => {$($(
        impl Shape for $type {
            fn rules() -> Option<&'static Rules> {
                Some(&Rules::NONE)
            }

            fn form() -> Form {
                Form::$form
            }
        }
    )*)*};
}
scalars! {
    Json: String, bool, f32, f64, BigInteger, BigDecimal, DateTime, Document;
    Integer: i8, i16, i32, i64;
    Blob: Blob;
}

/// A member of a union without a value.
impl Shape for () {}

impl<T: Shape> Shape for Vec<T> {
    fn rules() -> Option<&'static Rules> {
        showable(&[T::rules()])
    }

    fn form() -> Form {
        Form::List(T::form)
    }
}

impl<K: crate::read::ReadKey, V: Shape> Shape for BTreeMap<K, V> {
    fn rules() -> Option<&'static Rules> {
        showable(&[K::rules(), V::rules()])
    }

    fn form() -> Form {
        Form::Map(V::form)
    }
}

impl<T: Shape> Shape for Box<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules()
    }

    fn form() -> Form {
        T::form()
    }
}

/// An element or value of a sparse list or map.
impl<T: Shape> Shape for Option<T> {
    fn rules() -> Option<&'static Rules> {
        T::rules()
    }

    fn form() -> Form {
        T::form()
    }
}
