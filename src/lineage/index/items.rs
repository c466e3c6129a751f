//! Items by column; an item's number is its position in each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::containers::digests::Digests;
use super::containers::small_lists::SmallLists;
use super::containers::sorted::{Sorted, sort};
use crate::domain::id::ItemId;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::numbers::{ItemNo, VersionNo};

/// All items.
#[derive(Debug, Default)]
pub(in crate::lineage) struct ItemColumns {
    pub keys: Vec<ItemKey>,
    pub histories: SmallLists<VersionNo>,
    ids: Digests<ItemId>,
    namespaces: BTreeSet<Namespace>,
    /// The items up to the last [`ItemColumns::sort_new`], sorted by key.
    by_key: Sorted,
}

impl ItemColumns {
    /// Adds the next item.
    pub(in crate::lineage) fn push(&mut self, key: &ItemKey) -> Result<(), &'static str> {
        let id = key.id();
        if self.find(&id).is_some() {
            return Err("duplicate item");
        }
        self.ids.push(id);
        if !self.namespaces.contains(&key.namespace) {
            self.namespaces.insert(key.namespace.clone());
        }
        let shared = self.namespaces.get(&key.namespace).unwrap_or(&key.namespace);
        self.keys.push(key.sharing(shared));
        self.histories.begin();
        Ok(())
    }

    pub(in crate::lineage) fn find(&self, id: &ItemId) -> Option<ItemNo> {
        self.ids.find(id).map(ItemNo)
    }

    /// Sorts the new items in.
    pub(in crate::lineage) fn sort_new(&mut self) {
        let keys = &self.keys;
        if self.by_key.is_large_batch(keys.len() - self.by_key.len()) {
            let mut groups: BTreeMap<(&Namespace, Kind), Vec<u32>> = BTreeMap::new();
            for (item, key) in (0..).zip(keys) {
                groups.entry((&key.namespace, key.kind)).or_default().push(item);
            }
            let mut all: Vec<u32> = Vec::with_capacity(keys.len());
            for mut items in groups.into_values() {
                sort(&mut items, |item| keys[item as usize].key().as_bytes());
                all.append(&mut items);
            }
            self.by_key = Sorted::of(&all);
            return;
        }
        for (number, key) in (0..).zip(keys).skip(self.by_key.len()) {
            self.by_key.insert(number, |other| keys[other as usize] < *key);
        }
    }

    /// The items with keys within bounds, by namespace, kind and key.
    pub(in crate::lineage) fn range(
        &self,
        low: Bound<&ItemKey>,
        high: Bound<&ItemKey>,
    ) -> impl DoubleEndedIterator<Item = ItemNo> + use<'_> {
        let key = |item: u32| &self.keys[item as usize];
        let from = match low {
            Bound::Unbounded => (0, 0),
            Bound::Included(low) => self.by_key.place(|item| key(item) < low),
            Bound::Excluded(low) => self.by_key.place(|item| key(item) <= low),
        };
        let to = match high {
            Bound::Unbounded => self.by_key.end(),
            Bound::Included(high) => self.by_key.place(|item| key(item) <= high),
            Bound::Excluded(high) => self.by_key.place(|item| key(item) < high),
        };
        self.by_key.between(from, to).map(ItemNo)
    }
}
