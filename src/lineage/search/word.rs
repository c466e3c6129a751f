//! Words in the key or in the texts of the head's attributes.

use super::part::{COUNTED, Part, heads, sum};
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::selection::Selection;
use crate::lineage::At;
use crate::lineage::column::Column;

/// One word, whole or as it begins.
struct Word<'a> {
    at: At<'a>,
    keys: &'a Column,
    texts: &'a Column,
    /// The words meant, by their numbers in both columns; where only the beginning is known, the beginning.
    word: String,
    is_whole: bool,
}

pub(super) fn parts<'a>(at: At<'a>, selection: &Selection, parts: &mut Vec<Box<dyn Part + 'a>>) {
    let postings = &at.index.postings;
    let Some(words) = &selection.words else { return };
    let whole = words.whole.iter().map(|word| (word, true));
    for (word, is_whole) in whole.chain(words.begun.iter().map(|word| (word, false))) {
        let (keys, texts) = (postings.keys(), postings.texts());
        parts.push(Box::new(Word { at, keys, texts, word: word.clone(), is_whole }));
    }
}

impl<'a> Word<'a> {
    fn meant(&self, column: &'a Column) -> Box<dyn Iterator<Item = u32> + 'a> {
        if self.is_whole {
            Box::new(column.find(self.word.as_bytes()).into_iter())
        } else {
            Box::new(column.beginning(self.word.as_bytes()))
        }
    }

    fn is_among<'w>(&self, mut words: impl Iterator<Item = &'w [u8]>) -> bool {
        let sought = self.word.as_bytes();
        words.any(|word| if self.is_whole { word == sought } else { word.starts_with(sought) })
    }

    fn items(&self) -> u32 {
        self.at.index.mark(self.at.seq()).items
    }
}

impl Part for Word<'_> {
    fn most(&self) -> Option<usize> {
        let (items, versions) = (self.items(), self.at.visible());
        let in_keys = self.meant(self.keys).map(|word| self.keys.having(word, items).len().max(1));
        let in_texts = self.meant(self.texts).map(|word| self.texts.having(word, versions).len().max(1));
        if self.is_whole {
            return Some(in_keys.chain(in_texts).sum());
        }
        let counted = sum(in_keys.chain(in_texts));
        Some(if counted < COUNTED { counted } else { usize::MAX })
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        let (items, versions) = (self.items(), self.at.visible());
        for word in self.meant(self.keys) {
            self.keys.having(word, items).iter().for_each(|item| give(ItemNo(*item)));
        }
        for word in self.meant(self.texts) {
            let having = self.texts.having(word, versions).iter();
            heads(self.at, having.map(|version| VersionNo(*version)), give);
        }
    }

    fn holds(&self, item: ItemNo, head: VersionNo) -> bool {
        self.is_among(self.keys.of(item.0)) || self.is_among(self.texts.of(head.0))
    }
}
