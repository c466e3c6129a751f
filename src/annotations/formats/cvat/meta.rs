//! `meta`: the labels with their attributes, and the frames of tasks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::annotations::fault::Reason;
use crate::annotations::formats::shared::ids::MADE;
use crate::annotations::formats::shared::xml::XmlElement;
use crate::annotations::model::{Class, ClassList};

/// The field of the attributes of a class.
pub(super) const ATTRIBUTES: &str = "attributes";
/// The field of the labels of the points of a skeleton.
pub(super) const SUBLABELS: &str = "sublabels";
/// The field of the names of the points of a skeleton, as COCO has it.
pub(super) const KEYPOINTS: &str = "keypoints";

/// The content of `meta`.
#[derive(Debug, Default, Clone)]
pub(super) struct Meta {
    pub classes: ClassList,
    /// The input types of attributes, by class and attribute.
    types: HashMap<(String, String), String>,
    /// The tasks by their ids; the only one has the empty id.
    pub tasks: HashMap<String, Task>,
}

/// A task or job.
#[derive(Debug, Default, Clone)]
pub(super) struct Task {
    /// The name of the video.
    pub source: Option<String>,
    /// The subset.
    pub subset: Option<String>,
    /// Width and height of a video, in pixels.
    pub size: Option<(u32, u32)>,
    /// The first and the last frame, and the distance between two.
    pub frames: Option<(u32, u32, u32)>,
}

impl Meta {
    /// Reads the element.
    pub(super) fn of(meta: &XmlElement) -> Result<Self, Reason> {
        let mut read = Self::default();
        let roots = ["task", "project", "job"].into_iter().filter_map(|name| meta.child(name));
        for root in roots {
            if let Some(labels) = root.child("labels") {
                read.labels(labels)?;
            }
            let tasks = root.child("tasks").map(|tasks| tasks.children.as_slice()).unwrap_or_default();
            for task in tasks {
                let id = task.text_of("id").unwrap_or_default().to_owned();
                read.tasks.insert(id, Task::of(task, root));
            }
            if root.name != "project" {
                let task = Task::of(root, meta);
                read.tasks.insert(root.text_of("id").unwrap_or_default().to_owned(), task.clone());
                read.tasks.insert(String::new(), task);
            }
        }
        // Older files have the size and the name of the video next to the task.
        let missing = !read.tasks.contains_key("");
        if missing && let Some(task) = read.tasks.values().next().filter(|_| read.tasks.len() == 1) {
            let task = task.clone();
            read.tasks.insert(String::new(), task);
        }
        Ok(read)
    }

    fn labels(&mut self, labels: &XmlElement) -> Result<(), Reason> {
        let mut sublabels: Vec<(String, Value)> = Vec::new();
        for label in labels.children.iter().filter(|child| child.name == "label") {
            let name = label.text_of("name").ok_or_else(|| {
                Reason::new("meta.labels.label.name", "expected the name of a class, found nothing; write it")
            })?;
            let fields = self.label(name, label);
            if let Some(parent) = label.text_of("parent") {
                let mut fields = fields;
                fields.insert("name".to_owned(), name.into());
                sublabels.push((parent.to_owned(), fields.into()));
                continue;
            }
            if self.classes.position(name).is_some() {
                let why = format!("duplicate class {name:?}; rename one of them");
                return Err(Reason::new("meta.labels.label.name", why));
            }
            self.classes.classes.push(Class { name: name.to_owned(), id: None, fields });
        }
        for class in &mut self.classes.classes {
            let own = sublabels.iter().filter(|(parent, _)| *parent == class.name);
            let own: Vec<Value> = own.map(|(_, fields)| fields.clone()).collect();
            if !own.is_empty() {
                let names: Vec<&Value> = own.iter().filter_map(|fields| fields.get("name")).collect();
                class.fields.insert(KEYPOINTS.to_owned(), json!(names));
                if !own.iter().all(|fields| fields.get(MADE).is_some()) {
                    class.fields.insert(SUBLABELS.to_owned(), own.into());
                }
            }
        }
        Ok(())
    }

