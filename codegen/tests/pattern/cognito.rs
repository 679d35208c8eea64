//! The 64 patterns of Amazon Cognito user pools: all matchers agree, and each pattern has a sample and a counterexample
//! within the lengths that the model allows.

use super::{check_agreement, parse};

/// Shape, published pattern, minimum and maximum length.
#[rustfmt::skip]
const SHAPES: &[(&str, &str, usize, Option<usize>)] = &[
    ("AWSAccountIdType", r"[0-9]+", 0, Some(12)),
    ("AcrLevelKeyType", r"Level[1-4]", 0, None),
    ("AcrMappingKeyType", r"Level[1-4]", 0, None),
    ("AcrValueType", r"[\x21\x23-\x5B\x5D-\x7E]+", 1, Some(64)),
    ("ArnType", r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?", 20, Some(2048)),
    ("AttributeNameType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+", 1, Some(32)),
    ("AudienceType", r"[\x21\x23-\x5B\x5D-\x7E]+", 1, Some(256)),
    ("ClientIdType", r"[\w+]+", 1, Some(128)),
    ("ClientNameType", r"[\w\s+=,.@-]+", 1, Some(128)),
    ("ClientSecretType", r"[\w+]+", 24, Some(64)),
    ("CompletionMessageType", r"[\w]+", 1, Some(128)),
    ("ConfirmationCodeType", r"[\S]+", 1, Some(2048)),
    ("CustomAttributeNameType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", 1, Some(20)),
    ("DeviceKeyType", r"[\w-]+_[0-9a-f-]+", 1, Some(55)),
    ("DomainType", r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$", 1, Some(63)),
    ("EmailAddressType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+", 0, None),
    ("EmailInviteMessageType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", 6, Some(20000)),
    ("EmailMfaMessageType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", 6, Some(20000)),
    ("EmailMfaSubjectType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", 0, None),
    ("EmailNotificationBodyType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]+", 6, Some(20000)),
    ("EmailNotificationSubjectType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", 1, Some(140)),
    ("EmailVerificationMessageByLinkType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", 6, Some(20000)),
    ("EmailVerificationMessageType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*", 6, Some(20000)),
    ("EmailVerificationSubjectByLinkType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", 1, Some(140)),
    ("EmailVerificationSubjectType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", 1, Some(140)),
    ("EncryptionKeyArnType", r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?", 20, Some(2048)),
    ("EventIdType", r"[\w+-]+", 1, Some(50)),
    ("GetDerivedTokenTokenModelType", r"[A-Za-z0-9-_+/=.]+", 0, Some(131072)),
    ("GroupNameType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", 1, Some(128)),
    ("HexStringType", r"^[0-9a-fA-F]+$", 0, None),
    ("IdpIdentifierType", r"[\w\s+=.@-]+", 1, Some(40)),
    ("LanguageIdType", r"^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean|portuguese-brazil|chinese-(simplified|traditional))$", 0, None),
    ("LinkUrlType", r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$", 1, Some(1024)),
    ("ManagedLoginBrandingIdType", r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$", 0, None),
    ("OptionalArnType", r"(arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)?", 0, Some(2048)),
    ("PaginationKey", r"[\S]+", 1, Some(131072)),
    ("PaginationKeyType", r"[\S]+", 1, None),
    ("PasswordType", r"[\S]+", 0, Some(256)),
    ("ProviderNameType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+", 1, Some(32)),
    ("ProviderNameTypeV2", r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+", 1, Some(32)),
    ("RedirectUrlType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", 1, Some(1024)),
    ("ResourceIdType", r"^[\w\- ]+$", 1, Some(40)),
    ("ResourceServerIdentifierType", r"[\x21\x23-\x5B\x5D-\x7E]+", 1, Some(256)),
    ("ResourceServerNameType", r"[\w\s+=,.@-]+", 1, Some(256)),
    ("ResourceServerScopeNameType", r"[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+", 1, Some(256)),
    ("S3ArnType", r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:::[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?", 3, Some(1024)),
    ("S3BucketType", r"^[0-9A-Za-z\.\-_]*(?<!\.)$", 3, Some(1024)),
    ("SESConfigurationSet", r"^[a-zA-Z0-9_-]+$", 1, Some(64)),
    ("ScopeType", r"[\x21\x23-\x5B\x5D-\x7E]+", 1, Some(256)),
    ("SearchPaginationTokenType", r"[\S]+", 1, None),
    ("SecretCodeType", r"[A-Za-z0-9]+", 16, None),
    ("SecretHashType", r"[\w+=/]+", 1, Some(128)),
    ("SessionIdType", r"^(tkn|sso)[a-z0-9]{25}$", 28, Some(28)),
    ("SmsInviteMessageType", r"(?s).*", 6, Some(140)),
    ("SmsVerificationMessageType", r".*\{####\}.*", 6, Some(140)),
    ("SoftwareTokenMFAUserCodeType", r"[0-9]+", 6, Some(6)),
    ("TermsIdType", r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$", 0, None),
    ("TermsNameType", r"^(terms-of-use|privacy-policy)$", 0, None),
    ("TokenModelType", r"[A-Za-z0-9-_=.]+", 0, None),
    ("UserImportJobIdType", r"import-[0-9a-zA-Z-]+", 1, Some(55)),
    ("UserImportJobNameType", r"[\w\s+=,.@-]+", 1, Some(128)),
    ("UserPoolIdType", r"[\w-]+_[0-9a-zA-Z]+", 1, Some(55)),
    ("UserPoolNameType", r"[\w\s+=,.@-]+", 1, Some(128)),
    ("UsernameType", r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", 1, Some(128)),
];

/// Returns the anchored pattern: the service matches the whole string.
fn whole(published: &str) -> String {
    if published.starts_with('^') { published.to_owned() } else { format!("^(?:{published})$") }
}

#[test]
fn all_patterns_agree_between_engines() {
    assert_eq!(SHAPES.len(), 64);
    for (_, published, ..) in SHAPES {
        check_agreement(&whole(published));
    }
}

#[test]
fn all_patterns_have_samples_and_counterexamples() {
    for &(shape, published, least, greatest) in SHAPES {
        let pattern = parse(&whole(published));
        let shortest = pattern.shortest().unwrap_or_else(|| panic!("{shape} has a match"));
        let least_match = least.max(shortest.chars().count());
        assert!(pattern.sample(least_match).is_some(), "{shape} has a match of length {least_match}");
        if pattern.is_always() {
            assert_eq!(published, "(?s).*", "{shape}");
        } else {
            let lengths = least..=greatest.unwrap_or(usize::MAX);
            assert!(pattern.counterexample(lengths).is_some(), "{shape} has a counterexample");
        }
    }
}
