//! References resolved at a seq.

use crate::domain::id::{ItemId, Seq, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::names::naming::Naming;
use crate::domain::names::reference::Reference;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;

impl At<'_> {
    /// The version that a reference names.
    ///
    /// # Errors
    /// As [`Naming::named`].
    pub fn resolve(self, reference: &Reference, text: &str) -> Result<VersionNo, Invalid> {
        self.named(reference, text)
    }
}

impl Naming for At<'_> {
    fn item_with(&self, id: &ItemId) -> Option<ItemNo> {
        self.item(id)
    }

    fn version_with(&self, id: &VersionId) -> Option<VersionNo> {
        self.version(id)
    }

    /// Reads every id: a convenience for people, who type one prefix at a time.
    fn beginning_with(&self, digits: &str) -> Vec<VersionNo> {
        let first = u8::from_str_radix(&digits[..2], 16).unwrap_or(0);
        let visible = &self.index.versions.ids[..self.visible() as usize];
        let found = (0_u32..).zip(visible);
        let found = found.filter(|(_, id)| id.as_bytes()[0] == first && id.hex().starts_with(digits));
        found.map(|(version, _)| VersionNo(version)).take(2).collect()
    }

    fn newest(&self, item: ItemNo) -> Option<VersionNo> {
        self.head(item)
    }

    fn numbered(&self, item: ItemNo, number: u32) -> Option<VersionNo> {
        self.history(item).get((number as usize).checked_sub(1)?).copied()
    }

    fn tagged(&self, item: ItemNo, tag: &str) -> Vec<VersionNo> {
        let tags = self.item_tags(item);
        let tags = tags.iter().filter(|moved| self.index().text(moved.name) == tag);
        let mut tagged: Vec<VersionNo> = tags.map(|moved| moved.version).collect();
        tagged.dedup();
        tagged
    }

    fn last_seq(&self) -> Seq {
        self.seq()
    }

    fn head_at(&self, item: ItemNo, seq: Seq) -> Option<VersionNo> {
        At::new(self.index(), seq).head(item)
    }
}
