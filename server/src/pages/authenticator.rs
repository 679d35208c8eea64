//! The screen that sets up an authenticator app during a sign-in: its secret, as a QR code and as text, and its first code.

use std::fmt::Write as _;

use async_trait::async_trait;
use lido_domain::{oauth::parameters::RequestParameters, sign_in::challenge::ChallengeName};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::{Color, EcLevel, QrCode};

use super::{
    answer::Answer,
    fields,
    kept::{Flash, Step},
    page::Page,
    screens::{Screen, ScreenId},
};
use crate::{
    oauth::page::{Button, Figure, Link},
    operations::oauth::sign_in::SignInForm,
};

/// The screen.
pub(super) struct Authenticator;

#[async_trait]
impl Screen for Authenticator {
    async fn show(&self, page: &Page<'_>) -> Answer {
        let Some((progress, Step::Authenticator { secret })) = page.progress() else {
            return page.misplaced();
        };
        let mut view = page.view("authenticator-title");
        view.intro = vec![page.text("authenticator-intro")];
        let url = otpauth(&page.host(), &progress.username, secret);
        view.figure = qr_code(&url).map(|image| Figure {
            image,
            alternative: page.text("authenticator-image"),
            caption: page.text("authenticator-secret"),
            text: in_groups(secret),
            // A phone cannot scan its own screen.
            link: Link { href: url, text: page.text("authenticator-link") },
        });
        let mut form = page.form("");
        form.fields = vec![fields::code(page)];
        form.buttons = vec![Button::submit(page.text("authenticator-submit"))];
        view.forms = vec![form];
        view.links = vec![page.link(ScreenId::SignIn, "back-to-sign-in")];
        page.complete(view)
    }

    async fn submit(&self, page: &Page<'_>, form: &RequestParameters) -> Answer {
        let Some((progress, Step::Authenticator { .. })) = page.progress() else { return page.misplaced() };
        let code = fields::find_code(form);
        let session = match page.caller().verify_software_token(&progress.session, &code).await {
            Ok(session) => session,
            Err(refusal) if refusal.is_over() => return page.expired(),
            Err(refusal) => return page.refuse(Flash::refusal(refusal), []),
        };
        let (username, name) = (progress.username.as_str(), ChallengeName::MfaSetup);
        let sent = SignInForm::Challenge { name, username, session: &session, answers: &[] };
        page.sign_in(username, &sent, &[]).await
    }
}

/// Returns the URL that authenticator apps read.
fn otpauth(issuer: &str, username: &str, secret: &str) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (issuer, username) = (encoded(issuer), encoded(username));
    format!("otpauth://totp/{issuer}:{username}?secret={secret}&issuer={issuer}")
}

/// Returns the secret in groups of four, as it is typed off.
fn in_groups(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    characters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// Returns the URL of an image with a QR code of the text; `None` if the text is too long for one.
///
/// The dark modules of a row are strokes of one path, which takes a third of what rectangles take.
fn qr_code(text: &str) -> Option<String> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in colors.chunks(width).enumerate() {
        write!(path, "M{QUIET} {}.5", row + QUIET).ok()?;
        for run in line.chunk_by(|one, other| one == other) {
            let stroke = if run.first() == Some(&Color::Dark) {
                format!("h{}", run.len())
            } else {
                format!("m{} 0", run.len())
            };
            path.push_str(&stroke);
        }
    }
    let size = width + 2 * QUIET;
    let image = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size} {size}' shape-rendering='crispEdges'>\
         <path fill='#fff' d='M0 0h{size}v{size}H0z'/><path stroke='#000' d='{path}'/></svg>"
    );
    Some(format!("data:image/svg+xml,{}", image.replace('#', "%23").replace('<', "%3C").replace('>', "%3E")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_of_an_authenticator_app_has_issuer_account_and_secret() {
        let url = otpauth("auth.example", "ann@example.com", "ABCDEFGH");
        let expected =
            "otpauth://totp/auth%2Eexample:ann%40example%2Ecom?secret=ABCDEFGH&issuer=auth%2Eexample";
        assert_eq!(url, expected);
        assert_eq!(in_groups("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }

    /// The image has the modules of the code, with a margin of four.
    #[test]
    fn image_has_the_modules_of_the_code() {
        let image = qr_code("otpauth://totp/x:ann?secret=ABCD").expect("an image");
        assert!(image.len() < 6_000, "{}", image.len());
        let path = image.split("d='").nth(2).and_then(|rest| rest.split('\'').next()).expect("a path");
        let code = QrCode::with_error_correction_level("otpauth://totp/x:ann?secret=ABCD", EcLevel::L)
            .expect("a code");
        let mut drawn = vec![Color::Light; code.width() * code.width()];
        for (row, line) in path.split('M').skip(1).enumerate() {
            let rest = line.strip_prefix(&format!("4 {}.5", row + 4)).expect("a row");
            let mut column = 0;
            for run in rest
                .split_inclusive(|character: char| character.is_ascii_digit())
                .collect::<String>()
                .replace(" 0", "")
                .split(['h', 'm'])
                .skip(1)
                .zip(rest.chars().filter(|character| "hm".contains(*character)))
            {
                let length: usize = run.0.parse().expect("a number");
                if run.1 == 'h' {
                    drawn[row * code.width() + column..][..length].fill(Color::Dark);
                }
                column += length;
            }
            assert_eq!(column, code.width());
        }
        assert_eq!(drawn, code.to_colors());
    }

    #[test]
    fn text_that_is_too_long_has_no_image() {
        assert_eq!(qr_code(&"x".repeat(10_000)), None);
    }
}
