//! Reading packed log entries. Entry format 1 differs in the form of its parts, facts and class
//! changes.

use super::LogEntry;
use super::pack::{FORMAT, WITH_ACTIVITY, WITH_MESSAGE};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::canonical::wire::{Broken, Reader};
use crate::domain::class_change::{ClassChange, ClassChangeKind};
use crate::domain::id::{Digest, ItemId, Seq, VersionId};
use crate::domain::log::entry::{AssertedRecord, BlobRecord, CommitRecord};
use crate::domain::log::facts::PackedFacts;
use crate::domain::log::tree::TreeHead;
use crate::domain::statement::{StatementId, StatementKind, StatementRecord};
use crate::domain::version::{Activity, Content, Manifest, Source, VersionRecord};

/// The form of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Current,
    /// Entry format 1.
    Former,
}

const FORMER: u64 = 1;

impl LogEntry {
    /// Reads only the commit of a packed log entry.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn unpack_commit(bytes: &[u8]) -> Result<CommitRecord, Broken> {
        Form::Current.commit(&mut opened(bytes)?)
    }

    /// Reads one version of a packed log entry. `row` is the rest of the entry from its offset on.
    /// Its id is a hash of its content.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn unpack_version(bytes: &[u8], row: &[u8]) -> Result<VersionRecord, Broken> {
        let form = Form::Current;
        let mut r = opened(bytes)?;
        let seq = Seq(r.number()?);
        r.number()?;
        r.part()?;
        r.optional(Reader::part)?;
        r.bytes()?;
        r.bytes()?;
        r.number()?;
        r.slice::<64>()?;
        let rest = bytes.len().checked_sub(row.len()).and_then(|at| bytes.get(at..)).ok_or(Broken("row"))?;
        let mut row = r.clone();
        row.go_to(rest);
        let version = form.version(&mut row, seq)?;
        // Most versions have no activity, so the list is read only if this one has.
        let activity = match row.optional_small()? {
            None => None,
            Some(place) => Some(found(&r.list(|r| form.activity(r))?, place)?),
        };
        Ok(VersionRecord { activity, ..version })
    }

    /// Unpacks a log entry. Its content is checked by [`LogEntry::check`].
    ///
    /// # Errors
    /// [`Broken`] if the bytes are not written by [`LogEntry::pack`].
    pub fn unpack(bytes: &[u8]) -> Result<Self, Broken> {
        Form::Current.entry(&mut opened(bytes)?)
    }

    /// Unpacks a log entry of this format or of format 1, to convert it.
    ///
    /// # Errors
    /// [`Broken`] if the bytes are not a log entry.
    pub fn unpack_any(bytes: &[u8]) -> Result<Self, Broken> {
        let mut r = Reader::new(bytes)?;
        match r.number()? {
            FORMAT => Form::Current.entry(&mut r),
            FORMER => Form::Former.entry(&mut r),
            _ => Err(OTHER_FORMAT),
        }
    }

    /// Unpacks the bytes of [`LogEntry::pack_all`].
    ///
    /// # Errors
    /// [`Broken`], also if the last one is incomplete, or of another format.
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

const OTHER_FORMAT: Broken = Broken("a log entry of another format");

/// Opens a packed log entry of this format.
fn opened(bytes: &[u8]) -> Result<Reader<'_>, Broken> {
    let mut r = Reader::new(bytes)?;
    if r.number()? == FORMAT { Ok(r) } else { Err(OTHER_FORMAT) }
}

