//! The ids in an element, without reading the rest of it.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::annotations::formats::shared::ids::id_of;

/// The ids of an element: of a task, of an annotation with its task, or of a page of the API.
#[derive(Deserialize)]
struct ElementIds {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    task: Option<TaskIds>,
    #[serde(default)]
    tasks: Option<Vec<TaskIds>>,
    #[serde(default)]
    data: Option<IgnoredAny>,
    #[serde(default)]
    result: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct TaskIds {
    #[serde(default)]
    id: Option<Value>,
}

/// The ids of an element with those of its annotations.
#[derive(Deserialize)]
struct AnnotatedIds {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    task: Option<Box<AnnotatedIds>>,
    #[serde(default)]
    tasks: Option<Vec<AnnotatedIds>>,
    #[serde(default)]
    annotations: Option<Vec<AnnotationIds>>,
    #[serde(default)]
    result: Option<IgnoredAny>,
    #[serde(default)]
    was_cancelled: Option<bool>,
}

#[derive(Deserialize)]
struct AnnotationIds {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    was_cancelled: Option<bool>,
}

fn text(id: Option<&Value>) -> Option<String> {
    id_of("id", id).ok().flatten()
}

/// Returns the id of each task in an element: one, or those of a page of the API; `None` for an
/// element that cannot be read. A task without an id is refused when it is read.
pub(crate) fn task_ids(element: &[u8]) -> Option<Vec<Option<String>>> {
    let ids = serde_json::from_slice::<ElementIds>(element).ok()?;
    Some(match ids {
        ElementIds { id: None, data: None, tasks: Some(tasks), .. } => {
            tasks.iter().map(|task| text(task.id.as_ref())).collect()
        }
        ElementIds { result: Some(_), task: Some(task), .. } => vec![text(task.id.as_ref())],
        ElementIds { id, .. } => vec![text(id.as_ref())],
    })
}

/// Calls `note` with the ids of the task and of each annotation in an element that is valid.
pub(crate) fn annotation_ids(element: &[u8], mut note: impl FnMut(&str, &str)) {
    let Ok(ids) = serde_json::from_slice::<AnnotatedIds>(element) else { return };
    let mut of_task = |task: &AnnotatedIds| {
        let Some(id) = text(task.id.as_ref()) else { return };
        let counted = task.annotations.iter().flatten().filter(|one| one.was_cancelled != Some(true));
        counted.filter_map(|one| text(one.id.as_ref())).for_each(|annotation| note(&id, &annotation));
    };
    match (&ids.tasks, &ids.task) {
        (Some(tasks), _) if ids.id.is_none() => tasks.iter().for_each(of_task),
        (_, Some(task)) if ids.result.is_some() => {
            if let (Some(task), Some(id)) = (text(task.id.as_ref()), text(ids.id.as_ref()))
                && ids.was_cancelled != Some(true)
            {
                note(&task, &id);
            }
        }
        _ => of_task(&ids),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_of_an_element_is_known() {
        let ids = |text: &str| task_ids(text.as_bytes());
        for (text, found) in [
            (r#"{"id": 7.0, "data": {}}"#, vec![Some("7")]),
            (r#"{"id": 9, "result": [], "task": {"id": "a"}}"#, vec![Some("a")]),
            (r#"{"tasks": [{"id": 1}, {}]}"#, vec![Some("1"), None]),
            (r#"{"tasks": []}"#, vec![]),
        ] {
            let ids = ids(text).unwrap();
            assert_eq!(ids.iter().map(Option::as_deref).collect::<Vec<_>>(), found, "{text}");
        }
        for text in ["7", r#"{"id": 1, "result": [], "task": 7}"#, r#"{"id": 1, "id": 2}"#, "{"] {
            assert_eq!(ids(text), None, "{text}");
        }
    }

    #[test]
    fn annotations_are_known_with_their_task() {
        let ids = |text: &str| {
            let mut found = Vec::new();
            annotation_ids(text.as_bytes(), |task, id| found.push(format!("{task} {id}")));
            found
        };
        let task = r#"{"id": 7, "annotations": [{"id": 1}, {"id": 2, "was_cancelled": true}]}"#;
        assert_eq!(ids(task), ["7 1"]);
        assert_eq!(ids(&format!("{{\"tasks\": [{task}, {{\"id\": 8, \"annotations\": []}}]}}")), ["7 1"]);
        assert_eq!(ids(r#"{"id": 9, "result": [], "task": {"id": 7}}"#), ["7 9"]);
        assert!(ids("{").is_empty());
    }
}
