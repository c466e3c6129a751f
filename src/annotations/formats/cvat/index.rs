//! The documents of an input: one pass that notes the position of each image and of each shape of a
//! track.
//!
//! An image needs its name and about 150 bytes of memory, a shape of a track 32 bytes.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use super::meta::Meta;
use super::shapes::is_label;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::image_files::{parted, stem_of};
use crate::annotations::formats::shared::xml::{XmlElement, XmlFault, XmlReader};
use crate::annotations::model::{Class, ClassList};
use crate::annotations::names::normal_name;
use crate::annotations::reader::{ReadStop, Skipped};
use crate::annotations::splits::split_of;

const BUFFER: usize = 256 * 1024;

/// The position of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Extent {
    pub start: u64,
    pub length: u32,
    /// The line of its first byte, from 1.
    pub line: u32,
}

/// A shape of a track in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FrameShape {
    pub task: u16,
    pub frame: u32,
    /// The position in the list of tracks.
    pub track: u32,
    pub extent: Extent,
}

/// An image with an element.
#[derive(Debug)]
pub(super) struct ListedImage {
    pub name: String,
    pub subset: Option<String>,
    pub task: u16,
    /// The number of the frame.
    pub id: Option<u32>,
    pub extent: Extent,
}

/// A document.
pub(super) struct CvatDocument {
    /// The path in the input.
    pub path: String,
    system: PathBuf,
    pub meta: Meta,
    pub images: Vec<ListedImage>,
    /// The start tags of tracks.
    pub tracks: Vec<XmlElement>,
    /// Sorted by task, frame and track.
    pub shapes: Vec<FrameShape>,
    /// The ids of tasks.
    pub tasks: Vec<String>,
    /// The names of classes that labels have.
    pub classes: BTreeSet<String>,
}

impl CvatDocument {
    /// Reads the positions of a document; `None` for XML of another kind.
    pub(super) fn read(files: &Files, path: &str, skipped: &mut Skipped) -> Result<Option<Self>, ReadStop> {
        let unreadable = |error: io::Error| ReadStop::Unreadable(format!("{path}: cannot be read: {error}"));
        let Some(system) = files.get(path) else { return Ok(None) };
        let file = File::open(system).map_err(unreadable)?;
        let mut document = Self {
            path: path.to_owned(),
            system: system.to_owned(),
            meta: Meta::default(),
            images: Vec::new(),
            tracks: Vec::new(),
            shapes: Vec::new(),
            tasks: Vec::new(),
            classes: BTreeSet::new(),
        };
        let mut reader = XmlReader::new(BufReader::with_capacity(BUFFER, file));
        let broken = |fault: XmlFault| ReadStop::from(fault.of_file(path));
        let root = reader.start().map_err(broken)?;
        if root.is_none_or(|root| root.name != "annotations") {
            return Ok(None);
        }
        while let Some(element) = reader.start().map_err(broken)? {
            match element.name.as_str() {
                "track" => document.track(element, &mut reader, skipped)?,
                name => {
                    let name = name.to_owned();
                    let element = reader.content(element).map_err(broken)?;
                    let extent = extent(&element, reader.position());
                    document.element(&name, &element, extent, skipped)?;
                }
            }
        }
        reader.end().map_err(broken)?;
        document.shapes.sort_unstable();
        Ok(Some(document))
    }

    /// Returns the place of an element.
    pub(super) fn place(&self, line: u64) -> RecordPlace {
        RecordPlace::FileLine(self.path.clone(), line)
    }

    fn refused(&self, element: &XmlElement, reason: Reason) -> RecordFault {
        reason.at(self.place(element.line))
    }

    fn element(
        &mut self,
        name: &str,
        element: &XmlElement,
        extent: Extent,
        skipped: &mut Skipped,
    ) -> Result<(), RecordFault> {
        match name {
            "version" => {
                if !element.text.starts_with("1.") {
                    let why =
                        format!("expected the version 1.1, found {:?}; export it as CVAT 1.1", element.text);
                    return Err(self.refused(element, Reason::new("version", why)));
                }
            }
            "meta" => {
                self.meta = Meta::of(element).map_err(|reason| self.refused(element, reason))?;
                skipped.note("description of the task (`meta` but for its labels)", || self.path.clone());
            }
            "image" => {
                let image = self.image(element, extent).map_err(|reason| self.refused(element, reason))?;
                self.images.push(image);
                let labels = element.children.iter().filter_map(|child| child.attribute("label"));
                for class in labels {
                    if !self.classes.contains(class) {
                        self.classes.insert(class.to_owned());
                    }
                }
            }
            other => skipped.note("other element of the document", || format!("{}: {other}", self.path)),
        }
        Ok(())
    }

