//! The endpoint for signing out of the browser session.

use super::authorize::PageError;
use crate::{
    client::Client,
    oauth::parameters::{RepeatedParameter, RequestParameters},
};

/// Where the browser goes after it was signed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogoutTarget {
    /// To a registered URL. `state` is returned by `--strict-oauth` only.
    SignedOut {
        /// The registered URL.
        url: String,
        /// `state`, for OpenID Connect.
        state: Option<String>,
    },
    /// To the sign-in page, with the same parameters (*Documented*, oau-0065).
    SignIn,
}

/// Reads a request. `client` is the app client that it names, if that exists in the pool of the endpoint.
///
/// *Documented*: `logout_uri` wins over `redirect_uri` (oau-0064), and must be registered, text for text (oau-0247). If it
/// is not, it is ignored (*Observed*, oau-0245). `is_strict` adds `post_logout_redirect_uri` of OpenID Connect, which
/// the service does not have.
///
/// # Errors
///
/// The app client is unknown, or neither parameter names a place to go to.
pub fn read(
    client: Option<&Client>,
    parameters: &RequestParameters,
    is_strict: bool,
) -> Result<LogoutTarget, PageError> {
    let find = |name| parameters.find(name).map_err(|RepeatedParameter| PageError::ParametersMissing);
    let client = client.ok_or(PageError::UnknownClient)?;
    let is_registered = |url: &&str| client.oauth.logout_urls.iter().any(|registered| registered == url);
    if let Some(url) = find("logout_uri")?.filter(is_registered) {
        return Ok(LogoutTarget::SignedOut { url: url.to_owned(), state: None });
    }
    if let Some(url) = find("post_logout_redirect_uri")?.filter(|url| is_strict && is_registered(url)) {
        let state = find("state")?.map(str::to_owned);
        return Ok(LogoutTarget::SignedOut { url: url.to_owned(), state });
    }
    match find("redirect_uri")? {
        Some(_) => Ok(LogoutTarget::SignIn),
        None => Err(PageError::RedirectUriMissing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{client::oauth::OAuth, fixture};

    /// oau-0063, oau-0064, oau-0065, oau-0067, oau-0245, oau-0246, oau-0247.
    #[test]
    fn logout_goes_to_registered_urls_only() {
        let oauth = OAuth { logout_urls: vec!["https://app.example/out".into()], ..OAuth::default() };
        let client = Client { oauth, ..fixture::client() };
        let signed_out = |state: Option<&str>| {
            let url = "https://app.example/out".to_owned();
            Ok(LogoutTarget::SignedOut { url, state: state.map(str::to_owned) })
        };
        let (good, slash) = ("https://app.example/out", "https://app.example/out/");
        let cases: [(&[(&str, &str)], _, _); 9] = [
            (&[("logout_uri", good)], false, signed_out(None)),
            (
                &[("logout_uri", good), ("redirect_uri", "https://evil.example"), ("state", "s")],
                false,
                signed_out(None),
            ),
            (&[("logout_uri", slash)], false, Err(PageError::RedirectUriMissing)),
            (&[("logout_uri", slash), ("redirect_uri", good)], false, Ok(LogoutTarget::SignIn)),
            (&[("redirect_uri", "https://evil.example")], false, Ok(LogoutTarget::SignIn)),
            (&[], false, Err(PageError::RedirectUriMissing)),
            (&[("logout_uri", good), ("logout_uri", slash)], false, Err(PageError::ParametersMissing)),
            (&[("post_logout_redirect_uri", good)], false, Err(PageError::RedirectUriMissing)),
            (&[("post_logout_redirect_uri", good), ("state", "s")], true, signed_out(Some("s"))),
        ];
        for (pairs, is_strict, expected) in cases {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let parameters = RequestParameters::new(pairs);
            assert_eq!(read(Some(&client), &parameters, is_strict), expected, "{parameters:?}");
            assert_eq!(read(None, &parameters, is_strict), Err(PageError::UnknownClient));
        }
    }
}
