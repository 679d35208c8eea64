//! Finds similar names, for the suggestions in diagnostics.

/// Names longer than this are not compared, because the comparison is quadratic.
const MAX_LENGTH: usize = 120;

/// Returns the candidate most similar to `wanted`, or `None` if none is similar.
///
/// Similar are ids with a small edit distance, and names with a small one in another namespace. Of equally similar
/// candidates the first is returned.
///
/// # Examples
///
/// ```
/// let shapes = ["example.weather#CityName", "smithy.api#String"];
/// let nearest = |name| lido_model::nearest(name, shapes.into_iter());
/// assert_eq!(nearest("example.weather#CityNam"), Some("example.weather#CityName"));
/// assert_eq!(nearest("example.weather#Strng"), Some("smithy.api#String"));
/// assert_eq!(nearest("example.weather#Days"), None);
/// ```
pub fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = own_name(wanted);
    let tolerance = (name.len() / 4).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.filter(|candidate| *candidate != wanted) {
        let distance = match own_name(candidate).eq_ignore_ascii_case(name) {
            true => 0,
            false => {
                let within = distance(wanted, candidate, tolerance);
                let elsewhere = distance(name, own_name(candidate), tolerance).saturating_add(1);
                within.min(elsewhere)
            }
        };
        if distance <= tolerance + 1 && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns the part after the `#` of a shape id, or the whole text if there is none.
fn own_name(text: &str) -> &str {
    text.rsplit('#').next().unwrap_or(text)
}

/// Returns the edit distance of two names, ignoring case, or any number above `limit` if it exceeds `limit`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    if a.len().max(b.len()) > MAX_LENGTH || a.len().abs_diff(b.len()) > limit {
        return usize::MAX;
    }
    // Ids of one model mostly share a prefix, which need not be compared.
    let same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x.eq_ignore_ascii_case(y)).count();
    let (a, b) = (a.bytes().skip(same), b.bytes().skip(same));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, x) in a.enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        let mut least = left;
        for (cell, y) in row.iter_mut().skip(1).zip(b.clone()) {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
            least = least.min(left);
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
        if least > limit {
            return usize::MAX;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_returns_only_similar_names() {
        let known = ["a.b#Thing", "a.b#Other", "smithy.api#String"];
        assert_eq!(nearest("a.b#Thnig", known.into_iter()), None, "two letters of five are too many");
        assert_eq!(nearest("a.b#Thin", known.into_iter()), Some("a.b#Thing"));
        assert_eq!(nearest("a.b#String", known.into_iter()), Some("smithy.api#String"));
        assert_eq!(nearest("a.b#OTHER", known.into_iter()), Some("a.b#Other"));
        assert_eq!(nearest("a.b#Unrelated", known.into_iter()), None);
        assert_eq!(nearest("", [""; 0].into_iter()), None);
    }

    #[test]
    fn distance_counts_edits() {
        for (a, b, expected) in
            [("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("a", "A", 0)]
        {
            assert_eq!(distance(a, b, 9), expected, "{a} {b}");
        }
    }
}
