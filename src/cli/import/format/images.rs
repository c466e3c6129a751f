//! A folder of images: each file becomes a SOURCE item whose key is its path, and the name of the folder that it lies in a LABEL,
//! where that is asked for.
//!
//! Folders are read one at a time, in the order of their names. Links out of the folder are refused.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::super::record::fault::{Place, Reason};
use super::super::record::name::Named;
use super::super::record::payload::{Folder, Payload};
use super::super::record::reader::{Read, Records, Skipped, Stop};
use super::super::record::{Activity, Record, Version};
use super::labelling_export::{self, Naming, Pinned, activity, attributes, made_from};
use crate::domain::item::{ItemKey, Kind};

/// The format's name.
pub(in crate::cli::import) const FORMAT: &str = "images";

/// How deep folders may lie in one another.
const DEEPEST: usize = 64;

/// How a folder is imported.
pub(in crate::cli::import) struct Options {
    /// Names of items.
    pub naming: Naming,
    /// The set to pin.
    pub set: Option<Pinned>,
    /// Whether the names of folders are classes.
    pub labels: bool,
}

/// The records of a folder.
pub(in crate::cli::import) struct Images {
    folder: Folder,
    options: Options,
    activity: Activity,
    /// What is left to do of each folder on the way down, the next last.
    stack: Vec<Vec<Entry>>,
    /// Records that were made already, the next last.
    waiting: Vec<Read>,
    begun: bool,
    ended: bool,
    bytes: u64,
    members: Vec<ItemKey>,
    skipped: Skipped,
}

struct Entry {
    /// Below the folder that is imported, with `/` between names.
    path: String,
    is_folder: bool,
}

impl Images {
    /// The images of this folder.
    pub(in crate::cli::import) fn new(folder: Folder, options: Options) -> Result<Self, Stop> {
        let place = || Place::File(FORMAT.to_owned());
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

    fn begin(&mut self) -> Result<(), Stop> {
        self.begun = true;
        if self.options.labels {
            let mut classes = BTreeSet::new();
            self.enter("")?;
            while let Some(entry) = self.entry()? {
                classes.extend(class(&entry.path).map(str::to_owned));
            }
            // What was passed over is noted when it is met again.
            self.skipped = Skipped::default();
            let list = self.class_list(&classes).map_err(|reason| reason.at(Place::File(".".to_owned())))?;
            self.waiting.extend((!classes.is_empty()).then_some(list));
        }
        self.enter("")
    }

    fn class_list(&self, classes: &BTreeSet<String>) -> Result<Read, Reason> {
        let classes: Vec<Value> = classes.iter().map(|class| json!({"class": class})).collect();
        let version = Version {
            attributes: attributes(&json!({"classes": classes}))?,
            activity: Some(self.activity.clone()),
            ..Version::new(self.ontology()?)
        };
        Ok(self.read(".", version, None))
    }

    fn ontology(&self) -> Result<ItemKey, Reason> {
        self.options.naming.item(Kind::Ontology, "", "classes")
    }

    /// The next file that may be an image.
    fn entry(&mut self) -> Result<Option<Entry>, Stop> {
        loop {
            let Some(entries) = self.stack.last_mut() else { return Ok(None) };
            match entries.pop() {
                None => drop(self.stack.pop()),
                Some(entry) if entry.is_folder => self.enter(&entry.path)?,
                Some(entry) => return Ok(Some(entry)),
            }
        }
    }

    fn enter(&mut self, path: &str) -> Result<(), Stop> {
        let refused = |why: String| Stop::Bad(Reason::whole(why).at(Place::File(path.to_owned())));
        if self.stack.len() >= DEEPEST {
            return Err(refused(format!("the folder lies deeper than {DEEPEST} levels")));
        }
        let unreadable = |error: io::Error| refused(format!("the folder cannot be read: {error}"));
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.folder.root().join(path)).map_err(unreadable)? {
            entries.extend(self.look_at(path, &entry.map_err(unreadable)?)?);
        }
        // The last is taken first.
        entries.sort_unstable_by(|a: &Entry, b: &Entry| b.path.cmp(&a.path));
        self.stack.push(entries);
        Ok(())
    }

