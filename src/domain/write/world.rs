//! The world as the rules see it: everything that was committed before.
//!
//! The lineage index is the world of a running server; a few maps are the world of a property test.

use super::proposal::Selection;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::facts::{Pin, Saying, StatementFact};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind};

/// What has been committed, as the rules ask for it.
pub trait World {
    /// How many items and versions there are.
    fn counts(&self) -> (u32, u32);
    /// The item with this id.
    fn item(&self, id: &ItemId) -> Option<ItemNo>;
    /// The item's identity.
    fn item_key(&self, item: ItemNo) -> &ItemKey;
    /// The item's versions, oldest first.
    fn history(&self, item: ItemNo) -> &[VersionNo];
    /// The version with this id.
    fn version(&self, id: &VersionId) -> Option<VersionNo>;
    /// Versions whose ids begin with these hex digits; two are enough if there are more.
    fn beginning_with(&self, digits: &str) -> Vec<VersionNo>;
    /// The item's versions with this tag, each once.
    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo>;
    /// The item's head at a seq.
    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo>;
    /// The version's id.
    fn version_id(&self, version: VersionNo) -> VersionId;
    /// The version's item.
    fn item_of(&self, version: VersionNo) -> ItemNo;
    /// The commit that made the version.
    fn seq_of(&self, version: VersionNo) -> Seq;
    /// The digest of the version's content.
    fn content(&self, version: VersionNo) -> [u8; 32];
    /// Whether any version names the payload.
    fn names(&self, payload: &Digest) -> bool;
    /// The newest statement about the version.
    fn last_statement(&self, version: VersionNo) -> Option<(StatementId, StatementFact)>;
    /// The newest statement that says this.
    fn said(&self, saying: &Saying) -> Option<(StatementId, StatementFact)>;
    /// Whether the version is wrong now.
    fn wrong(&self, version: VersionNo) -> bool;
    /// Whether a tag name is used as an alias (true), as a label (false), or not at all in a namespace.
    fn tag_form(&self, namespace: &str, name: &str) -> Option<bool>;
    /// Where an item's alias points, and since which commit.
    fn alias(&self, item: ItemNo, name: &str) -> Option<(VersionNo, Seq)>;
    /// Since which commit the version carries a label tag.
    fn label(&self, version: VersionNo, name: &str) -> Option<Seq>;
    /// The last commit that put a tag of this name on the version or took it away.
    fn tag_moved(&self, version: VersionNo, name: &str) -> Option<Seq>;
    /// The members of a training set version, by version number.
    fn members(&self, set: VersionNo) -> Vec<Pin>;
    /// A member of a training set version with its split and weight.
    fn pin(&self, set: VersionNo, member: VersionNo) -> Option<Pin>;
    /// What the version was made from, at birth or as said later, and what it pins; in any order, possibly repeated.
    fn upstream(&self, version: VersionNo) -> Vec<VersionNo>;
    /// Whether `version` is `on`, or was made from it or pins it, directly or not.
    fn depends_on(&self, version: VersionNo, on: VersionNo) -> bool;
    /// The commit that said this derivation, at birth or later.
    fn derivation(&self, derived: VersionNo, source: VersionNo, role: &str) -> Option<Seq>;
    /// The heads of the items that a filter finds.
    ///
    /// # Errors
    /// [`Invalid`] where the filter cannot be answered.
    fn select(&self, selection: &Selection) -> Result<Vec<VersionNo>, Invalid>;
    /// What the members of a training set version should be now, each once.
    fn refreshed(&self, set: VersionNo, causes: &[StatementKind]) -> Refreshed;
}

/// A training set's members without what is wrong.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Refreshed {
    /// The members as they should be.
    pub members: Vec<Pin>,
    /// Members that were replaced: what was pinned, and what takes its place.
    pub replaced: Vec<(VersionNo, VersionNo)>,
    /// Of the members that were replaced, those whose replacement another member has brought already: its split and
    /// weight stay, and theirs are gone. In the order of `replaced`.
    pub merged: Vec<VersionNo>,
    /// Members that fell away: wrong, and nothing right takes their place.
    pub removed: Vec<VersionNo>,
    /// Members that were made from something wrong and not made again since; they stay.
    pub unresolved: Vec<VersionNo>,
}
