//! Names that botocore does not give and Smithy wants.

use std::collections::HashSet;

use heck::ToShoutySnakeCase as _;

/// Whether Smithy takes `text` for a name.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars().skip_while(|letter| *letter == '_');
    let is_start =
        |letter: char| letter.is_ascii_alphabetic() || (text.starts_with('_') && letter.is_ascii_digit());
    letters.next().is_some_and(is_start)
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The namespace as AWS's published models form it: `Cognito Identity Provider` is
/// `com.amazonaws.cognitoidentityprovider`.
pub(super) fn namespace(service_id: &str) -> Option<String> {
    let name: String = service_id.chars().filter(char::is_ascii_alphanumeric).collect();
    is_identifier(&name).then(|| format!("com.amazonaws.{}", name.to_ascii_lowercase()))
}

/// A name for each value of an enum, in the same order, each only once.
///
/// The name is the value in capitals, words parted by `_`. It depends on the values before it only
/// where two differ in nothing but case or punctuation, so a new value seldom changes old names.
pub(super) fn of_values(values: &[String]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut unique = |name: String| {
        let mut candidate = name.clone();
        let mut count = 1;
        while !taken.insert(candidate.clone()) {
            count += 1;
            candidate = format!("{name}_{count}");
        }
        candidate
    };
    values.iter().map(|value| unique(of_value(value))).collect()
}

fn of_value(value: &str) -> String {
    let words: String =
        value.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    let name = words.to_shouty_snake_case();
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else if name.is_empty() {
        // Nothing but signs, such as ">=": their code points are a name that will not change.
        let points: Vec<_> = value.chars().map(|sign| format!("U{:04X}", u32::from(sign))).collect();
        if points.is_empty() { "EMPTY".to_owned() } else { points.join("_") }
    } else {
        format!("V_{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(values: &[&str]) -> Vec<String> {
        of_values(&values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn values_become_capitals() {
        assert_eq!(
            named(&["USER_SRP_AUTH", "phone_number", "NoRisk", "m5.large", "aws:SourceIp", "SAML2", "code"]),
            ["USER_SRP_AUTH", "PHONE_NUMBER", "NO_RISK", "M5_LARGE", "AWS_SOURCE_IP", "SAML2", "CODE"]
        );
    }

    #[test]
    fn every_value_gets_a_legal_name_of_its_own() {
        let values = ["On", "on", "ON", "2xlarge", ">=", "", "*", "é", "_", "a b", "a-b"];
        let names = named(&values);
        assert_eq!(names[..5], ["ON", "ON_2", "ON_3", "V_2XLARGE", "U003E_U003D"]);
        assert_eq!(names[5..8], ["EMPTY", "U002A", "U00E9"]);
        assert!(names.iter().all(|name| is_identifier(name)), "{names:?}");
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), values.len());
    }

    #[test]
    fn namespaces_are_those_of_the_published_models() {
        let of = |id| namespace(id).unwrap_or_default();
        assert_eq!(of("Cognito Identity Provider"), "com.amazonaws.cognitoidentityprovider");
        assert_eq!(of("DynamoDB"), "com.amazonaws.dynamodb");
        assert_eq!(of("S-3"), "com.amazonaws.s3");
        assert_eq!([of(""), of("1st"), of("ü")], ["", "", ""]);
    }

    #[test]
    fn identifiers_are_smithys() {
        assert!(["a", "A_1", "_1", "__a"].into_iter().all(is_identifier));
        assert!(!["", "_", "1a", "a-b", "a.b", "ä"].into_iter().any(is_identifier));
    }
}
