//! The reader: images in the order of the documents, then the frames of videos.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::Path;

use serde_json::{Map, Value};

use super::held::held;
use super::index::{CvatDocument, Extent, FrameShape, distinct, documents, joined_classes};
use super::shapes::{self, ShapeContext, is_label};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::ReaderOptions;
use crate::annotations::formats::shared::image_files::{ImageFiles, is_image, parted, stem_of};
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::held::HeldFields;
use crate::annotations::model::fields::{ATTRIBUTES, FILE_NAME, HEIGHT, WIDTH};
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::annotations::splits::split_of;

/// The attributes of a frame of a video.
pub(super) const VIDEO: &str = "video";
pub(super) const FRAME: &str = "frame_index";
/// The most frames of a task that are looked up in the folder of images.
const MOST_FRAMES: u32 = 10_000_000;

/// Reads the samples of documents.
pub(super) struct CvatReader {
    files: Files,
    size_of: fn(&Path) -> Option<(u64, u64)>,
    /// Made when the reader is first used.
    input: Option<CvatInput>,
    next: usize,
    /// The document that is open, by its number.
    open: Option<(usize, File)>,
    skipped: Skipped,
}

struct CvatInput {
    documents: Vec<CvatDocument>,
    entries: Vec<CvatEntry>,
    classes: ClassList,
}

/// An image of the input.
struct CvatEntry {
    document: usize,
    name: String,
    file: Option<String>,
    split: Option<String>,
    /// The element; `None` for a frame.
    element: Option<Extent>,
    /// The task and the number of the frame.
    frame: Option<(u16, u32)>,
}

impl CvatReader {
    pub(super) fn new(files: Files, options: &ReaderOptions) -> Self {
        Self {
            files,
            size_of: options.size_of,
            input: None,
            next: 0,
            open: None,
            skipped: Skipped::default(),
        }
    }

    fn input(&mut self) -> Result<&CvatInput, ReadStop> {
        let input = match self.input.take() {
            Some(input) => input,
            None => CvatInput::read(&self.files, &mut self.skipped)?,
        };
        Ok(self.input.insert(input))
    }
}

impl CvatInput {
    fn read(files: &Files, skipped: &mut Skipped) -> Result<Self, ReadStop> {
        let documents = documents(files, skipped)?;
        let images = ImageFiles::of(files);
        let mut entries = Vec::new();
        let mut names = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            let first = entries.len();
            for image in &document.images {
                let task = document.tasks.get(usize::from(image.task)).map(String::as_str);
                let subset = image.subset.clone().or_else(|| document.meta.task(task)?.subset.clone());
                names.push((image.name.clone(), subset.clone(), number));
                entries.push(CvatEntry {
                    document: number,
                    file: file(&images, document, &image.name, subset.as_deref(), false),
                    name: String::new(),
                    split: document.split(files, subset.as_deref()),
                    element: Some(image.extent),
                    frame: image.id.map(|id| (image.task, id)),
                });
            }
            let listed = entries.get(first..).unwrap_or_default();
            let listed = listed.iter().filter_map(|entry: &CvatEntry| entry.frame).collect();
            let frames = frames(&images, document, &listed, skipped);
            for (task, frame) in frames {
                let (name, entry) = frame_entry(files, &images, document, number, (task, frame));
                names.push(name);
                entries.push(entry);
            }
        }
        distinct(&mut names, &documents)?;
        for (entry, (name, _, _)) in entries.iter_mut().zip(names) {
            entry.name = name;
        }
        let taken: HashSet<&str> = entries.iter().filter_map(|entry| entry.file.as_deref()).collect();
        for path in files.paths().filter(|_| !files.is_one_file()) {
            if is_image(path) && !taken.contains(path) {
                skipped.note("image that no document lists", || path.to_owned());
            } else if !is_image(path) && !path.to_ascii_lowercase().ends_with(".xml") {
                skipped.note("other file of the folder", || path.to_owned());
            }
        }
        let classes = joined_classes(&documents, skipped);
        Ok(Self { documents, entries, classes })
    }
}

/// Returns the frames with shapes, and those of which the image is in the input, without the listed
/// ones.
fn frames(
    images: &ImageFiles,
    document: &CvatDocument,
    listed: &HashSet<(u16, u32)>,
    skipped: &mut Skipped,
) -> BTreeSet<(u16, u32)> {
    let mut frames: BTreeSet<(u16, u32)> = document.frames().into_iter().collect();
    frames.retain(|frame| !listed.contains(frame));
    if document.tracks.is_empty() {
        return frames;
    }
    for (task, id) in (0..).zip(&document.tasks) {
        let Some(about) = document.meta.task(Some(id)) else { continue };
        let Some((start, stop, step)) = about.frames else { continue };
        for frame in (start..=stop.min(start.saturating_add(MOST_FRAMES))).step_by(step as usize) {
            if frames.contains(&(task, frame)) || listed.contains(&(task, frame)) {
                continue;
            }
            if file(images, document, &frame_name(frame), about.subset.as_deref(), true).is_some() {
                frames.insert((task, frame));
            } else {
                skipped.note("frame without objects, of which the image is not there", || frame_name(frame));
            }
        }
    }
    frames
}

