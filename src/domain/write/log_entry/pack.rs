//! The byte form of log entries: one per content, so that equal commits have equal bytes in every
//! copy.

use std::collections::HashMap;

use serde_json::Value;

use super::LogEntry;
use crate::domain::canonical::attributes::{Attributes, canonical};
use crate::domain::canonical::wire::{Broken, Reader, Writer};
use crate::domain::class_change::{ChangedClasses, ClassChange, ClassChangeKind};
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord, Entry};
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, Content, Manifest, Source, VersionRecord};

const FORMAT: u64 = 1;
/// Bits next to the kind of a statement: it has an activity, it has a message.
const WITH_ACTIVITY: u64 = 0x40;
const WITH_MESSAGE: u64 = 0x80;

impl LogEntry {
    /// Packs the log entry.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        EntryRows::of(self).pack().0
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
            w.bytes(statement.reason.as_bytes());
            if let Some(activity) = &statement.activity {
                w.number(activities.place(activity));
            }
            if let Some(message) = &statement.message {
                w.bytes(message.as_bytes());
            }
        });
        w.list(self.asserted, |w, edge| {
            w.raw(edge.derived.as_bytes());
            w.raw(edge.source.as_bytes());
            w.text(&edge.role);
            w.bytes(edge.reason.as_bytes());
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

impl LogEntry {
    /// Reads only the commit of a packed log entry.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn unpack_commit(bytes: &[u8]) -> Result<CommitRecord, Broken> {
        read_commit(&mut opened(bytes)?)
    }

    /// Reads one version of a packed log entry. `row` is the rest of the entry from its offset on.
    /// Its id is a hash of its content.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn unpack_version(bytes: &[u8], row: &[u8]) -> Result<VersionRecord, Broken> {
        let mut r = opened(bytes)?;
        let seq = Seq(r.number()?);
        r.number()?;
        r.bytes()?;
        r.optional(Reader::bytes)?;
        r.bytes()?;
        r.slice::<64>()?;
        let rest = bytes.len().checked_sub(row.len()).and_then(|at| bytes.get(at..)).ok_or(Broken("row"))?;
        let mut row = r.clone();
        row.go_to(rest);
        let version = read_version(&mut row, seq)?;
        // Most versions have no activity, so the list is read only if this one has.
        let activity = match row.optional_small()? {
            None => None,
            Some(place) => Some(found(&r.list(read_activity)?, place)?),
        };
        Ok(VersionRecord { activity, ..version })
    }

    /// Unpacks a log entry. Its content is checked by [`LogEntry::check`].
    ///
    /// # Errors
    /// [`Broken`] if the bytes are not written by [`LogEntry::pack`].
    pub fn unpack(bytes: &[u8]) -> Result<Self, Broken> {
        let mut r = opened(bytes)?;
        let commit = read_commit(&mut r)?;
        let seq = commit.seq;
        let activities = r.list(read_activity)?;
        let versions = r.list(|r| {
            let version = read_version(r, seq)?;
            let place = r.optional_small()?;
            let activity = place.map(|place| found(&activities, place));
            Ok(VersionRecord { activity: activity.transpose()?, ..version })
        })?;
        let mut place = 0..;
        let statements = r.list(|r| {
            let (kind, with) = read_kind(r)?;
            Ok(StatementRecord {
                id: StatementId { seq, place: place.next().unwrap_or(u32::MAX) },
                kind,
                version: VersionId::from_bytes(r.raw()?),
                by: r.optional(Reader::raw)?.map(VersionId::from_bytes),
                reason: r.prose()?.to_owned(),
                activity: match with & WITH_ACTIVITY {
                    0 => None,
                    _ => Some(found(&activities, r.small()?)?),
                },
                message: if with & WITH_MESSAGE == 0 { None } else { Some(r.prose()?.to_owned()) },
            })
        })?;
        let mut place = 0..;
        let asserted = r.list(|r| {
            Ok(AssertedRecord {
                seq,
                place: place.next().unwrap_or(u32::MAX),
                derived: VersionId::from_bytes(r.raw()?),
                source: VersionId::from_bytes(r.raw()?),
                role: r.text()?.to_owned(),
                reason: r.prose()?.to_owned(),
            })
        })?;
        let blobs = r.list(|r| {
            Ok(BlobRecord { digest: Digest::from_bytes(r.raw()?), sha256: r.raw()?, size: r.number()? })
        })?;
        r.end()?;
        Ok(Self { commit, versions, statements, asserted, blobs })
    }
}

/// Opens a packed log entry of this format.
fn opened(bytes: &[u8]) -> Result<Reader<'_>, Broken> {
    let mut r = Reader::new(bytes)?;
    if r.number()? == FORMAT { Ok(r) } else { Err(Broken("a log entry of another format")) }
}

/// Log entries in sequence, each after its length: the form that a server sends.
impl LogEntry {
    /// Packs log entries one after the other.
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

    /// Unpacks the bytes of [`LogEntry::pack_all`].
    ///
    /// # Errors
    /// [`Broken`], also if the last one is incomplete.
    pub fn unpack_all(mut bytes: &[u8]) -> Result<Vec<Self>, Broken> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk().ok_or(Broken("length"))?;
            let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| Broken("length"))?;
            let (packed, rest) = rest.split_at_checked(length).ok_or(Broken("end"))?;
            found.push(Self::unpack(packed)?);
            bytes = rest;
        }
        Ok(found)
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
    w.bytes(commit.author.as_bytes());
    w.optional(commit.message.as_ref(), |w, message| w.bytes(message.as_bytes()));
    w.bytes(&commit.facts);
    w.raw(&commit.rows);
    w.raw(&commit.previous);
}

