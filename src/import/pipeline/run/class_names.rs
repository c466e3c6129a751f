//! The names of classes in a set: a class that was renamed has its new name there, although the labels
//! remain as they are.
//!
//! Labels pin the version of the class list that they were made with. If the list has renamed classes
//! since then, the set is made from the version that renamed them, and its exports follow.

use std::collections::{BTreeMap, BTreeSet};

use super::ImportRun;
use crate::domain::id::ItemId;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::version::Source;
use crate::import::findings::SetMembers;
use crate::import::record::ImportedSource;
use crate::import::record::name::VersionReference;
use crate::import::samples::KeptMembers;
use crate::lineage::At;

impl ImportRun<'_> {
    /// Returns the class lists that a set of these members is made from: of each list that its labels
    /// pin, the version that renamed classes after the newest one of these, if there is one.
    pub(super) fn class_lists(
        &self,
        at: At<'_>,
        members: &SetMembers,
        kept: &KeptMembers,
    ) -> Vec<ImportedSource> {
        let mut newest: BTreeMap<ItemNo, VersionNo> = BTreeMap::new();
        // The lists of which labels would pin a version that a dry run does not store.
        let mut unstored: BTreeSet<ItemId> = BTreeSet::new();
        let stored_head = |item: &ItemId| at.item(item).and_then(|item| at.head(item));
        let mut heads: Vec<VersionNo> = kept.versions().filter_map(|id| at.version(id)).collect();
        for item in members.by_split().flat_map(|(_, items)| items) {
            match self.unstored.get(item).and_then(|made| made.list) {
                Some(list) => drop(unstored.insert(list)),
                None => heads.extend(stored_head(item)),
            }
        }
        for list in heads.into_iter().filter_map(|head| at.class_list(head)) {
            let newest = newest.entry(at.item_of(list)).or_insert(list);
            *newest = (*newest).max(list);
        }
        let source = |(item, pinned): (ItemNo, VersionNo)| {
            let list = at.key(item).id();
            let version = match () {
                () if self.unstored.contains(&list) && unstored.contains(&list) => return None,
                () if self.unstored.get(&list).is_some_and(|made| !made.renames.is_empty()) => {
                    VersionReference::Newest(list)
                }
                () => {
                    let pinned = if unstored.contains(&list) { at.head(item)? } else { pinned };
                    VersionReference::of_version(at.id(at.last_rename(pinned)?))
                }
            };
            Some(ImportedSource { version, role: Source::CLASSES.to_owned() })
        };
        newest.into_iter().filter_map(source).collect()
    }
}
