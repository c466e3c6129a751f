//! Annotations and predictions of a task.

use serde_json::{Map, Value};

use super::super::shared::ids::take_id;
use super::marks::Mark;
use super::own::{self, MarkedResult};
use super::{an_object, list, regions};
use crate::annotations::fault::Reason;
use crate::annotations::fault::RecordPlace;
use crate::annotations::model::fields::{CLASS, SCORE};
use crate::annotations::model::{Label, LabelOrigin};

/// The field of an annotation that was marked as ground truth.
pub(super) const GROUND_TRUTH: &str = "groundTruth";
/// The field of a prediction with the model that made it.
pub(super) const MODEL_VERSION: &str = "modelVersion";

/// Reads an annotation, which is one label unless an export of ours wrote it; `Err` has the id of one
/// that was cancelled. Times and durations of the work are left out, because they do not describe
/// the label.
pub(super) fn annotation(value: Value, place: &RecordPlace) -> Result<Result<Vec<Label>, String>, Reason> {
    let mut fields = an_object(value)?;
    let results = results(&mut fields)?;
    let is = |name: &str| fields.get(name).is_some_and(|value| *value == true);
    let (is_cancelled, is_ground_truth) = (is("was_cancelled"), is("ground_truth"));
    let mut label = Label::new(place.clone());
    label.author = annotator(&fields);
    label.id = id(&mut fields, &results)?;
    if is_cancelled {
        return Ok(Err(label.id.unwrap_or_default()));
    }
    let mut extra = Map::new();
    if is_ground_truth {
        extra.insert(GROUND_TRUTH.to_owned(), true.into());
    }
    labels(results, label, extra).map(Ok)
}

/// Reads a prediction; `None` if the export has only its id.
pub(super) fn prediction(value: Value, place: &RecordPlace) -> Result<Option<Vec<Label>>, Reason> {
    if value.is_u64() || value.is_string() {
        return Ok(None);
    }
    let mut fields = an_object(value)?;
    let results = results(&mut fields)?;
    let mut label = Label::new(place.clone());
    label.origin = LabelOrigin::Prediction;
    label.id = id(&mut fields, &results)?;
    let mut extra = Map::new();
    for (name, to) in [("model_version", MODEL_VERSION), ("score", SCORE)] {
        if let Some(value) = fields.remove(name).filter(|value| !value.is_null()) {
            extra.insert(to.to_owned(), value);
        }
    }
    labels(results, label, extra).map(Some)
}

/// Takes the results of an annotation, and their marks.
fn results(fields: &mut Map<String, Value>) -> Result<Vec<MarkedResult>, Reason> {
    let each = list(fields, "result")?.into_iter().enumerate().map(|(place, result)| {
        let mut result = an_object(result).map_err(|reason| reason.within(&format!("result[{place}]")))?;
        let mark = Mark::take(&mut result);
        Ok((result, mark))
    });
    each.collect()
}

/// Takes the id, which only an annotation that we wrote may lack.
fn id(fields: &mut Map<String, Value>, results: &[MarkedResult]) -> Result<Option<String>, Reason> {
    let is_ours = results.iter().any(|(_, mark)| mark.is_some());
    if is_ours && !fields.contains_key("id") { Ok(None) } else { take_id(fields, "id").map(Some) }
}

/// Returns the labels of results; `label` has what is known of all of them, `extra` the fields of
/// one that they are together.
fn labels(
    results: Vec<MarkedResult>,
    mut label: Label,
    extra: Map<String, Value>,
) -> Result<Vec<Label>, Reason> {
    if results.iter().any(|(_, mark)| mark.as_ref().is_some_and(|mark| mark.number(own::NUMBER).is_some())) {
        return own::labels(results, &label);
    }
    let mut marks = results.iter().filter_map(|(_, mark)| mark.as_ref());
    let mark = marks.next().filter(|first| marks.all(|other| other == *first)).cloned();
    let results = results.into_iter().map(|(result, _)| Value::Object(result)).collect();
    label.fields = regions::fields(results)?;
    label.fields.extend(extra);
    if let Some(mark) = mark {
        label.exported = mark.exported("label");
        label.id = label.id.or_else(|| mark.text("id").map(str::to_owned));
        label.author = label.author.or_else(|| mark.0.get("author").cloned());
        let mut fields = mark.object(own::FIELDS).cloned().unwrap_or_default();
        if label.fields.get(CLASS) != mark.0.get(own::DERIVED) {
            fields.remove(CLASS);
        }
        label.fields.extend(fields);
    }
    Ok(vec![label])
}

/// Returns the number of the annotator. Other personal data is left out.
fn annotator(fields: &Map<String, Value>) -> Option<Value> {
    let by = fields.get("completed_by")?;
    let id = by.get("id").unwrap_or(by);
    id.is_u64().then(|| id.clone())
}
