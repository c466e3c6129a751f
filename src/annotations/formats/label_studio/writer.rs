//! The writer: tasks as Label Studio imports them, a file for each split.
//!
//! A label with `regions` is an annotation of its own, with its results as they were exported. All
//! other labels of an image are one annotation, with a region for each; predictions of one model
//! are one prediction. `meta.stemma` says which label a region is, and has the fields that Label
//! Studio does not show. All tasks are in memory: for a label its JSON text, twice if it has a shape.

use std::collections::{BTreeMap, HashMap};
use std::io;

use serde_json::{Map, Value, json};

use super::super::shared::ids::whole;
use super::super::shared::paths::{output_path, split_word};
use super::addresses;
use super::annotation::{GROUND_TRUTH, MODEL_VERSION};
use super::config::{Controls, object_of};
use super::marks::Mark;
use super::own::{DERIVED, FIELDS, KEYPOINT, NUMBER, PART, SHAPE, parts_of};
use super::regions;
use super::shapes::results::{MadeResult, Size, class_names, results, score};
use crate::annotations::model::fields::{CLASS, FILE_NAME, REGIONS, SCORE};
use crate::annotations::model::{ClassList, Image, Label, LabelOrigin, Sample};
use crate::annotations::names::is_address;
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// Writes tasks.
#[derive(Default)]
pub(super) struct LabelStudioWriter {
    /// The text of each file, by its path.
    documents: BTreeMap<String, Vec<u8>>,
    tasks: u64,
    classes: Vec<String>,
    /// The names of the keypoints of each class.
    keypoints: HashMap<String, Vec<String>>,
    controls: Controls,
}

impl SampleWriter for LabelStudioWriter {
    fn begin(
        &mut self,
        _: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        _: &mut dyn Output,
    ) -> io::Result<()> {
        for class in &classes.classes {
            if class.id.is_some() || !class.fields.is_empty() {
                left_out.note("id and fields of a class (Label Studio has its name)", || class.name.clone());
            }
            let points = class.fields.get("keypoints").and_then(Value::as_array);
            let names: Vec<String> =
                points.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
            self.keypoints.insert(class.name.clone(), names);
            self.classes.push(class.name.clone());
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, _: &mut dyn Output) -> io::Result<()> {
        self.tasks += 1;
        let path = document(sample.image.split.as_deref());
        let task = self.task(sample, left_out);
        let text = self.documents.entry(path).or_default();
        text.extend_from_slice(if text.is_empty() { b"[\n" } else { b",\n" });
        serde_json::to_writer(text, &task)?;
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        for (path, mut text) in std::mem::take(&mut self.documents) {
            text.extend_from_slice(b"\n]\n");
            out.file(&path, &text)?;
        }
        match self.controls.to_xml(&self.classes) {
            Some(xml) => out.file("labeling_config.xml", xml.as_bytes()),
            None => Ok(()),
        }
    }

    fn image_path(&self, image: &Image) -> Option<String> {
        if !is_task(image) {
            return Some(output_path("images", &image.name));
        }
        let file = addresses::files(&image.fields).into_iter().next()?;
        Some(output_path("images", addresses::local(&file.address)))
    }
}

/// Returns true if an image is a task of an earlier import, whose fields are its data.
fn is_task(image: &Image) -> bool {
    let is_numbered = image.name.rsplit('/').nth(1) == Some("tasks");
    is_numbered && !image.fields.contains_key(FILE_NAME)
}

/// Returns the path of the file of a split.
fn document(split: Option<&str>) -> String {
    split.map_or_else(|| "tasks.json".to_owned(), |split| format!("{}.json", split_word(split)))
}

/// Encodes a path for the address of a local file.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

impl LabelStudioWriter {
    fn task(&mut self, sample: &Sample, left_out: &mut Skipped) -> Value {
        let Sample { image, labels } = sample;
        let path = self.image_path(image);
        let mut mark = Mark::default();
        mark.set_exported("source", image.exported.as_ref());
        mark.set("name", Some(image.name.clone()));
        mark.set("path", path.clone());
        mark.set("split", image.split.clone());
        let data = if is_task(image) {
            image.fields.clone()
        } else {
            mark.set(FIELDS, Some(image.fields.clone()));
            let local = || format!("/data/local-files/?d={}", encoded(path.as_deref().unwrap_or_default()));
            let address = if is_address(&image.name) { image.name.clone() } else { local() };
            Map::from_iter([("image".to_owned(), Value::String(address))])
        };
        let mut task =
            Map::from_iter([("id".to_owned(), self.tasks.into()), ("data".to_owned(), data.into())]);
        mark.write(&mut task);
        let (mut annotations, mut predictions) = (Vec::new(), Vec::new());
        // The results of labels without regions, and their place among the annotations.
        let mut drawn: Option<(usize, Vec<Value>)> = None;
        let mut by_model: Vec<(Value, Vec<Value>)> = Vec::new();
        for (number, label) in labels.iter().enumerate() {
            if matches!(label.fields.get(REGIONS), Some(Value::Array(_))) {
                match label.origin {
                    LabelOrigin::Annotation => annotations.extend(exported(label, left_out)),
                    LabelOrigin::Prediction => predictions.extend(exported(label, left_out)),
                }
                continue;
            }
            let made = self.drawn(label, number, image.size(), left_out);
            match label.origin {
                LabelOrigin::Annotation => {
                    drawn.get_or_insert_with(|| (annotations.len(), Vec::new())).1.extend(made);
                }
                LabelOrigin::Prediction => {
                    let model = label.fields.get(MODEL_VERSION).cloned().unwrap_or_default();
                    match by_model.iter_mut().find(|(other, _)| *other == model) {
                        Some((_, results)) => results.extend(made),
                        None => by_model.push((model, made)),
                    }
                }
            }
        }
        if let Some((place, results)) = drawn {
            annotations.insert(place, json!({"result": results}));
        }
        for (model, results) in by_model {
            let model = model.as_str().map(str::to_owned).unwrap_or_default();
            predictions.push(json!({"model_version": model, "result": results}));
        }
        task.insert("annotations".to_owned(), annotations.into());
        task.insert("predictions".to_owned(), predictions.into());
        Value::Object(task)
    }