/// The name of an image, its subset, and the number of its document.
type NamedImage = (String, Option<String>, usize);

/// Returns the entry of a frame of a video.
fn frame_entry(
    files: &Files,
    images: &ImageFiles,
    document: &CvatDocument,
    number: usize,
    (task, frame): (u16, u32),
) -> (NamedImage, CvatEntry) {
    let about = document.tasks.get(usize::from(task)).and_then(|id| document.meta.task(Some(id)));
    let track = document.shapes_of(task, frame).first();
    let track = track.and_then(|shape| document.tracks.get(shape.track as usize));
    let subset = track.and_then(|track| track.attribute("subset")).filter(|subset| !subset.is_empty());
    let subset = subset.or_else(|| about?.subset.as_deref()).map(str::to_owned);
    let name = frame_name(frame);
    let source = about.and_then(|task| task.source.as_deref());
    let video = source.map(|source| source.replace('\\', "/"));
    let video = video.as_deref().map(|source| parted(source).1).filter(|source| !source.is_empty());
    let entry = CvatEntry {
        document: number,
        name: String::new(),
        file: file(images, document, &name, subset.as_deref(), true),
        split: document.split(files, subset.as_deref()),
        element: None,
        frame: Some((task, frame)),
    };
    ((video.map_or_else(|| name.clone(), |video| format!("{video}/{name}")), subset, number), entry)
}

/// Returns the name of the image that CVAT makes of a frame.
fn frame_name(frame: u32) -> String {
    format!("frame_{frame:06}.PNG")
}

/// Returns the file of an image: in `images`, in the folder of its subset there, or next to the
/// document, else the only one of this name below its folder. A frame may have another ending.
fn file(
    images: &ImageFiles,
    document: &CvatDocument,
    name: &str,
    subset: Option<&str>,
    is_frame: bool,
) -> Option<String> {
    let folder = document.folder();
    let mut folders = vec![format!("{folder}images/"), folder.to_owned()];
    if let Some(subset) = subset {
        folders.insert(0, format!("{folder}images/{subset}/"));
    }
    if let Some(own) = document.path.strip_suffix(".xml") {
        folders.push(format!("{folder}images/{}/", parted(own).1));
    }
    let found = folders.iter().find_map(|folder| images.at(&format!("{folder}{name}")));
    let with_stem = |folder: &String| images.with_stem(&format!("{folder}{}", stem_of(name)));
    let found = found.or_else(|| folders.iter().filter(|_| is_frame).find_map(with_stem));
    // The image of another subset or document is another one.
    let split = subset.and_then(split_of);
    let is_own = |path: &&str| {
        let other = split_of(parted(path).0.trim_end_matches('/'));
        path.starts_with(folder) && (other.is_none() || other == split)
    };
    found.or_else(|| images.only(name).filter(is_own)).map(str::to_owned)
}

impl SampleReader for CvatReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        Ok(self.input()?.classes.clone())
    }

    fn holds(&self) -> HeldFields {
        self.input.as_ref().map_or_else(HeldFields::default, |input| held(&input.classes))
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        let at = self.next;
        self.input()?;
        let Some(input) = &self.input else { return Ok(None) };
        let Some(entry) = input.entries.get(at) else { return Ok(None) };
        let Some(document) = input.documents.get(entry.document) else { return Ok(None) };
        self.next += 1;
        let mut open = match self.open.take().filter(|(number, _)| *number == entry.document) {
            Some((_, file)) => file,
            None => document.open()?,
        };
        let size =
            entry.file.as_ref().and_then(|file| self.files.get(file)).and_then(|file| (self.size_of)(file));
        let sample = entry.sample(document, &mut open, size, &mut self.skipped)?;
        self.open = Some((entry.document, open));
        Ok(Some(sample))
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.next as u64, self.input.as_ref().map(|input| input.entries.len() as u64))
    }
}

