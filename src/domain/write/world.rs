//! The world as the rules see it: all earlier commits.
//!
//! The lineage index is the world of a running server; a few maps are the world of a property test.

use super::proposal::Selection;
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::facts::{Pin, Saying, StatementFact};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::statement::{StatementId, StatementKind};

/// The committed data that the rules read.
pub trait World {
    /// Returns the numbers of items and versions.
    fn counts(&self) -> (u32, u32);
    /// Returns the item with this id.
    fn item(&self, id: &ItemId) -> Option<ItemNo>;
    /// Returns the item's identity.
    fn item_key(&self, item: ItemNo) -> &ItemKey;
    /// Returns the item's versions, oldest first.
    fn history(&self, item: ItemNo) -> &[VersionNo];
    /// Returns the version with this id.
    fn version(&self, id: &VersionId) -> Option<VersionNo>;
    /// Returns versions whose ids begin with these hex digits; two are enough if there are more.
    fn beginning_with(&self, digits: &str) -> Vec<VersionNo>;
    /// Returns the item's versions with this tag, each once.
    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo>;
    /// Returns the item's head at a seq.
    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo>;
    /// Returns the version's id.
    fn version_id(&self, version: VersionNo) -> VersionId;
    /// Returns the version's item.
    fn item_of(&self, version: VersionNo) -> ItemNo;
    /// Returns the commit that made the version.
    fn seq_of(&self, version: VersionNo) -> Seq;
    /// Returns the digest of the version's content.
    fn content(&self, version: VersionNo) -> [u8; 32];
    /// Returns true if any version names the payload.
    fn names(&self, payload: &Digest) -> bool;
    /// Returns the newest statement about the version.
    fn last_statement(&self, version: VersionNo) -> Option<(StatementId, StatementFact)>;
    /// Returns the newest statement that says this.
    fn said(&self, saying: &Saying) -> Option<(StatementId, StatementFact)>;
    /// Returns true if the version is wrong now.
    fn wrong(&self, version: VersionNo) -> bool;
    /// Returns true if a tag name is an alias in a namespace, false if it is a label tag; `None` if
    /// it is not used.
    fn tag_form(&self, namespace: &str, name: &str) -> Option<bool>;
    /// Returns the version that an item's alias points to, and the commit since which it does.
    fn alias(&self, item: ItemNo, name: &str) -> Option<(VersionNo, Seq)>;
    /// Returns the commit since which the version has a label tag.
    fn label(&self, version: VersionNo, name: &str) -> Option<Seq>;
    /// Returns the last commit that set a tag of this name on the version or removed it.
    fn tag_moved(&self, version: VersionNo, name: &str) -> Option<Seq>;
    /// Returns the members of a training set version, by version number.
    fn members(&self, set: VersionNo) -> Vec<Pin>;
    /// Returns a member of a training set version with its split and weight.
    fn pin(&self, set: VersionNo, member: VersionNo) -> Option<Pin>;
    /// Returns the sources of the version, those asserted later and its pins included; in any
    /// order, possibly repeated.
    fn upstream(&self, version: VersionNo) -> Vec<VersionNo>;
    /// Returns true if `version` is `on`, or was made from it or pins it, directly or indirectly.
    fn depends_on(&self, version: VersionNo, on: VersionNo) -> bool;
    /// Returns the commit that recorded this derivation, with the version or later.
    fn derivation(&self, derived: VersionNo, source: VersionNo, role: &str) -> Option<Seq>;
    /// Returns the heads of the items that a filter finds.
    ///
    /// # Errors
    /// [`Invalid`] if the filter cannot be answered.
    fn select(&self, selection: &Selection) -> Result<Vec<VersionNo>, Invalid>;
    /// Returns the current replacements of the members of a training set version, each member once.
    fn refreshed(&self, set: VersionNo, causes: &[StatementKind]) -> Refreshed;
}

/// The members of a training set without what is wrong.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Refreshed {
    /// The members as they should be.
    pub members: Vec<Pin>,
    /// Members that were replaced: the pinned version, and its replacement.
    pub replaced: Vec<(VersionNo, VersionNo)>,
    /// The replaced members whose replacement was a member already, in the order of `replaced`. The
    /// replacement keeps the split and weight that it had; those of the replaced member are dropped.
    pub merged: Vec<VersionNo>,
    /// Members that were removed: wrong, and without a right replacement.
    pub removed: Vec<VersionNo>,
    /// Members that were made from something wrong and not made again since; they remain.
    pub unresolved: Vec<VersionNo>,
}
