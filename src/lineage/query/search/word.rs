//! Words in the key or in the texts of the head's attributes.

use fixedbitset::FixedBitSet;

use super::part::{Part, heads};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::Selection;
use crate::domain::search::words::is_one_unspaced;
use crate::lineage::At;
use crate::lineage::index::containers::column::Lists;

/// A beginning of up to so many words is judged word by word; of more, by marks of all that have any of them.
const FEW: usize = 32;

/// One word, whole or as it begins: in keys, and in texts.
struct Word<'a> {
    at: At<'a>,
    keys: Side<'a>,
    texts: Side<'a>,
}

/// The holders of any of some words.
struct Side<'a> {
    lists: &'a Lists,
    words: Vec<u32>,
    /// Holders are below this.
    below: u32,
    marks: Option<FixedBitSet>,
}

pub(super) fn parts<'a>(at: At<'a>, selection: &Selection, parts: &mut Vec<Box<dyn Part + 'a>>) {
    let Some(sought) = &selection.words else { return };
    let postings = &at.index.postings;
    let (items, versions) = (at.index.mark(at.seq()).items, at.visible());
    for word in &sought.whole {
        let side = |lists: &'a Lists, below| {
            let words = match is_one_unspaced(word) {
                true => lists.beginning(word.as_bytes()).collect(),
                false => lists.find(word.as_bytes()).into_iter().collect(),
            };
            Side::new(lists, words, below)
        };
        parts.push(Box::new(Word {
            at,
            keys: side(postings.keys(), items),
            texts: side(postings.texts(), versions),
        }));
    }
    if let Some(begun) = &sought.begun {
        let side =
            |lists: &'a Lists, below| Side::new(lists, lists.beginning(begun.as_bytes()).collect(), below);
        parts.push(Box::new(Word {
            at,
            keys: side(postings.keys(), items),
            texts: side(postings.texts(), versions),
        }));
    }
}

impl<'a> Side<'a> {
    fn new(lists: &'a Lists, words: Vec<u32>, below: u32) -> Self {
        let mut side = Self { lists, words, below, marks: None };
        if side.words.len() > FEW {
            let mut marks = FixedBitSet::with_capacity(below as usize);
            side.holders().for_each(|holder| marks.insert(holder as usize));
            side.marks = Some(marks);
        }
        side
    }

    fn holders(&self) -> impl Iterator<Item = u32> {
        self.words.iter().flat_map(|word| self.lists.having(*word, self.below)).copied()
    }

    fn count(&self) -> usize {
        match &self.marks {
            Some(marks) => marks.count_ones(..),
            None => self.words.iter().map(|word| self.lists.having(*word, self.below).len()).sum(),
        }
    }

    fn holds(&self, holder: u32) -> bool {
        match &self.marks {
            Some(marks) => marks.contains(holder as usize),
            None => {
                let has = |word: &u32| self.lists.having(*word, self.below).binary_search(&holder).is_ok();
                self.words.iter().any(has)
            }
        }
    }

    fn each(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match &self.marks {
            Some(marks) => Box::new(marks.ones().filter_map(|holder| u32::try_from(holder).ok())),
            None => Box::new(self.holders()),
        }
    }
}

impl Part for Word<'_> {
    fn most(&self) -> Option<usize> {
        Some(self.keys.count() + self.texts.count())
    }

    fn candidates(&self, give: &mut dyn FnMut(ItemNo)) {
        self.keys.each().for_each(|item| give(ItemNo(item)));
        heads(self.at, self.texts.each().map(VersionNo), give);
    }

    fn holds(&self, item: ItemNo, head: VersionNo) -> bool {
        self.keys.holds(item.0) || self.texts.holds(head.0)
    }
}
