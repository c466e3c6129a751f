//! A folder of images: each file becomes a SOURCE item whose key is its path and, if requested, the
//! name of its folder a LABEL.
//!
//! Folders are read one at a time, in the order of their names. Links out of the folder are
//! refused.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::super::record::fault::{Reason, RecordPlace};
use super::super::record::name::VersionReference;
use super::super::record::payload::{ImportPayload, PayloadFolder};
use super::super::record::reader::{ReadRecord, ReadStop, RecordSource, Skipped};
use super::super::record::{ImportedActivity, ImportedVersion, Record};
use super::labelling_export::{self, ItemNaming, PinnedSet, activity, attributes, made_from};
use crate::domain::item::{ItemKey, Kind};

/// The format's name.
pub(crate) const FORMAT: &str = "images";

/// The deepest nesting of folders.
const DEEPEST: usize = 64;

/// The options for a folder of images.
pub(crate) struct ImageOptions {
    /// The naming of items.
    pub naming: ItemNaming,
    /// The training set to pin.
    pub set: Option<PinnedSet>,
    /// True if the names of folders are classes.
    pub labels: bool,
}

/// The records of a folder.
pub(crate) struct ImageRecords {
    folder: PayloadFolder,
    options: ImageOptions,
    activity: ImportedActivity,
    /// The remaining entries of each open folder, the next one last.
    stack: Vec<Vec<FolderEntry>>,
    /// Records that are not returned yet, the next one last.
    waiting: Vec<ReadRecord>,
    begun: bool,
    ended: bool,
    bytes: u64,
    members: Vec<ItemKey>,
    skipped: Skipped,
}

struct FolderEntry {
    /// The path below the imported folder, with `/` between names.
    path: String,
    is_folder: bool,
}

impl ImageRecords {
    /// Reads the images of a folder.
    pub(crate) fn new(folder: PayloadFolder, options: ImageOptions) -> Result<Self, ReadStop> {
        let place = || RecordPlace::File(FORMAT.to_owned());
        Ok(Self {
            folder,
            options,
            activity: activity(FORMAT).map_err(|reason| reason.at(place()))?,
            stack: Vec::new(),
            waiting: Vec::new(),
            begun: false,
            ended: false,
            bytes: 0,
            members: Vec::new(),
            skipped: Skipped::default(),
        })
    }

    fn begin(&mut self) -> Result<(), ReadStop> {
        self.begun = true;
        if self.options.labels {
            let mut classes = BTreeSet::new();
            self.enter("")?;
            while let Some(entry) = self.entry()? {
                classes.extend(class(&entry.path).map(str::to_owned));
            }
            // Skipped entries are counted in the second pass.
            self.skipped = Skipped::default();
            let list =
                self.class_list(&classes).map_err(|reason| reason.at(RecordPlace::File(".".to_owned())))?;
            self.waiting.extend((!classes.is_empty()).then_some(list));
        }
        self.enter("")
    }

    fn class_list(&self, classes: &BTreeSet<String>) -> Result<ReadRecord, Reason> {
        let classes: Vec<Value> = classes.iter().map(|class| json!({"class": class})).collect();
        let version = ImportedVersion {
            attributes: attributes(&json!({"classes": classes}))?,
            activity: Some(self.activity.clone()),
            ..ImportedVersion::new(self.ontology()?)
        };
        Ok(self.read(".", version, None))
    }

    fn ontology(&self) -> Result<ItemKey, Reason> {
        self.options.naming.item(Kind::Ontology, "", "classes")
    }

    /// Returns the next file that may be an image.
    fn entry(&mut self) -> Result<Option<FolderEntry>, ReadStop> {
        loop {
            let Some(entries) = self.stack.last_mut() else { return Ok(None) };
            match entries.pop() {
                None => drop(self.stack.pop()),
                Some(entry) if entry.is_folder => self.enter(&entry.path)?,
                Some(entry) => return Ok(Some(entry)),
            }
        }
    }

