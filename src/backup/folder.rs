//! A backup folder, opened for writing or for reading.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::BackupError;
use super::manifest::{self, BackupManifest, Payloads, Segment};
use super::segment::{SegmentWriter, Segments};
use crate::domain::id::Seq;
use crate::domain::log::entry::Head;

/// The file whose lock gives the exclusive right to write.
const LOCK: &str = "LOCK";

/// The end of the names of segment files.
const SEGMENT: &str = ".segment.gz";

/// A backup.
pub struct Folder {
    path: PathBuf,
    manifest: BackupManifest,
    /// The lock, if the folder is open for writing.
    lock: Option<File>,
}

impl Folder {
    /// Opens a folder for writing and creates it if it is missing. Removes files of interrupted
    /// runs that the manifest does not name.
    ///
    /// # Errors
    /// [`BackupError::Locked`]; [`BackupError::OtherFolder`] if the folder has other files than a
    /// backup; [`BackupError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let log = path.join("log");
        let is_new = !path.join(manifest::FILE).exists();
        if is_new && is_foreign(path).map_err(BackupError::io(path))? {
            return Err(BackupError::OtherFolder(path.to_owned()));
        }
        if is_new && has_segments(&log).map_err(BackupError::io(&log))? {
            let why = format!(
                "it has segments in {}, and no {} that names them, so they are not overwritten; restore that file, or use \
                 another folder",
                log.display(),
                manifest::FILE
            );
            return Err(BackupError::damaged(path, why));
        }
        fs::create_dir_all(&log).map_err(BackupError::io(&log))?;
        let lock = lock(path)?;
        let manifest = BackupManifest::read(path)?.unwrap_or_default();
        let folder = Self { path: path.to_owned(), manifest, lock: Some(lock) };
        folder.tidy().map_err(BackupError::io(&log))?;
        folder.check_presence()?;
        Ok(folder)
    }

    /// Fails if a segment of the manifest is missing or has another size: commits after it could
    /// not be restored.
    fn check_presence(&self) -> Result<(), BackupError> {
        for segment in &self.manifest.segments {
            let path = self.path.join(segment.path());
            let found = match fs::metadata(&path) {
                Ok(found) if found.len() == segment.bytes => continue,
                Ok(found) => format!("expected {} bytes, found {}", segment.bytes, found.len()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => "it is missing".to_owned(),
                Err(error) => return Err(BackupError::io(&path)(error)),
            };
            let why = format!(
                "{found}, so nothing is added; restore the file, or begin a backup in another folder"
            );
            return Err(BackupError::damaged(&path, why));
        }
        Ok(())
    }

    /// Opens a backup for reading.
    ///
    /// # Errors
    /// [`BackupError::NoFolder`], [`BackupError::Absent`], [`BackupError::OtherFile`],
    /// [`BackupError::Damaged`], [`BackupError::Format`].
    pub fn read(path: &Path) -> Result<Self, BackupError> {
        let absent = || match path.is_dir() {
            true => BackupError::Absent(path.to_owned()),
            false => BackupError::NoFolder(path.to_owned()),
        };
        let manifest = BackupManifest::read(path)?.ok_or_else(absent)?;
        Ok(Self { path: path.to_owned(), manifest, lock: None })
    }

    /// Returns the path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the manifest.
    #[must_use]
    pub fn manifest(&self) -> &BackupManifest {
        &self.manifest
    }

    /// Returns the head as of a commit (default: the newest). Reads the segment if the commit is
    /// not the last one in it.
    ///
    /// # Errors
    /// [`BackupError::TooLate`], and the errors of reading a segment.
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
                for log_entry in self.segment(place, seq) {
                    head = log_entry?.head();
                }
                Ok(head)
            }
        }
    }

    /// Returns all commits up to `until`.
    #[must_use]
    pub fn log_entries(&self, until: Seq) -> Segments {
        Segments::new(&self.path, self.manifest.segments.clone(), Head::default(), until)
    }

    /// Returns the commits of one segment up to `until`.
    #[must_use]
    pub fn segment(&self, place: usize, until: Seq) -> Segments {
        let (before, rest) = self.manifest.segments.split_at(place.min(self.manifest.segments.len()));
        let head = before.last().map_or_else(Head::default, |segment| segment.last);
        Segments::new(&self.path, rest.iter().take(1).cloned().collect(), head, until)
    }

    /// Begins the next segment. Writes an empty manifest before the first one, so that files of an
    /// interrupted run are recognised as part of a backup.
    ///
    /// # Errors
    /// [`BackupError::Io`].
    pub fn begin(&self) -> Result<SegmentWriter, BackupError> {
        if !self.path.join(manifest::FILE).exists() {
            self.save()?;
        }
        SegmentWriter::begin(&self.path, self.manifest.head())
    }

    /// Adds a segment. It is part of the backup after [`Folder::save`].
    ///
    /// # Errors
    /// [`BackupError::Io`].
    pub fn take(&mut self, writer: SegmentWriter) -> Result<(), BackupError> {
        let segment = writer.finish()?;
        self.manifest.segments.push(segment);
        Ok(())
    }

    /// Records that the backup has all payloads that the commits of a segment are the first to
    /// name.
    pub fn note_payloads(&mut self, place: usize) {
        if let Some(segment) = self.manifest.segments.get_mut(place) {
            segment.payloads = Payloads::All;
        }
    }

    /// Writes the manifest, which makes added segments part of the backup.
    ///
    /// # Errors
    /// [`BackupError::Io`]; the former manifest remains valid.
    pub fn save(&self) -> Result<(), BackupError> {
        self.manifest.write(&self.path)
    }

    /// Removes segments and partial files in the log's directory that the manifest does not name.
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

/// Returns true if a folder without a manifest has files that no backup has.
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
