//! Labels that are no longer in an export.
//!
//! Considers only labels of images that are in the export, because an export of other images does
//! not contain the labels of these.

use std::collections::{BTreeMap, HashSet};

use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::lineage::At;

/// The namespace and key prefix of the labels of an export.
#[derive(Debug, Clone)]
pub(crate) struct LabelScope {
    pub namespace: Namespace,
    /// The prefix of their keys.
    pub keys: String,
}

/// Returns the labels of the scope whose image was seen, that were not seen themselves, and that
/// are not known to be wrong.
pub(crate) fn missing(
    at: At<'_>,
    scope: &LabelScope,
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
