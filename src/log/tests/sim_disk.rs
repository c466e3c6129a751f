//! A file system in memory. It fails at any call, ends the process there, fills up, and loses any
//! part of what was not synchronised.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::log::{Access, Disk, DiskFile};

/// Numbers that look random, from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    pub(super) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }
}

/// A fault at one call that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails without an effect.
    FailBefore,
    /// It takes effect and fails.
    FailAfter,
    /// The process ends before it takes effect.
    EndBefore,
    /// The process ends after it took effect.
    EndAfter,
    /// From this call on the disk is full: a write stores a part, then nothing.
    Full,
}

/// The file system; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct SimDisk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    files: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    unsynced_names: Vec<NameChange>,
    /// The number of calls that changed something, or tried to.
    calls: u64,
    fault: Option<(u64, Fault)>,
    has_ended: bool,
    is_full: bool,
    /// Every n-th synchronisation of a file has no effect: a faulty disk.
    forgets: Option<u64>,
    syncs: u64,
}

#[derive(Debug, Clone, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Size(usize),
}

#[derive(Debug, Clone)]
enum NameChange {
    Create(PathBuf, usize),
    Remove(PathBuf),
    Rename { from: PathBuf, to: PathBuf, file: usize },
}

/// The part of a disk that is written at once.
const SECTOR: usize = 512;

impl SimDisk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Sets the fault of the n-th call from now.
    pub(crate) fn arm(&self, nth: u64, fault: Fault) {
        let mut state = self.lock();
        state.fault = Some((state.calls + nth, fault));
    }

    /// Makes every n-th synchronisation of a file ineffective.
    pub(super) fn forget(&self, every: u64) {
        self.lock().forgets = Some(every);
    }

    pub(super) fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Frees space.
    pub(super) fn make_room(&self) {
        let mut state = self.lock();
        state.is_full = false;
        state.fault = None;
    }

    /// Starts another process on the same machine: it sees everything, synchronised or not.
    pub(crate) fn restarted(&self) -> Self {
        let mut state = self.lock();
        state.has_ended = false;
        state.is_full = false;
        state.fault = None;
        drop(state);
        self.clone()
    }

    /// Cuts the power. Of what was not synchronised, any part is on the disk afterwards.
    pub(crate) fn power_cut(&self, dice: &mut Dice) -> Self {
        let state = self.lock();
        let mut names = state.durable_names.clone();
        for change in &state.unsynced_names {
            if dice.below(2) == 0 {
                apply_name(&mut names, change);
            }
        }
        let files = state.files.iter().map(|file| file.after_cut(dice)).collect();
        Self(Arc::new(Mutex::new(State { files, durable_names: names.clone(), names, ..State::default() })))
    }

    /// Returns the names and sizes of all files.
    pub(super) fn sizes(&self) -> Vec<(PathBuf, usize)> {
        let state = self.lock();
        state.names.iter().map(|(name, file)| (name.clone(), state.files[*file].now.len())).collect()
    }

    /// Changes the content of a file, durably.
    pub(super) fn damage(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        let file = state.names[path];
        let content = &mut state.files[file];
        change(&mut content.now);
        content.durable = content.now.clone();
        content.unsynced.clear();
    }

    /// Returns a copy that shares nothing.
    pub(super) fn copied(&self) -> Self {
        let state = self.lock();
        Self(Arc::new(Mutex::new(State {
            files: state.files.clone(),
            names: state.names.clone(),
            durable_names: state.durable_names.clone(),
            unsynced_names: state.unsynced_names.clone(),
            ..State::default()
        })))
    }

    /// Runs a call that changes something, with the fault that is set for it.
    fn call<T>(&self, run: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.lock();
        if state.has_ended {
            return Err(io::Error::other("the process has ended"));
        }
        state.calls += 1;
        let fault = state.fault.filter(|(at, _)| *at == state.calls).map(|(_, fault)| fault);
        match fault {
            None => run(&mut state),
            Some(Fault::FailBefore) => Err(io::Error::other("a fault before")),
            Some(Fault::FailAfter) => {
                run(&mut state)?;
                Err(io::Error::other("a fault after"))
            }
            Some(Fault::EndBefore) => {
                state.has_ended = true;
                Err(io::Error::other("the process has ended"))
            }
            Some(Fault::EndAfter) => {
                run(&mut state)?;
                state.has_ended = true;
                Err(io::Error::other("the process has ended"))
            }
            Some(Fault::Full) => {
                state.is_full = true;
                run(&mut state)
            }
        }
    }
}

impl Content {
    fn apply(content: &mut Vec<u8>, change: &Change) {
        match change {
            Change::Size(size) => content.resize(*size, 0),
            Change::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
        }
    }

