//! The JSON forms of a task: an element of an export, and an object of a target storage.

use serde_json::{Map, Value};

use super::super::shared::ids::take_id;
use super::input::other_files;
use super::list;
use super::marks::Mark;
use crate::annotations::fault::Reason;
use crate::domain::canonical::attributes::type_name;

/// A task with everything about it.
#[derive(Debug, PartialEq)]
pub(super) struct Task {
    /// Its id.
    pub id: String,
    /// The fields that were imported into Label Studio.
    pub data: Map<String, Value>,
    /// Its annotations.
    pub annotations: Vec<Value>,
    /// Its predictions, or their ids.
    pub predictions: Vec<Value>,
    /// The number of its drafts.
    pub drafts: usize,
    /// What an export of ours says about it.
    pub mark: Mark,
}

impl Task {
    /// Reads a task.
    pub(super) fn of(mut fields: Map<String, Value>) -> Result<Self, Reason> {
        if fields.contains_key("result") && fields.contains_key("task") {
            return Self::of_storage(fields);
        }
        if !fields.get("data").is_some_and(Value::is_object) || fields.contains_key("completions") {
            let found = fields.get("data").map_or("nothing", type_name);
            return Err(match other_files::named(&fields) {
                Some(named) => Reason::record(named),
                None => Reason::new("data", format!("expected an object, found {found}; export as JSON")),
            });
        }
        if !fields.contains_key("id") && !fields.contains_key("annotations") {
            return Err(Reason::new(
                "id",
                "expected a whole number or a string, found nothing: this is a task to be imported into Label \
                 Studio; export the project as JSON",
            ));
        }
        let id = take_id(&mut fields, "id")?;
        let data = match fields.remove("data") {
            Some(Value::Object(data)) => data,
            _ => Map::new(),
        };
        let mark = Mark::take(&mut fields).unwrap_or_default();
        let [annotations, predictions, drafts] = [
            list(&mut fields, "annotations")?,
            list(&mut fields, "predictions")?,
            list(&mut fields, "drafts")?,
        ];
        Ok(Self { id, data, annotations, predictions, drafts: drafts.len(), mark })
    }

    /// Reads an object of a target storage: an annotation that contains its task.
    fn of_storage(mut annotation: Map<String, Value>) -> Result<Self, Reason> {
        let task = match annotation.remove("task") {
            Some(Value::Object(task)) => task,
            other => {
                let found = other.as_ref().map_or("nothing", type_name);
                return Err(Reason::new(
                    "task",
                    format!("expected the task of the annotation, found {found}; export the project as JSON"),
                ));
            }
        };
        let task = Self::of(task).map_err(|reason| reason.within("task"))?;
        Ok(Self { annotations: vec![Value::Object(annotation)], ..task })
    }
}

/// Takes the tasks out of an answer of the API that lists them; `None` if it is none.
pub(super) fn take_page(fields: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let is_page = !fields.contains_key("data") && !fields.contains_key("id");
    match fields.get_mut("tasks") {
        Some(Value::Array(tasks)) if is_page => Some(std::mem::take(tasks)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(value: Value) -> Result<Task, Reason> {
        let Value::Object(fields) = value else { panic!("an object") };
        Task::of(fields)
    }

    #[test]
    fn a_task_is_read_from_every_form() {
        let data = json!({"image": "a.jpg"});
        let plain =
            task(json!({"id": 7, "data": data, "annotations": [1], "predictions": [2, 3], "drafts": [4]}))
                .unwrap();
        assert_eq!((plain.id.as_str(), plain.predictions.len(), plain.drafts), ("7", 2, 1));
        let stored =
            task(json!({"id": 9, "result": [], "task": {"id": 7, "data": data, "drafts": []}})).unwrap();
        assert_eq!(stored.annotations, [json!({"id": 9, "result": []})]);
        assert!(stored.id == "7" && stored.data == plain.data);
        let page = |value: Value| take_page(&mut value.as_object().unwrap().clone());
        assert_eq!(page(json!({"total": 2, "tasks": [{"id": 1}, {"id": 2}]})).unwrap().len(), 2);
        assert_eq!(page(json!({"id": 1, "tasks": []})), None);
    }

    #[test]
    fn what_is_no_task_is_refused() {
        for refused in [
            json!({"id": 1, "result": [], "task": 7}),
            json!({"id": 1, "data": [], "annotations": []}),
            json!({"id": 1, "data": {}, "annotations": 7}),
            json!({"data": {}, "predictions": []}),
            json!({"id": 1, "data": {}, "completions": []}),
            json!({}),
        ] {
            assert!(task(refused.clone()).is_err(), "{refused}");
        }
    }
}