impl CvatEntry {
    fn sample(
        &self,
        document: &CvatDocument,
        open: &mut File,
        size: Option<(u64, u64)>,
        skipped: &mut Skipped,
    ) -> Result<Sample, ReadStop> {
        let element =
            self.element.map(|extent| Ok::<_, ReadStop>((document.at(open, extent)?, extent))).transpose()?;
        let place = match &element {
            Some((_, extent)) => document.place(extent.line.into()),
            None => RecordPlace::FileElement(
                document.path.clone(),
                format!("frame {}", self.frame.unwrap_or_default().1),
            ),
        };
        let mut image = Image::new(place.clone(), self.name.clone());
        image.split.clone_from(&self.split);
        if let Some(file) = &self.file {
            image.bytes = ImageBytes::File(file.clone());
        }
        image.fields = match &element {
            Some((element, _)) => image_fields(element, skipped).map_err(|reason| reason.at(place))?,
            None => self.frame_fields(document),
        };
        image.fields.entry(FILE_NAME).or_insert_with(|| self.name.as_str().into());
        if let Some((width, height)) = size.filter(|_| image.size().is_none()) {
            image.fields.insert(WIDTH.to_owned(), width.into());
            image.fields.insert(HEIGHT.to_owned(), height.into());
        }
        let side = |name: &str| {
            image.fields.get(name).and_then(Value::as_u64).and_then(|side| u32::try_from(side).ok())
        };
        let size = side(WIDTH).zip(side(HEIGHT));
        let mut labels = Vec::new();
        if let Some((element, extent)) = &element {
            for child in &element.children {
                let line = u64::from(extent.line) - 1 + child.line;
                labels.extend(read_label(child, document, size, line, None, skipped)?);
            }
        }
        if let Some((task, frame)) = self.frame {
            for FrameShape { track, extent, .. } in document.shapes_of(task, frame) {
                let shape = document.at(open, *extent)?;
                let track = document.tracks.get(*track as usize);
                labels.extend(read_label(&shape, document, size, extent.line.into(), track, skipped)?);
            }
        }
        Ok(Sample { image, labels })
    }

    /// Returns the fields of a frame without an element.
    fn frame_fields(&self, document: &CvatDocument) -> Map<String, Value> {
        let (mut fields, mut attributes) = (Map::new(), Map::new());
        let (task, frame) = self.frame.unwrap_or_default();
        let task = document.tasks.get(usize::from(task)).and_then(|id| document.meta.task(Some(id)));
        attributes.insert(FRAME.to_owned(), frame.into());
        if let Some(source) = task.and_then(|task| task.source.as_deref()) {
            attributes.insert(VIDEO.to_owned(), source.into());
        }
        if let Some((width, height)) = task.and_then(|task| task.size) {
            fields.insert(WIDTH.to_owned(), width.into());
            fields.insert(HEIGHT.to_owned(), height.into());
        }
        fields.insert(ATTRIBUTES.to_owned(), attributes.into());
        fields
    }
}

fn read_label(
    element: &XmlElement,
    document: &CvatDocument,
    size: Option<(u32, u32)>,
    line: u64,
    track: Option<&XmlElement>,
    skipped: &mut Skipped,
) -> Result<Option<Label>, ReadStop> {
    let place = document.place(line);
    if !is_label(&element.name) {
        skipped.note("other element of an image", || format!("{place}: {}", element.name));
        return Ok(None);
    }
    let context = ShapeContext { meta: &document.meta, size, track, place: place.clone() };
    shapes::label(element, &context, skipped).map_err(|reason| reason.at(place).into())
}

/// Returns the fields of an image; numbers of images and tasks are left out.
fn image_fields(element: &XmlElement, skipped: &mut Skipped) -> Result<Map<String, Value>, Reason> {
    let (mut fields, mut attributes) = (Map::new(), Map::new());
    for (name, text) in &element.attributes {
        match name.as_str() {
            "id" | "name" | "subset" | "task_id" => {}
            FILE_NAME => drop(fields.insert(FILE_NAME.to_owned(), text.as_str().into())),
            WIDTH | HEIGHT => {
                let side = text
                    .trim()
                    .parse::<f64>()
                    .ok()
                    .filter(|side| side.fract() == 0.0 && (0.0..=4e9).contains(side));
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limited before")]
                match side.map(|side| side as u64) {
                    Some(0) => {}
                    Some(side) => drop(fields.insert(name.clone(), side.into())),
                    None if matches!(text.as_str(), "" | "None") => {}
                    None => {
                        let why = format!("expected a whole number of pixels, found {text:?}; correct it");
                        return Err(Reason::new(format!("image.{name}"), why));
                    }
                }
            }
            FRAME => {
                attributes.insert(
                    name.clone(),
                    text.parse::<u64>().map_or_else(|_| text.as_str().into(), Value::from),
                );
            }
            _ => drop(attributes.insert(name.clone(), text.as_str().into())),
        }
    }
    if !element.text.is_empty() {
        skipped.note("text in an image", || element.text.chars().take(40).collect());
    }
    if !attributes.is_empty() {
        fields.insert(ATTRIBUTES.to_owned(), attributes.into());
    }
    Ok(fields)
}
