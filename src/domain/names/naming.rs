//! Resolution of references to versions.
//!
//! A [`Naming`] finds items and versions by name: the index at a seq, and the world of a commit
//! that is being planned.

use super::reference::{Reference, VersionSelector};
use crate::domain::id::{ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::numbers::{ItemNo, VersionNo};

/// Items and versions by name.
pub trait Naming {
    /// Returns the item with this id.
    fn item_with(&self, id: &ItemId) -> Option<ItemNo>;
    /// Returns the version with this id.
    fn version_with(&self, id: &VersionId) -> Option<VersionNo>;
    /// Returns versions whose ids begin with these hex digits; two are enough if there are more.
    fn beginning_with(&self, digits: &str) -> Vec<VersionNo>;
    /// Returns the item's newest version.
    fn newest(&self, item: ItemNo) -> Option<VersionNo>;
    /// Returns the item's version with this number, from 1.
    fn numbered(&self, item: ItemNo, number: u32) -> Option<VersionNo>;
    /// Returns the item's versions with this tag, each once.
    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo>;
    /// Returns the newest seq that can be read.
    fn last_seq(&self) -> Seq;
    /// Returns the item's head at a seq.
    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo>;

    /// Returns the version that a reference names.
    ///
    /// # Errors
    /// [`Invalid::NotFound`]; [`Invalid::Conflict`] if several versions match;
    /// [`Invalid::AsOfUnavailable`] for a seq in the future.
    fn named(&self, reference: &Reference, text: &str) -> Result<VersionNo, Invalid> {
        let missing = || Invalid::not_found("version", text);
        match reference {
            Reference::Version(id) => self.version_with(id).ok_or_else(missing),
            Reference::Prefix(digits) => match self.beginning_with(digits)[..] {
                [] => Err(missing()),
                [version] => Ok(version),
                _ => Err(Invalid::Conflict(format!(
                    "expected one version whose id begins with {digits}, found several; give more digits"
                ))),
            },
            Reference::Item { whole, split } => {
                // A key may contain `@` and `#`.
                if let Some(item) = whole.as_ref().and_then(|key| self.item_with(&key.id())) {
                    return self.newest(item).ok_or_else(missing);
                }
                let (key, selector) = split.as_ref().ok_or_else(missing)?;
                // Checked first, so that an item that does not exist yet gets this error, too.
                if matches!(selector, VersionSelector::Seq(seq) if *seq > self.last_seq()) {
                    return Err(Invalid::not_yet(text, self.last_seq()));
                }
                let item = self.item_with(&key.id()).ok_or_else(missing)?;
                match selector {
                    VersionSelector::Number(number) => self.numbered(item, *number).ok_or_else(missing),
                    VersionSelector::Seq(seq) => self.head_at(item, *seq).ok_or_else(missing),
                    VersionSelector::Tag(tag) => match self.tagged(item, tag)[..] {
                        [] => Err(missing()),
                        [version] => Ok(version),
                        ref found => Err(Invalid::Conflict(format!(
                            "expected one version of {key} with the tag {tag:?}, found {}; name one by `#number` or id",
                            found.len()
                        ))),
                    },
                }
            }
        }
    }
}
