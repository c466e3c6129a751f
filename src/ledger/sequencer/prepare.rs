//! Looks up what the rules need besides the index: the stored payloads, and the records of versions
//! whose content is reused.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::domain::id::{Digest, VersionId};
use crate::domain::item::ItemKey;
use crate::domain::log::entry::{BlobRecord, Entry};
use crate::domain::media::Media;
use crate::domain::version::VersionRecord;
use crate::domain::write::proposal::{Proposal, Ref};
use crate::domain::write::world::World;
use crate::ledger::{LedgerError, LedgerState};

/// The number of concurrent lookups of payloads.
const LOOKS: usize = 16;

/// The data that was looked up for a proposal.
#[derive(Debug, Default)]
pub(crate) struct PreparedProposal {
    pub records: HashMap<VersionId, VersionRecord>,
    pub blobs: HashMap<Digest, BlobRecord>,
    /// The media facts of those that are images.
    pub media: HashMap<Digest, Media>,
    /// The number of deletions before the first of these was looked up.
    pub sweeps: u64,
}

impl LedgerState {
    /// Checks that the named payloads are stored.
    pub(crate) async fn prepare(&self, proposal: &Proposal) -> Result<PreparedProposal, LedgerError> {
        let mut prepared =
            PreparedProposal { sweeps: self.sweeps.load(Ordering::SeqCst), ..PreparedProposal::default() };
        let found = proposal
            .payloads()
            .into_iter()
            .map(async |digest| self.blobs.stat(digest).await?.ok_or(LedgerError::BlobMissing { digest }));
        // A bucket has a high latency.
        let mut found = stream::iter(found).buffered(LOOKS);
        while let Some(meta) = found.try_next().await? {
            let digest = meta.digest;
            prepared.blobs.insert(digest, BlobRecord { digest, sha256: meta.sha256, size: meta.size });
            prepared.media.extend(meta.media.map(|media| (digest, media)));
        }
        drop(found);
        Ok(prepared)
    }

    /// Loads the current records of versions whose content is reused, and of heads to refresh. The
    /// rules refuse what does not exist.
    pub(crate) async fn load_records(
        &self,
        proposal: &Proposal,
        prepared: &mut PreparedProposal,
        group: &[Entry],
    ) -> Result<(), LedgerError> {
        let needed: BTreeSet<VersionId> = self.reading(|index| {
            let head = |key: &ItemKey| index.history(index.item(&key.id())?).last().copied();
            let heads = proposal.refreshes().filter_map(head);
            let named = proposal.records_needed().filter_map(|reference| match reference {
                Ref::Id(id) => index.version(id),
                Ref::Named(text) => index.now().resolve(&text.parse().ok()?, text).ok(),
                Ref::Local(_) => None,
            });
            heads.chain(named).map(|version| index.version_id(version)).collect()
        });
        self.load(needed, prepared, group).await
    }

    async fn load(
        &self,
        needed: BTreeSet<VersionId>,
        prepared: &mut PreparedProposal,
        group: &[Entry],
    ) -> Result<(), LedgerError> {
        // The versions of this group are not in the store yet.
        let waiting =
            group.iter().flat_map(|entry| &entry.versions).filter(|record| needed.contains(&record.id));
        prepared.records.extend(waiting.map(|record| (record.id, record.clone())));
        let needed: Vec<VersionId> =
            needed.into_iter().filter(|id| !prepared.records.contains_key(id)).collect();
        for record in self.versions(&needed).await?.into_iter().flatten() {
            prepared.records.insert(record.id, VersionRecord::clone(&record));
        }
        Ok(())
    }

    /// Loads records that only the rules could determine: a reference that has another target
    /// within its commit than before it.
    pub(crate) async fn load_unread(
        &self,
        ids: &[VersionId],
        prepared: &mut PreparedProposal,
        group: &[Entry],
    ) -> Result<(), LedgerError> {
        self.load(ids.iter().copied().collect(), prepared, group).await?;
        match ids.iter().find(|id| !prepared.records.contains_key(id)) {
            None => Ok(()),
            Some(missing) => Err(LedgerError::Corrupt(format!("the record of {missing} is missing"))),
        }
    }
}