    fn enter(&mut self, path: &str) -> Result<(), ReadStop> {
        let refused = |why: String| ReadStop::Bad(Reason::record(why).at(RecordPlace::File(path.to_owned())));
        if self.stack.len() >= DEEPEST {
            return Err(refused(format!(
                "expected at most {DEEPEST} nested folders, found more; move the folder up"
            )));
        }
        let unreadable = |error: io::Error| refused(format!("the folder cannot be read: {error}"));
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.folder.root().join(path)).map_err(unreadable)? {
            entries.extend(self.classify(path, &entry.map_err(unreadable)?)?);
        }
        // Entries are taken from the end.
        entries.sort_unstable_by(|a: &FolderEntry, b: &FolderEntry| b.path.cmp(&a.path));
        self.stack.push(entries);
        Ok(())
    }

    /// Classifies an entry of a folder. Returns `None` if it is skipped.
    fn classify(&mut self, folder: &str, entry: &DirEntry) -> Result<Option<FolderEntry>, ReadStop> {
        let name = entry.file_name();
        let slash = if folder.is_empty() { "" } else { "/" };
        let shown = format!("{folder}{slash}{}", name.to_string_lossy());
        let refused = |why: &str| ReadStop::Bad(Reason::record(why).at(RecordPlace::File(shown.clone())));
        let Some(name) = name.to_str() else {
            return Err(refused("the name is not UTF-8, which a key must be; rename the file"));
        };
        if name.starts_with('.') {
            self.skipped.note("hidden file", || shown);
            return Ok(None);
        }
        let path = format!("{folder}{slash}{name}");
        let kind = entry.file_type().map_err(|error| refused(&error.to_string()))?;
        if kind.is_symlink() {
            let file = self.folder.root().join(&path).canonicalize();
            return match file {
                Ok(whole) if !whole.starts_with(self.folder.root()) => Err(refused(
                    "it is a link out of the folder; copy its target into the folder, or remove it",
                )),
                Ok(whole) if whole.is_file() => Ok(Some(FolderEntry { path, is_folder: false })),
                Ok(_) => {
                    self.skipped.note("link to a folder", || path);
                    Ok(None)
                }
                Err(error) => Err(refused(&format!("it is a link whose target cannot be read: {error}"))),
            };
        }
        if !kind.is_dir() && !kind.is_file() {
            self.skipped.note("special file", || path);
            return Ok(None);
        }
        Ok(Some(FolderEntry { path, is_folder: kind.is_dir() }))
    }

    /// Reads one file: the records of the image and its label.
    fn image(&mut self, path: &str) -> Result<Option<ReadRecord>, Reason> {
        let file: PathBuf = self.folder.root().join(path);
        let payload = ImportPayload::of_file(file)
            .map_err(|error| Reason::record(format!("it cannot be read: {error}")))?;
        if payload.meta.media.is_none() {
            self.skipped.note("file that is not an image", || path.to_owned());
            return Ok(None);
        }
        self.bytes += payload.meta.size;
        let item = self.options.naming.item(Kind::Source, "", path)?;
        let mut version =
            ImportedVersion { activity: Some(self.activity.clone()), ..ImportedVersion::new(item.clone()) };
        let mut fields = Map::from_iter([("file_name".to_owned(), path.into())]);
        labelling_export::picture(&mut version, &mut fields, &payload)?;
        version.attributes = attributes(&Value::Object(fields))?;
        let label = if self.options.labels { self.label(path, &item)? } else { None };
        let member = label.as_ref().map_or(&item, |label| &label.item.0).clone();
        if self.options.set.is_some() {
            self.members.push(member);
        }
        let label = label.map(|label| self.read(path, label, None));
        self.waiting.extend(label);
        Ok(Some(self.read(path, version, Some(payload))))
    }

    fn label(&mut self, path: &str, image: &ItemKey) -> Result<Option<ImportedVersion>, Reason> {
        let Some(class) = class(path) else {
            self.skipped.note("label of an image in no sub-folder", || path.to_owned());
            return Ok(None);
        };
        let version = ImportedVersion {
            attributes: attributes(&json!({"class": class}))?,
            activity: Some(self.activity.clone()),
            ontology: Some(VersionReference::head_of(&self.ontology()?)),
            ..ImportedVersion::new(self.options.naming.item(Kind::Label, "", path)?)
        };
        Ok(Some(made_from(version, "LABELS", image)))
    }

    fn read(&self, path: &str, version: ImportedVersion, payload: Option<ImportPayload>) -> ReadRecord {
        let bytes = path.len() + version.attributes.as_str().len() + 64;
        ReadRecord {
            place: RecordPlace::File(path.to_owned()),
            record: Record::Version(Box::new(version)),
            bytes,
            digest: [0; 32],
            position: self.bytes,
            payload,
        }
    }

    fn set(&mut self) -> Result<Option<ReadRecord>, Reason> {
        let Some(set) = &self.options.set else { return Ok(None) };
        let members = std::mem::take(&mut self.members);
        Ok(Some(ReadRecord {
            place: RecordPlace::File("the training set".to_owned()),
            record: set.record(&self.options.naming, &members)?,
            bytes: members.len() * 64,
            digest: [0; 32],
            position: self.bytes,
            payload: None,
        }))
    }
}

impl RecordSource for ImageRecords {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        if !self.begun {
            self.begin()?;
        }
        loop {
            if let Some(read) = self.waiting.pop() {
                return Ok(Some(read));
            }
            if self.ended {
                return Ok(None);
            }
            let Some(entry) = self.entry()? else {
                self.ended = true;
                let place = RecordPlace::File("the training set".to_owned());
                return Ok(self.set().map_err(|reason| reason.at(place))?);
            };
            let read =
                self.image(&entry.path).map_err(|reason| reason.at(RecordPlace::File(entry.path.clone())))?;
            if read.is_some() {
                return Ok(read);
            }
        }
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }
}

/// Returns the name of a file's folder; `None` for a file at the top.
fn class(path: &str) -> Option<&str> {
    Path::new(path).parent()?.file_name()?.to_str()
}
