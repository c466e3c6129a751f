//! Label Studio's JSON export: tasks with their annotations and predictions.
//!
//! An annotation is a list of results: rectangles, polygons, brush strokes, choices, texts. They
//! are kept as exported; the labels in them are the classes ([`controls`]). Times and durations of
//! the work are left out, because they do not describe the label.

mod addresses;
mod annotation;
mod config;
mod controls;
mod input;
mod marks;
mod own;
mod reader;
mod regions;
mod shapes;
mod task;
mod writer;

use serde_json::{Map, Value};

use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::fault::Reason;
use crate::annotations::files::Files;
use crate::annotations::model::fields;
use crate::annotations::reader::{ReadStop, SampleReader};
use crate::domain::canonical::attributes::type_name;

pub(super) use shapes::drawn::{Drawn, drawn};

/// The format.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "label-studio",
    title: "Label Studio",
    files: &[".json"],
    recognises: input::detect::recognises,
    reader: new_reader,
    writer: Some(|_| Box::new(writer::LabelStudioWriter::default())),
};

fn new_reader(files: Files, _: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::LabelStudioReader::new(files)?))
}

/// Returns the class of results: one, a list, or `None`.
pub(super) fn classes_of(results: &[Value]) -> Option<Value> {
    regions::fields(results.to_vec()).ok()?.remove(fields::CLASS)
}

/// Takes the list of this name, which may be absent.
fn list(fields: &mut Map<String, Value>, name: &str) -> Result<Vec<Value>, Reason> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(Reason::new(
            name,
            format!("expected a list, found {}; export as JSON, not as JSON-MIN", type_name(&other)),
        )),
    }
}

fn an_object(value: Value) -> Result<Map<String, Value>, Reason> {
    match value {
        Value::Object(fields) => Ok(fields),
        other => Err(Reason::expected("", "an object", Some(&other))),
    }
}

#[cfg(test)]
mod tests;
