//! The attribute of regions that is their class.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::annotations::fault::Reason;
use crate::annotations::model::Label;
use crate::annotations::model::fields::{ATTRIBUTES, CLASS};

/// Names of the attribute, the most usual first, in lower case.
const NAMES: [&str; 10] =
    ["class", "label", "class_name", "name", "category", "object", "object_type", "type", "species", "names"];
/// The most attributes and classes.
const MOST: usize = 100_000;

/// The attribute that is the class: the one that is asked for, else a usual one, else the only one.
#[derive(Debug, Default)]
pub(in crate::annotations::formats) struct ClassAttribute {
    asked: Option<String>,
    names: BTreeSet<String>,
    chosen: Option<String>,
    classes: BTreeSet<String>,
}

impl ClassAttribute {
    /// Starts to look for the attribute; `asked` is its name if the user has given it.
    pub(in crate::annotations::formats) fn new(asked: Option<&str>) -> Self {
        Self { asked: asked.map(str::to_owned), ..Self::default() }
    }

    /// Notes the attributes of a region.
    pub(in crate::annotations::formats) fn note(
        &mut self,
        attributes: &Map<String, Value>,
    ) -> Result<(), Reason> {
        for (name, value) in attributes {
            if !self.names.contains(name) {
                self.names.insert(name.clone());
            }
            // Classes are noted by attribute, because the attribute is chosen at the end.
            let is_class = self.asked.as_ref().map_or_else(|| is_usual(name), |asked| asked == name);
            if is_class || self.names.len() == 1 {
                for class in classes_of(value) {
                    self.classes.insert(format!("{name}\0{class}"));
                }
            }
        }
        if self.names.len().max(self.classes.len()) > MOST {
            return Err(Reason::record(format!(
                "expected at most {MOST} attributes and classes, found more"
            )));
        }
        Ok(())
    }

    /// Chooses the attribute, and returns the classes, sorted.
    pub(in crate::annotations::formats) fn choose(&mut self) -> Result<Vec<String>, Reason> {
        let same = |wanted: &str| self.names.iter().find(|name| name.eq_ignore_ascii_case(wanted)).cloned();
        let shown =
            || self.names.iter().take(20).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        self.chosen = match &self.asked {
            Some(asked) if !self.names.is_empty() && !self.names.contains(asked) => {
                let why = format!("expected regions with the attribute `{asked}`, found only {}", shown());
                return Err(Reason::record(why));
            }
            Some(asked) => Some(asked.clone()),
            None if self.names.len() == 1 => self.names.first().cloned(),
            None => NAMES.iter().find_map(|name| same(name)),
        };
        let Some(chosen) = &self.chosen else {
            if self.names.is_empty() {
                return Ok(Vec::new());
            }
            let why = format!(
                "expected an attribute of the regions that is their class, such as `class` or `label`, found {}; name \
                 it as the variant `via:NAME`",
                shown()
            );
            return Err(Reason::record(why));
        };
        let classes = self.classes.iter().filter_map(|class| class.split_once('\0'));
        Ok(classes.filter(|(name, _)| name == chosen).map(|(_, class)| class.to_owned()).collect())
    }

    /// Returns the name of the attribute that was chosen.
    pub(in crate::annotations::formats) fn chosen(&self) -> Option<&str> {
        self.chosen.as_deref()
    }

    /// Sets class and attributes of a label.
    pub(in crate::annotations::formats) fn set(&self, label: &mut Label, attributes: Map<String, Value>) {
        for (name, value) in attributes {
            if Some(&name) != self.chosen.as_ref() {
                label.set_attribute(&name, value);
                continue;
            }
            let mut classes = classes_of(&value);
            match (classes.len(), &value) {
                (1, _) => drop(label.fields.insert(CLASS.to_owned(), classes.remove(0).into())),
                (0, _) => {}
                _ => drop(label.fields.insert(CLASS.to_owned(), classes.into())),
            }
        }
    }
}

fn is_usual(name: &str) -> bool {
    NAMES.iter().any(|usual| name.eq_ignore_ascii_case(usual))
}

/// Returns the classes that a value names: a text or number, or the options that are checked.
fn classes_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Object(options) => {
            let is_checked = |value: &Value| *value == json!(true) || *value == json!("true");
            options.iter().filter(|(_, value)| is_checked(value)).map(|(name, _)| name.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the `region_attributes` of a label, as [`ClassAttribute::set`] reads them, and true if
/// an attribute of the label was left out, because it has the name `class`.
pub(in crate::annotations::formats) fn region_attributes(
    label: &Label,
    is_round: bool,
) -> (Map<String, Value>, bool) {
    let mut attributes = match label.fields.get(ATTRIBUTES) {
        Some(Value::Object(attributes)) => attributes.clone(),
        _ => Map::new(),
    };
    if is_round {
        attributes.remove("region_shape");
    }
    let left_out = attributes.remove(CLASS).is_some();
    let classes = label.classes();
    match classes.as_slice() {
        [] if attributes.is_empty() => {}
        // The empty class keeps another attribute from being read as the class.
        [] => drop(attributes.insert(CLASS.to_owned(), "".into())),
        [one] => drop(attributes.insert(CLASS.to_owned(), (*one).into())),
        several => {
            let options = several.iter().map(|name| ((*name).to_owned(), true.into()));
            attributes.insert(CLASS.to_owned(), Value::Object(options.collect()));
        }
    }
    (attributes, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::annotations::fault::RecordPlace;

    fn chosen(asked: Option<&str>, regions: &[Value]) -> Result<(Vec<String>, Vec<Value>), String> {
        let mut class = ClassAttribute::new(asked);
        for region in regions {
            class.note(region.as_object().unwrap()).unwrap();
        }
        let classes = class.choose().map_err(|reason| reason.at(1).to_string())?;
        let labels = regions.iter().map(|region| {
            let mut label = Label::new(RecordPlace::Line(1));
            class.set(&mut label, region.as_object().unwrap().clone());
            Value::Object(label.fields)
        });
        Ok((classes, labels.collect()))
    }

    #[test]
    fn the_attribute_of_the_class_is_chosen() {
        let (classes, labels) =
            chosen(None, &[json!({"kind": "wren", "Label": "b"}), json!({"kind": "c"})]).unwrap();
        assert_eq!(classes, ["b"]);
        assert_eq!(labels[0], json!({"class": "b", "attributes": {"kind": "wren"}}));
        let (classes, labels) = chosen(None, &[json!({"balloon": "red"}), json!({})]).unwrap();
        assert_eq!((classes, &labels[0]), (vec!["red".to_owned()], &json!({"class": "red"})));
        let (classes, labels) =
            chosen(Some("kind"), &[json!({"kind": {"a": true, "b": true, "c": false}})]).unwrap();
        assert_eq!((classes.len(), &labels[0]), (2, &json!({"class": ["a", "b"]})));
        let why = chosen(None, &[json!({"colour": "red", "size": 1})]).unwrap_err();
        assert!(why.contains("found `colour`, `size`; name it as the variant `via:NAME`"), "{why}");
        assert!(chosen(Some("x"), &[json!({"colour": "red"})]).unwrap_err().contains("found only `colour`"));
    }
}
