//! The selection of items in a search.

use std::ops::Bound;

use super::searchable::{KeyRange, ValueKey};
use super::words::{sought, sought_before};
use crate::domain::canonical::bytes::Canon;
use crate::domain::id::Seq;
use crate::domain::invalid::Invalid;
use crate::domain::item::{Kind, Namespace};
use crate::domain::version::Timestamp;

/// The most entries of one list.
pub const MAX_LISTED: usize = 10_000;
/// The most words of one search.
pub const MAX_WORDS: usize = 32;

/// The conditions of a search for items. Every condition narrows; an absent one does not; an empty
/// list finds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// In one of these namespaces.
    pub namespaces: Option<Vec<Namespace>>,
    /// Of one of these kinds.
    pub kinds: Option<Vec<Kind>>,
    /// With a key that begins with this text.
    pub key_prefix: Option<String>,
    /// With a head that has one of these tags.
    pub tags: Option<Vec<String>>,
    /// With a head that passes all of these.
    pub attributes: Option<Vec<Predicate>>,
    /// With a head that was committed in this span.
    pub committed: Span,
    /// Created in this span.
    pub created: Span,
    /// With a head that was committed by one of these authors.
    pub authors: Option<Vec<String>>,
    /// With a head that is wrong (true) or not (false).
    pub wrong: Option<bool>,
    /// With a head that was made from something wrong (true) or not (false).
    pub stale: Option<bool>,
    /// With these words in the key or in a text of the head's attributes.
    pub words: Option<Words>,
    /// The commit at which the store is read; the newest if `None`.
    pub at: Option<Seq>,
}

/// A condition on the attribute at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    /// [`path`](super::searchable::path).
    pub path: String,
    /// The condition.
    pub test: Test,
}

/// A condition on an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// One of these values, which are sorted: see [`Test::one_of`].
    In(Vec<ValueKey>),
    /// A value in this range.
    Between(KeyRange),
    /// The attribute exists (true) or does not (false).
    Exists(bool),
}

/// A span of commits, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// From this commit on.
    pub from: Option<Seq>,
    /// Up to this commit.
    pub to: Option<Seq>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// At this time or earlier.
    pub until: Option<Timestamp>,
}

/// Words that must all occur.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Words {
    /// Complete words, sorted, each once. One character of a script without spaces is found in any
    /// word that begins with it.
    pub whole: Vec<String>,
    /// The beginning of one more word.
    pub begun: Option<String>,
    /// The text as given.
    text: Box<str>,
}

impl Words {
    /// Returns the words of a text; the last one may be unfinished if nothing follows it. `None` if
    /// there is no word.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let (mut whole, begun) = sought(text);
        whole.sort_unstable();
        whole.dedup();
        (begun.is_some() || !whole.is_empty()).then(|| Self { whole, begun, text: text.into() })
    }

    /// Returns the number of words.
    #[must_use]
    pub fn count(&self) -> usize {
        self.whole.len() + usize::from(self.begun.is_some())
    }

    /// Checks the number of words.
    ///
    /// # Errors
    /// [`Invalid::Limit`] for more than [`MAX_WORDS`].
    pub fn check(&self) -> Result<(), Invalid> {
        Invalid::limit("words of one filter", self.count(), MAX_WORDS)
    }
}

impl Test {
    /// Returns the test for one of these values.
    #[must_use]
    pub fn one_of(mut values: Vec<ValueKey>) -> Self {
        values.sort_unstable();
        values.dedup();
        Self::In(values)
    }

    /// Returns true if the value at the path, or its absence, passes.
    #[must_use]
    pub fn passes(&self, value: Option<&[u8]>) -> bool {
        match self {
            Self::Exists(wanted) => value.is_some() == *wanted,
            Self::In(values) => {
                let find = |value| values.binary_search_by(|wanted| wanted.as_bytes().cmp(value)).is_ok();
                value.is_some_and(find)
            }
            Self::Between(range) => value.is_some_and(|value| within(range, value)),
        }
    }
}

