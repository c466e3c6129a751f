//! Repeated texts (roles, splits, tag names) as small numbers.

use std::collections::HashMap;

/// The number of a text in [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameNo(u32);

/// Texts, each once.
#[derive(Debug, Default)]
pub struct Names {
    texts: Vec<Box<str>>,
    by_text: HashMap<Box<str>, NameNo>,
}

impl Names {
    /// The text's number; a new one for a new text.
    pub fn intern(&mut self, text: &str) -> NameNo {
        if let Some(name) = self.by_text.get(text) {
            return *name;
        }
        let name = NameNo(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.into());
        self.by_text.insert(text.into(), name);
        name
    }

    /// The text's number; `None` if it is unknown.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<NameNo> {
        self.by_text.get(text).copied()
    }

    /// The text with this number.
    #[must_use]
    pub fn text(&self, name: NameNo) -> &str {
        &self.texts[name.0 as usize]
    }
}
