//! Labels in an annotation that an export of ours wrote: one label for each of its regions.
//!
//! A region that was not changed is exactly the label that was exported. Of a changed one, the shape
//! and the classes are those of the results; a new region is a label of its own.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::marks::Mark;
use super::regions;
use super::shapes::results::{MadeResult, class_names, results};
use super::shapes::{self, FoundResult, OF_SHAPE, size_of};
use crate::annotations::fault::Reason;
use crate::annotations::model::Label;
use crate::annotations::model::fields::{CAPTION, CLASS};

/// The number of a label in its task.
pub(super) const NUMBER: &str = "n";
/// The number of a result in its label.
pub(super) const PART: &str = "part";
/// The position of a keypoint.
pub(super) const KEYPOINT: &str = "keypoint";
/// The fields of a label that are not its shape, in each of its results.
pub(super) const FIELDS: &str = "fields";
/// The fields of its shape, in its first result.
pub(super) const SHAPE: &str = "shape";

/// The class that the results had when they were exported, if the label had another one.
pub(super) const DERIVED: &str = "derived";

/// A result and its mark.
pub(super) type MarkedResult = (Map<String, Value>, Option<Mark>);

/// The results of a label with their marks, by their part.
type LabelParts = BTreeMap<u64, (Map<String, Value>, Mark)>;

/// Reads the labels of an annotation of ours; `like` has the id and author of the annotation.
pub(super) fn labels(found: Vec<MarkedResult>, like: &Label) -> Result<Vec<Label>, Reason> {
    let mut own: BTreeMap<u64, LabelParts> = BTreeMap::new();
    let mut new: Vec<Vec<Map<String, Value>>> = Vec::new();
    let mut regions: BTreeMap<String, usize> = BTreeMap::new();
    let mut others = Vec::new();
    for (result, mark) in found {
        let number = mark.as_ref().and_then(|mark| Some((mark.number(NUMBER)?, mark.number(PART)?)));
        if let (Some((number, part)), Some(mark)) = (number, mark) {
            let parts = own.entry(number).or_default();
            // A copy of a region has the mark as well.
            if let std::collections::btree_map::Entry::Vacant(free) = parts.entry(part) {
                free.insert((result, mark));
                continue;
            }
        }
        match result.get("id").and_then(Value::as_str) {
            Some(id) if result.contains_key("value") => match regions.get(id) {
                Some(place) => new[*place].push(result),
                None => {
                    regions.insert(id.to_owned(), new.len());
                    new.push(vec![result]);
                }
            },
            _ => others.push(Value::Object(result)),
        }
    }
    let mut labels = Vec::with_capacity(own.len() + new.len());
    for parts in own.into_values() {
        labels.push(known(parts, like)?);
    }
    for results in new {
        let mut label = Label { id: None, exported: None, ..like.clone() };
        label.fields = added(results)?;
        labels.push(label);
    }
    if !others.is_empty() {
        let mut label = like.clone();
        label.fields = regions::fields(others)?;
        labels.push(label);
    }
    Ok(labels)
}

