//! Conditions on namespaces, kinds and key prefixes.

use std::ops::Bound;

use super::part::{COUNTED, Candidates, FilterPart};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::selection::Selection;
use crate::lineage::At;

/// The conditions of a filter on items' identities.
#[derive(Clone)]
pub(super) struct Identity {
    namespaces: Option<Vec<Namespace>>,
    kinds: Option<Vec<Kind>>,
    prefix: Option<String>,
    /// The number of items in the named namespaces and kinds.
    size: usize,
}

impl Identity {
    pub(super) fn new(at: At<'_>, selection: &Selection) -> Self {
        let mut namespaces = selection.namespaces.clone();
        let mut kinds = selection.kinds.clone();
        namespaces.iter_mut().for_each(|namespaces| {
            namespaces.sort_unstable();
            namespaces.dedup();
        });
        kinds.iter_mut().for_each(|kinds| {
            kinds.sort_unstable();
            kinds.dedup();
        });
        let mut identity = Self { namespaces, kinds, prefix: selection.key_prefix.clone(), size: 0 };
        identity.size = identity.groups(at).map(<[ItemNo]>::len).sum();
        identity
    }

    /// Returns true if there is any condition.
    pub(super) const fn narrows(&self) -> bool {
        self.namespaces.is_some() || self.kinds.is_some() || self.prefix.is_some()
    }

    /// The number of items in the named namespaces and kinds.
    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// The items of each named namespace and kind, in the order of creation.
    pub(super) fn groups<'a>(&'a self, at: At<'a>) -> impl Iterator<Item = &'a [ItemNo]> {
        let groups = at.index.postings.groups();
        groups.filter(|((namespace, kind), _)| self.names(namespace, *kind)).map(move |(_, items)| {
            let visible = items.partition_point(|item| at.sees_item(*item));
            &items[..visible]
        })
    }

    fn names(&self, namespace: &Namespace, kind: Kind) -> bool {
        self.namespaces.as_ref().is_none_or(|named| named.binary_search(namespace).is_ok())
            && self.kinds.as_ref().is_none_or(|named| named.contains(&kind))
    }

    /// The matching runs of the key order: the smallest and the largest key that each could have.
    pub(super) fn runs(&self, at: At<'_>) -> Vec<(ItemKey, ItemKey)> {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        // Above every key with this prefix, because no key is longer than this.
        let end = format!("{prefix}{}", char::MAX.to_string().repeat(ItemKey::MAX_KEY / 4 + 1));
        let groups = at.index.postings.groups().map(|(group, _)| group);
        groups
            .filter(|(namespace, kind)| self.names(namespace, *kind))
            .map(|(namespace, kind)| {
                let bound = |text: &str| ItemKey::lower_bound(namespace.clone(), *kind, text);
                (bound(prefix), bound(&end))
            })
            .collect()
    }

    fn items(&self, at: At<'_>) -> impl Iterator<Item = ItemNo> {
        self.runs(at).into_iter().flat_map(move |(low, high)| {
            let run = at.index.items.range(Bound::Included(&low), Bound::Included(&high));
            run.filter(move |item| at.sees_item(*item))
        })
    }
}

impl FilterPart for Identity {
    fn most(&self, at: At<'_>) -> Option<usize> {
        let counted = self.prefix.as_ref().map(|_| self.items(at).take(COUNTED).count());
        Some(counted.filter(|counted| *counted < COUNTED).unwrap_or(self.size))
    }

    fn candidates(&self, at: At<'_>, list: &mut Candidates) {
        match self.prefix {
            Some(_) => list.items.extend(self.items(at).map(|item| item.0)),
            None => list.items.extend(self.groups(at).flatten().map(|item| item.0)),
        }
    }

    fn holds(&self, at: At<'_>, item: ItemNo, _: VersionNo) -> bool {
        let key = at.key(item);
        self.names(&key.namespace, key.kind)
            && self.prefix.as_ref().is_none_or(|prefix| key.key().starts_with(prefix.as_str()))
    }

    fn is_counted(&self) -> bool {
        self.prefix.is_none()
    }
}