    /// Reads the fields of a label but its name.
    fn label(&mut self, class: &str, label: &XmlElement) -> Map<String, Value> {
        let mut fields = Map::new();
        let is_made = label.child(MADE).is_some() && label.child("parent").is_none();
        for child in &label.children {
            match child.name.as_str() {
                "name" | "parent" => {}
                "attributes" => {
                    let specs: Vec<Value> =
                        child.children.iter().filter_map(|spec| self.attribute(class, spec)).collect();
                    if !specs.is_empty() {
                        fields.insert(ATTRIBUTES.to_owned(), specs.into());
                    }
                }
                "type" if child.text == "any" || is_made => {}
                MADE if is_made => {}
                name if !child.text.is_empty() => {
                    fields.insert(name.to_owned(), child.text.as_str().into());
                }
                _ => {}
            }
        }
        fields
    }

    /// Reads the specification of an attribute; `None` if it was made of labels.
    fn attribute(&mut self, class: &str, spec: &XmlElement) -> Option<Value> {
        let mut fields = Map::new();
        for child in &spec.children {
            let value = match child.name.as_str() {
                "mutable" => (child.text.eq_ignore_ascii_case("true")).into(),
                "values" if child.text.is_empty() => continue,
                "values" => child.text.split('\n').map(str::trim).collect::<Vec<_>>().into(),
                _ => child.text.as_str().into(),
            };
            fields.insert(child.name.clone(), value);
        }
        if let (Some(name), Some(kind)) = (spec.text_of("name"), spec.text_of("input_type")) {
            self.types.insert((class.to_owned(), name.to_owned()), kind.to_owned());
        }
        spec.child(MADE).is_none().then(|| fields.into())
    }

    /// Returns the value of an attribute, by the type that the label gives it.
    pub(super) fn value(&self, class: &str, name: &str, text: &str) -> Value {
        let kind = self.types.get(&(class.to_owned(), name.to_owned()));
        let value = match (kind.map(String::as_str), text) {
            (Some("checkbox"), "true" | "True") => Some(true.into()),
            (Some("checkbox"), "false" | "False") => Some(false.into()),
            (Some("number"), _) => match text.parse::<i64>() {
                Ok(number) => Some(number.into()),
                Err(_) => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
            },
            _ => None,
        };
        value.unwrap_or_else(|| text.into())
    }

    /// Returns the names of the points of a skeleton.
    pub(super) fn keypoints(&self, class: &str) -> Option<Vec<&str>> {
        let class = self.classes.classes.iter().find(|other| other.name == class)?;
        Some(class.fields.get(KEYPOINTS)?.as_array()?.iter().filter_map(Value::as_str).collect())
    }

    /// Returns a task by its id; the only one without an id.
    pub(super) fn task(&self, id: Option<&str>) -> Option<&Task> {
        id.and_then(|id| self.tasks.get(id)).or_else(|| self.tasks.get(""))
    }
}

impl Task {
    fn of(task: &XmlElement, outer: &XmlElement) -> Self {
        let number = |name: &str| task.text_of(name).and_then(|text| text.parse::<u32>().ok());
        let text = |name: &str| task.text_of(name).or_else(|| outer.text_of(name)).map(str::to_owned);
        let size = task.child("original_size").or_else(|| outer.child("original_size")).and_then(|size| {
            let side = |name: &str| size.text_of(name).and_then(|text| text.parse::<u32>().ok());
            side("width").zip(side("height")).filter(|(width, height)| *width > 0 && *height > 0)
        });
        let step = task.text_of("frame_filter").and_then(|filter| filter.strip_prefix("step="));
        let step = step.and_then(|step| step.trim().parse().ok()).filter(|step| *step > 0).unwrap_or(1);
        let frames = number("start_frame").zip(number("stop_frame")).map(|(start, stop)| (start, stop, step));
        Self { source: text("source"), subset: task.text_of("subset").map(str::to_owned), size, frames }
    }
}
