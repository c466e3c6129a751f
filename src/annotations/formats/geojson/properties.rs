//! The properties of features: the class, the image, and all others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::annotations::fault::Reason;
use crate::annotations::model::Class;

/// Properties that name the class, the surest first, in lower case.
const CLASSES: [&str; 12] = [
    "class",
    "label",
    "class_name",
    "label_name",
    "category",
    "classification",
    "type_name",
    "type_id",
    "class_id",
    "category_id",
    "object_type",
    "type",
];
/// Properties that name the image, in lower case.
pub(super) const IMAGES: [&str; 9] = [
    "image",
    "image_name",
    "image_id",
    "imageid",
    "file_name",
    "filename",
    "image_path",
    "imagename",
    "image_file",
];
/// The most properties and classes.
const MOST: usize = 100_000;

/// The property of the class, found in the first pass.
#[derive(Debug, Default)]
pub(super) struct ClassProperty {
    asked: Option<String>,
    names: BTreeSet<String>,
    /// The values of each property that may be the class.
    values: BTreeMap<String, BTreeMap<String, Value>>,
    chosen: Option<String>,
    /// The names of classes by their ids, as a file beside lists them.
    pub listed: BTreeMap<String, String>,
}

impl ClassProperty {
    /// Starts to look for the property; `asked` is its name if the user has given it.
    pub(super) fn new(asked: Option<&str>, listed: BTreeMap<String, String>) -> Self {
        Self { asked: asked.map(str::to_owned), listed, ..Self::default() }
    }

    /// Notes the properties of a feature.
    pub(super) fn note(&mut self, properties: &Map<String, Value>) -> Result<(), Reason> {
        for (name, value) in properties {
            if !self.names.contains(name) {
                self.names.insert(name.clone());
            }
            let is_class =
                self.asked.as_ref().map_or_else(|| is_one_of(name, &CLASSES), |asked| asked == name);
            if is_class {
                let values = self.values.entry(name.clone()).or_default();
                for value in values_of(value) {
                    values.entry(text_of(value)).or_insert_with(|| value.clone());
                }
                if values.len() > MOST {
                    return Err(Reason::new(
                        name.clone(),
                        format!("expected at most {MOST} classes, found more"),
                    ));
                }
            }
        }
        if self.names.len() > MOST {
            return Err(Reason::new("properties", format!("expected at most {MOST} names, found more")));
        }
        Ok(())
    }

    /// Chooses the property, and returns the classes.
    pub(super) fn choose(&mut self, features: usize) -> Result<Vec<Class>, Reason> {
        let used = |wanted: &str| {
            let same = |(name, values): &(&String, &BTreeMap<String, Value>)| {
                name.eq_ignore_ascii_case(wanted) && (!values.is_empty() || wanted == "class")
            };
            self.values.iter().find(same).map(|(name, _)| name.clone())
        };
        self.chosen = match &self.asked {
            Some(asked) => self.names.contains(asked).then(|| asked.clone()),
            None => CLASSES.iter().find_map(|name| used(name)),
        };
        let Some(chosen) = &self.chosen else {
            if features == 0 {
                return Ok(Vec::new());
            }
            let found: Vec<_> = self.names.iter().take(30).map(|name| format!("`{name}`")).collect();
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            let wanted = self
                .asked
                .as_deref()
                .map_or("`class`, `label` or `category`".to_owned(), |name| format!("`{name}`"));
            let why = format!(
                "expected a property that is the class, such as {wanted}, found {found}; name it as the variant \
                 `class=NAME`"
            );
            return Err(Reason::record(why));
        };
        let values = self.values.get(chosen).into_iter().flatten();
        let class = |(text, value): (&String, &Value)| {
            let mut class = Class::named(self.listed.get(text).unwrap_or(text));
            class.id = value.is_number().then(|| value.clone());
            class
        };
        let mut classes: Vec<Class> = values.map(class).collect();
        let mut seen = BTreeSet::new();
        classes.retain(|class| seen.insert(class.name.clone()));
        Ok(classes)
    }

    /// Takes the class of a feature; null if it has none.
    pub(super) fn take(&self, properties: &mut Map<String, Value>) -> Value {
        let Some(value) = self.chosen.as_ref().and_then(|name| properties.remove(name)) else {
            return Value::Null;
        };
        let name = |value: &Value| {
            let text = text_of(value);
            Value::String(self.listed.get(&text).cloned().unwrap_or(text))
        };
        let names: Vec<Value> = values_of(&value).into_iter().map(name).collect();
        if let (Some(chosen), Value::Object(_)) = (&self.chosen, &value) {
            // QuPath keeps the colour next to the name.
            properties.insert(chosen.clone(), value);
        }
        match names.len() {
            0 => Value::Null,
            1 => names.into_iter().next().unwrap_or_default(),
            _ => Value::Array(names),
        }
    }
}

/// Returns the property that names the image, if it is one of the usual ones.
pub(super) fn image_property(properties: &Map<String, Value>) -> Option<String> {
    let is_name = |value: &Value| value.is_number() || value.as_str().is_some_and(|text| !text.is_empty());
    let find = |wanted: &str| {
        properties.iter().find(|(name, value)| name.eq_ignore_ascii_case(wanted) && is_name(value))
    };
    IMAGES.iter().find_map(|wanted| find(wanted).map(|(name, _)| name.clone()))
}

/// Returns the text of a value.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns the classes in a value: a text or number, a list of them, or an object with a name.
fn values_of(value: &Value) -> Vec<&Value> {
    match value {
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(_) | Value::Number(_) => vec![value],
        Value::Array(list) => list.iter().filter(|value| value.is_string() || value.is_number()).collect(),
        Value::Object(fields) => fields.get("name").filter(|name| name.is_string()).into_iter().collect(),
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_class_is_found() {
        for (properties, asked, class) in [
            (json!({"type_id": 73, "cat_id": "1"}), None, json!("73")),
            (json!({"Class": "roof", "type": "x"}), None, json!("roof")),
            (json!({"classification": {"name": "Tumor", "color": [1, 2, 3]}}), None, json!("Tumor")),
            (json!({"use": "farm", "class": "x"}), Some("use"), json!("farm")),
            (json!({"label": ["a", "b"]}), None, json!(["a", "b"])),
            (json!({"class": null, "type": "x"}), None, json!(null)),
        ] {
            let mut property = ClassProperty::new(asked, BTreeMap::new());
            let mut properties = properties.as_object().unwrap().clone();
            property.note(&properties).unwrap();
            property.choose(1).unwrap();
            assert_eq!(property.take(&mut properties), class);
        }
        let mut property = ClassProperty::new(None, BTreeMap::new());
        property.note(json!({"osm_id": 1, "name": "barn"}).as_object().unwrap()).unwrap();
        let why = property.choose(1).unwrap_err().at(1).to_string();
        assert!(why.contains("found `name`, `osm_id`; name it as the variant `class=NAME`"), "{why}");
        assert_eq!(image_property(json!({"IMAGE_ID": "7"}).as_object().unwrap()).unwrap(), "IMAGE_ID");
    }
}
