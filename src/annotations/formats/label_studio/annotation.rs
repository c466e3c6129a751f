//! Annotations and predictions of a task.

use serde_json::{Map, Value};

use super::super::shared::ids::take_id;
use super::{an_object, list, regions};
use crate::annotations::fault::Reason;
use crate::annotations::fault::RecordPlace;
use crate::annotations::model::fields::SCORE;
use crate::annotations::model::{Label, LabelOrigin};

/// The field of an annotation that was marked as ground truth.
pub(super) const GROUND_TRUTH: &str = "groundTruth";
/// The field of a prediction with the model that made it.
pub(super) const MODEL_VERSION: &str = "modelVersion";

/// Reads an annotation; `Err` has the id of one that was cancelled. Times and durations of the work
/// are left out, because they do not describe the label.
pub(super) fn annotation(value: Value, place: &RecordPlace) -> Result<Result<Label, String>, Reason> {
    let mut fields = an_object(value)?;
    let id = take_id(&mut fields, "id")?;
    let is = |name: &str| fields.get(name).is_some_and(|value| *value == true);
    if is("was_cancelled") {
        return Ok(Err(id));
    }
    let is_ground_truth = is("ground_truth");
    let mut label = Label::new(place.clone());
    label.id = Some(id);
    label.author = annotator(&fields);
    label.fields = regions::fields(list(&mut fields, "result")?)?;
    if is_ground_truth {
        label.fields.insert(GROUND_TRUTH.to_owned(), true.into());
    }
    Ok(Ok(label))
}

/// Reads a prediction; `None` if the export has only its id.
pub(super) fn prediction(value: Value, place: &RecordPlace) -> Result<Option<Label>, Reason> {
    if value.is_u64() || value.is_string() {
        return Ok(None);
    }
    let mut fields = an_object(value)?;
    let mut label = Label::new(place.clone());
    label.origin = LabelOrigin::Prediction;
    label.id = Some(take_id(&mut fields, "id")?);
    label.fields = regions::fields(list(&mut fields, "result")?)?;
    for (name, to) in [("model_version", MODEL_VERSION), ("score", SCORE)] {
        if let Some(value) = fields.remove(name).filter(|value| !value.is_null()) {
            label.fields.insert(to.to_owned(), value);
        }
    }
    Ok(Some(label))
}

/// Returns the number of the annotator. Other personal data is left out.
fn annotator(fields: &Map<String, Value>) -> Option<Value> {
    let by = fields.get("completed_by")?;
    let id = by.get("id").unwrap_or(by);
    id.is_u64().then(|| id.clone())
}
