//! The labels of `meta` as they are written: classes with the types of their attributes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::meta::{ATTRIBUTES, KEYPOINTS, SUBLABELS};
use crate::annotations::formats::shared::ids::MADE;
use crate::annotations::formats::shared::xml::{XmlText, is_xml_name};
use crate::annotations::model::{Class, ClassList};
use crate::annotations::reader::Skipped;

/// The type of an attribute that the class list does not have.
#[derive(Debug, Clone, Copy, PartialEq)]
enum InputType {
    Checkbox,
    /// The smallest and the largest number, and true if all are whole.
    Number(f64, f64, bool),
    Text,
}

/// The classes of an export.
#[derive(Debug, Default)]
pub(super) struct LabelSpecs {
    classes: ClassList,
    places: BTreeMap<String, usize>,
    /// The types of attributes that labels have, by class and name.
    found: BTreeMap<(String, String), InputType>,
}

impl LabelSpecs {
    /// Creates the list; what it cannot hold is noted.
    pub(super) fn new(classes: &ClassList, left_out: &mut Skipped) -> Self {
        let mut specs = Self { classes: classes.clone(), ..Self::default() };
        for (place, class) in classes.classes.iter().enumerate() {
            specs.places.insert(class.name.clone(), place);
            if class.id.is_some() {
                left_out.note("id of a class (CVAT has names)", || class.name.clone());
            }
            for (name, value) in &class.fields {
                let fits = match name.as_str() {
                    ATTRIBUTES | SUBLABELS => are_objects(value),
                    KEYPOINTS => class.fields.contains_key(SUBLABELS) || names(value).is_some(),
                    "color" => color(value).is_some(),
                    name => value.is_string() && is_xml_name(name) && !matches!(name, "name" | "parent"),
                };
                if !fits && !value.is_null() {
                    left_out.note("other field of a class (CVAT has none for it)", || {
                        format!("{}: {name}", class.name)
                    });
                }
            }
        }
        specs
    }

    /// Adds a class that labels have.
    pub(super) fn add(&mut self, class: &str) {
        if !self.places.contains_key(class) {
            self.places.insert(class.to_owned(), self.classes.classes.len());
            self.classes.classes.push(Class::named(class));
        }
    }

    fn class(&self, name: &str) -> Option<&Class> {
        self.classes.classes.get(*self.places.get(name)?)
    }

    /// Returns the names of the points of a skeleton.
    pub(super) fn keypoints(&self, class: &str) -> Option<Vec<String>> {
        let fields = &self.class(class)?.fields;
        match fields.get(SUBLABELS).and_then(Value::as_array) {
            Some(list) => list.iter().map(|own| own.get("name")?.as_str().map(str::to_owned)).collect(),
            None => names(fields.get(KEYPOINTS)?).map(|names| names.into_iter().map(str::to_owned).collect()),
        }
    }

    /// Adds the value of an attribute. Returns false if it is read as another value than written.
    pub(super) fn value(&mut self, class: &str, name: &str, value: &Value) -> bool {
        let declared = self.class(class).and_then(|class| class.fields.get(ATTRIBUTES)?.as_array());
        let spec = declared
            .and_then(|list| list.iter().find(|spec| spec.get("name").and_then(Value::as_str) == Some(name)));
        if let Some(spec) = spec {
            return match (spec.get("input_type").and_then(Value::as_str), value) {
                (Some("checkbox"), Value::Bool(_)) | (Some("number"), Value::Number(_)) => true,
                (Some("checkbox"), Value::String(text)) => {
                    !matches!(text.to_lowercase().as_str(), "true" | "false")
                }
                (Some("number"), Value::String(text)) => text.parse::<f64>().is_err(),
                (_, Value::String(_)) => true,
                _ => false,
            };
        }
        let kind = match value {
            Value::Bool(_) => InputType::Checkbox,
            Value::Number(number) => {
                let float = number.as_f64().unwrap_or_default();
                InputType::Number(float, float, number.is_i64() || number.is_u64())
            }
            _ => InputType::Text,
        };
        let key = (class.to_owned(), name.to_owned());
        let before = self.found.get(&key).copied();
        let (joined, fits) = match (before, kind) {
            (None, kind) => (kind, true),
            (Some(InputType::Number(low, high, whole)), InputType::Number(number, _, is_whole)) => {
                (InputType::Number(low.min(number), high.max(number), whole && is_whole), true)
            }
            (Some(before), kind) if before == kind => (kind, true),
            (Some(_), kind) => (InputType::Text, kind == InputType::Text && before == Some(InputType::Text)),
        };
        self.found.insert(key, joined);
        fits && (value.is_string() || joined != InputType::Text)
    }