    fn image(&mut self, element: &XmlElement, extent: Extent) -> Result<ListedImage, Reason> {
        let name = element.attribute("name").unwrap_or_default();
        let name = normal_name("image.name", name)?;
        let subset = element.attribute("subset").filter(|subset| !subset.is_empty()).map(str::to_owned);
        let id = element.attribute("id").and_then(|id| id.parse().ok());
        let task = self.task(element.attribute("task_id").unwrap_or_default())?;
        Ok(ListedImage { name, subset, task, id, extent })
    }

    /// Returns the number of a task.
    fn task(&mut self, id: &str) -> Result<u16, Reason> {
        if let Some(at) = self.tasks.iter().position(|task| task == id) {
            return Ok(u16::try_from(at).unwrap_or(u16::MAX));
        }
        let at = u16::try_from(self.tasks.len()).map_err(|_| {
            Reason::new("task_id", "expected at most 65,536 tasks, found more; split the file")
        })?;
        self.tasks.push(id.to_owned());
        Ok(at)
    }

    fn track<R: io::BufRead>(
        &mut self,
        track: XmlElement,
        reader: &mut XmlReader<R>,
        skipped: &mut Skipped,
    ) -> Result<(), ReadStop> {
        let path = self.path.clone();
        let broken = |fault: XmlFault| ReadStop::from(fault.of_file(&path));
        let task = self.task(track.attribute("task_id").unwrap_or_default());
        let task = task.map_err(|reason| self.refused(&track, reason))?;
        self.classes.extend(track.attribute("label").map(str::to_owned));
        let number = u32::try_from(self.tracks.len()).map_err(|_| {
            self.refused(&track, Reason::new("track", "expected at most 4,294,967,296 tracks, found more"))
        })?;
        self.tracks.push(track);
        while let Some(shape) = reader.start().map_err(broken)? {
            let shape = reader.content(shape).map_err(broken)?;
            if !is_label(&shape.name) {
                skipped.note("other element of a track", || {
                    format!("{path}, line {}: {}", shape.line, shape.name)
                });
                continue;
            }
            let frame = shape.attribute("frame").unwrap_or_default();
            let frame = frame.parse::<u32>().map_err(|_| {
                let why = format!("expected the number of a frame, found {frame:?}; correct it");
                self.refused(&shape, Reason::new(format!("{}.frame", shape.name), why))
            })?;
            let extent = extent(&shape, reader.position());
            self.shapes.push(FrameShape { task, frame, track: number, extent });
        }
        Ok(())
    }

    /// Returns the shapes of a frame.
    pub(super) fn shapes_of(&self, task: u16, frame: u32) -> &[FrameShape] {
        let from = self.shapes.partition_point(|shape| (shape.task, shape.frame) < (task, frame));
        let rest = self.shapes.get(from..).unwrap_or_default();
        let length = rest.partition_point(|shape| (shape.task, shape.frame) == (task, frame));
        rest.get(..length).unwrap_or_default()
    }

    /// Returns the frames that have shapes.
    pub(super) fn frames(&self) -> Vec<(u16, u32)> {
        let mut frames: Vec<(u16, u32)> = self.shapes.iter().map(|shape| (shape.task, shape.frame)).collect();
        frames.dedup();
        frames
    }

    /// Opens the document for reading elements.
    pub(super) fn open(&self) -> Result<File, ReadStop> {
        File::open(&self.system)
            .map_err(|error| ReadStop::Unreadable(format!("{}: cannot be read: {error}", self.path)))
    }

    /// Reads the element at a position.
    pub(super) fn at(&self, file: &mut File, extent: Extent) -> Result<XmlElement, ReadStop> {
        let mut text = Vec::with_capacity(extent.length as usize);
        let mut read = || -> io::Result<usize> {
            file.seek(SeekFrom::Start(extent.start))?;
            file.take(extent.length.into()).read_to_end(&mut text)
        };
        read().map_err(|error| ReadStop::Unreadable(format!("{}: cannot be read: {error}", self.path)))?;
        let above = u64::from(extent.line) - 1;
        XmlElement::parse(&text).map_err(|mut fault| {
            fault.line += above;
            fault.of_file(&self.path).into()
        })
    }

