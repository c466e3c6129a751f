//! Words in the key or in the text attributes of the head.

use fixedbitset::FixedBitSet;

use super::part::{Candidates, FilterPart};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::{Selection, Words};
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
    for word in selection.words.iter().flat_map(|sought| words(walker, sought)) {
        parts.push(Box::new(word));
    }
}

fn words(walker: &mut Walker<'_>, sought: &Words) -> Vec<Word> {
    let whole = sought.whole.iter().map(|word| (word, is_one_unspaced(word)));
    let all = whole.chain(sought.begun.iter().map(|begun| (begun, true)));
    let found = all.map(|(word, begins)| {
        let keys = WordHolders::new(walker, WordSource::Keys, word, begins);
        let texts = WordHolders::new(walker, WordSource::Texts, word, begins);
        Word { keys, texts }
    });
    found.collect()
}

/// Words to find in single versions, prepared for one seq: each in the key of the item or in the
/// texts of the version itself.
pub struct VersionWords(Vec<Word>);

impl std::fmt::Debug for VersionWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VersionWords").field("count", &self.0.len()).finish_non_exhaustive()
    }
}

impl Walker<'_> {
    /// Prepares words that versions must have.
    #[must_use]
    pub fn version_words(&mut self, sought: &Words) -> VersionWords {
        VersionWords(words(self, sought))
    }
}

impl VersionWords {
    /// Returns true if a version has all of them.
    #[must_use]
    pub fn are_in(&self, at: At<'_>, version: VersionNo) -> bool {
        let item = at.item_of(version);
        self.0.iter().all(|word| word.holds(at, item, version))
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
