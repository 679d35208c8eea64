//! Lambda functions, as identified by the ARNs in a pool's LambdaConfig.

/// A function, with the parts of its ARN that the Invoke operation needs.
///
/// *Chosen*: the path contains the name alone, and `Qualifier` the version or alias, because serverless-offline, SAM
/// local, cargo-lambda and Lambda all accept this form. The account in the ARN is ignored: the credentials determine
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The name.
    pub name: String,
    /// The version or alias, if the ARN has one.
    pub qualifier: Option<String>,
    /// The Region, which signatures contain.
    pub region: String,
}

impl Function {
    /// Parses `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME`, with or without a qualifier. Returns `None` for any
    /// other text.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':');
        let (Some("arn"), Some(_), Some("lambda")) = (parts.next(), parts.next(), parts.next()) else {
            return None;
        };
        let (region, _account) = (parts.next()?, parts.next()?);
        let (Some("function"), Some(name)) = (parts.next(), parts.next()) else { return None };
        let qualifier = parts.next();
        // *Documented* for Invoke: letters, digits, hyphens and underscores. They need no encoding in a path.
        let is_word = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let is_valid =
            parts.next().is_none() && is_word(region) && is_word(name) && qualifier.is_none_or(is_word);
        is_valid.then(|| Self {
            name: name.to_owned(),
            qualifier: qualifier.map(str::to_owned),
            region: region.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arn_of_a_function_is_parsed() {
        let plain = Function::of_arn("arn:aws:lambda:eu-west-1:123456789012:function:app-dev-preSignUp");
        let function = |qualifier: Option<&str>| Function {
            name: "app-dev-preSignUp".into(),
            qualifier: qualifier.map(str::to_owned),
            region: "eu-west-1".into(),
        };
        assert_eq!(plain, Some(function(None)));
        let live =
            Function::of_arn("arn:aws-cn:lambda:eu-west-1:123456789012:function:app-dev-preSignUp:live");
        assert_eq!(live, Some(function(Some("live"))));
        for arn in [
            "",
            "app-dev-preSignUp",
            "arn:aws:sns:eu-west-1:123456789012:function:f",
            "arn:aws:lambda:eu-west-1:123456789012:layer:f",
            "arn:aws:lambda:eu-west-1:123456789012:function:",
            "arn:aws:lambda:eu-west-1:123456789012:function:..",
            "arn:aws:lambda:eu-west-1:123456789012:function:a/b",
            "arn:aws:lambda:eu-west-1:123456789012:function:f:live:again",
            "arn:aws:lambda::123456789012:function:f",
        ] {
            assert_eq!(Function::of_arn(arn), None, "{arn}");
        }
    }
}