    /// Returns the split that a subset, or else the path of the document names.
    pub(super) fn split(&self, files: &Files, subset: Option<&str>) -> Option<String> {
        if let Some(subset) = subset {
            if subset.eq_ignore_ascii_case(NO_SUBSET) {
                return None;
            }
            return Some(split_of(subset).map_or_else(|| subset.to_uppercase(), str::to_owned));
        }
        if files.is_one_file() {
            return split_of(files.root().to_str()?).map(str::to_owned);
        }
        split_of(&self.path).map(str::to_owned)
    }

    /// Returns the folder of the document, with a slash at its end.
    pub(super) fn folder(&self) -> &str {
        parted(&self.path).0
    }

    /// Returns the name of the document without its ending.
    pub(super) fn stem(&self) -> &str {
        stem_of(&self.path)
    }
}

/// The subset of images without one.
pub(super) const NO_SUBSET: &str = "default";

fn extent(element: &XmlElement, end: u64) -> Extent {
    let length = u32::try_from(end.saturating_sub(element.start)).unwrap_or(u32::MAX);
    Extent { start: element.start, length, line: u32::try_from(element.line).unwrap_or(u32::MAX) }
}

/// Returns the documents of an input.
pub(super) fn documents(files: &Files, skipped: &mut Skipped) -> Result<Vec<CvatDocument>, ReadStop> {
    let mut documents = Vec::new();
    let is_one = files.is_one_file();
    for path in files.paths().filter(|path| is_one || path.to_ascii_lowercase().ends_with(".xml")) {
        match CvatDocument::read(files, path, skipped)? {
            Some(document) => documents.push(document),
            None => skipped.note("XML file that is no document of CVAT", || path.to_owned()),
        }
    }
    if documents.is_empty() {
        let why = "expected XML of CVAT with the element `annotations`, found none; name the file `annotations.xml` or \
                   its folder";
        return Err(Reason::record(why).at(RecordPlace::File(".".to_owned())).into());
    }
    Ok(documents)
}

/// Gives images of the same name the name of their subset, else of their document, in front.
/// `names` are the name, the subset and the document of each image.
pub(super) fn distinct(
    names: &mut [(String, Option<String>, usize)],
    documents: &[CvatDocument],
) -> Result<(), RecordFault> {
    for by_subset in [true, false] {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for (name, _, _) in names.iter() {
            *counts.entry(name.clone()).or_default() += 1;
        }
        if counts.values().all(|count| *count == 1) {
            return Ok(());
        }
        for (name, subset, document) in names.iter_mut() {
            if counts.get(name).is_some_and(|count| *count > 1) {
                let front = match (by_subset, &subset) {
                    (true, Some(subset)) => subset.as_str(),
                    (true, None) => continue,
                    (false, _) => documents.get(*document).map_or("", CvatDocument::stem),
                };
                *name = format!("{front}/{name}");
            }
        }
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (name, _, document) in names.iter() {
        if seen.insert(name, *document).is_some() {
            let path = documents.get(*document).map_or(String::new(), |document| document.path.clone());
            let why = format!(
                "expected each image once, found {name:?} twice; rename one, or import the files one by one"
            );
            return Err(Reason::new("image.name", why).at(RecordPlace::File(path)));
        }
    }
    Ok(())
}

/// Joins the classes of all documents; those that only labels name are last.
pub(super) fn joined_classes(documents: &[CvatDocument], skipped: &mut Skipped) -> ClassList {
    let mut list = ClassList::default();
    for class in documents.iter().flat_map(|document| &document.meta.classes.classes) {
        match list.classes.iter().find(|other| other.name == class.name) {
            None => list.classes.push(class.clone()),
            Some(other) if other.fields == class.fields => {}
            Some(_) => skipped.note("class definitions that differ between files", || class.name.clone()),
        }
    }
    let others: BTreeSet<&String> = documents.iter().flat_map(|document| &document.classes).collect();
    for name in others {
        if !name.is_empty() && list.position(name).is_none() {
            list.classes.push(Class::named(name));
        }
    }
    list
}