    /// What an entry of a folder is; nothing where it is passed over.
    fn look_at(&mut self, folder: &str, entry: &DirEntry) -> Result<Option<Entry>, Stop> {
        let name = entry.file_name();
        let slash = if folder.is_empty() { "" } else { "/" };
        let shown = format!("{folder}{slash}{}", name.to_string_lossy());
        let refused = |why: &str| Stop::Bad(Reason::whole(why).at(Place::File(shown.clone())));
        let Some(name) = name.to_str() else {
            return Err(refused("the name is not UTF-8, and a key is; rename the file"));
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
                Ok(whole) if !whole.starts_with(self.folder.root()) => {
                    Err(refused("it is a link out of the folder; copy what it leads to, or remove it"))
                }
                Ok(whole) if whole.is_file() => Ok(Some(Entry { path, is_folder: false })),
                Ok(_) => {
                    self.skipped.note("link to a folder", || path);
                    Ok(None)
                }
                Err(error) => Err(refused(&format!("it is a link that leads nowhere: {error}"))),
            };
        }
        if !kind.is_dir() && !kind.is_file() {
            self.skipped.note("thing that is no file", || path);
            return Ok(None);
        }
        Ok(Some(Entry { path, is_folder: kind.is_dir() }))
    }

    /// The records of one file: the image, and its label.
    fn image(&mut self, path: &str) -> Result<Option<Read>, Reason> {
        let file: PathBuf = self.folder.root().join(path);
        let payload =
            Payload::of_file(file).map_err(|error| Reason::whole(format!("it cannot be read: {error}")))?;
        if payload.meta.tells.is_none() {
            self.skipped.note("file that is no image", || path.to_owned());
            return Ok(None);
        }
        self.bytes += payload.meta.size;
        let item = self.options.naming.item(Kind::Source, "", path)?;
        let mut version = Version { activity: Some(self.activity.clone()), ..Version::new(item.clone()) };
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

    fn label(&mut self, path: &str, image: &ItemKey) -> Result<Option<Version>, Reason> {
        let Some(class) = class(path) else {
            self.skipped.note("label of an image in no sub-folder", || path.to_owned());
            return Ok(None);
        };
        let version = Version {
            attributes: attributes(&json!({"class": class}))?,
            activity: Some(self.activity.clone()),
            ontology: Some(Named::head_of(&self.ontology()?)),
            ..Version::new(self.options.naming.item(Kind::Label, "", path)?)
        };
        Ok(Some(made_from(version, "LABELS", image)))
    }

    fn read(&self, path: &str, version: Version, payload: Option<Payload>) -> Read {
        let bytes = path.len() + version.attributes.as_str().len() + 64;
        Read {
            place: Place::File(path.to_owned()),
            record: Record::Version(Box::new(version)),
            bytes,
            digest: [0; 32],
            position: self.bytes,
            payload,
        }
    }

    fn set(&mut self) -> Result<Option<Read>, Reason> {
        let Some(set) = &self.options.set else { return Ok(None) };
        let members = std::mem::take(&mut self.members);
        Ok(Some(Read {
            place: Place::File("the training set".to_owned()),
            record: set.record(&self.options.naming, &members)?,
            bytes: members.len() * 64,
            digest: [0; 32],
            position: self.bytes,
            payload: None,
        }))
    }
}

impl Records for Images {
    fn next(&mut self) -> Result<Option<Read>, Stop> {
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
                let place = Place::File("the training set".to_owned());
                return Ok(self.set().map_err(|reason| reason.at(place))?);
            };
            let read =
                self.image(&entry.path).map_err(|reason| reason.at(Place::File(entry.path.clone())))?;
            if read.is_some() {
                return Ok(read);
            }
        }
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }
}

/// The name of the folder that a file lies in; none for those that lie in no sub-folder.
fn class(path: &str) -> Option<&str> {
    Path::new(path).parent()?.file_name()?.to_str()
}
