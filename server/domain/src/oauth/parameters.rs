//! The parameters of a request to an endpoint, from its query or from a form.

/// The parameters of a request, decoded, in the order in which they were sent.
///
/// A parameter without a value counts as omitted (RFC 6749, section 3.1).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RequestParameters(Vec<(String, String)>);

/// The error of a parameter that is sent more than once (RFC 6749, section 3.1).
///
/// *Chosen*: such a request is refused. Two readers of one request may otherwise take different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepeatedParameter;

impl RequestParameters {
    /// Creates the parameters of these pairs.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// Returns the value of a parameter, or `None` if it is omitted.
    ///
    /// # Errors
    ///
    /// The parameter is sent more than once.
    pub fn find(&self, name: &str) -> Result<Option<&str>, RepeatedParameter> {
        let is_value = |(other, value): &&(String, String)| other == name && !value.is_empty();
        let mut values = self.0.iter().filter(is_value).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            (_, Some(_)) => Err(RepeatedParameter),
        }
    }

    /// Returns whether a parameter is sent, even without a value.
    pub fn is_sent(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }
}

/// Values may be secrets, so none is printed.
impl std::fmt::Debug for RequestParameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_without_a_value_is_omitted_and_a_repeated_one_is_refused() {
        let pairs = [("a", "1"), ("b", ""), ("c", "1"), ("c", "2"), ("d", ""), ("d", "1")];
        let parameters = RequestParameters::new(pairs.map(|(name, value)| (name.into(), value.into())));
        assert_eq!(parameters.find("a"), Ok(Some("1")));
        assert_eq!(parameters.find("b"), Ok(None));
        assert_eq!(parameters.find("c"), Err(RepeatedParameter));
        assert_eq!(parameters.find("d"), Ok(Some("1")));
        assert_eq!(["a", "b", "e"].map(|name| parameters.is_sent(name)), [true, true, false]);
        assert_eq!(format!("{parameters:?}"), r#"["a", "b", "c", "c", "d", "d"]"#);
    }
}