    /// Returns the element `labels`.
    pub(super) fn to_text(&self, indent: usize) -> String {
        let mut text = String::new();
        let mut out = |depth: usize, line: &str| {
            let _ = writeln!(text, "{}{line}", "  ".repeat(indent + depth));
        };
        out(0, "<labels>");
        for class in &self.classes.classes {
            self.label(&class.name, &class.fields, None, &mut out);
            let sublabels = class.fields.get(SUBLABELS).and_then(Value::as_array);
            for own in sublabels.into_iter().flatten().filter_map(Value::as_object) {
                let name = own.get("name").and_then(Value::as_str).unwrap_or_default();
                self.label(name, own, Some(&class.name), &mut out);
            }
            if sublabels.is_none() {
                let points = [("type".to_owned(), "points".into()), (MADE.to_owned(), SUBLABELS.into())];
                let points = Map::from_iter(points);
                for name in class.fields.get(KEYPOINTS).and_then(names).into_iter().flatten() {
                    self.label(name, &points, Some(&class.name), &mut out);
                }
            }
        }
        out(0, "</labels>");
        text
    }

    fn label(
        &self,
        name: &str,
        fields: &Map<String, Value>,
        parent: Option<&str>,
        out: &mut impl FnMut(usize, &str),
    ) {
        out(1, "<label>");
        out(2, &leaf("name", name));
        if let Some(color) = fields.get("color").and_then(color) {
            out(2, &leaf("color", &color));
        }
        let is_skeleton = fields.contains_key(SUBLABELS) || fields.contains_key(KEYPOINTS);
        let usual = if is_skeleton { "skeleton" } else { "any" };
        let given = fields.get("type").and_then(Value::as_str);
        out(2, &leaf("type", given.unwrap_or(usual)));
        if is_skeleton && given.is_none() {
            out(2, &leaf(MADE, "type"));
        }
        out(2, "<attributes>");
        let declared = fields.get(ATTRIBUTES).and_then(Value::as_array);
        for spec in declared.into_iter().flatten().filter_map(Value::as_object) {
            attribute(spec, out);
        }
        if parent.is_none() {
            for ((_, attribute_name), kind) in self.found.iter().filter(|((class, _), _)| class == name) {
                attribute(&found(attribute_name, *kind), out);
            }
        }
        out(2, "</attributes>");
        for (field, value) in fields {
            let is_written = matches!(field.as_str(), "name" | "color" | "type" | "parent");
            if let Some(text) = value.as_str().filter(|_| !is_written && is_xml_name(field)) {
                out(2, &leaf(field, text));
            }
        }
        if let Some(parent) = parent {
            out(2, &leaf("parent", parent));
        }
        out(1, "</label>");
    }
}

/// Writes an attribute of a class.
fn attribute(spec: &Map<String, Value>, out: &mut impl FnMut(usize, &str)) {
    out(3, "<attribute>");
    for name in ["name", "mutable", "input_type", "default_value"] {
        let text = match spec.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Bool(true)) => "True".to_owned(),
            Some(Value::Bool(false)) => "False".to_owned(),
            _ => continue,
        };
        out(4, &leaf(name, &text));
    }
    let values = spec.get("values").and_then(names).unwrap_or_default();
    // A reader of lines takes the values apart.
    let values: Vec<String> = values.iter().map(|value| XmlText(value).to_string()).collect();
    out(4, &format!("<values>{}</values>", values.join("\n")));
    for (name, value) in spec {
        let is_written =
            ["name", "mutable", "input_type", "default_value", "values"].contains(&name.as_str());
        if let Some(text) = value.as_str().filter(|_| !is_written && is_xml_name(name)) {
            out(4, &leaf(name, text));
        }
    }
    out(3, "</attribute>");
}

/// Returns the specification of an attribute that the class list does not have.
fn found(name: &str, kind: InputType) -> Map<String, Value> {
    let (kind, default, values) = match kind {
        InputType::Checkbox => ("checkbox", "false".to_owned(), vec!["false".to_owned()]),
        InputType::Number(low, high, is_whole) => {
            let step = if is_whole { "1" } else { "0.000001" };
            ("number", low.to_string(), vec![low.to_string(), high.to_string(), step.to_owned()])
        }
        InputType::Text => ("text", String::new(), Vec::new()),
    };
    Map::from_iter([
        ("name".to_owned(), name.into()),
        ("mutable".to_owned(), false.into()),
        ("input_type".to_owned(), kind.into()),
        ("default_value".to_owned(), default.into()),
        ("values".to_owned(), values.into()),
        (MADE.to_owned(), "attribute".into()),
    ])
}

fn leaf(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", XmlText(text))
}

fn are_objects(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(|entry| entry.get("name").is_some_and(Value::is_string)))
}

fn names(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Returns `#rrggbb` of a text or of three numbers.
fn color(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let list = value.as_array()?;
    let rgb: Vec<u64> = list.iter().filter_map(Value::as_u64).filter(|part| *part < 256).collect();
    let [r, g, b] = rgb[..] else { return None };
    Some(format!("#{r:02x}{g:02x}{b:02x}"))
}
