//! Label Studio's JSON export, a list of tasks with their annotations and predictions.
//!
//! An annotation is a list of results: rectangles, polygons, brush strokes, choices, texts. They
//! are kept as exported; the labels in them are the classes. Times and durations of the work are
//! left out, because they do not describe the label.

use std::fs::File;
use std::io::{BufReader, Read as _};

use serde_json::{Map, Value};

use super::shared::ids::take_id;
use super::shared::object::object;
use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::elements::{Elements, SplitError};
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};
use crate::annotations::files::Files;
use crate::annotations::model::{ClassList, Image, ImageBytes, Label, LabelOrigin, Sample};
use crate::annotations::reader::{ReadStop, SampleReader, Skipped};
use crate::domain::canonical::attributes::type_name;

/// The format.
pub(super) const FORMAT: AnnotationFormat =
    AnnotationFormat { name: "label-studio", title: "Label Studio", recognises, reader, writer: None };

const BUFFER: usize = 256 * 1024;

fn recognises(files: &Files) -> bool {
    let Some(path) = files.paths().next().filter(|_| files.is_one_file()) else { return false };
    let mut head = Vec::new();
    let read = files.get(path).and_then(|path| File::open(path).ok());
    let read = read.is_some_and(|file| file.take(64).read_to_end(&mut head).is_ok());
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    read && text.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

fn reader(files: Files, _: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    let file = files.paths().next().and_then(|path| files.get(path));
    let file = file.ok_or_else(|| ReadStop::Unreadable("expected a file, found none".to_owned()))?;
    let opened = File::open(file).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (length, file) = opened.map_err(|error| ReadStop::Unreadable(error.to_string()))?;
    let elements = Elements::new(BufReader::with_capacity(BUFFER, file));
    Ok(Box::new(LabelStudioReader { elements, length, skipped: Skipped::default() }))
}

struct LabelStudioReader {
    elements: Elements<BufReader<File>>,
    length: u64,
    skipped: Skipped,
}

impl SampleReader for LabelStudioReader {
    fn classes(&mut self) -> Result<ClassList, ReadStop> {
        Ok(ClassList::default())
    }

    fn next(&mut self) -> Result<Option<Sample>, ReadStop> {
        let Some(element) = self.elements.next(str::is_empty).map_err(unreadable)? else { return Ok(None) };
        let place = element.place();
        let sample = object(element.text).and_then(|fields| task(fields, &place, &mut self.skipped));
        Ok(Some(sample.map_err(|reason| -> RecordFault { reason.at(place) })?))
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.elements.bytes(), Some(self.length))
    }
}

/// Reads a task.
fn task(mut task: Map<String, Value>, place: &RecordPlace, skipped: &mut Skipped) -> Result<Sample, Reason> {
    let id = take_id(&mut task, "id")?;
    let data = match task.remove("data") {
        Some(Value::Object(data)) => data,
        other => {
            let found = other.as_ref().map_or("nothing", type_name);
            let why = format!("expected an object, found {found}; export as JSON, not as JSON-MIN");
            return Err(Reason::new("data", why));
        }
    };
    let mut image = Image::new(place.clone(), format!("tasks/{id}"));
    let (field, name) = file_of(&data).unwrap_or(("image".to_owned(), String::new()));
    image.bytes = ImageBytes::Named { field, name };
    image.fields = data;
    let mut labels = Vec::new();
    for (number, annotation) in list(&mut task, "annotations")?.into_iter().enumerate() {
        let label = self::annotation(annotation, place, skipped);
        labels.extend(label.map_err(|reason| reason.within(&format!("annotations[{number}]")))?);
    }
    for (number, prediction) in list(&mut task, "predictions")?.into_iter().enumerate() {
        let label = self::prediction(prediction, place, skipped);
        labels.extend(label.map_err(|reason| reason.within(&format!("predictions[{number}]")))?);
    }
    for _ in list(&mut task, "drafts")? {
        skipped.note("draft", || format!("of task {id}"));
    }
    Ok(Sample { image, labels })
}

