//! The manifest: the list of segments and their digests.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::BackupError;
use crate::domain::id::{Digest, Seq, hex, unhex};
use crate::domain::log::entry::Head;

pub(super) const FILE: &str = "manifest.json";
const NEXT: &str = "manifest.json.part";
/// The format that is written. Entries of format 1 had manifests of format 1, which are read.
const FORMAT: u64 = 2;
const FORMER: u64 = 1;

/// The largest manifest that is read: some hundred thousand segments.
const LARGEST: u64 = 256 * 1024 * 1024;

/// The content of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackupManifest {
    /// The segments in the order of their commits.
    pub segments: Vec<Segment>,
}

/// One file of commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The first commit in it.
    pub first: Seq,
    /// The last commit in it.
    pub last: Head,
    /// The number of versions that its commits made.
    pub versions: u64,
    /// The number of payloads that its commits are the first to name.
    pub named: u64,
    /// The size of the file, in bytes.
    pub bytes: u64,
    /// BLAKE3 of the file.
    pub digest: Digest,
    /// The part of these payloads that is in the backup.
    pub payloads: Payloads,
}

/// The part of the payloads of a segment that is in the backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Payloads {
    /// All of them.
    All,
    /// Not all: the backup is without payloads, or the store did not have them.
    Partly,
}

impl Segment {
    /// Returns the path of the file below the folder.
    #[must_use]
    pub fn path(&self) -> String {
        format!("log/{:020}-{:020}.segment.gz", self.first.0, self.last.seq.0)
    }
}

impl BackupManifest {
    /// Returns the newest commit.
    #[must_use]
    pub fn head(&self) -> Head {
        self.segments.last().map_or_else(Head::default, |segment| segment.last)
    }

    /// Reads the manifest of a folder; `None` if there is none.
    ///
    /// # Errors
    /// [`BackupError`].
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let file = folder.join(FILE);
        let damaged = |why: String| BackupError::damaged(&file, why);
        match fs::metadata(&file) {
            Ok(found) if found.len() > LARGEST => {
                return Err(damaged("it is larger than 256 MiB".to_owned()));
            }
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(BackupError::io(&file)(error)),
        }
        let text = fs::read_to_string(&file).map_err(BackupError::io(&file))?;
        // Other programs have files of this name too.
        let fields: Map<String, Value> =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        match fields.get("format").and_then(Value::as_u64) {
            Some(FORMAT | FORMER) if fields.contains_key("segments") => {}
            Some(found) if ![FORMAT, FORMER].contains(&found) => {
                return Err(BackupError::Format { found, known: FORMAT });
            }
            _ => return Err(BackupError::OtherFile(file)),
        }
        let written: StoredManifest =
            serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if written.check != check(&written.segments) {
            return Err(damaged("its checksum does not match its content".to_owned()));
        }
        let segments = written.segments.into_iter().map(StoredSegment::segment).collect::<Option<Vec<_>>>();
        let segments =
            segments.ok_or_else(|| damaged("a digest or number in it cannot be read".to_owned()))?;
        let mut next = Seq(1);
        for segment in &segments {
            if segment.first != next || segment.last.seq < segment.first {
                return Err(damaged(format!("its segments leave a gap at commit {next}")));
            }
            next = segment.last.seq.next();
        }
        Ok(Some(Self { segments }))
    }

    /// Replaces the manifest of a folder. It is durable when this returns.
    ///
    /// # Errors
    /// [`BackupError::Io`]; the former manifest remains valid.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let segments: Vec<StoredSegment> = self.segments.iter().map(StoredSegment::of).collect();
        let head = self.head();
        let written = StoredManifest {
            format: FORMAT,
            head: head.seq.to_string(),
            digest: hex(&head.digest),
            check: check(&segments),
            segments,
        };
        let next = folder.join(NEXT);
        let save = || {
            let mut file = File::create(&next)?;
            serde_json::to_writer_pretty(&mut file, &written)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            fs::rename(&next, folder.join(FILE))?;
            sync_directory(folder)
        };
        save().map_err(BackupError::io(&next))
    }
}

/// The manifest as stored in the file. Seqs are strings, because not all readers of JSON have
/// 64-bit numbers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredManifest {
    format: u64,
    head: String,
    digest: String,
    /// Digest of the segments as compact JSON.
    check: String,
    segments: Vec<StoredSegment>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSegment {
    first: String,
    last: String,
    /// Digest of the last commit.
    digest: String,
    versions: u64,
    named: u64,
    bytes: u64,
    /// Digest of the file.
    file: String,
    payloads: Payloads,
}

impl StoredSegment {
    fn of(segment: &Segment) -> Self {
        Self {
            first: segment.first.to_string(),
            last: segment.last.seq.to_string(),
            digest: hex(&segment.last.digest),
            versions: segment.versions,
            named: segment.named,
            bytes: segment.bytes,
            file: segment.digest.to_string(),
            payloads: segment.payloads,
        }
    }

    fn segment(self) -> Option<Segment> {
        Some(Segment {
            first: self.first.parse().ok()?,
            last: Head { seq: self.last.parse().ok()?, digest: unhex(&self.digest)? },
            versions: self.versions,
            named: self.named,
            bytes: self.bytes,
            digest: self.file.parse().ok()?,
            payloads: self.payloads,
        })
    }
}

fn check(segments: &[StoredSegment]) -> String {
    // Structs of strings and numbers always serialize.
    Digest::of(&serde_json::to_vec(segments).unwrap_or_default()).to_string()
}

/// Makes new and renamed entries of a directory durable.
pub(super) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
