//! Label Studio's JSON export, a list of tasks: each task becomes a SOURCE item, each of its annotations a LABEL.
//!
//! An annotation is a list of results: rectangles, polygons, brush strokes, choices, texts. What they say is kept as the tool
//! says it; the labels in them are the label's classes. When and how fast somebody worked is no part of what a label says.

use std::collections::VecDeque;
use std::io::BufRead;

use serde_json::{Map, Value};

use super::super::record::fault::{Place, Reason};
use super::super::record::payload::{Folder, Payload};
use super::super::record::reader::{Read, Records, Skipped, Stop};
use super::super::record::{Activity, Record, Version, object};
use super::elements::{CutError, Elements};
use super::labelling_export::{self, Naming, Pinned, activity, made_from, take_id};
use crate::domain::item::{ItemKey, Kind};

/// The format's name.
pub(in crate::cli::import) const FORMAT: &str = "label-studio";
/// What keys of labels begin with, behind the prefix.
pub(in crate::cli::import) const LABELS: &str = "annotations/";

/// How an export is imported.
pub(in crate::cli::import) struct Options {
    /// Names of items.
    pub naming: Naming,
    /// Where the images are.
    pub payloads: Option<Folder>,
    /// The set to pin.
    pub set: Option<Pinned>,
    /// Whether predictions become DERIVED items.
    pub predictions: bool,
}

/// The records of an export.
pub(in crate::cli::import) struct LabelStudio<R> {
    elements: Elements<R>,
    options: Options,
    activity: Activity,
    /// Records of the task that was read last.
    waiting: VecDeque<Read>,
    members: Vec<ItemKey>,
    skipped: Skipped,
    ended: bool,
}

/// What a list of results says.
#[derive(Default)]
struct Said {
    classes: Vec<Value>,
    regions: Vec<Value>,
}

