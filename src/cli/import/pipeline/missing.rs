//! Labels that an export once had and has no more.
//!
//! Only labels of images that are in the export are looked at: another export of the same data, of other images, says nothing
//! about them.

use std::collections::{BTreeMap, HashSet};

use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::lineage::At;

/// Where labels of an export lie.
#[derive(Debug, Clone)]
pub(in crate::cli::import) struct Scope {
    pub namespace: Namespace,
    /// What their keys begin with.
    pub keys: String,
}

/// The labels of the scope, of images that were seen, which were not seen themselves and are not known to be wrong.
pub(in crate::cli::import) fn missing(
    at: At<'_>,
    scope: &Scope,
    seen: &HashSet<ItemId>,
) -> BTreeMap<ItemKey, VersionId> {
    let images = seen.iter().filter_map(|id| at.item(id)).filter(|item| at.key(*item).kind == Kind::Source);
    let versions = images.flat_map(|image| at.history(image));
    let derived = versions.flat_map(|version| at.flow_from(*version));
    let mut missing = BTreeMap::new();
    for label in derived.filter(|version| at.kind(*version) == Kind::Label) {
        let item = at.item_of(label);
        let key = at.key(item);
        let is_of_export = key.namespace == scope.namespace && key.key().starts_with(&scope.keys);
        if is_of_export
            && !seen.contains(&key.id())
            && let Some(head) = at.head(item)
            && !at.is_wrong(head)
        {
            missing.insert(key.clone(), at.id(head));
        }
    }
    missing
}
