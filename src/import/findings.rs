//! What an import of samples found, besides its records.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::unstored::UnstoredItems;
use crate::annotations::matching::MatchedBy;
use crate::domain::id::{Digest, ItemId};
use crate::domain::item::ItemKey;
use crate::domain::text::{count, counted};

/// What an import of samples found, besides its records.
#[derive(Debug, Default)]
pub(crate) struct SampleFindings {
    /// The members of a set of everything imported.
    pub members: SetMembers,
    /// What the input says about the set as a whole.
    pub about: Map<String, Value>,
    /// The number of images.
    pub images: u64,
    /// Images whose bytes are neither in the input nor in the store.
    pub without_bytes: CountedItems,
    /// Images that were renamed and have the bytes of others, of which only the order of names says which
    /// is which.
    pub ambiguous_images: CountedItems,
    /// The number of labels, by the way in which they were recognised.
    pub matched: MatchCounts,
    /// The classes that seem to be renamed, with the number of labels that say so.
    pub renames: Vec<(Renamed, u64)>,
    /// The images of these inputs.
    pub seen_images: Arc<SeenImages>,
    /// The items of the inputs before the last one.
    pub seen: HashSet<ItemId>,
    /// The images that only inputs without labels have, which do not say that labels are gone.
    pub unlabelled: HashSet<ItemId>,
    /// The items that a dry run of these inputs would have made.
    pub unstored: Arc<UnstoredItems>,
    /// The items whose newest version these inputs have reinstated, or would in a dry run.
    pub returned: HashSet<ItemId>,
}

impl SampleFindings {
    /// Adds what another file of the same export said.
    pub(crate) fn add(&mut self, more: Self) {
        self.members.extend(more.members);
        for (name, value) in more.about {
            self.about.entry(name).or_insert(value);
        }
        self.without_bytes.extend(more.without_bytes);
        self.ambiguous_images.extend(more.ambiguous_images);
        self.matched.extend(more.matched);
        self.renames.extend(more.renames);
        Arc::make_mut(&mut self.seen_images).extend(Arc::unwrap_or_clone(more.seen_images));
    }
}

/// The images that the inputs of a command have had so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeenImages {
    /// The digest of the name of each item.
    pub items: HashMap<ItemId, Digest>,
    /// The bytes of each name, by its digest; `None` if the input has no bytes.
    pub bytes: HashMap<Digest, Option<Digest>>,
}

impl SeenImages {
    /// Adds those of another input.
    pub(crate) fn extend(&mut self, more: Self) {
        self.items.extend(more.items);
        for (name, bytes) in more.bytes {
            let known = self.bytes.entry(name).or_default();
            *known = known.or(bytes);
        }
    }
}

/// The number of items, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CountedItems {
    count: u64,
    first: Option<ItemKey>,
}

impl CountedItems {
    /// Counts one more.
    pub(crate) fn note(&mut self, item: ItemKey) {
        self.count += 1;
        self.first.get_or_insert(item);
    }

    /// Returns the number of items.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Adds those of another file.
    pub(super) fn extend(&mut self, more: Self) {
        self.count += more.count;
        self.first = self.first.take().or(more.first);
    }

    /// Returns the number of things, and the first; `None` if there are none.
    pub(super) fn text_of(&self, thing: &str) -> Option<String> {
        let first = self.first.as_ref()?;
        Some(format!("{} (first {first})", counted(self.count, thing)))
    }

    /// Returns the number and the first, or the only one; `None` if there are none.
    pub(super) fn text(&self) -> Option<String> {
        let first = self.first.as_ref()?;
        Some(match self.count {
            1 => first.to_string(),
            more => format!("{}, the first is {first}", count(more)),
        })
    }
}

/// The members of the set that an import pins, by split.
#[derive(Debug, Default)]
pub(crate) struct SetMembers(BTreeMap<String, BTreeSet<ItemId>>);

/// The number of labels, by the way in which they were recognised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MatchCounts {
    /// By the item that an export of stemma names.
    pub exported: u64,
    /// By their id.
    pub by_id: u64,
    /// By equal content.
    pub by_content: u64,
    /// By class and overlap.
    pub by_overlap: u64,
    /// New labels.
    pub new: u64,
    /// Labels for which several stored ones were equally good.
    pub ambiguous: u64,
    /// Labels in crowds that are too large to find the best sum.
    pub approximate: u64,
}

/// A class that has a new name: `old=new` on the command line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Renamed {
    /// The name in the store.
    pub from: String,
    /// The name in the file.
    pub to: String,
}

impl Renamed {
    /// Returns the option that says it, quoted for a shell.
    pub(crate) fn option(&self) -> String {
        let change = format!("{}={}", self.from, self.to);
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '=' | '_' | '-' | '.' | '/');
        if change.chars().all(is_plain) {
            return format!("--renamed {change}");
        }
        format!("--renamed '{}'", change.replace('\'', "'\\''"))
    }
}

