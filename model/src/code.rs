//! The kinds of diagnostics. This file has the type and the macro that makes a table of codes; [`codes`](crate::codes)
//! has the codes of the loader, and each tool that reports diagnostics has a table of its own.

use std::fmt;

/// A kind of diagnostic: its stable id, a title, and an explanation.
///
/// # Examples
///
/// ```
/// use lido_model::{codes, load};
///
/// let errors = load(&[("weather.json", "{}")]).unwrap_err();
/// assert_eq!(errors[0].code, &codes::SMITHY_VERSION);
/// assert_eq!(errors[0].code.id(), "M005");
/// ```
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Code {
    id: &'static str,
    title: &'static str,
    explanation: &'static str,
}

impl Code {
    /// Returns a code. The id is a letter for the tool and three digits, and is never used again for another kind.
    pub const fn new(id: &'static str, title: &'static str, explanation: &'static str) -> Self {
        Self { id, title, explanation }
    }

    /// Returns the id, such as `M005`.
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the title, a phrase without a full stop.
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Returns the explanation: when the diagnostic is reported, why, and what to do.
    pub const fn explanation(&self) -> &'static str {
        self.explanation
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Defines a table of codes: a static for each, and `ALL` with all of them in order.
#[macro_export]
macro_rules! codes {
    ($($name:ident $id:literal $title:literal $explanation:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub static $name: $crate::Code = $crate::Code::new($id, $title, $explanation);
        )*

        /// Every code, sorted by id.
        pub static ALL: &[&$crate::Code] = &[$(&$name),*];
    };
}
