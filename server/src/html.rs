//! Text in HTML: mails and pages say what others typed.

use std::borrow::Cow;

/// The text as HTML shows it, in an element or in an attribute with double quotes.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return text.into();
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").into()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_means_something_is_escaped() {
        assert_eq!(escaped("ann's tag=+ ü"), "ann's tag=+ ü");
        assert_eq!(escaped("<a href=\"&amp;\">"), "&lt;a href=&quot;&amp;amp;&quot;&gt;");
    }
}
