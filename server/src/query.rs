//! The query of a URL: names and values, as browsers and `curl --data-urlencode` encode them.

/// Returns the decoded pairs of a query. Bytes that are not UTF-8 are replaced, so that they match nothing.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// Decodes percent-encoded text.
///
/// *Chosen*: `+` stays a plus sign, so that `ann+test@example.com` and `+15550100` can be typed as they are. A space
/// must be `%20`, as in the links that this server makes.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = if *first == b'%' { after.split_first_chunk::<2>() } else { None };
        let code = code.and_then(|(digits, after)| Some((hex(digits[0])? * 16 + hex(digits[1])?, after)));
        let (byte, after) = code.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_decode_percent_encoding_but_not_plus() {
        let cases: [(&str, &[(&str, &str)]); 5] = [
            ("", &[]),
            ("a=b&c=&d&", &[("a", "b"), ("c", ""), ("d", "")]),
            ("to=%2B15550100&to=+15550100", &[("to", "+15550100"), ("to", "+15550100")]),
            ("username=%C3%A4%20b%3D=c", &[("username", "ä b==c")]),
            ("a=%&b=%4&c=%zz&d=%FF", &[("a", "%"), ("b", "%4"), ("c", "%zz"), ("d", "\u{fffd}")]),
        ];
        for (query, expected) in cases {
            let read: Vec<(String, String)> = pairs(query).collect();
            let read: Vec<(&str, &str)> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(read, expected, "{query}");
        }
    }
}