    /// Returns the content after a power cut: of each write, any of its sectors.
    fn after_cut(&self, dice: &mut Dice) -> Self {
        let mut content = self.durable.clone();
        for change in &self.unsynced {
            match change {
                Change::Size(_) if dice.below(2) == 0 => Self::apply(&mut content, change),
                Change::Size(_) => {}
                Change::Write { offset, bytes } => {
                    let how = dice.below(4);
                    let mut at = 0;
                    while at < bytes.len() {
                        let sector_end = (offset + at + SECTOR) / SECTOR * SECTOR - offset;
                        let piece = &bytes[at..sector_end.min(bytes.len())];
                        // All, nothing, or any of its sectors.
                        if how == 0 || how > 1 && dice.below(2) == 0 {
                            let piece = Change::Write { offset: offset + at, bytes: piece.to_vec() };
                            Self::apply(&mut content, &piece);
                        }
                        at = sector_end.min(bytes.len());
                    }
                }
            }
        }
        Self { now: content.clone(), durable: content, unsynced: Vec::new() }
    }
}

fn apply_name(names: &mut BTreeMap<PathBuf, usize>, change: &NameChange) {
    match change {
        NameChange::Create(path, file) => {
            names.insert(path.clone(), *file);
        }
        NameChange::Remove(path) => {
            names.remove(path);
        }
        NameChange::Rename { from, to, file } => {
            names.remove(from);
            names.insert(to.clone(), *file);
        }
    }
}

fn missing() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl Disk for SimDisk {
    fn names(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.lock();
        let inside = state.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let open = |file| Arc::new(SimFile { disk: self.clone(), file }) as Arc<dyn DiskFile>;
        if access != Access::Create {
            return self.lock().names.get(path).map(|file| open(*file)).ok_or_else(missing);
        }
        let file = self.call(|state| {
            if state.is_full {
                return Err(io::ErrorKind::StorageFull.into());
            }
            if let Some(file) = state.names.get(path).copied() {
                state.files[file].now.clear();
                state.files[file].unsynced.push(Change::Size(0));
                return Ok(file);
            }
            let file = state.files.len();
            state.files.push(Content::default());
            state.names.insert(path.to_owned(), file);
            state.unsynced_names.push(NameChange::Create(path.to_owned(), file));
            Ok(file)
        })?;
        Ok(open(file))
    }

    fn create_directory(&self, _: &Path) -> io::Result<()> {
        self.call(|_| Ok(()))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|state| {
            let file = state.names.remove(from).ok_or_else(missing)?;
            state.names.insert(to.to_owned(), file);
            let change = NameChange::Rename { from: from.to_owned(), to: to.to_owned(), file };
            state.unsynced_names.push(change);
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(|state| {
            state.names.remove(path).ok_or_else(missing)?;
            state.unsynced_names.push(NameChange::Remove(path.to_owned()));
            Ok(())
        })
    }

    fn sync_directory(&self, dir: &Path) -> io::Result<()> {
        self.call(|state| {
            let is_inside = |change: &NameChange| match change {
                NameChange::Create(path, _) | NameChange::Remove(path) => path.parent() == Some(dir),
                NameChange::Rename { to, .. } => to.parent() == Some(dir),
            };
            let changes = std::mem::take(&mut state.unsynced_names);
            for change in changes {
                if is_inside(&change) {
                    apply_name(&mut state.durable_names, &change);
                } else {
                    state.unsynced_names.push(change);
                }
            }
            Ok(())
        })
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    file: usize,
}

impl DiskFile for SimFile {
    fn size(&self) -> io::Result<u64> {
        Ok(self.disk.lock().files[self.file].now.len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        let state = self.disk.lock();
        let content = &state.files[self.file].now;
        let rest = content.get(offset as usize..).unwrap_or_default();
        let length = rest.len().min(bytes.len());
        bytes[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.disk.call(|state| {
            let was_full = state.is_full && state.fault.is_none_or(|(at, _)| at != state.calls);
            let length = if state.is_full { bytes.len() / 2 } else { bytes.len() };
            if was_full || length == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let change = Change::Write { offset: offset as usize, bytes: bytes[..length].to_vec() };
            let content = &mut state.files[self.file];
            Content::apply(&mut content.now, &change);
            content.unsynced.push(change);
            Ok(length)
        })
    }

    fn set_size(&self, size: u64) -> io::Result<()> {
        self.disk.call(|state| {
            let content = &mut state.files[self.file];
            let change = Change::Size(size as usize);
            Content::apply(&mut content.now, &change);
            content.unsynced.push(change);
            Ok(())
        })
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.call(|state| {
            state.syncs += 1;
            if state.forgets.is_some_and(|every| state.syncs.is_multiple_of(every)) {
                return Ok(());
            }
            let content = &mut state.files[self.file];
            content.durable = content.now.clone();
            content.unsynced.clear();
            Ok(())
        })
    }
}
