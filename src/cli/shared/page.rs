//! The end of a page of the API.

use serde::Deserialize;

/// The cursor of the next page, if there is one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PageEnd {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageEnd {
    /// Returns the cursor of the next page; `None` if this is the last one.
    pub(crate) fn next(&self) -> Option<String> {
        self.end_cursor.clone().filter(|_| self.has_next_page)
    }
}