fn annotation(
    annotation: Value,
    place: &RecordPlace,
    skipped: &mut Skipped,
) -> Result<Option<Label>, Reason> {
    let mut fields = an_object(annotation)?;
    let id = take_id(&mut fields, "id")?;
    if fields.get("was_cancelled").is_some_and(|cancelled| *cancelled == true) {
        skipped.note("cancelled annotation", || id);
        return Ok(None);
    }
    let mut label = Label::new(place.clone());
    label.id = Some(id);
    label.author = annotator(&fields);
    label.fields = content(list(&mut fields, "result")?)?;
    if fields.get("ground_truth").is_some_and(|truth| *truth == true) {
        label.fields.insert("groundTruth".to_owned(), true.into());
    }
    Ok(Some(label))
}

fn prediction(
    prediction: Value,
    place: &RecordPlace,
    skipped: &mut Skipped,
) -> Result<Option<Label>, Reason> {
    if prediction.is_number() {
        skipped.note("prediction of which the export has only the id", || prediction.to_string());
        return Ok(None);
    }
    let mut fields = an_object(prediction)?;
    let mut label = Label::new(place.clone());
    label.origin = LabelOrigin::Prediction;
    label.id = Some(take_id(&mut fields, "id")?);
    label.fields = content(list(&mut fields, "result")?)?;
    for (name, to) in [("model_version", "modelVersion"), ("score", "score")] {
        if let Some(value) = fields.remove(name).filter(|value| !value.is_null()) {
            label.fields.insert(to.to_owned(), value);
        }
    }
    Ok(Some(label))
}

/// The content of a list of results.
#[derive(Default)]
struct ResultContent {
    classes: Vec<Value>,
    regions: Vec<Value>,
}

/// Returns the fields of results: their classes, and the results as exported.
fn content(results: Vec<Value>) -> Result<Map<String, Value>, Reason> {
    let mut content = ResultContent::default();
    for (place, result) in results.into_iter().enumerate() {
        let within = |reason: Reason| reason.within(&format!("result[{place}]"));
        content.add(an_object(result).map_err(within)?);
    }
    let mut fields = Map::new();
    match content.classes.len() {
        0 => {}
        1 => drop(fields.insert("class".to_owned(), content.classes.remove(0))),
        _ => drop(fields.insert("class".to_owned(), Value::Array(content.classes))),
    }
    fields.insert("regions".to_owned(), Value::Array(content.regions));
    Ok(fields)
}

impl ResultContent {
    /// Adds one result without its origin, which does not describe the label.
    fn add(&mut self, mut result: Map<String, Value>) {
        result.remove("origin");
        let kind = result.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let labels = result.get("value").and_then(|value| value.get(&kind));
        for label in labels.and_then(Value::as_array).into_iter().flatten() {
            if !self.classes.contains(label) {
                self.classes.push(label.clone());
            }
        }
        self.regions.push(Value::Object(result));
    }
}

/// Takes the list of this name, which may be absent.
fn list(fields: &mut Map<String, Value>, name: &str) -> Result<Vec<Value>, Reason> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(Reason::new(
            name,
            format!("expected a list, found {}; export as JSON, not as JSON-MIN", type_name(&other)),
        )),
    }
}

fn an_object(value: Value) -> Result<Map<String, Value>, Reason> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(Reason::expected("", "an object", Some(&other))),
    }
}

/// Returns the number of the annotator. Other personal data is left out.
fn annotator(fields: &Map<String, Value>) -> Option<Value> {
    let by = fields.get("completed_by")?;
    let id = by.get("id").unwrap_or(by);
    id.is_u64().then(|| id.clone())
}

/// Returns the field and the path of a task's file, below the folder of payloads: for uploads the
/// path in the server's folder, for local files the given path.
fn file_of(data: &Map<String, Value>) -> Option<(String, String)> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(|text| (name.to_owned(), text));
    let (name, text) = text("image").or_else(|| {
        let mut named = data.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?)));
        named.find(|(_, text)| text.starts_with("/data/"))
    })?;
    let path = text.strip_prefix("/data/local-files/?d=").or_else(|| text.strip_prefix("/data/upload/"));
    Some((name, path.unwrap_or(text).to_owned()))
}

fn unreadable(error: SplitError) -> ReadStop {
    ReadStop::Unreadable(error.to_string())
}
