//! Pages of lists, with the tokens that lists of the API have.

use crate::{
    app::App,
    operations::{control::ControlError, failure::Failure},
    wire::page::{Pages, cut_by_bytes},
};

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// The token of the next page, if there is one.
    pub next_token: Option<String>,
}

/// A request for a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The most items.
    pub size: usize,
    /// The token of the page.
    pub token: Option<String>,
}

impl PageRequest {
    /// Returns the id after which the page begins.
    pub(super) fn after(&self, app: &App, list: &[&str]) -> Result<Option<String>, Failure> {
        Ok(Pages::of(app.keys.digests(), list).after(self.token.as_deref())?)
    }

    /// Makes a page of items, of which one more than its size was read.
    pub(super) fn cut<T>(
        &self,
        app: &App,
        list: &[&str],
        items: Vec<T>,
        bytes: impl Fn(&T) -> usize,
        id: impl Fn(&T) -> String,
    ) -> Page<T> {
        let (items, last) = cut_by_bytes(items, self.size, bytes, id);
        Page { items, next_token: last.map(|last| Pages::of(app.keys.digests(), list).token(&last)) }
    }
}

/// Converts the failure of a list.
pub(super) fn list_error(failure: Failure) -> ControlError {
    ControlError::of(crate::operations::Operation::ListUsers, failure)
}
