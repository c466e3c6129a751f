//! Categories: labels, their colours, and the names of their points.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::annotations::fault::Reason;
use crate::annotations::model::{Class, ClassList};
use crate::annotations::reader::Skipped;

/// The names of classes by their numbers.
#[derive(Debug, Default)]
pub(super) struct LabelNames(Vec<String>);

/// The field of a class for the name in the file, if several labels have it.
const NAME: &str = "name";
const FIELDS: &str = "fields";

impl LabelNames {
    /// Reads categories. Returns the names, and the classes with all of their fields.
    pub(super) fn of(
        categories: &Value,
        path: &str,
        skipped: &mut Skipped,
    ) -> Result<(Self, Vec<Class>), Reason> {
        let Some(categories) = categories.as_object() else {
            return Err(Reason::expected("categories", "an object", Some(categories)));
        };
        let label = categories.get("label").cloned().unwrap_or_default();
        let labels = match label.get("labels") {
            Some(Value::Array(labels)) => labels.clone(),
            None => Vec::new(),
            other => return Err(Reason::expected("categories.label.labels", "a list", other)),
        };
        let mut times: HashMap<&str, usize> = HashMap::new();
        for label in &labels {
            *times.entry(label.get(NAME).and_then(Value::as_str).unwrap_or_default()).or_default() += 1;
        }
        let mut classes = Vec::with_capacity(labels.len());
        for (number, label) in labels.iter().enumerate() {
            let field = format!("categories.label.labels[{number}]");
            classes.push(class_of(label, number, &times).map_err(|reason| reason.within(&field))?);
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(class) = classes.iter().find(|class| !seen.insert(class.name.as_str())) {
            let why = format!("expected each label once, found {:?} twice; rename one", class.name);
            return Err(Reason::new("categories.label.labels", why));
        }
        for (name, what) in [("label_groups", "group of labels"), ("attributes", "attribute of all labels")] {
            for group in label.get(name).and_then(Value::as_array).into_iter().flatten() {
                skipped.note(what, || format!("{path}: {}", group.get(NAME).unwrap_or(group)));
            }
        }
        add_colours(categories.get("mask"), &mut classes);
        add_points(categories.get("points"), &mut classes);
        for name in categories.keys().filter(|name| !matches!(name.as_str(), "label" | "mask" | "points")) {
            skipped.note("other kind of categories", || format!("{path}: {name}"));
        }
        let names = classes.iter().map(|class| class.name.clone()).collect();
        Ok((Self(names), classes))
    }

    /// Returns the name of a label; `None` if it is null.
    pub(super) fn name(&self, id: Option<&Value>) -> Result<Option<&str>, Reason> {
        let Some(id) = id.filter(|id| !id.is_null()) else { return Ok(None) };
        let number = id.as_u64().and_then(|id| usize::try_from(id).ok());
        let name = number.and_then(|number| self.0.get(number));
        name.map(|name| Some(name.as_str())).ok_or_else(|| {
            Reason::new(
                "label_id",
                format!("expected a number below {}, that of a label, found {id}", self.0.len()),
            )
        })
    }
}

fn class_of(label: &Value, number: usize, times: &HashMap<&str, usize>) -> Result<Class, Reason> {
    let Some(mut fields) = label.as_object().cloned() else {
        return Err(Reason::expected("", "an object", Some(label)));
    };
    let name = match fields.remove(NAME) {
        Some(Value::String(name)) if !name.is_empty() => name,
        other => return Err(Reason::expected(NAME, "a name", other.as_ref())),
    };
    let parent = fields.get("parent").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut class = Class::named(name.clone());
    if times.get(name.as_str()).is_some_and(|times| *times > 1) && !parent.is_empty() {
        // The points of several skeletons may have the same names.
        class.name = format!("{parent}/{name}");
        class.fields.insert(NAME.to_owned(), name.into());
    }
    class.id = Some(number.into());
    if let Some(Value::Object(own)) = fields.remove(FIELDS) {
        class.fields.extend(own);
    }
    let is_empty = |value: &Value| matches!(value, Value::Null) || *value == json!("") || *value == json!([]);
    class.fields.extend(fields.into_iter().filter(|(_, value)| !is_empty(value)));
    Ok(class)
}

fn add_colours(mask: Option<&Value>, classes: &mut [Class]) {
    for entry in mask.and_then(|mask| mask.get("colormap")).and_then(Value::as_array).into_iter().flatten() {
        if let Some(class) = of_label(entry, classes) {
            let part = |name: &str| entry.get(name).cloned().unwrap_or_default();
            class.fields.insert("color".to_owned(), json!([part("r"), part("g"), part("b")]));
        }
    }
}

/// Adds the names and the lines of points, as COCO calls them.
fn add_points(points: Option<&Value>, classes: &mut [Class]) {
    for entry in points.and_then(|points| points.get("items")).and_then(Value::as_array).into_iter().flatten()
    {
        if let Some(class) = of_label(entry, classes) {
            for (name, field) in [("labels", "keypoints"), ("joints", "skeleton"), ("positions", "positions")]
            {
                if let Some(value) = entry.get(name).filter(|value| **value != json!([])) {
                    class.fields.insert(field.to_owned(), value.clone());
                }
            }
        }
    }
}

fn of_label<'c>(entry: &Value, classes: &'c mut [Class]) -> Option<&'c mut Class> {
    let number = entry.get("label_id")?.as_u64().and_then(|id| usize::try_from(id).ok())?;
    classes.get_mut(number)
}

/// Returns the categories of a class list, as [`LabelNames::of`] reads them.
pub(super) fn written(classes: &ClassList) -> Value {
    let (mut labels, mut colours, mut points) = (Vec::new(), Vec::new(), Vec::new());
    for (number, class) in classes.classes.iter().enumerate() {
        let mut fields = class.fields.clone();
        let name = fields.remove(NAME).and_then(|name| name.as_str().map(str::to_owned));
        let parent = fields.remove("parent").filter(Value::is_string).unwrap_or_else(|| "".into());
        let name =
            name.filter(|name| class.name == format!("{}/{name}", parent.as_str().unwrap_or_default()));
        let attributes = fields.remove("attributes").filter(Value::is_array).unwrap_or_else(|| json!([]));
        if let Some([r, g, b]) = fields.get("color").and_then(Value::as_array).map(Vec::as_slice) {
            colours.push(json!({"label_id": number, "r": r, "g": g, "b": b}));
            fields.remove("color");
        }
        if fields.get("keypoints").is_some_and(Value::is_array) {
            let mut take =
                |name: &str| fields.remove(name).filter(Value::is_array).unwrap_or_else(|| json!([]));
            let (labels, joints, positions) = (take("keypoints"), take("skeleton"), take("positions"));
            points.push(
                json!({"label_id": number, "labels": labels, "joints": joints, "positions": positions}),
            );
        }
        let mut label = json!({"name": name.unwrap_or_else(|| class.name.clone()), "parent": parent, "attributes": attributes});
        if !fields.is_empty()
            && let Value::Object(label) = &mut label
        {
            label.insert(FIELDS.to_owned(), Value::Object(fields));
        }
        labels.push(label);
    }
    let mut categories = Map::new();
    categories.insert("label".to_owned(), json!({"labels": labels, "label_groups": [], "attributes": []}));
    if !colours.is_empty() {
        categories.insert("mask".to_owned(), json!({"colormap": colours}));
    }
    if !points.is_empty() {
        categories.insert("points".to_owned(), json!({"items": points}));
    }
    Value::Object(categories)
}
