//! The members of a training set version, for documents about one set.

use std::collections::HashMap;
use std::ops::Deref;

use super::memory::{self, ExportMemory, HeldMemory};
use super::page::PinnedMember;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::Kind;
use crate::domain::log::entry::BlobRecord;
use crate::domain::numbers::VersionNo;
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};
use crate::lineage::At;
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::walk::flow::EdgeBudget;

/// The maximum number of members that are read together.
const AT_ONCE: usize = 500;

/// The role of the labelled version.
pub(super) const LABELS: &str = "LABELS";

/// A set version with its name.
#[derive(Debug, Clone)]
pub(super) struct NamedSet {
    pub version: VersionNo,
    pub id: VersionId,
    /// The name: `namespace/TRAINING_SET/key#number`.
    pub name: String,
    pub number: u32,
    /// The commit that made it.
    pub seq: crate::domain::id::Seq,
}

impl NamedSet {
    pub(super) fn of(view: &View, version: VersionNo) -> Self {
        view.read(|at| Self {
            version,
            id: at.id(version),
            name: reference(at, version),
            number: at.number(version),
            seq: at.seq_of(version),
        })
    }
}

/// Returns the name of a version: `namespace/KIND/key#number`.
pub(super) fn reference(at: At<'_>, version: VersionNo) -> String {
    format!("{}#{}", at.key(at.item_of(version)), at.number(version))
}

/// A member, from the index.
pub(super) struct MemberEntry {
    pub pinned: PinnedMember,
    pub kind: Kind,
    /// The sources at creation, with their roles. Derivations that are asserted later do not change
    /// the set.
    pub sources: Vec<(String, VersionNo)>,
}

/// The pins of a set version.
pub(super) type PinList = Held<Vec<MembershipInterval>>;

/// A list whose memory is returned when this is dropped.
pub(super) struct Held<L> {
    list: L,
    memory: HeldMemory,
}

impl<T> Held<Vec<T>> {
    /// Creates a list.
    pub(super) fn new(list: Vec<T>, memory: &ExportMemory) -> Self {
        Self { list, memory: memory.hold() }
    }

    /// Adds entries without memory of their own.
    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = T>) -> Result<(), LedgerError> {
        self.list.extend(more);
        self.memory.set(self.list.capacity() * size_of::<T>())
    }
}

impl<T> Deref for Held<Vec<T>> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.list
    }
}

/// Returns the contents of a set version: its members in the order of their addition, with member
/// sets replaced by their pins.
pub(super) fn pins(view: &View, set: VersionNo, memory: &ExportMemory) -> Result<PinList, LedgerError> {
    let mut held = memory.hold();
    // A document needs all members, so the traversal is limited only by the size of the store.
    let contents = view.walk(|walker| walker.contents(set, &mut EdgeBudget::edges(u64::MAX)));
    let contents = contents.unwrap_or_default();
    held.grow(size_of_val(contents.as_slice()))?;
    let list: Vec<MembershipInterval> = contents.into_iter().map(|content| content.interval).collect();
    held.set(size_of_val(list.as_slice()))?;
    Ok(Held { list, memory: held })
}

/// Returns the members of some pins.
pub(super) fn entries(
    view: &View,
    pins: &[MembershipInterval],
    memory: &ExportMemory,
) -> Result<Held<Vec<MemberEntry>>, LedgerError> {
    let list: Vec<MemberEntry> = view.read(|at| pins.iter().map(|pin| MemberEntry::of(at, pin)).collect());
    let mut held = memory.hold();
    held.grow(list.iter().map(MemberEntry::bytes).sum())?;
    Ok(Held { list, memory: held })
}

impl MemberEntry {
    fn of(at: At<'_>, interval: &MembershipInterval) -> Self {
        let text = |name| at.index().text(name).to_owned();
        let sources = at.sources(interval.member).filter(|edge| edge.asserted.is_none());
        Self {
            pinned: PinnedMember {
                member: interval.member,
                split: text(interval.split),
                weight: interval.weight,
            },
            kind: at.kind(interval.member),
            sources: sources.map(|edge| (text(edge.role), edge.other)).collect(),
        }
    }

    /// Returns the approximate size of the entry.
    fn bytes(&self) -> usize {
        let sources = self.sources.iter().map(|source| size_of_val(source) + source.0.len());
        size_of::<Self>() + self.pinned.split.len() + sources.sum::<usize>()
    }

    /// Returns the versions that a label labels.
    pub(super) fn labelled(&self) -> impl Iterator<Item = VersionNo> {
        self.sources.iter().filter(|(role, _)| role == LABELS).map(|(_, source)| *source)
    }
}

/// Records of versions with their payloads.
pub(super) struct MemberRecords {
    pub records: HashMap<VersionNo, VersionRecord>,
    pub names: HashMap<VersionNo, String>,
    pub blobs: HashMap<Digest, BlobRecord>,
    _memory: HeldMemory,
}

/// Reads these versions, bypassing the cache, which is for queries.
pub(super) async fn held(
    view: &View,
    versions: &[VersionNo],
    memory: &ExportMemory,
) -> Result<MemberRecords, LedgerError> {
    let mut held = memory.hold();
    let (ids, names): (Vec<VersionId>, Vec<String>) =
        view.read(|at| versions.iter().map(|version| (at.id(*version), reference(at, *version))).unzip());
    let mut records = HashMap::with_capacity(ids.len());
    held.grow(names.iter().map(|name| memory::ENTRY + name.len()).sum())?;
    for (versions, ids) in versions.chunks(AT_ONCE).zip(ids.chunks(AT_ONCE)) {
        let read = view.versions_uncached(ids).await?;
        held.grow(memory::records(read.iter().flatten()))?;
        for (version, (id, found)) in versions.iter().zip(ids.iter().zip(read)) {
            let missing = || LedgerError::Corrupt(format!("the record of {id} is missing"));
            records.insert(*version, found.ok_or_else(missing)?);
        }
    }
    let mut digests: Vec<Digest> = records.values().filter_map(|record| record.content.payload).collect();
    digests.sort_unstable();
    digests.dedup();
    let blobs = view.blobs(&digests).await?;
    held.grow(memory::records(blobs.iter().flatten()))?;
    let blobs = blobs.into_iter().flatten().map(|blob| (blob.digest, blob)).collect();
    let names = versions.iter().copied().zip(names).collect();
    Ok(MemberRecords { records, names, blobs, _memory: held })
}

/// Returns slices of a list that are read together.
pub(super) fn pages<T>(all: &[T]) -> std::slice::Chunks<'_, T> {
    all.chunks(AT_ONCE)
}
