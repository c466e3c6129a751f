//! Words in the key or in the text attributes of the head.

use fixedbitset::FixedBitSet;

use super::part::{Candidates, FilterPart};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::Selection;
use crate::domain::search::words::is_one_unspaced;
use crate::lineage::index::containers::column::Lists;
use crate::lineage::{At, Walker};

/// The most words with a prefix that are judged word by word; for more, a set of all their holders
/// is built.
const FEW: usize = 32;

/// One word or prefix: in keys, and in texts.
struct Word {
    keys: WordHolders,
    texts: WordHolders,
}

/// The texts that are searched.
#[derive(Debug, Clone, Copy)]
enum WordSource {
    Keys,
    Texts,
}

/// The holders of any of some words.
struct WordHolders {
    place: WordSource,
    words: Vec<u32>,
    any_of: Option<FixedBitSet>,
}

pub(super) fn parts(walker: &mut Walker<'_>, selection: &Selection, parts: &mut Vec<Box<dyn FilterPart>>) {
    let Some(sought) = &selection.words else { return };
    let whole = sought.whole.iter().map(|word| (word, is_one_unspaced(word)));
    for (word, begins) in whole.chain(sought.begun.iter().map(|begun| (begun, true))) {
        let keys = WordHolders::new(walker, WordSource::Keys, word, begins);
        let texts = WordHolders::new(walker, WordSource::Texts, word, begins);
        parts.push(Box::new(Word { keys, texts }));
    }
}

impl WordSource {
    fn lists(self, at: At<'_>) -> &Lists {
        match self {
            Self::Keys => at.index.postings.keys(),
            Self::Texts => at.index.postings.texts(),
        }
    }

    /// The bound of holders at a seq.
    fn below(self, at: At<'_>) -> u32 {
        match self {
            Self::Keys => at.items,
            Self::Texts => at.versions,
        }
    }

    fn having(self, at: At<'_>, word: u32) -> &[u32] {
        self.lists(at).having(word, self.below(at))
    }
}

impl WordHolders {
    /// The holders of a word, or of all words with a prefix.
    fn new(walker: &mut Walker<'_>, place: WordSource, word: &str, begins: bool) -> Self {
        let at = walker.at();
        let lists = place.lists(at);
        let words: Vec<u32> = match begins {
            true => lists.beginning(word.as_bytes()).collect(),
            false => lists.find(word.as_bytes()).into_iter().collect(),
        };
        let mut any_of = None;
        if words.len() > FEW {
            let mut bits = FixedBitSet::with_capacity(place.below(at) as usize);
            for word in &words {
                let having = place.having(walker.at(), *word);
                having.iter().for_each(|holder| bits.insert(*holder as usize));
                let looked_at = having.len();
                walker.step(looked_at);
            }
            any_of = Some(bits);
        }
        Self { place, words, any_of }
    }

    fn count(&self, at: At<'_>) -> usize {
        match &self.any_of {
            Some(any_of) => any_of.count_ones(..),
            None => self.words.iter().map(|word| self.place.having(at, *word).len()).sum(),
        }
    }

    fn holds(&self, at: At<'_>, holder: u32) -> bool {
        match &self.any_of {
            Some(any_of) => any_of.contains(holder as usize),
            None => {
                let has = |word: &u32| self.place.having(at, *word).binary_search(&holder).is_ok();
                self.words.iter().any(has)
            }
        }
    }

    fn list(&self, at: At<'_>, holders: &mut Vec<u32>) {
        match &self.any_of {
            Some(any_of) => holders.extend(any_of.ones().filter_map(|holder| u32::try_from(holder).ok())),
            None => self.words.iter().for_each(|word| holders.extend(self.place.having(at, *word))),
        }
    }
}

impl FilterPart for Word {
    fn most(&self, at: At<'_>) -> Option<usize> {
        Some(self.keys.count(at) + self.texts.count(at))
    }

    fn candidates(&self, at: At<'_>, list: &mut Candidates) {
        self.keys.list(at, &mut list.items);
        self.texts.list(at, &mut list.versions);
    }

    fn holds(&self, at: At<'_>, item: ItemNo, head: VersionNo) -> bool {
        self.keys.holds(at, item.0) || self.texts.holds(at, head.0)
    }
}
