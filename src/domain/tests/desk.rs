//! A ledger for tests: a world, and the rows that a ledger would store.

use std::collections::HashMap;

use crate::domain::id::{Digest, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::ItemKey;
use crate::domain::log::entry::{BlobRecord, Entry, Head};
use crate::domain::log::facts::{Facts, Outcome};
use crate::domain::media::{ImageSize, Media};
use crate::domain::version::VersionRecord;
use crate::domain::write::log_entry::LogEntry;
use crate::domain::write::plan::{Given, Planned, plan};
use crate::domain::write::proposal::{Change, Proposal, Ref};
use crate::domain::write::world::World;

/// The payload that counts as an image here; it has a media type and a size.
pub(super) const PICTURE: &str = "a picture";
const PICTURE_MEDIA: Media =
    Media { media_type: "image/png", size: Some(ImageSize { width: 28, height: 14 }) };

/// A world that grows by entries: the interface that the model test needs in addition to [`World`].
pub(crate) trait GrowingWorld: World + Default {
    /// Adds the next commit.
    fn apply(&mut self, entry: &Entry);
}

/// A world, the records and payloads that are stored, and the head of the log.
pub(super) struct TestLedger<G> {
    pub world: G,
    pub head: Head,
    pub records: HashMap<VersionId, VersionRecord>,
    pub stored: Vec<Digest>,
}

impl<G: GrowingWorld> TestLedger<G> {
    /// Returns an empty store that has these payloads.
    pub(super) fn new(payloads: &[&str]) -> Self {
        let stored = payloads.iter().map(|bytes| Digest::of(bytes.as_bytes())).collect();
        Self { world: G::default(), head: Head::default(), records: HashMap::new(), stored }
    }

    /// Applies the rules with exactly the inputs that their documentation names, and those that
    /// they request.
    pub(super) fn plan(&self, proposal: &Proposal) -> Result<Planned, Invalid> {
        let heads = proposal.refreshes().filter_map(|set| self.head_of(set));
        let needed = proposal.records_needed().filter_map(|reference| match reference {
            Ref::Id(id) => Some(*id),
            Ref::Local(_) | Ref::Named(_) => None,
        });
        let needed = needed.chain(heads);
        let mut records: HashMap<VersionId, VersionRecord> =
            needed.filter_map(|id| Some((id, self.records.get(&id)?.clone()))).collect();
        let named = proposal.payloads().into_iter().filter(|payload| self.stored.contains(payload));
        let blobs = named.map(|digest| (digest, BlobRecord { digest, sha256: [7; 32], size: 3 })).collect();
        let seq = self.head.seq.next();
        let time = i64::try_from(seq.0).unwrap() * 1_000;
        let request = proposal.request();
        let media = HashMap::from([(Digest::of(PICTURE.as_bytes()), PICTURE_MEDIA)]);
        let previous = self.head.digest;
        loop {
            let given =
                Given { seq, time, previous, records: &records, blobs: &blobs, media: &media, request };
            let planned = plan(&self.world, proposal, &given);
            match planned.as_ref().err().and_then(Invalid::unread) {
                None => return planned,
                Some(ids) => {
                    assert!(
                        !ids.iter().any(|id| records.contains_key(id)),
                        "what was read is not asked for again"
                    );
                    records.extend(ids.iter().map(|id| (*id, self.records[id].clone())));
                }
            }
        }
    }

    /// Stores an entry. The world gets the facts as they are read from their packed form.
    pub(super) fn store(&mut self, mut entry: Entry) {
        let before = self.head;
        self.head = Head { seq: entry.commit.seq, digest: entry.commit.digest() };
        self.records.extend(entry.versions.iter().map(|record| (record.id, record.clone())));
        let unpacked = Facts::unpack(&entry.commit.facts).unwrap();
        assert_eq!(unpacked, entry.facts, "facts come back as they were packed");
        entry.facts = unpacked;
        self.world.apply(&entry);
        let log_entry = log_entry(&entry);
        let (facts, head) = log_entry.check(before).unwrap();
        assert_eq!(head, self.head);
        assert_eq!(log_entry.entry(facts, &self.world).unwrap(), entry, "a log entry is all that is needed");
    }

    /// Plans and stores.
    pub(super) fn write(&mut self, proposal: &Proposal) -> Result<Planned, Invalid> {
        let planned = self.plan(proposal)?;
        if let Some(entry) = planned.entry.clone() {
            self.store(entry);
        }
        Ok(planned)
    }

    /// Plans and stores these changes.
    pub(super) fn commit(&mut self, changes: Vec<Change>) -> Result<Vec<Outcome>, Invalid> {
        Ok(self.write(&proposal(changes))?.outcomes)
    }

    /// Plans and stores one change that makes or finds a version, and returns its id.
    pub(super) fn make(&mut self, change: impl Into<Change>) -> VersionId {
        let outcomes = self.commit(vec![change.into()]).unwrap();
        self.world.version_id(outcomes[0].version.unwrap())
    }

    /// Returns the reason why this one change is refused.
    pub(super) fn refusal(&self, change: impl Into<Change>) -> String {
        self.plan(&proposal(vec![change.into()])).unwrap_err().to_string()
    }

    /// Returns the entry that this one change would write; `None` if everything exists already.
    pub(super) fn would_write(&self, change: impl Into<Change>) -> Option<Entry> {
        self.plan(&proposal(vec![change.into()])).unwrap().entry
    }

    /// Returns the head of an item.
    pub(super) fn head_of(&self, key: &ItemKey) -> Option<VersionId> {
        let head = *self.world.history(self.world.item(&key.id())?).last()?;
        Some(self.world.version_id(head))
    }
}

/// Returns the log entry of an entry as it is read from its packed form.
pub(super) fn log_entry(entry: &Entry) -> LogEntry {
    let log_entry = LogEntry {
        commit: entry.commit.clone(),
        versions: entry.versions.clone(),
        statements: entry.statements.clone(),
        asserted: entry.asserted.clone(),
        blobs: entry.blobs.clone(),
    };
    let packed = log_entry.pack();
    let unpacked = LogEntry::unpack(&packed).unwrap();
    assert_eq!(unpacked, log_entry, "a log entry comes back as it was packed");
    assert_eq!(unpacked.pack(), packed, "equal log entries have equal bytes");
    unpacked
}

/// Returns a proposal without a key.
pub(super) fn proposal(changes: Vec<Change>) -> Proposal {
    Proposal { author: "ann".into(), message: None, idempotency_key: None, repeat_statements: false, changes }
}