    /// Returns the results of a label without regions.
    fn drawn(
        &mut self,
        label: &Label,
        number: usize,
        size: Option<Size>,
        left_out: &mut Skipped,
    ) -> Vec<Value> {
        let made = results(&label.fields, size);
        let (shape, fields) = parts_of(&label.fields);
        let mut mark = Mark::default();
        mark.set_exported("label", label.exported.as_ref());
        mark.set("id", label.id.clone());
        mark.set("author", label.author.clone());
        mark.set(NUMBER, Some(number as u64));
        mark.set(FIELDS, Some(fields));
        if let Some(hidden) = made.hidden {
            left_out.note(hidden, || label.place.to_string());
        }
        let classes = class_names(label.fields.get(CLASS));
        let is_shown = |made: &MadeResult| made.keypoint.is_none() && made.tag != "textarea";
        let points_have_names = made.results.iter().any(is_shown);
        let id = format!("s{number}");
        let mut shapes = 0;
        let mut written = Vec::with_capacity(made.results.len());
        for (part, result) in made.results.iter().enumerate() {
            let labels = match result.keypoint {
                Some(place) if points_have_names => {
                    let name = self.keypoint_name(&classes, place);
                    self.controls.note_keypoint(place, &name);
                    vec![name]
                }
                _ => classes.clone(),
            };
            let (control, member) = result.control(!labels.is_empty());
            let mut value = result.value.clone();
            if let Some(member) = member {
                value.insert(member, labels.clone().into());
            }
            let own_id =
                if result.tag == "textarea" || shapes == 0 { id.clone() } else { format!("{id}-{part}") };
            shapes += usize::from(result.tag != "textarea");
            self.controls.note(&control, &labels);
            let mut written_result = Map::from_iter([
                ("id".to_owned(), own_id.into()),
                ("type".to_owned(), control.clone().into()),
                ("from_name".to_owned(), control.clone().into()),
                ("to_name".to_owned(), object_of(&control).into()),
                ("value".to_owned(), value.into()),
            ]);
            if let Some((width, height)) = size.filter(|_| result.is_shape()) {
                written_result.insert("original_width".to_owned(), pixels(width));
                written_result.insert("original_height".to_owned(), pixels(height));
                written_result.insert("image_rotation".to_owned(), 0.into());
            }
            if result.keypoint.is_some() && points_have_names {
                written_result.insert("parentID".to_owned(), id.clone().into());
            }
            if label.origin == LabelOrigin::Prediction {
                written_result.extend(score(&label.fields).map(|score| (SCORE.to_owned(), score.clone())));
            }
            let mut mark = mark.clone();
            mark.set(PART, Some(part as u64));
            mark.set(KEYPOINT, result.keypoint.map(|place| place as u64));
            if part == 0 && !shape.is_empty() {
                mark.set(SHAPE, Some(shape.clone()));
            }
            mark.write(&mut written_result);
            written.push(Value::Object(written_result));
        }
        written
    }

