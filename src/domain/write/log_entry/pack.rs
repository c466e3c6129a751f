//! The byte form of log entries: one per content, so that equal commits have equal bytes in every
//! copy.

use std::collections::HashMap;

use super::LogEntry;
use crate::domain::canonical::wire::Writer;
use crate::domain::class_change::ClassChange;
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord, Entry};
use crate::domain::statement::StatementRecord;
use crate::domain::version::{Activity, Content, VersionRecord};

/// The format of log entries.
pub(super) const FORMAT: u64 = 2;
/// Bits next to the kind of a statement: it has an activity, it has a message.
pub(super) const WITH_ACTIVITY: u64 = 0x40;
pub(super) const WITH_MESSAGE: u64 = 0x80;

impl LogEntry {
    /// Packs the log entry, which must not be of format 1: that is converted first.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        EntryRows::of(self).pack().0
    }

    /// Packs log entries in sequence, each after its length: the form that a server sends.
    #[must_use]
    pub fn pack_all(log_entries: &[Self]) -> Vec<u8> {
        let mut all = Vec::new();
        for log_entry in log_entries {
            let packed = log_entry.pack();
            all.extend_from_slice(&(packed.len() as u64).to_le_bytes());
            all.extend_from_slice(&packed);
        }
        all
    }
}

/// The parts of an entry that are packed.
pub(super) struct EntryRows<'a> {
    pub(super) commit: &'a CommitRecord,
    pub(super) versions: &'a [VersionRecord],
    pub(super) statements: &'a [StatementRecord],
    pub(super) asserted: &'a [AssertedRecord],
    pub(super) blobs: &'a [BlobRecord],
}

impl<'a> EntryRows<'a> {
    const fn of(entry: &'a LogEntry) -> Self {
        let LogEntry { commit, versions, statements, asserted, blobs } = entry;
        Self {
            commit,
            versions: versions.as_slice(),
            statements: statements.as_slice(),
            asserted: asserted.as_slice(),
            blobs: blobs.as_slice(),
        }
    }

    /// Packs the entry. Returns the offsets of its versions as well, by which one can be read alone.
    pub(super) fn pack(&self) -> (Vec<u8>, Vec<u32>) {
        let mut w = Writer::default();
        w.number(FORMAT);
        pack_commit(&mut w, self.commit);
        let activities = Activities::of(self.versions, self.statements);
        w.list(&activities.all, |w, activity| pack_activity(w, activity));
        let mut places = Vec::with_capacity(self.versions.len());
        w.list(self.versions, |w, version| {
            places.push(w.position());
            pack_version(w, version);
            w.optional_number(version.activity.as_ref().map(|activity| activities.place(activity)));
        });
        w.list(self.statements, |w, statement| {
            // Fields that most statements do not have are announced by bits next to the kind.
            let has = |bit: u64, given: bool| if given { bit } else { 0 };
            let with = has(WITH_ACTIVITY, statement.activity.is_some());
            let with = with | has(WITH_MESSAGE, statement.message.is_some());
            w.number(u64::from(statement.kind.code()) | with);
            w.raw(statement.version.as_bytes());
            w.optional(statement.by, |w, by| w.raw(by.as_bytes()));
            w.part(&statement.reason);
            if let Some(activity) = &statement.activity {
                w.number(activities.place(activity));
            }
            if let Some(message) = &statement.message {
                w.part(message);
            }
        });
        w.list(self.asserted, |w, edge| {
            w.raw(edge.derived.as_bytes());
            w.raw(edge.source.as_bytes());
            w.text(&edge.role);
            w.part(&edge.reason);
        });
        w.list(self.blobs, |w, blob| {
            w.raw(blob.digest.as_bytes());
            w.raw(&blob.sha256);
            w.number(blob.size);
        });
        let (bytes, body) = w.finish_with_offset();
        let offset = |place: usize| u32::try_from(body + place).unwrap_or(u32::MAX);
        (bytes, places.into_iter().map(offset).collect())
    }
}

impl Entry {
    /// Packs the entry as its log entry. Returns the offsets of its versions as well, by which
    /// [`LogEntry::unpack_version`] reads one alone.
    #[must_use]
    pub fn pack(&self) -> (Vec<u8>, Vec<u32>) {
        let Self { commit, versions, statements, asserted, blobs, .. } = self;
        EntryRows { commit, versions, statements, asserted, blobs }.pack()
    }
}

/// The activities of versions and statements, each once: many are shared.
struct Activities<'a> {
    all: Vec<&'a Activity>,
    places: HashMap<[u8; 32], u64>,
}

impl<'a> Activities<'a> {
    fn of(versions: &'a [VersionRecord], statements: &'a [StatementRecord]) -> Self {
        let mut activities = Self { all: Vec::new(), places: HashMap::new() };
        let made = versions.iter().filter_map(|version| version.activity.as_ref());
        let said = statements.iter().filter_map(|statement| statement.activity.as_ref());
        for activity in made.chain(said) {
            let next = activities.all.len() as u64;
            if *activities.places.entry(activity.id()).or_insert(next) == next {
                activities.all.push(activity);
            }
        }
        activities
    }

    fn place(&self, activity: &Activity) -> u64 {
        self.places.get(&activity.id()).copied().unwrap_or_default()
    }
}

fn pack_commit(w: &mut Writer, commit: &CommitRecord) {
    w.number(commit.seq.0);
    w.number(commit.time.cast_unsigned());
    w.part(&commit.author);
    w.optional(commit.message.as_ref(), |w, message| w.part(message));
    w.bytes(commit.facts.covered());
    w.bytes(commit.facts.texts());
    w.number(commit.rows.size);
    w.raw(&commit.rows.root);
    w.raw(&commit.previous);
}

fn pack_activity(w: &mut Writer, activity: &Activity) {
    w.bytes(activity.name.as_bytes());
    w.optional(activity.code_reference.as_ref(), |w, code| w.part(code));
    w.part(activity.parameters.as_str());
    for time in [activity.started_at, activity.ended_at] {
        w.optional(time, |w, time| w.number(time.cast_unsigned()));
    }
}

/// Packs a version without the data of its commit and without its id, which is a hash of the rest.
fn pack_version(w: &mut Writer, version: &VersionRecord) {
    let Content { payload, media_type, attributes, sources, manifest, ontology, class_changes } =
        &version.content;
    w.raw(version.item.as_bytes());
    w.optional(version.parent, |w, parent| w.raw(parent.as_bytes()));
    w.number(version.number.into());
    w.optional(version.message.as_ref(), |w, message| w.part(message));
    w.optional(*payload, |w, payload| w.raw(payload.as_bytes()));
    w.optional(media_type.as_ref(), |w, media_type| w.text(media_type));
    w.part(attributes.as_str());
    w.list(sources, |w, source| {
        w.text(&source.role);
        w.raw(source.version.as_bytes());
    });
    w.optional(*manifest, |w, manifest| {
        w.raw(&manifest.digest);
        w.number(manifest.count.into());
        w.flag(manifest.complete);
    });
    w.optional(*ontology, |w, ontology| w.raw(ontology.as_bytes()));
    w.optional(ClassChange::list_text(class_changes), |w, changes| w.part(&changes));
}
