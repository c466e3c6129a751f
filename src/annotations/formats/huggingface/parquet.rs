//! Parquet files, read in small batches: a row can have an image of several megabytes.

use std::collections::VecDeque;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_json::LineDelimitedWriter;
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::{Map, Value};

use super::column_types::of_column;
use super::columns::{BOXES, OBJECTS};
use super::features::{ClassNames, of_schema};
use super::row::{DataRow, EmbeddedImage};
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::held::JsonType;
use crate::annotations::reader::ReadStop;

/// The rows in memory, with images and without.
const ROWS: (usize, usize) = (8, 1_024);

/// The deepest nesting of types that is searched.
const MAX_DEPTH: u32 = 32;

/// The key of the schema under which `datasets` writes the features.
pub(super) const HUGGINGFACE: &str = "huggingface";

/// The rows of a file.
pub(super) struct ParquetRows {
    path: String,
    batches: ParquetRecordBatchReader,
    /// The column of the image.
    image: Option<String>,
    /// Other columns of images.
    others: Vec<String>,
    rows: VecDeque<DataRow>,
    row: u64,
}

/// Returns true if a Parquet file has a column of images.
pub(super) fn image_column(file: &Path) -> bool {
    schema(file).is_some_and(|schema| !image_columns(&schema).is_empty())
}

/// Returns the names of the columns; `None` if the file is not Parquet.
pub(super) fn columns(file: &Path) -> Option<Vec<String>> {
    Some(schema(file)?.fields().iter().map(|field| field.name().clone()).collect())
}

/// Returns the class names that the schema has, and the number of rows.
pub(super) fn about(path: &str, file: &Path) -> Result<(ClassNames, u64), ReadStop> {
    let unreadable = |error: String| ReadStop::Unreadable(format!("{path}: {error}"));
    let file = File::open(file).map_err(|error| unreadable(error.to_string()))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(error.to_string()))?;
    let names = builder.schema().metadata().get(HUGGINGFACE).and_then(|text| of_schema(text));
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    Ok((names.map(|(names, _)| names).unwrap_or_default(), rows))
}

fn schema(file: &Path) -> Option<Schema> {
    let file = File::open(file).ok()?;
    Some(ParquetRecordBatchReaderBuilder::try_new(file).ok()?.schema().as_ref().clone())
}

/// Returns the columns of objects, and those of rectangles, without reading rows. Each has the type of
/// its values, if it is one of JSON.
pub(super) fn columns_of_objects(file: &Path) -> Vec<(String, Option<JsonType>)> {
    let Some(schema) = schema(file) else { return Vec::new() };
    let mut columns = Vec::new();
    for field in schema.fields() {
        let is_objects = OBJECTS.contains(&field.name().as_str());
        match (field.data_type(), inner(field.data_type())) {
            // A list of objects, or an object of lists.
            (_, Some(DataType::Struct(fields))) if is_objects => {
                columns
                    .extend(fields.iter().map(|field| (field.name().clone(), of_column(field.data_type()))));
            }
            (DataType::Struct(fields), _) if is_objects => {
                let column =
                    |field: &Arc<Field>| (field.name().clone(), inner(field.data_type()).and_then(of_column));
                columns.extend(fields.iter().map(column));
            }
            _ if BOXES.contains(&field.name().as_str()) => columns.push((field.name().clone(), None)),
            _ => {}
        }
    }
    columns
}

/// Returns the type of the elements of a list.
fn inner(kind: &DataType) -> Option<&DataType> {
    match kind {
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            Some(inner.data_type())
        }
        _ => None,
    }
}

/// Returns the columns of images, the best first: those that the features name, structs of bytes and
/// a path, and columns of bytes with a usual name.
fn image_columns(schema: &Schema) -> Vec<String> {
    let features = schema.metadata().get(HUGGINGFACE).and_then(|text| of_schema(text));
    let is_image = |name: &str, kind: &DataType| {
        let said = features.as_ref().and_then(|(_, features)| features.get(name)?.get("_type")?.as_str());
        let is_binary = matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
        let is_struct = match kind {
            DataType::Struct(fields) => {
                let has = |name: &str| fields.iter().any(|field| field.name() == name);
                fields.len() == 2 && has("bytes") && has("path")
            }
            _ => false,
        };
        match said {
            Some(said) => said == "Image" && (is_struct || is_binary),
            None => is_struct || is_binary && matches!(name, "image" | "img" | "jpg" | "png"),
        }
    };
    let mut found: Vec<String> = schema
        .fields()
        .iter()
        .filter(|field| is_image(field.name(), field.data_type()))
        .map(|field| field.name().clone())
        .collect();
    found.sort_by_key(|name| !matches!(name.as_str(), "image" | "img"));
    found
}