    fn keypoint_name(&self, classes: &[String], place: usize) -> String {
        let names = classes.iter().find_map(|class| self.keypoints.get(class));
        let name = names.and_then(|names| names.get(place));
        name.cloned().unwrap_or_else(|| (place + 1).to_string())
    }
}

/// Returns a length as a whole number.
fn pixels(length: f64) -> Value {
    whole(&json!(length)).unwrap_or_else(|| json!(length))
}

/// Returns the annotation or prediction of a label that has its results; `None` if there is nothing
/// to write.
fn exported(label: &Label, left_out: &mut Skipped) -> Option<Value> {
    let mut fields = label.fields.clone();
    let results = match fields.remove(REGIONS) {
        Some(Value::Array(results)) => results,
        _ => Vec::new(),
    };
    let mut written = Map::new();
    let number =
        label.id.as_ref().and_then(|id| id.parse::<u64>().ok().filter(|number| number.to_string() == *id));
    written.extend(number.map(|number| ("id".to_owned(), number.into())));
    let (truth, model) = (fields.remove(GROUND_TRUTH), fields.get(MODEL_VERSION).cloned());
    if label.origin == LabelOrigin::Annotation {
        written.extend(truth.map(|truth| ("ground_truth".to_owned(), truth)));
    } else {
        let number = fields.get(SCORE).filter(|score| score.is_number()).cloned();
        if let Some(score) = number {
            fields.remove(SCORE);
            written.insert(SCORE.to_owned(), score);
        }
        if let Some(model) = model.filter(Value::is_string) {
            fields.remove(MODEL_VERSION);
            written.insert("model_version".to_owned(), model);
        }
    }
    let derived = regions::fields(results.clone()).ok().and_then(|mut fields| fields.remove(CLASS));
    let mut mark = Mark::default();
    if derived.as_ref() == fields.get(CLASS) {
        fields.remove(CLASS);
    } else {
        mark.set(DERIVED, derived);
    }
    mark.set_exported("label", label.exported.as_ref());
    mark.set("id", label.id.clone().filter(|_| number.is_none()));
    mark.set("author", label.author.clone());
    mark.set(FIELDS, Some(fields).filter(|fields| !fields.is_empty()));
    if results.is_empty() {
        let names = || mark.0.keys().filter(|name| !matches!(name.as_str(), "label" | "version"));
        if names().next().is_some() {
            let what = "id, author and fields of an annotation without regions";
            left_out.note(what, || label.place.to_string());
        }
        number?;
    }
    let marked = results.into_iter().map(|result| match result {
        Value::Object(mut result) => {
            // Without an id, it says that the annotation is ours.
            if number.is_none() || !mark.0.is_empty() {
                mark.write(&mut result);
            }
            Value::Object(result)
        }
        other => other,
    });
    let marked: Vec<Value> = marked.collect();
    written.insert("result".to_owned(), marked.into());
    Some(Value::Object(written))
}
