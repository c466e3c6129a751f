//! The shards of a data set, and the samples in them.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType};

use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::files::archive::{Allowance, Guarded, open_tar, sample_name};
use crate::annotations::reader::{ReadStop, Skipped};

/// The largest part of a sample, in bytes.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// The largest compressed shard after unpacking, in bytes.
const LARGEST_SHARD: u64 = 256 * 1024 * 1024 * 1024;

/// A part of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SamplePart {
    /// All after the first dot of the name, in lower case.
    pub ending: String,
    /// The position in the tar.
    start: u64,
    size: u64,
}

/// A sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShardSample {
    /// The name of its parts, without their endings.
    pub key: String,
    /// Its parts, in the order of the tar.
    pub parts: Vec<SamplePart>,
}

/// An open shard, with its index.
pub(super) struct Shard {
    /// The path in the input.
    pub path: String,
    file: File,
    samples: std::vec::IntoIter<ShardSample>,
}

/// Returns the paths and files of the shards, in order.
pub(super) fn find(files: &Files) -> Vec<(String, PathBuf)> {
    // A tar that was unpacked, because it did not look like a shard.
    if let Some(archive) = files.archive() {
        let name = archive.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return vec![(name, archive.to_owned())];
    }
    let is_shard = |path: &&str| {
        let path = path.to_ascii_lowercase();
        [".tar", ".tar.gz", ".tgz"].iter().any(|ending| path.ends_with(ending))
    };
    let found = files.paths().filter(|path| files.is_one_file() || is_shard(path));
    found.filter_map(|path| Some((path.to_owned(), files.get(path)?.to_owned()))).collect()
}

impl Shard {
    /// Indexes a shard. A compressed one is first unpacked to a temporary file, which is removed.
    pub(super) fn open(path: &str, file: &Path, skipped: &mut Skipped) -> Result<Self, ReadStop> {
        let unreadable = |error: io::Error| ReadStop::Unreadable(format!("{path}: {error}"));
        let mut opened = File::open(file).map_err(unreadable)?;
        let mut head = [0; 2];
        let is_gz = opened.read(&mut head).is_ok_and(|read| read == 2 && head == [0x1f, 0x8b]);
        if is_gz {
            opened = tempfile::tempfile().map_err(unreadable)?;
            let mut input = open_tar(file).map_err(unreadable)?.take(LARGEST_SHARD);
            if io::copy(&mut input, &mut opened).map_err(unreadable)? == LARGEST_SHARD {
                let why = format!("expected at most {LARGEST_SHARD} bytes after unpacking, found more");
                return Err(Reason::record(why).at(RecordPlace::File(path.to_owned())).into());
            }
        }
        opened.rewind().map_err(unreadable)?;
        let samples = index(&opened, path, skipped)?.into_iter();
        Ok(Self { path: path.to_owned(), file: opened, samples })
    }

    /// Returns the next sample.
    pub(super) fn next(&mut self) -> Option<ShardSample> {
        self.samples.next()
    }

    /// Reads a part of a sample.
    pub(super) fn read(&mut self, sample: &ShardSample, part: &SamplePart) -> Result<Vec<u8>, ReadStop> {
        let name = format!("{}.{}", sample.key, part.ending);
        if part.size > LARGEST {
            let why = format!("expected at most {LARGEST} bytes, found {}", part.size);
            return Err(Reason::record(why).at(RecordPlace::FileElement(self.path.clone(), name)).into());
        }
        let unreadable = |error: io::Error| ReadStop::Unreadable(format!("{}, {name}: {error}", self.path));
        self.file.seek(SeekFrom::Start(part.start)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        (&self.file).take(part.size).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 != part.size {
            let why = format!("expected {} bytes, found {}; get the shard again", part.size, bytes.len());
            return Err(Reason::record(why).at(RecordPlace::FileElement(self.path.clone(), name)).into());
        }
        Ok(bytes)
    }
}

/// Returns the samples of a tar: consecutive files with one name up to the first dot.
fn index(file: &File, path: &str, skipped: &mut Skipped) -> Result<Vec<ShardSample>, ReadStop> {
    let damaged =
        |error: io::Error| ReadStop::Unreadable(format!("{path}: the tar is damaged or incomplete: {error}"));
    let allowance = Allowance::default();
    let mut archive = Archive::new(Guarded::new(BufReader::with_capacity(4096, file), &allowance));
    allowance.headers();
    let (mut samples, mut keys): (Vec<ShardSample>, HashSet<String>) = (Vec::new(), HashSet::new());
    for entry in archive.entries_with_seek().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        allowance.headers();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous if !name.ends_with('/') => {}
            EntryType::Regular | EntryType::Continuous | EntryType::Directory | EntryType::XGlobalHeader => {
                continue;
            }
            _ => {
                skipped.note("entry of a shard that is not a file", || format!("{path}, {name}"));
                continue;
            }
        }
        let name = name.strip_prefix("./").unwrap_or(&name);
        // Properties of the shard, which `webdataset` skips as well.
        let is_meta =
            name.starts_with("__") && name.split('/').next().is_some_and(|first| first.ends_with("__"));
        let Some(parts) = sample_name(name).filter(|_| !is_meta) else {
            skipped.note("entry of a shard that is no part of a sample", || format!("{path}, {name}"));
            continue;
        };
        let ending = parts.ending.to_ascii_lowercase();
        let part = SamplePart { ending, start: entry.raw_file_position(), size: entry.size() };
        match samples.last_mut().filter(|sample| sample.key == parts.key) {
            Some(sample) if sample.parts.iter().any(|other| other.ending == part.ending) => {
                let why = "duplicate name in the shard; give each sample its own name";
                let place = RecordPlace::FileElement(path.to_owned(), name.to_owned());
                return Err(Reason::record(why).at(place).into());
            }
            Some(sample) => sample.parts.push(part),
            None if !keys.insert(parts.key.to_owned()) => {
                let why = "expected the parts of a sample one after the other, found another sample between them; pack \
                           them with `tar --sort=name`";
                let place = RecordPlace::FileElement(path.to_owned(), name.to_owned());
                return Err(Reason::record(why).at(place).into());
            }
            None => samples.push(ShardSample { key: parts.key.to_owned(), parts: vec![part] }),
        }
    }
    Ok(samples)
}
