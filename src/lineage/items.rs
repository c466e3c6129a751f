//! Items by column; an item's number is its place in each.

use std::ops::Bound;

use super::digests::Digests;
use super::short::Short;
use super::sorted::{Sorted, sort};
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::id::ItemId;
use crate::domain::item::{ItemKey, Kind, Namespace};

/// Items.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub keys: Vec<ItemKey>,
    pub histories: Short<VersionNo>,
    ids: Digests<ItemId>,
    /// The items up to the last [`Items::settle`], in the order of their keys.
    by_key: Sorted,
}

impl Items {
    /// Adds the next item.
    pub(super) fn push(&mut self, key: ItemKey) -> Result<(), &'static str> {
        let id = key.id();
        if self.find(&id).is_some() {
            return Err("an item is made twice");
        }
        self.ids.push(id);
        self.keys.push(key);
        self.histories.begin();
        Ok(())
    }

    pub(super) fn find(&self, id: &ItemId) -> Option<ItemNo> {
        self.ids.find(id).map(ItemNo)
    }

    /// Puts the new items in order; `groups` are all items by namespace and kind.
    pub(super) fn settle<'a>(&mut self, groups: impl Iterator<Item = (&'a (Namespace, Kind), &'a [ItemNo])>) {
        let keys = &self.keys;
        if self.by_key.is_few_beside(keys.len() - self.by_key.len()) {
            let mut all: Vec<u32> = Vec::with_capacity(keys.len());
            for (_, items) in groups {
                let start = all.len();
                all.extend(items.iter().map(|item| item.0));
                sort(&mut all[start..], |item| keys[item as usize].key().as_bytes());
            }
            self.by_key = Sorted::of(&all);
            return;
        }
        for (number, key) in (0..).zip(keys).skip(self.by_key.len()) {
            self.by_key.insert(number, |other| keys[other as usize] < *key);
        }
    }

    /// The items with keys within bounds, in the order of namespace, kind and key.
    pub(super) fn range(
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
