//! A row as an image with its labels.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::classes::RowContext;
use super::columns::{BOXES, CAPTIONS, CLASSES, OBJECTS};
use super::objects::{are_objects, label, objects, rectangle_of};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::ids::{sides, take_exported, whole};
use crate::annotations::model::fields::{BBOX, CAPTION, CLASS};
use crate::annotations::model::{Image, Label, Sample};
use crate::annotations::names::{is_address, normal_name};

/// The column of the name of an image, in metadata.
const FILE_NAME: &str = "file_name";

impl RowContext<'_> {
    /// Reads a row without its image. `name` is the name of the image.
    pub(crate) fn sample(
        &self,
        mut fields: Map<String, Value>,
        name: String,
        place: &RecordPlace,
    ) -> Result<Sample, Reason> {
        fields.retain(|_, value| !value.is_null());
        let exported = take_exported(&mut fields, "source");
        let mut image = Image::new(place.clone(), name);
        image.exported = exported.item;
        image.split = exported.split;
        let mut labels: Vec<Label> = self.class_label(&mut fields, place)?.into_iter().collect();
        for column in OBJECTS {
            if !fields.get(column).is_some_and(are_objects) {
                continue;
            }
            let within = |reason: Reason| reason.within(column);
            let found = objects(fields.remove(column).unwrap_or_default()).map_err(within)?;
            for (number, object) in found.into_iter().enumerate() {
                let read = label(self, column, object, part(place, &format!("{column}[{number}]")));
                labels.push(read.map_err(|reason| reason.within(&format!("{column}[{number}]")))?);
            }
        }
        let mut ids = HashSet::new();
        for label in &mut labels {
            if let Some(id) = &label.id
                && !ids.insert(id.clone())
            {
                return Err(Reason::record(format!("duplicate id {id} of an object; give each its own id")));
            }
            label.id = label.id.take().map(|id| format!("{}/{id}", image.name));
        }
        for column in CAPTIONS {
            for caption in captions(&mut fields, column) {
                let mut label = Label::new(place.clone());
                label.fields.insert(CAPTION.to_owned(), caption);
                labels.push(label);
            }
        }
        // Other columns of classes describe the image.
        for (column, value) in &mut fields {
            if self.class_names(column).is_some() {
                *value =
                    self.class(column, value).map_err(|reason| reason.within(column))?.unwrap_or_default();
            }
        }
        fields.retain(|_, value| !value.is_null());
        sides(&mut fields)?;
        image.fields = fields;
        Ok(Sample { image, labels })
    }

    /// Takes the class of the image, and the rectangles that belong to it.
    fn class_label(
        &self,
        fields: &mut Map<String, Value>,
        place: &RecordPlace,
    ) -> Result<Vec<Label>, Reason> {
        let is_class = |value: &Value| match value {
            Value::Array(list) => list.iter().all(|value| value.is_string() || whole(value).is_some()),
            value => value.is_string() || value.is_boolean() || whole(value).is_some(),
        };
        let column = self.class_column().or_else(|| {
            let present = CLASSES.into_iter().find(|column| fields.contains_key(*column))?;
            fields.get(present).is_some_and(is_class).then_some(present)
        });
        let boxes = BOXES.into_iter().find(|column| fields.get(*column).is_some_and(Value::is_array));
        let given = column.and_then(|column| fields.remove(column));
        let within = |column: &str| {
            let column = column.to_owned();
            move |reason: Reason| reason.within(&column)
        };
        let Some(boxes) = boxes else {
            let (Some(column), Some(given)) = (column, given) else { return Ok(Vec::new()) };
            let class = self.class(column, &given).map_err(within(column))?;
            return Ok(class.map(|class| Label::new(place.clone()).of_class(class)).into_iter().collect());
        };
        let (rectangles, is_list) = match fields.remove(boxes) {
            Some(Value::Array(list)) if list.iter().all(Value::is_array) => (list, true),
            Some(one) => (vec![one], false),
            None => (Vec::new(), true),
        };
        let mut labels = Vec::with_capacity(rectangles.len());
        let classes = match given {
            Some(Value::Array(list)) if is_list && list.len() == rectangles.len() => list,
            Some(Value::Array(list)) if is_list => {
                let why = format!(
                    "expected a class for each of {} rectangles in `{boxes}`, found {}",
                    rectangles.len(),
                    list.len()
                );
                return Err(Reason::new(column.unwrap_or_default(), why));
            }
            // One class and a list of rectangles: the class is that of the image.
            Some(one) if is_list => {
                let class = self.class(column.unwrap_or_default(), &one);
                let class = class.map_err(within(column.unwrap_or_default()))?;
                labels.extend(class.map(|class| Label::new(place.clone()).of_class(class)));
                vec![Value::Null; rectangles.len()]
            }
            Some(one) => vec![one],
            None => vec![Value::Null; rectangles.len()],
        };
        for (number, (rectangle, class)) in rectangles.into_iter().zip(classes).enumerate() {
            let column = column.unwrap_or_default();
            let mut label = Label::new(part(place, &format!("{boxes}[{number}]")));
            if let Some(class) = self.class(column, &class).map_err(within(column))? {
                label.fields.insert(CLASS.to_owned(), class);
            }
            label.fields.insert(BBOX.to_owned(), rectangle_of(rectangle).map_err(within(boxes))?);
            labels.push(label);
        }
        Ok(labels)
    }
}