impl Form {
    fn entry(self, r: &mut Reader<'_>) -> Result<LogEntry, Broken> {
        let commit = self.commit(r)?;
        let seq = commit.seq;
        let activities = r.list(|r| self.activity(r))?;
        let versions = r.list(|r| {
            let version = self.version(r, seq)?;
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
                reason: self.part(r)?.to_owned(),
                activity: match with & WITH_ACTIVITY {
                    0 => None,
                    _ => Some(found(&activities, r.small()?)?),
                },
                message: if with & WITH_MESSAGE == 0 { None } else { Some(self.part(r)?.to_owned()) },
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
                reason: self.part(r)?.to_owned(),
            })
        })?;
        let blobs = r.list(|r| {
            Ok(BlobRecord { digest: Digest::from_bytes(r.raw()?), sha256: r.raw()?, size: r.number()? })
        })?;
        r.end()?;
        Ok(LogEntry { commit, versions, statements, asserted, blobs })
    }

    fn part<'a>(self, r: &mut Reader<'a>) -> Result<&'a str, Broken> {
        match self {
            Self::Current => r.part(),
            Self::Former => r.prose(),
        }
    }

    fn optional_part(self, r: &mut Reader<'_>) -> Result<Option<String>, Broken> {
        r.optional(|r| self.part(r).map(str::to_owned))
    }

    fn attributes(self, r: &mut Reader<'_>) -> Result<Attributes, Broken> {
        Attributes::from_canonical(self.part(r)?).map_err(|_| Broken("attributes"))
    }

    fn commit(self, r: &mut Reader<'_>) -> Result<CommitRecord, Broken> {
        Ok(CommitRecord {
            seq: Seq(r.number()?),
            time: r.number()?.cast_signed(),
            author: self.part(r)?.to_owned(),
            message: self.optional_part(r)?,
            facts: match self {
                Self::Current => {
                    PackedFacts::Current { covered: r.bytes()?.to_vec(), texts: r.bytes()?.to_vec() }
                }
                Self::Former => PackedFacts::Former(r.bytes()?.to_vec()),
            },
            rows: TreeHead { size: if self == Self::Current { r.number()? } else { 0 }, root: r.raw()? },
            previous: r.raw()?,
        })
    }

    fn activity(self, r: &mut Reader<'_>) -> Result<Activity, Broken> {
        let time = |r: &mut Reader<'_>| Ok(r.optional(Reader::number)?.map(u64::cast_signed));
        Ok(Activity {
            name: r.prose()?.to_owned(),
            code_reference: self.optional_part(r)?,
            parameters: self.attributes(r)?,
            started_at: time(r)?,
            ended_at: time(r)?,
        })
    }

    fn version(self, r: &mut Reader<'_>, seq: Seq) -> Result<VersionRecord, Broken> {
        let item = ItemId::from_bytes(r.raw()?);
        let parent = r.optional(Reader::raw)?.map(VersionId::from_bytes);
        let number = r.small()?;
        let message = self.optional_part(r)?;
        let content = Content {
            payload: r.optional(Reader::raw)?.map(Digest::from_bytes),
            media_type: r.optional(Reader::text)?.map(str::to_owned),
            attributes: self.attributes(r)?,
            sources: r.list(|r| {
                Ok(Source { role: r.text()?.to_owned(), version: VersionId::from_bytes(r.raw()?) })
            })?,
            manifest: r
                .optional(|r| Ok(Manifest { digest: r.raw()?, count: r.small()?, complete: r.flag()? }))?,
            ontology: r.optional(Reader::raw)?.map(VersionId::from_bytes),
            class_changes: self.class_changes(r)?,
        };
        let id = content.version_id(item, parent);
        Ok(VersionRecord { id, item, parent, seq, number, content, activity: None, message })
    }

    fn class_changes(self, r: &mut Reader<'_>) -> Result<Vec<ClassChange>, Broken> {
        if self == Self::Former {
            return r.list(former_change);
        }
        let text = r.optional(Reader::part)?;
        let changes = text.map(|text| {
            // One form per content.
            let read = ClassChange::list_from_text(text);
            let same = |changes: &Vec<ClassChange>| ClassChange::list_text(changes).as_deref() == Some(text);
            read.filter(same).ok_or(Broken("class changes"))
        });
        Ok(changes.transpose()?.unwrap_or_default())
    }
}

/// Reads a class change of entry format 1.
fn former_change(r: &mut Reader<'_>) -> Result<ClassChange, Broken> {
    /// Added to the code of the kind for a change from classes to classes.
    const MAPPED: u64 = 8;
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
