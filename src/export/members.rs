//! A training set version, member by member: what documents about one set are made of.

use std::collections::HashMap;

use super::page::Pinned;
use crate::domain::id::{Digest, VersionId};
use crate::domain::item::Kind;
use crate::domain::log::entry::BlobRecord;
use crate::domain::numbers::VersionNo;
use crate::domain::version::VersionRecord;
use crate::ledger::{LedgerError, View};
use crate::lineage::At;
use crate::lineage::walk::flow::Budget;

/// How many members are read at a time.
const AT_ONCE: usize = 500;

/// The role of what a label labels.
pub(super) const LABELS: &str = "LABELS";

/// A set version, as it is named.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub version: VersionNo,
    pub id: VersionId,
    /// `namespace/TRAINING_SET/key#number`.
    pub name: String,
    pub number: u32,
    /// The commit that made it.
    pub seq: crate::domain::id::Seq,
}

impl Set {
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

/// `namespace/KIND/key#number`.
pub(super) fn reference(at: At<'_>, version: VersionNo) -> String {
    format!("{}#{}", at.key(at.item_of(version)), at.number(version))
}

/// A member, as the index knows it.
pub(super) struct Entry {
    pub pinned: Pinned,
    pub kind: Kind,
    /// What it was made from at birth, with the roles. What was said later may grow, and the set does not.
    pub sources: Vec<(String, VersionNo)>,
}

/// The contents of a set version: its members in the order in which they came, member sets replaced by what they pin.
pub(super) fn entries(view: &View, set: VersionNo) -> Vec<Entry> {
    view.read(|at| {
        let text = |name| at.index().text(name).to_owned();
        let entry = |stay: crate::lineage::index::membership::Stay| {
            let sources = at.sources(stay.member).filter(|edge| edge.asserted.is_none());
            Entry {
                pinned: Pinned { member: stay.member, split: text(stay.split), weight: stay.weight },
                kind: at.kind(stay.member),
                sources: sources.map(|edge| (text(edge.role), edge.other)).collect(),
            }
        };
        // A document is written whole or not at all: the walk is bounded by the store itself.
        let contents = at.contents(set, &mut Budget::edges(u64::MAX)).unwrap_or_default();
        contents.into_iter().map(|content| entry(content.stay)).collect()
    })
}

impl Entry {
    /// What a label labels.
    pub(super) fn labelled(&self) -> impl Iterator<Item = VersionNo> {
        self.sources.iter().filter(|(role, _)| role == LABELS).map(|(_, source)| *source)
    }
}

/// Records of versions with their payloads.
pub(super) struct Held {
    pub records: HashMap<VersionNo, VersionRecord>,
    pub names: HashMap<VersionNo, String>,
    pub blobs: HashMap<Digest, BlobRecord>,
}

/// Reads so many versions: past the cache, which serves questions.
pub(super) async fn held(view: &View, versions: &[VersionNo]) -> Result<Held, LedgerError> {
    let (ids, names): (Vec<VersionId>, Vec<String>) =
        view.read(|at| versions.iter().map(|version| (at.id(*version), reference(at, *version))).unzip());
    let graph = &view.shared().graph;
    let mut records = HashMap::with_capacity(ids.len());
    for (version, (id, found)) in versions.iter().zip(ids.iter().zip(graph.versions(&ids).await?)) {
        let missing = || LedgerError::Corrupt(format!("the record of {id} is missing"));
        records.insert(*version, found.ok_or_else(missing)?);
    }
    let mut digests: Vec<Digest> = records.values().filter_map(|record| record.content.payload).collect();
    digests.sort_unstable();
    digests.dedup();
    let blobs = graph.blobs(&digests).await?.into_iter().flatten().map(|blob| (blob.digest, blob)).collect();
    Ok(Held { records, names: versions.iter().copied().zip(names).collect(), blobs })
}

/// Slices of a list that are read at a time.
pub(super) fn pages<T>(all: &[T]) -> std::slice::Chunks<'_, T> {
    all.chunks(AT_ONCE)
}