/// Takes the sentences of a column: a text, or a list of texts. Other values remain.
fn captions(fields: &mut Map<String, Value>, column: &str) -> Vec<Value> {
    match fields.get(column) {
        Some(Value::String(_)) => fields.remove(column).into_iter().collect(),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => match fields.remove(column) {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Takes the name of the image of a row of metadata, below the folder of the file.
pub(super) fn take_name(fields: &mut Map<String, Value>, folder: &str) -> Result<String, Reason> {
    let mut columns: Vec<String> =
        fields.keys().filter(|name| *name == FILE_NAME || name.ends_with("_file_name")).cloned().collect();
    let column = match (columns.iter().any(|name| name == FILE_NAME), columns.len()) {
        (true, _) => FILE_NAME.to_owned(),
        (false, 1) => columns.remove(0),
        (false, 0) => {
            let expected = "the name of an image; rows of several images (`file_names`) are not read";
            return Err(Reason::expected(FILE_NAME, expected, None));
        }
        (false, _) => match columns.iter().find(|name| *name == "image_file_name") {
            Some(name) => name.clone(),
            None => {
                let why = format!(
                    "expected one column of images, found {}; name one `file_name`",
                    columns.join(", ")
                );
                return Err(Reason::new(FILE_NAME, why));
            }
        },
    };
    match fields.remove(&column) {
        Some(Value::String(name)) => Ok(in_folder(folder, normal_name(&column, &name)?)),
        other => Err(Reason::expected(column, "a string", other.as_ref())),
    }
}

/// Returns a name relative to the input. An address or an absolute path remains as it is.
fn in_folder(folder: &str, name: String) -> String {
    if name.starts_with('/') || is_address(&name) {
        return name;
    }
    let (mut folder, mut rest) = (folder, name.as_str());
    while let (Some(above), Some(after)) = (folder.strip_suffix('/'), rest.strip_prefix("../")) {
        folder = above.rfind('/').map_or("", |slash| &above[..=slash]);
        rest = after;
    }
    format!("{folder}{rest}")
}

/// Returns the place of a part of a row.
fn part(place: &RecordPlace, part: &str) -> RecordPlace {
    match place {
        RecordPlace::FileElement(path, row) => {
            RecordPlace::FileElement(path.clone(), format!("{row}, {part}"))
        }
        RecordPlace::FileLine(path, line) => {
            RecordPlace::FileElement(path.clone(), format!("line {line}, {part}"))
        }
        other => other.clone(),
    }
}
