//! The query of an address: names and values, as forms and `curl --data-urlencode` write them.

/// Its pairs, decoded. What is not UTF-8 afterwards is replaced, so it matches nothing.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// `+` is a plus sign: an address like `ann+test@example.com` or a number like `+15550100` is asked for as it stands
/// by people who type. Blanks come as `%20` (*Chosen*: neither a message nor a link of
/// ours has a blank that is written otherwise).
fn decode(text: &str) -> String {
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
    fn queries_are_read_as_typed_and_as_encoded() {
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
