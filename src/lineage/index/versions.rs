//! Versions by column; a version's number is its position in each.

use super::containers::digests::Digests;
use super::containers::small_lists::SmallLists;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::Kind;
use crate::domain::log::facts::VersionFact;
use crate::domain::numbers::{ItemNo, VersionNo};

/// The value for "no parent".
const NONE: u32 = u32::MAX;

/// All versions.
#[derive(Debug, Default)]
pub(in crate::lineage) struct VersionColumns {
    pub ids: Digests<VersionId>,
    pub items: Vec<ItemNo>,
    pub kinds: Vec<Kind>,
    pub numbers: Vec<u32>,
    pub contents: Vec<[u8; 32]>,
    pub by_payload: PayloadVersions,
    parents: Vec<u32>,
}

/// The versions that have each payload.
#[derive(Debug, Default)]
pub(in crate::lineage) struct PayloadVersions {
    digests: Digests<Digest>,
    versions: SmallLists<VersionNo>,
}

impl VersionColumns {
    /// Adds the next version, of an item of this kind, and its number in the item's history.
    pub(in crate::lineage) fn push<T, V>(
        &mut self,
        fact: &VersionFact<T, V>,
        kind: Kind,
        number: u32,
    ) -> Result<(), &'static str> {
        if self.find(&fact.id).is_some() {
            return Err("duplicate version");
        }
        let version = VersionNo(self.ids.push(fact.id));
        self.items.push(fact.item);
        self.kinds.push(kind);
        self.numbers.push(number);
        self.parents.push(fact.parent.map_or(NONE, |parent| parent.0));
        self.contents.push(fact.content);
        if let Some(payload) = fact.payload {
            self.by_payload.push(payload, version);
        }
        Ok(())
    }

    pub(in crate::lineage) fn find(&self, id: &VersionId) -> Option<VersionNo> {
        self.ids.find(id).map(VersionNo)
    }

    pub(in crate::lineage) fn parent(&self, version: VersionNo) -> Option<VersionNo> {
        let parent = self.parents[version.at()];
        (parent != NONE).then_some(VersionNo(parent))
    }
}

impl PayloadVersions {
    fn push(&mut self, payload: Digest, version: VersionNo) {
        let number = self.digests.find(&payload).unwrap_or_else(|| {
            self.versions.begin();
            self.digests.push(payload)
        });
        self.versions.push(number as usize, version);
    }

    /// The versions with this payload, oldest first.
    pub(in crate::lineage) fn get(&self, payload: &Digest) -> &[VersionNo] {
        self.digests.find(payload).map_or(&[], |number| self.versions.get(number as usize))
    }

    /// The number of payloads.
    pub(in crate::lineage) const fn len(&self) -> usize {
        self.versions.len()
    }

    /// The versions with the payload of this number, oldest first.
    pub(in crate::lineage) fn of(&self, number: usize) -> &[VersionNo] {
        self.versions.get(number)
    }
}
