//! Label Studio's JSON export, a list of tasks: each task becomes a SOURCE item, each of its
//! annotations a LABEL.
//!
//! An annotation is a list of results: rectangles, polygons, brush strokes, choices, texts. They
//! are stored as exported; the labels in them are the classes of the LABEL. Times and durations of
//! the work are left out, because they do not describe the label.

use std::collections::VecDeque;
use std::io::BufRead;

use serde_json::{Map, Value};

use super::super::record::fault::{Reason, RecordPlace};
use super::super::record::payload::{ImportPayload, PayloadFolder};
use super::super::record::reader::{ReadRecord, ReadStop, RecordSource, Skipped};
use super::super::record::{ImportedActivity, ImportedVersion, Record, object};
use super::elements::{Elements, SplitError};
use super::labelling_export::{self, ItemNaming, PinnedSet, activity, made_from, take_id};
use crate::domain::canonical::attributes::type_name;
use crate::domain::item::{ItemKey, Kind};

/// The format's name.
pub(crate) const FORMAT: &str = "label-studio";
/// The start of the keys of labels, after the prefix.
pub(crate) const LABELS: &str = "annotations/";

/// The options for an export of Label Studio.
pub(crate) struct LabelStudioOptions {
    /// The naming of items.
    pub naming: ItemNaming,
    /// The folder of the images.
    pub payloads: Option<PayloadFolder>,
    /// The training set to pin.
    pub set: Option<PinnedSet>,
    /// True if predictions become DERIVED items.
    pub predictions: bool,
}

/// The records of an export.
pub(crate) struct LabelStudioRecords<R> {
    elements: Elements<R>,
    options: LabelStudioOptions,
    activity: ImportedActivity,
    /// Records of the last task that are not returned yet.
    waiting: VecDeque<ReadRecord>,
    members: Vec<ItemKey>,
    skipped: Skipped,
    ended: bool,
}

/// The content of a list of results.
#[derive(Default)]
struct ResultContent {
    classes: Vec<Value>,
    regions: Vec<Value>,
}

impl<R: BufRead> LabelStudioRecords<R> {
    /// Reads the records of a document.
    pub(crate) fn new(input: R, options: LabelStudioOptions) -> Result<Self, ReadStop> {
        let place = || RecordPlace::Element(FORMAT.to_owned());
        Ok(Self {
            elements: Elements::new(input),
            options,
            activity: activity(FORMAT).map_err(|reason| reason.at(place()))?,
            waiting: VecDeque::new(),
            members: Vec::new(),
            skipped: Skipped::default(),
            ended: false,
        })
    }

    /// Reads the next task. Returns false if there is none.
    fn task(&mut self) -> Result<bool, ReadStop> {
        let Some(element) = self.elements.next(str::is_empty).map_err(unreadable)? else { return Ok(false) };
        let (place, bytes) = (element.place(), element.text.len());
        let fields = object(element.text);
        let mut made = Vec::new();
        let task = fields.and_then(|fields| self.records(fields, &mut made));
        task.map_err(|reason| reason.at(place.clone()))?;
        let (position, each) = (self.elements.bytes(), bytes / made.len().max(1));
        self.waiting.extend(made.into_iter().map(|(version, payload)| ReadRecord {
            place: place.clone(),
            record: Record::Version(Box::new(version)),
            bytes: each,
            digest: [0; 32],
            position,
            payload,
        }));
        Ok(true)
    }

    fn records(
        &mut self,
        mut task: Map<String, Value>,
        made: &mut Vec<(ImportedVersion, Option<ImportPayload>)>,
    ) -> Result<(), Reason> {
        let id = take_id(&mut task, "id")?;
        let data = match task.remove("data") {
            Some(Value::Object(data)) => data,
            other => {
                let found = other.as_ref().map_or("nothing", type_name);
                let why = format!("expected an object, found {found}; export as JSON, not as JSON-MIN");
                return Err(Reason::new("data", why));
            }
        };
        let item = self.options.naming.item(Kind::Source, "id", &format!("tasks/{id}"))?;
        made.push(self.source(&item, data).map_err(|reason| reason.within("data"))?);
        let before = made.len();
        for (place, annotation) in list(&mut task, "annotations")?.into_iter().enumerate() {
            let label = self.annotation(&item, annotation);
            made.extend(label.map_err(|reason| reason.within(&format!("annotations[{place}]")))?);
        }
        for (place, prediction) in list(&mut task, "predictions")?.into_iter().enumerate() {
            let found = self.prediction(&item, prediction);
            made.extend(found.map_err(|reason| reason.within(&format!("predictions[{place}]")))?);
        }
        for _ in list(&mut task, "drafts")? {
            self.skipped.note("draft", || format!("of task {id}"));
        }
        if self.options.set.is_some() {
            let labels = made[before..].iter().map(|(version, _)| version.item.0.clone());
            self.members.extend(labels.filter(|item| item.kind == Kind::Label));
        }
        Ok(())
    }