impl FromStr for Renamed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((from, to)) if !from.is_empty() && !to.is_empty() && from != to => {
                Ok(Self { from: from.to_owned(), to: to.to_owned() })
            }
            _ => Err(format!("expected OLD=NEW, two different class names, found {text:?}")),
        }
    }
}

impl SetMembers {
    /// Adds the newest version of an item.
    pub(crate) fn add(&mut self, item: &ItemKey, split: &str) {
        match self.0.get_mut(split) {
            Some(items) => drop(items.insert(item.id())),
            None => drop(self.0.insert(split.to_owned(), BTreeSet::from([item.id()]))),
        }
    }

    /// Adds the members of another file.
    pub(crate) fn extend(&mut self, more: Self) {
        for (split, items) in more.0 {
            self.0.entry(split).or_default().extend(items);
        }
    }

    /// Returns the number of members of each split.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        let filled = self.0.iter().filter(|(_, items)| !items.is_empty());
        filled.map(|(split, items)| (split.as_str(), items.len() as u64))
    }

    /// Returns true if an item is a member of any split.
    pub(crate) fn has(&self, item: &ItemKey) -> bool {
        let item = item.id();
        self.0.values().any(|items| items.contains(&item))
    }

    /// Returns the members without these items.
    pub(crate) fn without(&self, items: &HashSet<ItemId>) -> Self {
        let kept =
            |all: &BTreeSet<ItemId>| all.iter().filter(|item| !items.contains(*item)).copied().collect();
        Self(self.0.iter().map(|(split, all)| (split.clone(), kept(all))).collect())
    }

    /// Returns the split of an item; `None` if it is no member.
    pub(crate) fn split_of(&self, item: &ItemId) -> Option<&str> {
        self.0.iter().find(|(_, items)| items.contains(item)).map(|(split, _)| split.as_str())
    }

    /// Returns the members that are in two splits, with both.
    pub(crate) fn in_two_splits(&self) -> impl Iterator<Item = (&ItemId, &str, &str)> {
        let splits: Vec<_> = self.by_split().collect();
        let pairs = (0..splits.len()).flat_map(move |one| {
            let (first, others) = (splits[one], splits[one + 1..].to_vec());
            others.into_iter().map(move |other| (first, other))
        });
        pairs.flat_map(|((first, items), (second, others))| {
            items.intersection(others).map(move |item| (item, first, second))
        })
    }

    /// Returns true if a split has members.
    pub(crate) fn has_split(&self, split: &str) -> bool {
        self.0.contains_key(split)
    }

    /// Returns the members of each split.
    pub(crate) fn by_split(&self) -> impl Iterator<Item = (&str, &BTreeSet<ItemId>)> {
        self.0.iter().map(|(split, items)| (split.as_str(), items))
    }
}

impl MatchCounts {
    /// Counts one more label.
    pub(crate) const fn add(&mut self, by: MatchedBy) {
        match by {
            MatchedBy::Exported => self.exported += 1,
            MatchedBy::Id => self.by_id += 1,
            MatchedBy::Content => self.by_content += 1,
            MatchedBy::Overlap => self.by_overlap += 1,
        }
    }

    /// Adds the counts of another file.
    pub(crate) const fn extend(&mut self, more: Self) {
        self.exported += more.exported;
        self.by_id += more.by_id;
        self.by_content += more.by_content;
        self.by_overlap += more.by_overlap;
        self.new += more.new;
        self.ambiguous += more.ambiguous;
        self.approximate += more.approximate;
    }

    /// Returns the counts that are not zero; `None` if no label was recognised.
    pub(crate) fn text(&self) -> Option<String> {
        let counts = [
            (self.exported, "by stemma.* ids"),
            (self.by_id, "by id"),
            (self.by_content, "by content"),
            (self.by_overlap, "by class and overlap"),
        ];
        let mut parts: Vec<String> = counts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, how)| format!("{} {how}", count(*number)))
            .collect();
        if parts.is_empty() {
            return None;
        }
        let others = [
            (self.new, "new"),
            (self.ambiguous, "ambiguous"),
            (self.approximate, "approximate (in crowds of more than 400 labels)"),
        ];
        let others = others.iter().filter(|(number, _)| *number > 0);
        parts.extend(others.map(|(number, what)| format!("{} {what}", count(*number))));
        Some(parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_class_is_quoted_for_a_shell() {
        let option = |from: &str, to: &str| Renamed { from: from.to_owned(), to: to.to_owned() }.option();
        assert_eq!(option("robin", "red-breast"), "--renamed robin=red-breast");
        assert_eq!(option("great tit", "o'possum"), "--renamed 'great tit=o'\\''possum'");
    }
}
