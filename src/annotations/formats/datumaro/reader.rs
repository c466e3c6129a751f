//! The reader: the items of each subset, in the order of the files. Keeps the names of the images.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;

use serde::Deserialize;
use serde_json::Value;

use super::annotation::label_of;
use super::held::held;
use super::inputs::{Subset, open};
use super::item::image_of;
use crate::annotations::elements::Elements;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::formats::shared::beside::ImagesBeside;
use crate::annotations::formats::shared::ids::id_of;
use crate::annotations::formats::shared::object::object;
use crate::annotations::held::HeldFields;
use crate::annotations::model::{Class, ClassList, ImageBytes, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};

/// Reads the samples of subsets.
pub(super) struct DatumaroReader {
    files: Files,
    images: ImagesBeside,
    subsets: Vec<Subset>,
    classes: Vec<Class>,
    next: usize,
    elements: Option<Elements<BufReader<File>>>,
    names: HashSet<String>,
    found: HashSet<String>,
    skipped: Skipped,
}

/// The part of an item that has ids.
#[derive(Deserialize)]
struct ItemIds {
    #[serde(default)]
    annotations: Vec<AnnotationId>,
}

#[derive(Deserialize)]
struct AnnotationId {
    #[serde(default)]
    id: Option<Value>,
}

impl DatumaroReader {
    /// Creates a reader of the subsets of an input.
    pub(super) fn new(files: Files) -> Result<Self, ReadStop> {
        let mut skipped = Skipped::default();
        let (subsets, classes) = open(&files, &mut skipped)?;
        Ok(Self {
            images: ImagesBeside::of(&files),
            files,
            subsets,
            classes,
            next: 0,
            elements: None,
            names: HashSet::new(),
            found: HashSet::new(),
            skipped,
        })
    }

    /// Reads an item; `None` if it is no image.
    fn sample(
        subset: &Subset,
        images: &ImagesBeside,
        text: &[u8],
        place: &RecordPlace,
        skipped: &mut Skipped,
    ) -> Result<Option<Sample>, Reason> {
        let mut item = object(text)?;
        let annotations = match item.remove("annotations") {
            Some(Value::Array(annotations)) => annotations,
            None | Some(Value::Null) => Vec::new(),
            other => return Err(Reason::expected("annotations", "a list", other.as_ref())),
        };
        let Some(image) = image_of(item, subset, images, place.clone(), skipped)? else {
            for _ in annotations {
                skipped.note("annotation of a point cloud or a video", || place.to_string());
            }
            return Ok(None);
        };
        let mut labels = Vec::with_capacity(annotations.len());
        for (number, annotation) in annotations.into_iter().enumerate() {
            let field = format!("annotations[{number}]");
            let place = match place {
                RecordPlace::FileElement(path, element) => {
                    RecordPlace::FileElement(path.clone(), format!("{element}.{field}"))
                }
                other => other.clone(),
            };
            let label = label_of(annotation, &subset.labels, place, skipped);
            labels.extend(label.map_err(|reason| reason.within(&field))?);
        }
        Ok(Some(Sample { image, labels }))
    }
}

impl SampleReader for DatumaroReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        Ok(ClassList { classes: self.classes.clone() })
    }

    fn holds(&self) -> HeldFields {
        held()
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        loop {
            let Some(subset) = self.subsets.get(self.next) else {
                for path in self.images.paths().into_iter().filter(|path| !self.found.contains(*path)) {
                    self.skipped.note("image without an item", || path.to_owned());
                }
                self.images = ImagesBeside::default();
                return Ok(None);
            };
            let file = &subset.document;
            let elements = match &mut self.elements {
                Some(elements) => elements,
                none => none.insert(file.elements()?),
            };
            let Some(element) =
                elements.next(|name| name == "items").map_err(|error| file.stopped(&error))?
            else {
                if elements.skipped().iter().any(|field| field.name == "items")
                    || !elements.names().contains_key("items")
                {
                    let why = "expected a list in `items`, found another value";
                    return Err(ReadStop::Unreadable(format!("{}: {why}", file.path)));
                }
                self.elements = None;
                self.next += 1;
                continue;
            };
            let place = file.place("items", element.index);
            let sample = Self::sample(subset, &self.images, element.text, &place, &mut self.skipped)
                .map_err(|reason| reason.at(place.clone()))?;
            let Some(sample) = sample else { continue };
            if !self.names.insert(sample.image.name.clone()) {
                let why = format!(
                    "{:?} is also an image of another item; give the images different names, or import the subsets one \
                     by one with a `--prefix` each",
                    sample.image.name
                );
                return Err(Reason::new("id", why).at(place).into());
            }
            if let ImageBytes::File(path) = &sample.image.bytes {
                self.found.insert(path.clone());
            }
            return Ok(Some(sample));
        }
    }

    fn ids(&mut self, note: &mut dyn FnMut(&str, &str)) -> Result<(), ReadStop> {
        for subset in &self.subsets {
            let file = &subset.document;
            let mut elements = file.elements()?;
            while let Some(element) =
                elements.next(|name| name == "items").map_err(|error| file.stopped(&error))?
            {
                // An item that cannot be read is refused when it is read.
                let Ok(ids) = serde_json::from_slice::<ItemIds>(element.text) else { continue };
                let place = file.place("items", element.index);
                let mut item = object(element.text).map_err(|reason| reason.at(place.clone()))?;
                item.remove("annotations");
                let image = image_of(item, subset, &self.images, place.clone(), &mut Skipped::default());
                let Some(image) = image.map_err(|reason| reason.at(place))? else { continue };
                for id in ids.annotations.iter().filter_map(|of| id_of("id", of.id.as_ref()).ok().flatten()) {
                    if id != "0" {
                        note(&image.name, &id);
                    }
                }
            }
        }
        Ok(())
    }

    fn skipped(&mut self) -> Skipped {
        let mut skipped = self.files.skipped();
        skipped.add(std::mem::take(&mut self.skipped));
        skipped
    }

    fn progress(&self) -> (u64, Option<u64>) {
        let size = |subset: &Subset| subset.document.size;
        let before: u64 = self.subsets.iter().take(self.next).map(size).sum();
        let part = self.elements.as_ref().map_or(0, Elements::bytes);
        (before + part, Some(self.subsets.iter().map(size).sum()))
    }
}