fn within((low, high): &KeyRange, value: &[u8]) -> bool {
    let above = match low {
        Bound::Included(low) => low.as_bytes() <= value,
        Bound::Excluded(low) => low.as_bytes() < value,
        Bound::Unbounded => true,
    };
    above
        && match high {
            Bound::Included(high) => value <= high.as_bytes(),
            Bound::Excluded(high) => value < high.as_bytes(),
            Bound::Unbounded => true,
        }
}

impl Selection {
    /// Returns true if there is any condition: without one the search finds everything.
    #[must_use]
    pub fn narrows(&self) -> bool {
        Self { at: None, ..self.clone() } != Self::default()
    }

    /// Checks that no list is longer than allowed.
    ///
    /// # Errors
    /// [`Invalid::Limit`] if one is.
    pub fn check(&self) -> Result<(), Invalid> {
        let listed = |what, given: Option<usize>| Invalid::limit(what, given.unwrap_or(0), MAX_LISTED);
        listed("namespaces of one filter", self.namespaces.as_ref().map(Vec::len))?;
        listed("kinds of one filter", self.kinds.as_ref().map(Vec::len))?;
        listed("tags of one filter", self.tags.as_ref().map(Vec::len))?;
        listed("authors of one filter", self.authors.as_ref().map(Vec::len))?;
        self.words.as_ref().map_or(Ok(()), Words::check)
    }

    /// Writes the selection as it is hashed for an idempotency key.
    pub(in crate::domain) fn write(&self, canon: &mut Canon) {
        let Self { namespaces, kinds, key_prefix, tags, attributes, .. } = self;
        texts(canon, namespaces.as_deref(), Namespace::as_str);
        texts(canon, kinds.as_deref(), |kind| kind.name());
        canon.optional(key_prefix.as_deref().map(str::as_bytes));
        texts(canon, tags.as_deref(), String::as_str);
        canon.number(attributes.is_some().into()).number(attributes.as_ref().map_or(0, Vec::len) as u64);
        for Predicate { path, test } in attributes.iter().flatten() {
            canon.field(path.as_bytes());
            test.write(canon);
        }
        let Self { committed, created, authors, wrong, stale, words, at, .. } = self;
        committed.write(canon);
        created.write(canon);
        texts(canon, authors.as_deref(), String::as_str);
        number(canon, wrong.map(u64::from));
        number(canon, stale.map(u64::from));
        canon.number(words.is_some().into());
        if let Some(Words { text, .. }) = words {
            // The form in which it was hashed when idempotency keys were introduced, so that an old
            // key still finds its answer.
            let (mut whole, begun) = sought_before(text);
            whole.sort_unstable();
            whole.dedup();
            texts(canon, Some(&whole), String::as_str);
            canon.optional(begun.as_deref().map(str::as_bytes));
        }
        number(canon, at.map(|seq| seq.0));
    }
}

impl Test {
    fn write(&self, canon: &mut Canon) {
        match self {
            Self::In(values) => {
                canon.number(0).number(values.len() as u64);
                for value in values {
                    canon.field(value.as_bytes());
                }
            }
            Self::Between((low, high)) => {
                canon.number(1);
                for bound in [low, high] {
                    match bound {
                        Bound::Included(value) => canon.number(0).field(value.as_bytes()),
                        Bound::Excluded(value) => canon.number(1).field(value.as_bytes()),
                        Bound::Unbounded => canon.number(2),
                    };
                }
            }
            Self::Exists(wanted) => {
                canon.number(2).number(u64::from(*wanted));
            }
        }
    }
}

impl Span {
    fn write(self, canon: &mut Canon) {
        let Self { from, to, since, until } = self;
        [from, to].into_iter().for_each(|seq| number(canon, seq.map(|seq| seq.0)));
        [since, until].into_iter().for_each(|time| number(canon, time.map(i64::cast_unsigned)));
    }
}

fn number(canon: &mut Canon, number: Option<u64>) {
    canon.optional(number.map(u64::to_le_bytes).as_ref().map(<[u8; 8]>::as_slice));
}

fn texts<T>(canon: &mut Canon, all: Option<&[T]>, text: impl Fn(&T) -> &str) {
    canon.number(all.is_some().into()).number(all.map_or(0, <[T]>::len) as u64);
    for one in all.unwrap_or_default() {
        canon.field(text(one).as_bytes());
    }
}