/// Returns true if values of a type have bytes, such as a list of images.
fn has_bytes(kind: &DataType, depth: u32) -> bool {
    let inner = |field: &Field| depth > 0 && has_bytes(field.data_type(), depth - 1);
    match kind {
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            true
        }
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            inner(field)
        }
        DataType::Struct(fields) => fields.iter().any(|field| inner(field)),
        _ => false,
    }
}

impl ParquetRows {
    /// Opens a file; `has_images` asks for a column of images, which is read if `reads` is true.
    pub(super) fn open(path: String, file: File, has_images: bool, reads: bool) -> Result<Self, ReadStop> {
        let unreadable = |error: String| ReadStop::Unreadable(format!("{path}: {error}"));
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(error.to_string()))?;
        let mut others = image_columns(builder.schema());
        if has_images && others.is_empty() {
            let why = "expected a column of images (`image`, a struct of `bytes` and `path`), found none; for records \
                       of stemma use --format parquet";
            return Err(Reason::record(why).at(RecordPlace::File(path)).into());
        }
        let image = (!others.is_empty()).then(|| others.remove(0));
        for field in builder.schema().fields() {
            let name = field.name();
            if has_bytes(field.data_type(), MAX_DEPTH)
                && image.as_ref() != Some(name)
                && !others.contains(name)
            {
                others.push(name.clone());
            }
        }
        let is_read = |name: &str| match (&image, reads) {
            (Some(image), true) => !others.iter().any(|other| other == name) || image == name,
            (Some(image), false) => image != name && !others.iter().any(|other| other == name),
            (None, _) => true,
        };
        let fields = builder.schema().fields();
        let roots: Vec<usize> = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| is_read(field.name()))
            .map(|(place, _)| place)
            .collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
        let rows = if reads && image.is_some() { ROWS.0 } else { ROWS.1 };
        let batches = builder.with_projection(mask).with_batch_size(rows).build();
        let batches = batches.map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { path, batches, image: image.filter(|_| reads), others, rows: VecDeque::new(), row: 0 })
    }

    /// Returns the next row; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<DataRow>, ReadStop> {
        while self.rows.is_empty() {
            let Some(batch) = self.batches.next() else { return Ok(None) };
            let unreadable =
                |why: String| ReadStop::Unreadable(format!("{}, after row {}: {why}", self.path, self.row));
            let batch = batch.map_err(|error| unreadable(error.to_string()))?;
            self.rows = self.read(&batch).map_err(unreadable)?;
            self.row += batch.num_rows() as u64;
        }
        Ok(self.rows.pop_front())
    }

    fn read(&self, batch: &RecordBatch) -> Result<VecDeque<DataRow>, String> {
        let schema = batch.schema();
        let image = self.image.as_ref().and_then(|name| schema.index_of(name).ok());
        let rest: Vec<usize> = (0..batch.num_columns()).filter(|place| Some(*place) != image).collect();
        let mut fields = vec![Map::new(); batch.num_rows()];
        if !rest.is_empty() {
            let rest = batch.project(&rest).map_err(|error| error.to_string())?;
            let mut writer = LineDelimitedWriter::new(Vec::new());
            writer.write(&rest).and_then(|()| writer.finish()).map_err(|error| error.to_string())?;
            let text = writer.into_inner();
            let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            for (fields, line) in fields.iter_mut().zip(lines) {
                match serde_json::from_slice(line).map_err(|error| error.to_string())? {
                    Value::Object(read) => *fields = read,
                    _ => return Err("expected an object for each row".to_owned()),
                }
            }
        }
        let image = image.map(|place| batch.column(place));
        let row = |(place, fields): (usize, Map<String, Value>)| DataRow {
            place: RecordPlace::FileElement(
                self.path.clone(),
                format!("row {}", self.row + place as u64 + 1),
            ),
            fields,
            image: image.map(|column| embedded(column, place)),
            other_images: self.others.clone(),
        };
        Ok(fields.into_iter().enumerate().map(row).collect())
    }
}

/// Returns the image in a row.
fn embedded(column: &ArrayRef, row: usize) -> EmbeddedImage {
    let Some(parts) = column.as_any().downcast_ref::<StructArray>() else {
        return EmbeddedImage { bytes: bytes(column, row), path: None };
    };
    if parts.is_null(row) {
        return EmbeddedImage::default();
    }
    EmbeddedImage {
        bytes: parts.column_by_name("bytes").and_then(|column| bytes(column, row)),
        path: parts.column_by_name("path").and_then(|column| text(column, row)),
    }
}

fn bytes(column: &ArrayRef, row: usize) -> Option<Vec<u8>> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Binary => column.as_binary::<i32>().value(row).to_vec(),
        DataType::LargeBinary => column.as_binary::<i64>().value(row).to_vec(),
        DataType::BinaryView => column.as_binary_view().value(row).to_vec(),
        _ => return None,
    })
}

fn text(column: &ArrayRef, row: usize) -> Option<String> {
    if column.is_null(row) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).to_owned(),
        DataType::Utf8View => column.as_string_view().value(row).to_owned(),
        _ => return None,
    })
}
