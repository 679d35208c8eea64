//! What pages load: the style sheet, and the script of passkeys. Their names have digests of what is in them, so that browsers
//! keep them for good.

use std::sync::LazyLock;

use http::{HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    oauth::{place::Place, response::response},
    surface::HttpResponse,
};

/// The folder of the files, below the place of the endpoints.
pub(crate) const PATH: &str = "managed-login";

/// A file that pages load.
struct Asset {
    /// What its name begins and ends with.
    stem: &'static str,
    extension: &'static str,
    content_type: HeaderValue,
    text: &'static str,
}

const STYLE: Asset = Asset {
    stem: "style-",
    extension: ".css",
    content_type: HeaderValue::from_static("text/css; charset=utf-8"),
    text: include_str!("../../../templates/style.css"),
};

const SCRIPT: Asset = Asset {
    stem: "passkey-",
    extension: ".js",
    content_type: HeaderValue::from_static("text/javascript; charset=utf-8"),
    text: include_str!("../../../templates/passkey.js"),
};

static STYLE_PATH: LazyLock<String> = LazyLock::new(|| STYLE.path());
static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| SCRIPT.path());

impl Asset {
    /// Returns the path below the place of the endpoints.
    fn path(&self) -> String {
        let digest = Sha256::digest(self.text);
        let digest = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("{PATH}/{}{digest}{}", self.stem, self.extension)
    }

    fn is_named(&self, name: &str) -> bool {
        name.starts_with(self.stem) && name.ends_with(self.extension)
    }
}

/// Returns the path of the style sheet below the place of the endpoints.
pub(super) fn style_path() -> &'static str {
    &STYLE_PATH
}

/// Returns the path of the script of passkeys below the place of the endpoints.
pub(super) fn script_path() -> &'static str {
    &SCRIPT_PATH
}

/// Returns the response with a file; 404 if there is none of this name. A browser that has kept a page of a former version
/// gets the file of this one.
pub(crate) fn asset(app: &App, place: &Place, name: &str) -> HttpResponse {
    let files = [(STYLE, style_path()), (SCRIPT, script_path())];
    let Some((file, path)) = files.into_iter().find(|(file, _)| file.is_named(name)) else {
        return response(app, place, StatusCode::NOT_FOUND, String::new());
    };
    let mut response = response(app, place, StatusCode::OK, file.text.to_owned());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, file.content_type);
    headers.remove(header::PRAGMA);
    headers.remove(header::EXPIRES);
    let age = match path.strip_prefix(PATH).and_then(|path| path.strip_prefix('/')) == Some(name) {
        true => HeaderValue::from_static("public, max-age=31536000, immutable"),
        false => HeaderValue::from_static("no-store"),
    };
    headers.insert(header::CACHE_CONTROL, age);
    response
}
