//! A backup folder: opened to add to it, or to read it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::BackupError;
use super::manifest::{self, Manifest, Payloads, Segment};
use super::segment::{Segments, Writer};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The file whose lock says who writes.
const LOCK: &str = "LOCK";

/// How the name of a segment ends.
const SEGMENT: &str = ".segment.gz";

/// A backup.
pub struct Folder {
    path: PathBuf,
    manifest: Manifest,
    /// Held while something is added.
    lock: Option<File>,
}

impl Folder {
    /// Opens a folder to add to it, and makes it where it is missing. What earlier runs left behind and no manifest names is
    /// removed.
    ///
    /// # Errors
    /// [`BackupError::Locked`]; [`BackupError::Damaged`] where there is something else in it than a backup.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let log = path.join("log");
        let is_new = !path.join(manifest::FILE).exists();
        if is_new && is_foreign(path).map_err(BackupError::io(path))? {
            return Err(BackupError::damaged(path, "it is not empty, and there is no backup in it"));
        }
        if is_new && has_segments(&log).map_err(BackupError::io(&log))? {
            let why = format!(
                "it has segments in {}, and no {} that names them, so nothing is written over them: put that file back, or use \
                 another folder",
                log.display(),
                manifest::FILE
            );
            return Err(BackupError::damaged(path, why));
        }
        fs::create_dir_all(&log).map_err(BackupError::io(&log))?;
        let lock = lock(path)?;
        let manifest = Manifest::read(path)?.unwrap_or_default();
        let folder = Self { path: path.to_owned(), manifest, lock: Some(lock) };
        folder.tidy().map_err(BackupError::io(&log))?;
        folder.check_presence()?;
        Ok(folder)
    }

    /// Fails if a segment that the manifest names is missing or has another size: what is added could not be restored.
    fn check_presence(&self) -> Result<(), BackupError> {
        for segment in &self.manifest.segments {
            let path = self.path.join(segment.path());
            let found = match fs::metadata(&path) {
                Ok(found) if found.len() == segment.bytes => continue,
                Ok(found) => format!("it has {} bytes, and should have {}", found.len(), segment.bytes),
                Err(error) if error.kind() == io::ErrorKind::NotFound => "it is missing".to_owned(),
                Err(error) => return Err(BackupError::io(&path)(error)),
            };
            let why =
                format!("{found}, so nothing is added: put it back, or begin a backup in another folder");
            return Err(BackupError::damaged(&path, why));
        }
        Ok(())
    }

    /// Opens a backup to read it.
    ///
    /// # Errors
    /// [`BackupError::Absent`], [`BackupError::Damaged`], [`BackupError::Format`].
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        let manifest = Manifest::read(path)?.ok_or_else(|| BackupError::Absent(path.to_owned()))?;
        Ok(Self { path: path.to_owned(), manifest, lock: None })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The head as of a commit, or the newest. Inside a segment its digest is known only once the segment is read.
    ///
    /// # Errors
    /// [`BackupError::TooLate`]; what reading a segment may say.
    pub fn head_at(&self, seq: Option<Seq>) -> Result<Head, BackupError> {
        let newest = self.manifest.head();
        let seq = seq.unwrap_or(newest.seq);
        if seq > newest.seq {
            return Err(BackupError::TooLate { newest: newest.seq });
        }
        let place = self.manifest.segments.partition_point(|segment| segment.last.seq < seq);
        match self.manifest.segments.get(place) {
            None => Ok(Head::default()),
            Some(_) if seq == Seq::ZERO => Ok(Head::default()),
            Some(segment) if segment.last.seq == seq => Ok(segment.last),
            Some(_) => {
                let mut head = Head::default();
                for transcript in self.segment(place, seq) {
                    head = transcript?.head();
                }
                Ok(head)
            }
        }
    }

    /// All commits up to `until`.
    #[must_use]
    pub fn transcripts(&self, until: Seq) -> Segments {
        Segments::new(&self.path, self.manifest.segments.clone(), Head::default(), until)
    }

    /// The commits of one segment up to `until`.
    #[must_use]
    pub fn segment(&self, place: usize, until: Seq) -> Segments {
        let (before, rest) = self.manifest.segments.split_at(place.min(self.manifest.segments.len()));
        let head = before.last().map_or_else(Head::default, |segment| segment.last);
        Segments::new(&self.path, rest.iter().take(1).cloned().collect(), head, until)
    }

    /// Begins the next segment. The first one is begun under a manifest that names none, so that what a run leaves that is cut
    /// off is known to be ours.
    ///
    /// # Errors
    /// [`BackupError::Io`].
    pub fn begin(&self) -> Result<Writer, BackupError> {
        if !self.path.join(manifest::FILE).exists() {
            self.save()?;
        }
        Writer::begin(&self.path, self.manifest.head())
    }

    /// Takes a segment in. Until [`Folder::save`] it is not part of the backup.
    ///
    /// # Errors
    /// [`BackupError::Io`].
    pub fn take(&mut self, writer: Writer) -> Result<(), BackupError> {
        let segment = writer.finish()?;
        self.manifest.segments.push(segment);
        Ok(())
    }

    /// Notes that all payloads that a segment's commits named first are there.
    pub fn note_payloads(&mut self, place: usize) {
        if let Some(segment) = self.manifest.segments.get_mut(place) {
            segment.payloads = Payloads::All;
        }
    }

    /// Writes the manifest: now what was taken in is part of the backup.
    ///
    /// # Errors
    /// [`BackupError::Io`]; the former manifest stands.
    pub fn save(&self) -> Result<(), BackupError> {
        self.manifest.write(&self.path)
    }

    /// Removes files in the log's directory that are ours and that no manifest names.
    fn tidy(&self) -> io::Result<()> {
        let named: Vec<String> = self.manifest.segments.iter().map(Segment::path).collect();
        for entry in fs::read_dir(self.path.join("log"))? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            let ours = name.ends_with(".part") || name.ends_with(SEGMENT);
            if ours && named.binary_search(&format!("log/{name}")).is_err() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folder")
            .field("path", &self.path)
            .field("head", &self.manifest.head())
            .field("locked", &self.lock.is_some())
            .finish_non_exhaustive()
    }
}

fn lock(path: &Path) -> Result<File, BackupError> {
    let place = path.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&place);
    let file = file.map_err(BackupError::io(&place))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(BackupError::Locked(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(BackupError::io(&place)(error)),
    }
}

/// Returns true if there are segments in a folder's log.
fn has_segments(log: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(log) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    for entry in entries {
        if entry?.file_name().to_str().is_some_and(|name| name.ends_with(SEGMENT)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a folder without a manifest holds what no backup has: it would be a mistake to write into it.
fn is_foreign(path: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let name = entry?.file_name();
        let own = ["log", "blobs", "staging", LOCK, "manifest.json.part", "lost+found"];
        if !own.iter().any(|own| name == *own) {
            return Ok(true);
        }
    }
    Ok(false)
}
