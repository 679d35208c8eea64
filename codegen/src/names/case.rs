//! Converts names to `snake_case` and `PascalCase`, with the rules of smithy-rs.
//!
//! The two rules differ on acronyms: `CallbackURLs` is the field `callback_urls` and the type `CallbackUrLs`. Both are
//! implemented as they are, so that names equal those of the AWS SDK for Rust. Reserved names are handled in the parent
//! module.

/// Words that are not split although they mix letters and digits, or upper and lower case.
const WHOLE_WORDS: [&str; 7] = ["ipv4", "ipv6", "sigv4", "mib", "gib", "kib", "ttl"];

/// Returns `name` in `snake_case`.
pub(crate) fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let is_lowercase = name.to_lowercase() == name;
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let rest = characters.get(index..).unwrap_or_default();
        if !character.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        if let Some(last) = word.chars().last() {
            let after_lowercase = character.is_uppercase() && (last.is_lowercase() || last.is_ascii_digit());
            let after_digit = is_lowercase && character.is_lowercase() && last.is_ascii_digit();
            let splits = (after_lowercase || after_digit) && !is_in_whole_word(&word, rest);
            if splits || (last.is_uppercase() && begins_word_after_acronym(rest)) {
                words.push(std::mem::take(&mut word));
            }
        }
        word.push(character);
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words.join("_").to_lowercase()
}

/// Returns `name` in `PascalCase`.
pub(super) fn pascal_case(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    let mut last = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if character.is_alphanumeric() {
            let begins_word = match last {
                None => true,
                Some(last) if is_lowercase_or_digit(last) => character.is_ascii_uppercase(),
                Some(last) => {
                    last.is_ascii_uppercase()
                        && character.is_ascii_uppercase()
                        && characters.peek().is_some_and(char::is_ascii_lowercase)
                }
            };
            if begins_word {
                pascal.extend(character.to_uppercase());
            } else {
                pascal.extend(character.to_lowercase());
            }
            last = Some(character);
        } else {
            last = None;
        }
    }
    pascal
}

fn is_lowercase_or_digit(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit()
}

/// Returns whether `word` and the following characters start with one of [`WHOLE_WORDS`] that `word` does not contain
/// completely.
fn is_in_whole_word(word: &str, rest: &[char]) -> bool {
    let word = word.to_lowercase();
    let longest = WHOLE_WORDS.iter().map(|whole| whole.len()).max().unwrap_or_default();
    let text = word.chars().chain(rest.iter().take(longest).flat_map(|next| next.to_lowercase()));
    let text: String = text.take(longest).collect();
    WHOLE_WORDS.iter().any(|whole| text.starts_with(whole)) && !WHOLE_WORDS.contains(&word.as_str())
}

/// Returns whether the first character of `rest`, which follows an uppercase letter, starts a word. `U` does in `IAMUser`,
/// but neither `L` in `ACLs` nor `B` in `DynamoDBv2`.
fn begins_word_after_acronym(rest: &[char]) -> bool {
    match rest {
        [first, 's'] if first.is_uppercase() => false,
        [first, 's', third, ..] if first.is_uppercase() => third.is_lowercase(),
        [first, 'v', third, ..] if first.is_uppercase() => !third.is_ascii_digit(),
        [first, second, ..] => first.is_uppercase() && second.is_lowercase(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{pascal_case, snake_case};

    #[test]
    fn snake_case_splits_words_as_smithy_rs() {
        for (model, rust) in [
            ("ClientId", "client_id"),
            ("CallbackURLs", "callback_urls"),
            ("URLs", "urls"),
            ("ARNsList", "arns_list"),
            ("ARNSupport", "arn_support"),
            ("DBProxy", "db_proxy"),
            ("IAMUser", "iam_user"),
            ("DynamoDBv2", "dynamo_dbv2"),
            ("IPv4Address", "ipv4_address"),
            ("ipv6Cidr", "ipv6_cidr"),
            ("SigV4Region", "sigv4_region"),
            ("SizeInGiB", "size_in_gib"),
            ("DnsTtl", "dns_ttl"),
            ("S3Key", "s3_key"),
            ("s3key", "s3_key"),
            ("PrimaryRoute53HealthCheckId", "primary_route53_health_check_id"),
            ("CloudFrontDistributionARN", "cloud_front_distribution_arn"),
            ("UserPoolMFAConfig", "user_pool_mfa_config"),
            ("AllowedOAuthFlows", "allowed_o_auth_flows"),
            ("under_score", "under_score"),
            ("kebab-case.dotted", "kebab_case_dotted"),
            ("__x__", "x"),
            ("_", ""),
            ("", ""),
        ] {
            assert_eq!(snake_case(model), rust, "{model}");
        }
    }

    #[test]
    fn pascal_case_splits_words_as_smithy_rs() {
        for (model, rust) in [
            ("MFAOptionType", "MfaOptionType"),
            ("OAuthFlowType", "OAuthFlowType"),
            ("CallbackURLs", "CallbackUrLs"),
            ("S3Bucket", "S3Bucket"),
            ("MFA2KEY", "Mfa2Key"),
            ("USER_SRP_AUTH", "UserSrpAuth"),
            ("V1_0", "V10"),
            ("ap-northeast-1", "ApNortheast1"),
            ("dashed.dotted", "DashedDotted"),
            ("_leading", "Leading"),
            ("x", "X"),
            ("_", ""),
        ] {
            assert_eq!(pascal_case(model), rust, "{model}");
        }
    }
}
