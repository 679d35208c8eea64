//! Makes the names that Smithy requires and botocore does not have.

use std::collections::HashSet;

use heck::ToShoutySnakeCase as _;

/// Returns whether `text` is a legal name in Smithy.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars().skip_while(|letter| *letter == '_');
    let is_start =
        |letter: char| letter.is_ascii_alphabetic() || (text.starts_with('_') && letter.is_ascii_digit());
    letters.next().is_some_and(is_start)
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Returns the namespace as in the models that AWS publishes: `com.amazonaws.cognitoidentityprovider` for `Cognito Identity
/// Provider`. Returns `None` if the result is not legal.
pub(super) fn namespace(service_id: &str) -> Option<String> {
    let name: String = service_id.chars().filter(char::is_ascii_alphanumeric).collect();
    is_identifier(&name).then(|| format!("com.amazonaws.{}", name.to_ascii_lowercase()))
}

/// Returns a unique name for each value of an enum, in the same order.
///
/// The name is the value in capitals with `_` between words. Values that differ only in case or punctuation get numbers,
/// so that a new value seldom changes the names of others.
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
        // Only signs, such as ">=": a name of their code points.
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
    fn value_names_are_in_capitals() {
        assert_eq!(
            named(&["USER_SRP_AUTH", "phone_number", "NoRisk", "m5.large", "aws:SourceIp", "SAML2", "code"]),
            ["USER_SRP_AUTH", "PHONE_NUMBER", "NO_RISK", "M5_LARGE", "AWS_SOURCE_IP", "SAML2", "CODE"]
        );
    }

    #[test]
    fn value_names_are_legal_and_unique() {
        let values = ["On", "on", "ON", "2xlarge", ">=", "", "*", "é", "_", "a b", "a-b"];
        let names = named(&values);
        assert_eq!(names[..5], ["ON", "ON_2", "ON_3", "V_2XLARGE", "U003E_U003D"]);
        assert_eq!(names[5..8], ["EMPTY", "U002A", "U00E9"]);
        assert!(names.iter().all(|name| is_identifier(name)), "{names:?}");
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), values.len());
    }

    #[test]
    fn namespace_is_that_of_the_published_model() {
        let of = |id| namespace(id).unwrap_or_default();
        assert_eq!(of("Cognito Identity Provider"), "com.amazonaws.cognitoidentityprovider");
        assert_eq!(of("DynamoDB"), "com.amazonaws.dynamodb");
        assert_eq!(of("S-3"), "com.amazonaws.s3");
        assert_eq!([of(""), of("1st"), of("ü")], ["", "", ""]);
    }

    #[test]
    fn identifiers_follow_smithys_rules() {
        assert!(["a", "A_1", "_1", "__a"].into_iter().all(is_identifier));
        assert!(!["", "_", "1a", "a-b", "a.b", "ä"].into_iter().any(is_identifier));
    }
}
