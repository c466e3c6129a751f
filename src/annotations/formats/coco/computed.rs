//! Fields that the export of a store computed for COCO's tools: they are undone, unless they were
//! changed since.

use serde_json::{Map, Value, json};

use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::model::fields::{BBOX, FILE_NAME};
use crate::annotations::model::put_back;

/// The rectangle of a label in another form: an object of `x`, `y`, `width` and `height`.
const SIDES: &str = "box";
/// A turned rectangle, of which other tools get the box around it.
const TURNED: &str = "turned";
const AREA: &str = "area";
const CROWD: &str = "iscrowd";
/// Fields that the export added because tools require them.
const COMPUTED: &str = "computed";
/// The item of an image.
const SOURCE: &str = "source";
/// Attributes with names that COCO uses for ids.
const ATTRIBUTES: &str = "attributes";

/// Restores the attributes of an annotation. Its class has the name of the category, which is the
/// present one: another class may have the older name, `stemma.class`, by now.
pub(super) fn restore_label(fields: &mut Map<String, Value>) {
    let Some(names) = names(fields) else { return };
    if is_computed(&names, BBOX) && names.get(SIDES).and_then(sides).as_ref() == fields.get(BBOX) {
        fields.remove(BBOX);
        put(fields, &names, SIDES);
    }
    if !fields.contains_key(BBOX) {
        put(fields, &names, BBOX);
    }
    if let Some(Value::Object(turned)) = names.get(TURNED) {
        put_back(fields, turned);
    }
    if is_computed(&names, AREA) {
        fields.remove(AREA);
        put(fields, &names, AREA);
    }
    let crowd = u8::from(names.get(CROWD).is_some_and(|crowd| *crowd == true));
    if is_computed(&names, CROWD) && fields.get(CROWD) == Some(&json!(crowd)) {
        fields.remove(CROWD);
        put(fields, &names, CROWD);
    }
    set_back(fields, &names);
}

/// Restores the attributes of an image. Returns the name that the export made from the item, because
/// the image has none or that of another image.
pub(super) fn restore_image(fields: &mut Map<String, Value>) -> Option<String> {
    let names = names(fields)?;
    set_back(fields, &names);
    let made = fields.get(FILE_NAME).and_then(Value::as_str).map(str::to_owned);
    let source = names.get(SOURCE).and_then(Value::as_str).unwrap_or_default();
    let made = made.filter(|name| is_computed(&names, FILE_NAME) && is_of_item(name, source));
    if made.is_some() {
        fields.remove(FILE_NAME);
    }
    put(fields, &names, FILE_NAME);
    made
}

/// Returns true if a name was made from a reference `namespace/SOURCE/key#number`.
fn is_of_item(name: &str, reference: &str) -> bool {
    let item = reference.rsplit_once('#').map_or(reference, |(item, _)| item);
    name == reference || name == item || item.splitn(3, '/').nth(2) == Some(name)
}

/// Returns the members of the field `stemma` of an entry that an export of ours wrote.
fn names(fields: &Map<String, Value>) -> Option<Map<String, Value>> {
    let names = fields.get(STEMMA)?.as_object()?;
    names.get("version").filter(|version| version.is_string())?;
    Some(names.clone())
}

fn is_computed(names: &Map<String, Value>, field: &str) -> bool {
    let computed = names.get(COMPUTED).and_then(Value::as_array);
    computed.is_some_and(|computed| computed.iter().any(|name| name == field))
}

fn put(fields: &mut Map<String, Value>, names: &Map<String, Value>, name: &str) {
    fields.extend(names.get(name).map(|value| (name.to_owned(), value.clone())));
}

/// Adds the attributes with reserved names.
fn set_back(fields: &mut Map<String, Value>, names: &Map<String, Value>) {
    if let Some(Value::Object(apart)) = names.get(ATTRIBUTES) {
        fields.extend(apart.clone());
    }
}

fn sides(sides: &Value) -> Option<Value> {
    let side = |name: &str| sides.get(name).filter(|value| value.is_number()).cloned();
    Some(Value::Array(vec![side("x")?, side("y")?, side("width")?, side("height")?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restored(fields: Value) -> Value {
        let mut fields = fields.as_object().unwrap().clone();
        restore_label(&mut fields);
        fields.remove(STEMMA);
        fields.into()
    }

    #[test]
    fn what_an_export_added_is_removed() {
        let sides = json!({"x": 1, "y": 2, "width": 3, "height": 4});
        let stemma = json!({
            "version": "version:0", "computed": ["bbox", "area", "iscrowd"], "box": sides, "iscrowd": true,
            "attributes": {"id": "mine"},
        });
        let entry = json!({"bbox": [1, 2, 3, 4], "area": 12.0, "iscrowd": 1, "stemma": stemma});
        let expected = json!({"box": sides, "iscrowd": true, "id": "mine"});
        assert_eq!(restored(entry), expected);
        // A person has moved the box in a tool.
        let entry = json!({"bbox": [1, 2, 3, 5], "area": 15.0, "iscrowd": 0, "stemma": stemma});
        assert_eq!(restored(entry), json!({"bbox": [1, 2, 3, 5], "iscrowd": 0, "id": "mine"}));
        // Of another program.
        let turned = json!({"bbox": [10, 10, 20, 10], "rotation": 90});
        let entry =
            json!({"bbox": [15.004, 5, 10, 20], "stemma": {"version": "version:0", "turned": turned}});
        let fields = restored(entry);
        assert_eq!((&fields["bbox"], &fields["rotation"]), (&turned["bbox"], &turned["rotation"]));
        let entry = json!({"bbox": [1, 2, 3, 4], "area": 12.0, "stemma": {"computed": ["area"]}});
        assert_eq!(restored(entry), json!({"bbox": [1, 2, 3, 4], "area": 12.0}));
    }

    #[test]
    fn a_name_that_the_export_made_is_no_field() {
        let restored = |file_name: &str| {
            let stemma =
                json!({"version": "version:0", "source": "t/SOURCE/tasks/1#1", "computed": ["file_name"]});
            let mut fields = json!({"file_name": file_name, "image": "/data/a.jpg", "stemma": stemma});
            let fields = fields.as_object_mut().unwrap();
            (restore_image(fields), fields.contains_key("file_name"))
        };
        assert_eq!(restored("t/SOURCE/tasks/1#1"), (Some("t/SOURCE/tasks/1#1".to_owned()), false));
        // A tool gave the image a name.
        assert_eq!(restored("a.jpg"), (None, true));
    }
}