/// Reads a label that was exported.
fn known(parts: BTreeMap<u64, (Map<String, Value>, Mark)>, like: &Label) -> Result<Label, Reason> {
    let mut label = Label { id: None, ..like.clone() };
    let Some((_, mark)) = parts.values().next() else { return Ok(label) };
    label.exported = mark.exported("label");
    label.id = mark.text("id").map(str::to_owned);
    label.author = label.author.or_else(|| mark.0.get("author").cloned());
    let mut fields = mark.object(FIELDS).cloned().unwrap_or_default();
    let shape = mark.object(SHAPE).cloned().unwrap_or_default();
    let mut exported = fields.clone();
    exported.extend(shape.clone());
    let size = parts.values().find_map(|(result, _)| size_of(result));
    let made = results(&exported, size).results;
    let is_unchanged =
        made.len() == parts.len()
            && made.iter().zip(&parts).enumerate().all(|(place, (made, (part, (result, _))))| {
                *part == place as u64 && is_same_value(made, result)
            });
    let found: Vec<FoundResult<'_>> = parts
        .values()
        .map(|(result, mark)| {
            let keypoint = mark.number(KEYPOINT).and_then(|place| usize::try_from(place).ok());
            FoundResult { result, keypoint }
        })
        .collect();
    let class = class(&found, fields.get(CLASS));
    let has_class =
        parts.values().any(|(result, _)| result.get("type").is_some_and(|kind| *kind != "textarea"));
    if is_unchanged {
        fields = exported;
    } else {
        fields.remove(CAPTION);
        match shapes::fields(&found, Some(&shape)) {
            Some(read) => fields.extend(read),
            None => {
                let results = parts.values().map(|(result, _)| Value::Object(result.clone()));
                fields.extend(regions::fields(results.collect())?);
            }
        }
    }
    if has_class {
        match class {
            Some(class) => drop(fields.insert(CLASS.to_owned(), class)),
            None => drop(fields.remove(CLASS)),
        }
    }
    label.fields = fields;
    Ok(label)
}

/// Returns the class in results; the exported one if it has the same names.
fn class(found: &[FoundResult<'_>], exported: Option<&Value>) -> Option<Value> {
    let is_point = |found: &&FoundResult<'_>| found.keypoint.is_some();
    let mut labels: Vec<&Value> =
        found.iter().filter(|found| !is_point(found)).flat_map(FoundResult::labels).collect();
    let is_shown = |found: &FoundResult<'_>| {
        found.keypoint.is_none() && found.result.get("type").is_some_and(|kind| *kind != "textarea")
    };
    if !found.iter().any(is_shown) {
        labels = found.iter().flat_map(FoundResult::labels).collect();
    }
    let mut names: Vec<&str> = Vec::new();
    for name in labels.into_iter().filter_map(Value::as_str) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut before = class_names(exported);
    let mut seen = std::collections::HashSet::new();
    before.retain(|name| seen.insert(name.clone()));
    match names.as_slice() {
        names if before == names => exported.cloned(),
        [] => None,
        [name] => Some((*name).into()),
        names => Some(names.iter().map(|name| Value::from(*name)).collect()),
    }
}

/// Reads a region that an annotator added.
fn added(results: Vec<Map<String, Value>>) -> Result<Map<String, Value>, Reason> {
    let found: Vec<FoundResult<'_>> =
        results.iter().map(|result| FoundResult { result, keypoint: None }).collect();
    if let Some(mut fields) = shapes::fields(&found, None) {
        fields.extend(class(&found, None).map(|class| (CLASS.to_owned(), class)));
        return Ok(fields);
    }
    regions::fields(results.into_iter().map(Value::Object).collect())
}

/// Returns true if a result has all members of the value that was written.
fn is_same_value(made: &MadeResult, result: &Map<String, Value>) -> bool {
    let kind = result.get("type").and_then(Value::as_str).unwrap_or_default();
    let (plain, labelled) = (made.control(false).0, made.control(true).0);
    let Some(value) = result.get("value") else { return false };
    (kind == plain || kind == labelled)
        && made.value.iter().all(|(name, one)| value.get(name).is_some_and(|other| is_same(one, other)))
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.iter().all(|(name, one)| other.get(name).is_some_and(|other| is_same(one, other)))
        }
        (Value::Number(one), Value::Number(other)) => match (one.as_f64(), other.as_f64()) {
            (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
            _ => one == other,
        },
        _ => one == other,
    }
}

/// Splits the fields of a label: those of its shape, and the others.
pub(super) fn parts_of(fields: &Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let is_of_shape = |name: &String| OF_SHAPE.contains(&name.as_str());
    fields.clone().into_iter().partition(|(name, _)| is_of_shape(name))
}