fn read_commit(r: &mut Reader<'_>) -> Result<CommitRecord, Broken> {
    Ok(CommitRecord {
        seq: Seq(r.number()?),
        time: r.number()?.cast_signed(),
        author: r.prose()?.to_owned(),
        message: r.optional(Reader::prose)?.map(str::to_owned),
        facts: r.bytes()?.to_vec(),
        rows: r.raw()?,
        previous: r.raw()?,
    })
}

fn pack_activity(w: &mut Writer, activity: &Activity) {
    w.bytes(activity.name.as_bytes());
    w.optional(activity.code_reference.as_ref(), |w, code| w.bytes(code.as_bytes()));
    w.bytes(activity.parameters.as_str().as_bytes());
    for time in [activity.started_at, activity.ended_at] {
        w.optional(time, |w, time| w.number(time.cast_unsigned()));
    }
}

fn read_activity(r: &mut Reader<'_>) -> Result<Activity, Broken> {
    let time = |r: &mut Reader<'_>| Ok(r.optional(Reader::number)?.map(u64::cast_signed));
    Ok(Activity {
        name: r.prose()?.to_owned(),
        code_reference: r.optional(Reader::prose)?.map(str::to_owned),
        parameters: read_attributes(r)?,
        started_at: time(r)?,
        ended_at: time(r)?,
    })
}

/// Packs a version without the data of its commit and without its id, which is a hash of the rest.
fn pack_version(w: &mut Writer, version: &VersionRecord) {
    let Content { payload, media_type, attributes, sources, manifest, ontology, class_changes } =
        &version.content;
    w.raw(version.item.as_bytes());
    w.optional(version.parent, |w, parent| w.raw(parent.as_bytes()));
    w.number(version.number.into());
    w.optional(version.message.as_ref(), |w, message| w.bytes(message.as_bytes()));
    w.optional(*payload, |w, payload| w.raw(payload.as_bytes()));
    w.optional(media_type.as_ref(), |w, media_type| w.text(media_type));
    w.bytes(attributes.as_str().as_bytes());
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
    w.list(class_changes, |w, change| {
        write_change(w, change);
    });
}

fn read_version(r: &mut Reader<'_>, seq: Seq) -> Result<VersionRecord, Broken> {
    let item = ItemId::from_bytes(r.raw()?);
    let parent = r.optional(Reader::raw)?.map(VersionId::from_bytes);
    let number = r.small()?;
    let message = r.optional(Reader::prose)?.map(str::to_owned);
    let content = Content {
        payload: r.optional(Reader::raw)?.map(Digest::from_bytes),
        media_type: r.optional(Reader::text)?.map(str::to_owned),
        attributes: read_attributes(r)?,
        sources: r
            .list(|r| Ok(Source { role: r.text()?.to_owned(), version: VersionId::from_bytes(r.raw()?) }))?,
        manifest: r
            .optional(|r| Ok(Manifest { digest: r.raw()?, count: r.small()?, complete: r.flag()? }))?,
        ontology: r.optional(Reader::raw)?.map(VersionId::from_bytes),
        class_changes: r.list(read_change)?,
    };
    let id = content.version_id(item, parent);
    Ok(VersionRecord { id, item, parent, seq, number, content, activity: None, message })
}

/// Added to the code of the kind for a change from classes to classes: entries without such a
/// change keep their bytes.
const MAPPED: u64 = 8;

fn write_change(w: &mut Writer, change: &ClassChange) {
    let list = |w: &mut Writer, classes: &[Value]| w.bytes(canonical(&Value::from(classes)).as_bytes());
    match &change.classes {
        ChangedClasses::Listed(classes) => {
            w.number(change.kind as u64);
            list(w, classes);
        }
        ChangedClasses::Mapped { from, to } => {
            w.number(change.kind as u64 + MAPPED);
            list(w, from);
            list(w, to);
        }
    }
}

fn read_change(r: &mut Reader<'_>) -> Result<ClassChange, Broken> {
    let code = r.number()?;
    let kind = usize::try_from(code % MAPPED).ok().and_then(|code| ClassChangeKind::ALL.get(code).copied());
    let kind = kind.filter(|_| code < 2 * MAPPED).ok_or(Broken("class change"))?;
    let list = |r: &mut Reader<'_>| serde_json::from_slice(r.bytes()?).map_err(|_| Broken("classes"));
    Ok(match code < MAPPED {
        true => ClassChange::listed(kind, list(r)?),
        false => ClassChange::mapped(kind, list(r)?, list(r)?),
    })
}

fn found(activities: &[Activity], place: u32) -> Result<Activity, Broken> {
    activities.get(place as usize).cloned().ok_or(Broken("activity"))
}

/// Reads the kind of a statement, and the bits next to it.
fn read_kind(r: &mut Reader<'_>) -> Result<(StatementKind, u64), Broken> {
    let number = r.number()?;
    let with = number & (WITH_ACTIVITY | WITH_MESSAGE);
    let kind = u8::try_from(number ^ with).ok().and_then(StatementKind::from_code);
    Ok((kind.ok_or(Broken("statement kind"))?, with))
}

fn read_attributes(r: &mut Reader<'_>) -> Result<Attributes, Broken> {
    Attributes::from_canonical(r.prose()?).map_err(|_| Broken("attributes"))
}