    fn source(
        &self,
        item: &ItemKey,
        mut data: Map<String, Value>,
    ) -> Result<(ImportedVersion, Option<ImportPayload>), Reason> {
        let mut version =
            ImportedVersion { activity: Some(self.activity.clone()), ..ImportedVersion::new(item.clone()) };
        if let Some(folder) = &self.options.payloads {
            let (name, path) = local(&data).ok_or_else(|| {
                Reason::record(
                    "expected the path of the task's file in `image`; add it, or leave out --payloads",
                )
            })?;
            let payload = folder.payload(&name, &path)?;
            if payload.meta.media.is_some() {
                labelling_export::picture(&mut version, &mut data, &payload)?;
            } else {
                // A recording or a text: its media type is not known.
                version.payload = Some(payload.meta.digest);
            }
            version.attributes = labelling_export::attributes(&Value::Object(data))?;
            return Ok((version, Some(payload)));
        }
        let large: Vec<String> = data.keys().cloned().collect();
        let large: Vec<&str> = large.iter().map(String::as_str).collect();
        let payload = labelling_export::set_attributes(&mut version, data, &large)?;
        Ok((version, payload))
    }

    fn annotation(
        &mut self,
        task: &ItemKey,
        annotation: Value,
    ) -> Result<Option<(ImportedVersion, Option<ImportPayload>)>, Reason> {
        let mut fields = an_object(annotation)?;
        let id = take_id(&mut fields, "id")?;
        if fields.get("was_cancelled").is_some_and(|cancelled| *cancelled == true) {
            self.skipped.note("cancelled annotation", || id);
            return Ok(None);
        }
        let mut activity = self.activity.clone();
        if let Some(who) = who(&fields) {
            activity.parameters =
                labelling_export::attributes(&serde_json::json!({"annotator": who, "format": FORMAT}))?;
        }
        let item = self.options.naming.item(Kind::Label, "id", &format!("{LABELS}{id}"))?;
        let version = ImportedVersion { activity: Some(activity), ..ImportedVersion::new(item) };
        let mut said = said(list(&mut fields, "result")?)?;
        if fields.get("ground_truth").is_some_and(|truth| *truth == true) {
            said.insert("groundTruth".to_owned(), true.into());
        }
        labelled(version, "LABELS", task, said).map(Some)
    }

    fn prediction(
        &mut self,
        task: &ItemKey,
        prediction: Value,
    ) -> Result<Option<(ImportedVersion, Option<ImportPayload>)>, Reason> {
        let mut fields = an_object(prediction)?;
        if !self.options.predictions {
            self.skipped.note("prediction", || format!("of {}", task.key()));
            return Ok(None);
        }
        let key = format!("predictions/{}", take_id(&mut fields, "id")?);
        let item = self.options.naming.item(Kind::Derived, "id", &key)?;
        let version = ImportedVersion { activity: Some(self.activity.clone()), ..ImportedVersion::new(item) };
        let mut said = said(list(&mut fields, "result")?)?;
        for (name, to) in [("model_version", "modelVersion"), ("score", "score")] {
            if let Some(value) = fields.remove(name).filter(|value| !value.is_null()) {
                said.insert(to.to_owned(), value);
            }
        }
        labelled(version, "INPUT", task, said).map(Some)
    }

    fn set(&mut self) -> Result<Option<ReadRecord>, Reason> {
        let Some(set) = &self.options.set else { return Ok(None) };
        let mut members = std::mem::take(&mut self.members);
        members.sort_unstable();
        Ok(Some(ReadRecord {
            place: RecordPlace::Element("the training set".to_owned()),
            record: set.record(&self.options.naming, &members)?,
            bytes: members.len() * 64,
            digest: [0; 32],
            position: self.elements.bytes(),
            payload: None,
        }))
    }
}

impl<R: BufRead + Send> RecordSource for LabelStudioRecords<R> {
    fn next(&mut self) -> Result<Option<ReadRecord>, ReadStop> {
        loop {
            if let Some(read) = self.waiting.pop_front() {
                return Ok(Some(read));
            }
            if self.ended {
                return Ok(None);
            }
            if !self.task()? {
                self.ended = true;
                let place = RecordPlace::Element("the training set".to_owned());
                return Ok(self.set().map_err(|reason| reason.at(place))?);
            }
        }
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }
}

fn labelled(
    version: ImportedVersion,
    role: &str,
    task: &ItemKey,
    said: Map<String, Value>,
) -> Result<(ImportedVersion, Option<ImportPayload>), Reason> {
    let mut version = made_from(version, role, task);
    let payload = labelling_export::set_attributes(&mut version, said, &["regions"])?;
    Ok((version, payload))
}

/// Returns the attributes of results: their classes, and the results as exported.
fn said(results: Vec<Value>) -> Result<Map<String, Value>, Reason> {
    let mut said = ResultContent::default();
    for (place, result) in results.into_iter().enumerate() {
        let within = |reason: Reason| reason.within(&format!("result[{place}]"));
        said.add(an_object(result).map_err(within)?);
    }
    let mut fields = Map::new();
    match said.classes.len() {
        0 => {}
        1 => drop(fields.insert("class".to_owned(), said.classes.remove(0))),
        _ => drop(fields.insert("class".to_owned(), Value::Array(said.classes))),
    }
    fields.insert("regions".to_owned(), Value::Array(said.regions));
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
fn who(fields: &Map<String, Value>) -> Option<Value> {
    let by = fields.get("completed_by")?;
    let id = by.get("id").unwrap_or(by);
    id.is_u64().then(|| id.clone())
}

/// Returns the field and the path of a task's file, below the folder of payloads: for uploads the
/// path in the server's folder, for local files the given path.
fn local(data: &Map<String, Value>) -> Option<(String, String)> {
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
