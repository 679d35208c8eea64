//! Escaping of text in HTML, for the mails and pages that contain input of users.

use std::borrow::Cow;

/// Returns the text escaped for an HTML element, or for an attribute in double quotes.
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
    fn special_characters_are_escaped() {
        assert_eq!(escaped("ann's tag=+ ü"), "ann's tag=+ ü");
        assert_eq!(escaped("<a href=\"&amp;\">"), "&lt;a href=&quot;&amp;amp;&quot;&gt;");
    }
}
