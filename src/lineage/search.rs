//! Search of items by identity, by the tags of their head and by one attribute of their head.
//!
//! Every part of a filter has an order or a posting list of its own; nothing reads all items to find some.

use std::ops::Bound;

use super::at::At;
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::proposal::Selection;

impl<'a> At<'a> {
    /// The items that a filter finds, in the order of namespace, kind and key. The filter's own `at` is not looked
    /// at: the caller chose the seq.
    pub fn select(self, selection: &Selection) -> Box<dyn Iterator<Item = ItemNo> + 'a> {
        let selection = selection.clone();
        match self.candidates(&selection) {
            Some(candidates) => {
                Box::new(candidates.into_iter().filter(move |item| self.matches(*item, &selection)))
            }
            None => {
                let ranges = self.ranges(&selection);
                let items = ranges.into_iter().flat_map(move |(low, prefix)| self.range(low, prefix));
                Box::new(items.filter(move |item| self.matches(*item, &selection)))
            }
        }
    }

    /// The items whose head has the attribute or one of the tags, by key; none where the filter names neither.
    fn candidates(self, selection: &Selection) -> Option<Vec<ItemNo>> {
        let versions: Vec<VersionNo> = match (&selection.leaf, &selection.tags) {
            (Some(leaf), _) => self.index.versions.by_leaf.get(leaf).cloned().unwrap_or_default(),
            (None, Some(tags)) => self.tagged(tags),
            (None, None) => return None,
        };
        let heads = versions.into_iter().filter(|version| self.sees(*version) && self.is_head(*version));
        let mut items: Vec<ItemNo> = heads.map(|version| self.item_of(version)).collect();
        items.sort_unstable_by_key(|item| self.key(*item));
        items.dedup();
        Some(items)
    }

    fn tagged(self, tags: &[String]) -> Vec<VersionNo> {
        let places = self.tag_names().filter(|(_, name)| tags.iter().any(|tag| tag == name));
        places
            .flat_map(|(namespace, name)| self.tag_history(namespace, name))
            .map(|moved| moved.version)
            .collect()
    }

    fn matches(self, item: ItemNo, selection: &Selection) -> bool {
        let key = self.key(item);
        let Some(head) = self.head(item) else { return false };
        selection.namespaces.as_ref().is_none_or(|namespaces| namespaces.contains(&key.namespace))
            && selection.kinds.as_ref().is_none_or(|kinds| kinds.contains(&key.kind))
            && selection.key_prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix.as_str()))
            && selection.tags.as_ref().is_none_or(|tags| self.carries(head, tags))
            && selection.leaf.is_none_or(|leaf| {
                let having = self.index.versions.by_leaf.get(&leaf).map_or(&[][..], Vec::as_slice);
                having.binary_search(&head).is_ok()
            })
    }

    /// Whether the version carries one of these tags.
    #[must_use]
    pub fn carries(self, version: VersionNo, tags: &[String]) -> bool {
        self.tags(version).iter().any(|moved| tags.iter().any(|tag| tag == self.index.text(moved.name)))
    }

    /// The runs of the key order that a filter on identity means: where each starts, and the prefix it keeps to.
    fn ranges(self, selection: &Selection) -> Vec<(ItemKey, String)> {
        let namespaces = match &selection.namespaces {
            Some(named) => named.clone(),
            None => self.namespaces(),
        };
        let mut kinds = selection.kinds.clone().unwrap_or_else(|| Kind::ALL.to_vec());
        kinds.sort_unstable();
        kinds.dedup();
        let mut namespaces = namespaces;
        namespaces.sort_unstable();
        namespaces.dedup();
        let prefix = selection.key_prefix.clone().unwrap_or_default();
        let starts = namespaces.iter().flat_map(|namespace| {
            kinds.iter().map(|kind| (ItemKey::lower_bound(namespace.clone(), *kind, &prefix), prefix.clone()))
        });
        starts.collect()
    }

    /// The namespaces in use, found by skipping from one to the next.
    fn namespaces(self) -> Vec<Namespace> {
        let keys = &self.index.items.by_key;
        let mut found: Vec<Namespace> = Vec::new();
        let mut next = keys.first_key_value();
        while let Some((key, _)) = next {
            found.push(key.namespace.clone());
            let last = ItemKey::upper_bound(key.namespace.clone());
            next = keys.range((Bound::Excluded(last), Bound::Unbounded)).next();
        }
        found
    }

    fn range(self, low: ItemKey, prefix: String) -> impl Iterator<Item = ItemNo> + 'a {
        let (namespace, kind) = (low.namespace.clone(), low.kind);
        let run = self.index.items.by_key.range((Bound::Included(low), Bound::Unbounded));
        run.take_while(move |(key, _)| {
            key.kind == kind && key.namespace == namespace && key.key().starts_with(prefix.as_str())
        })
        .map(|(_, item)| *item)
        .filter(move |item| self.sees_item(*item))
    }
}