impl<R: BufRead> LabelStudio<R> {
    /// The records of this document.
    pub(in crate::cli::import) fn new(input: R, options: Options) -> Result<Self, Stop> {
        let place = || Place::Element(FORMAT.to_owned());
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

    /// Reads the next task; false where there is none.
    fn task(&mut self) -> Result<bool, Stop> {
        let Some(element) = self.elements.next(str::is_empty).map_err(cut)? else { return Ok(false) };
        let (place, bytes) = (element.place(), element.text.len());
        let fields = object(element.text);
        let mut made = Vec::new();
        let task = fields.and_then(|fields| self.records(fields, &mut made));
        task.map_err(|reason| reason.at(place.clone()))?;
        let (position, each) = (self.elements.bytes(), bytes / made.len().max(1));
        self.waiting.extend(made.into_iter().map(|(version, payload)| Read {
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
        made: &mut Vec<(Version, Option<Payload>)>,
    ) -> Result<(), Reason> {
        let id = take_id(&mut task, "id")?;
        let Some(Value::Object(data)) = task.remove("data") else {
            return Err(Reason::new(
                "data",
                "a task says here what is labelled; export as JSON, not as JSON-MIN",
            ));
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
    ) -> Result<(Version, Option<Payload>), Reason> {
        let mut version = Version { activity: Some(self.activity.clone()), ..Version::new(item.clone()) };
        if let Some(folder) = &self.options.payloads {
            let (name, path) = local(&data).ok_or_else(|| {
                Reason::whole("no file of the task is known; leave --payloads out, or put `image` there")
            })?;
            let payload = folder.payload(&name, &path)?;
            if payload.meta.tells.is_some() {
                labelling_export::picture(&mut version, &mut data, &payload)?;
            } else {
                // A recording or a text: what it is, nobody says.
                version.payload = Some(payload.meta.digest);
            }
            version.attributes = labelling_export::attributes(&Value::Object(data))?;
            return Ok((version, Some(payload)));
        }
        let large: Vec<String> = data.keys().cloned().collect();
        let large: Vec<&str> = large.iter().map(String::as_str).collect();
        let payload = labelling_export::say(&mut version, data, &large)?;
        Ok((version, payload))
    }

    fn annotation(
        &mut self,
        task: &ItemKey,
        annotation: Value,
    ) -> Result<Option<(Version, Option<Payload>)>, Reason> {
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
        let version = Version { activity: Some(activity), ..Version::new(item) };
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
    ) -> Result<Option<(Version, Option<Payload>)>, Reason> {
        let mut fields = an_object(prediction)?;
        if !self.options.predictions {
            self.skipped.note("prediction", || format!("of {}", task.key()));
            return Ok(None);
        }
        let key = format!("predictions/{}", take_id(&mut fields, "id")?);
        let item = self.options.naming.item(Kind::Derived, "id", &key)?;
        let version = Version { activity: Some(self.activity.clone()), ..Version::new(item) };
        let mut said = said(list(&mut fields, "result")?)?;
        for (name, to) in [("model_version", "modelVersion"), ("score", "score")] {
            if let Some(value) = fields.remove(name).filter(|value| !value.is_null()) {
                said.insert(to.to_owned(), value);
            }
        }
        labelled(version, "INPUT", task, said).map(Some)
    }

    fn set(&mut self) -> Result<Option<Read>, Reason> {
        let Some(set) = &self.options.set else { return Ok(None) };
        let mut members = std::mem::take(&mut self.members);
        members.sort_unstable();
        Ok(Some(Read {
            place: Place::Element("the training set".to_owned()),
            record: set.record(&self.options.naming, &members)?,
            bytes: members.len() * 64,
            digest: [0; 32],
            position: self.elements.bytes(),
            payload: None,
        }))
    }
}

impl<R: BufRead + Send> Records for LabelStudio<R> {
    fn next(&mut self) -> Result<Option<Read>, Stop> {
        loop {
            if let Some(read) = self.waiting.pop_front() {
                return Ok(Some(read));
            }
            if self.ended {
                return Ok(None);
            }
            if !self.task()? {
                self.ended = true;
                let place = Place::Element("the training set".to_owned());
                return Ok(self.set().map_err(|reason| reason.at(place))?);
            }
        }
    }

    fn skipped(&mut self) -> Skipped {
        std::mem::take(&mut self.skipped)
    }
}

fn labelled(
    version: Version,
    role: &str,
    task: &ItemKey,
    said: Map<String, Value>,
) -> Result<(Version, Option<Payload>), Reason> {
    let mut version = made_from(version, role, task);
    let payload = labelling_export::say(&mut version, said, &["regions"])?;
    Ok((version, payload))
}

/// What results say: the classes in them, and they themselves.
fn said(results: Vec<Value>) -> Result<Map<String, Value>, Reason> {
    let mut said = Said::default();
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

impl Said {
    /// Takes in one result. Whether a person or a model drew it first says nothing of what is labelled.
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

/// The list of this name, which may be absent.
fn list(fields: &mut Map<String, Value>, name: &str) -> Result<Vec<Value>, Reason> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => Err(Reason::new(name, "a list stands here; export as JSON, not as JSON-MIN")),
    }
}

fn an_object(value: Value) -> Result<Map<String, Value>, Reason> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(Reason::whole("a JSON object stands here")),
    }
}

/// Who made an annotation: a number, whatever else the export says of that person.
fn who(fields: &Map<String, Value>) -> Option<Value> {
    let by = fields.get("completed_by")?;
    let id = by.get("id").unwrap_or(by);
    id.is_u64().then(|| id.clone())
}

/// The file that a task names, below the folder of payloads, and the name of the field: uploads by their path in the
/// server's folder, local files by the path that was given.
fn local(data: &Map<String, Value>) -> Option<(String, String)> {
    let text = |name: &str| data.get(name).and_then(Value::as_str).map(|text| (name.to_owned(), text));
    let (name, text) = text("image").or_else(|| {
        let mut named = data.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?)));
        named.find(|(_, text)| text.starts_with("/data/"))
    })?;
    let path = text.strip_prefix("/data/local-files/?d=").or_else(|| text.strip_prefix("/data/upload/"));
    Some((name, path.unwrap_or(text).to_owned()))
}

fn cut(error: CutError) -> Stop {
    Stop::Unreadable(error.to_string())
}
