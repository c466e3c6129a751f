//! The checkpoint: the head's seq and digest in a small file beside the database.
//!
//! The engine may lose the tail of its log and open without an error. This file is written after every append,
//! outside the engine, and compared when the store is opened: a store behind it has lost what was acknowledged.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::domain::entry::Head;
use crate::domain::id::{Seq, hex, unhex};

const FILE: &str = "HEAD";
const NEXT: &str = "HEAD.next";
const FORMAT: u32 = 1;

/// What stands in the store where the checkpoint names a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// No store at all.
    NoStore,
    /// A store that ends before.
    NoCommit,
    /// A commit with another digest.
    OtherCommit,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoStore => "there is no store",
            Self::NoCommit => "there is no commit",
            Self::OtherCommit => "there is another commit",
        })
    }
}

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checkpoint {
    /// The newest commit that was acknowledged.
    pub(super) head: Head,
    /// The name of the engine that holds it.
    pub(super) engine: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: u32,
    engine: String,
    seq: String,
    digest: String,
}

/// Reads the checkpoint; none where there is no file.
pub(super) fn read(dir: &Path) -> Result<Option<Checkpoint>, String> {
    let text = match fs::read_to_string(dir.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("the checkpoint file {FILE} cannot be read: {error}")),
    };
    parse(&text)
        .map(Some)
        .ok_or_else(|| format!("the checkpoint file {FILE} is damaged; restore the directory from a backup"))
}

fn parse(text: &str) -> Option<Checkpoint> {
    let text: Text = serde_json::from_str(text).ok()?;
    if text.format != FORMAT {
        return None;
    }
    let head = Head { seq: text.seq.parse::<Seq>().ok()?, digest: unhex(&text.digest)? };
    Some(Checkpoint { head, engine: text.engine })
}

/// Replaces the checkpoint: a new file beside it, made durable, then renamed over it, and the rename made durable.
pub(super) fn write(dir: &Path, head: Head, engine: Engine) -> io::Result<()> {
    let text = Text {
        format: FORMAT,
        engine: engine.name().to_owned(),
        seq: head.seq.to_string(),
        digest: hex(&head.digest),
    };
    let next = dir.join(NEXT);
    let mut bytes = serde_json::to_vec(&text)?;
    bytes.push(b'\n');
    let mut file = File::create(&next)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&next, dir.join(FILE))?;
    sync_directory(dir)
}

/// Makes new and renamed entries of a directory durable.
#[cfg(unix)]
pub(super) fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Other systems cannot open a directory, and order renames themselves.
#[cfg(not(unix))]
pub(super) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
