//! The writer of Parquet shards with the images in a column, `data/train-00000-of-00002.parquet`.
//!
//! The bytes of images are copied to a temporary file until the columns of all rows are known; the rows
//! are in memory, as those of the writer of folders. A shard is built in memory.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, RecordBatch, StringArray, StructArray};
use arrow_json::ReaderBuilder;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde_json::{Map, Value, json};

use super::card::shards_card;
use super::column_types::{ColumnType as _, list_of, sequence_of, struct_of};
use super::parquet::HUGGINGFACE;
use super::writer::{HuggingFaceWriter, MetadataRow, folder_of, name_in};
use crate::annotations::formats::shared::ids::STEMMA;
use crate::annotations::held::JsonType;
use crate::annotations::model::fields::FILE_NAME;
use crate::annotations::model::{ClassList, Image, ImageBytes, Sample};
use crate::annotations::reader::Skipped;
use crate::annotations::writer::{Output, SampleWriter, SetInfo};

/// The size at which a shard is complete, in bytes; less in tests.
const SHARD: u64 = if cfg!(test) { 2_048 } else { 64 * 1024 * 1024 };
/// The most rows and bytes of a row group, as `datasets` writes them.
const GROUP: (usize, u64) = (100, 32 * 1024 * 1024);
/// The rows that are converted at once.
const ROWS: usize = 16;
/// The bytes of a row without its image.
const ROW: u64 = 512;

/// Writes Parquet shards.
///
/// The bytes of images must be given with the samples, in memory or as a path.
#[derive(Default)]
pub(super) struct ShardWriter {
    rows: HuggingFaceWriter,
    /// The images of the rows of each folder: the position and the length in the temporary file.
    images: BTreeMap<String, Vec<Option<(u64, u64)>>>,
    stored: Option<File>,
    length: u64,
    names: HashSet<String>,
}

/// A column.
struct Column {
    name: String,
    kind: DataType,
    feature: Value,
}

/// The columns of all shards.
struct ShardColumns<'a> {
    schema: SchemaRef,
    /// The columns without that of images; `None` if there is none.
    rest: Option<SchemaRef>,
    /// The numbers of the classes.
    classes: BTreeMap<&'a str, usize>,
}

impl SampleWriter for ShardWriter {
    fn begin(
        &mut self,
        set: &SetInfo,
        classes: &ClassList,
        left_out: &mut Skipped,
        out: &mut dyn Output,
    ) -> io::Result<()> {
        self.rows.types = Some(Default::default());
        self.rows.begin(set, classes, left_out, out)
    }

    fn sample(&mut self, sample: &Sample, left_out: &mut Skipped, out: &mut dyn Output) -> io::Result<()> {
        let image = &sample.image;
        let folder = folder_of(image);
        self.rows.sample(sample, left_out, out)?;
        let path = name_in(&folder, &image.name);
        if !self.names.insert(format!("{folder}/{path}")) {
            left_out.note("name of an image that another one has", || image.name.clone());
        }
        // The reader takes the path for the name of a file that has none.
        if let Some(name) = image.fields.get(FILE_NAME).filter(|name| **name != path) {
            if self.rows.fits(false, FILE_NAME, name) {
                let row = self.rows.folders.get_mut(&folder).and_then(|rows| rows.last_mut());
                row.into_iter().for_each(|row| drop(row.fields.insert(FILE_NAME.to_owned(), name.clone())));
            } else {
                left_out.note("value of another type than the first in its column", || {
                    format!("{FILE_NAME} of {}", image.place)
                });
            }
        }
        let stored = match &image.bytes {
            ImageBytes::Memory(bytes) => Some(self.store(bytes)?),
            ImageBytes::Path(path) => Some(self.store(&fs::read(path)?)?),
            _ => {
                left_out.note("image whose bytes are not stored", || image.name.clone());
                None
            }
        };
        self.images.entry(folder).or_default().push(stored);
        Ok(())
    }

    fn end(&mut self, _: &Skipped, out: &mut dyn Output) -> io::Result<()> {
        self.rows.complete_classes();
        let folders = std::mem::take(&mut self.rows.folders);
        let columns = self.columns(&folders);
        let columns = ShardColumns::new(columns, &self.rows.classes);
        if let Some(set) = &self.rows.set {
            let splits: Vec<&str> = folders.keys().map(String::as_str).collect();
            out.file("README.md", shards_card(set, &splits).as_bytes())?;
        }
        let mut stored = self.stored.take();
        for (folder, rows) in folders {
            let images = self.images.remove(&folder).unwrap_or_default();
            let counts = shard_counts(&images);
            let (mut rows, mut images) = (rows.into_iter(), images.into_iter());
            for (number, count) in counts.iter().enumerate() {
                let shard = rows.by_ref().zip(images.by_ref()).take(*count);
                let bytes = self.shard(shard, &columns, stored.as_mut())?;
                out.file(&format!("data/{folder}-{number:05}-of-{:05}.parquet", counts.len()), &bytes)?;
            }
        }
        Ok(())
    }

    fn image_path(&self, _: &Image) -> Option<String> {
        None
    }

    fn has_images_within(&self) -> bool {
        true
    }
}

impl ShardWriter {
    /// Copies the bytes of an image to the temporary file. Returns their position and length.
    fn store(&mut self, bytes: &[u8]) -> io::Result<(u64, u64)> {
        let file = match &mut self.stored {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(bytes)?;
        let place = (self.length, bytes.len() as u64);
        self.length += place.1;
        Ok(place)
    }

    /// Returns the columns: the image, its class, objects and texts, and its other fields.
    fn columns(&self, folders: &BTreeMap<String, Vec<MetadataRow>>) -> Vec<Column> {
        let class = json!({"names": self.rows.classes, "_type": "ClassLabel"});
        let text = json!({"dtype": "string", "_type": "Value"});
        let column =
            |name: &str, kind: DataType, feature: Value| Column { name: name.to_owned(), kind, feature };
        let one_or_list = |name: &str, kind: DataType, feature: Value, is_list: bool| match is_list {
            true => column(name, list_of(kind), sequence_of(feature)),
            false => column(name, kind, feature),
        };
        let rows = || folders.values().flatten();
        let [of_images, of_objects] = self.rows.types.clone().unwrap_or_default();
        let mut columns = vec![column("image", image_type(), json!({"_type": "Image"}))];
        // The list of classes is that of a column.
        let has_categories = of_objects.contains_key("category");
        if rows().any(|row| !row.classes.is_empty()) || !has_categories && !self.rows.classes.is_empty() {
            columns.push(one_or_list("label", DataType::Int64, class.clone(), self.rows.has_several_classes));
        }
        let mut parts: Vec<(String, DataType, Value)> = of_objects
            .iter()
            .map(|(name, kind)| {
                let (kind, feature) = match (name.as_str(), kind) {
                    ("category", JsonType::List(_)) => (list_of(DataType::Int64), sequence_of(class.clone())),
                    ("category", _) => (DataType::Int64, class.clone()),
                    _ => (kind.data_type(), kind.feature()),
                };
                (name.clone(), list_of(kind), sequence_of(feature))
            })
            .collect();
        if rows().flat_map(|row| &row.objects).any(|object| object.contains_key(STEMMA)) {
            let kind = exported("label");
            parts.push((STEMMA.to_owned(), list_of(kind.data_type()), sequence_of(kind.feature())));
        }
        if !parts.is_empty() {
            let kind = struct_of(parts.iter().map(|(name, kind, _)| (name, kind.clone())));
            let feature: Map<String, Value> =
                parts.into_iter().map(|(name, _, feature)| (name, feature)).collect();
            columns.push(column("objects", kind, feature.into()));
        }
        if rows().any(|row| !row.texts.is_empty()) {
            columns.push(one_or_list("text", DataType::Utf8, text, self.rows.has_several_texts));
        }
        let own = of_images.iter().map(|(name, kind)| column(name, kind.data_type(), kind.feature()));
        columns.extend(own);
        if rows().any(|row| row.fields.contains_key(STEMMA)) {
            let kind = exported("source");
            columns.push(column(STEMMA, kind.data_type(), kind.feature()));
        }
        columns
    }

    /// Returns the bytes of a shard.
    fn shard(
        &self,
        rows: impl Iterator<Item = (MetadataRow, Option<(u64, u64)>)>,
        columns: &ShardColumns<'_>,
        mut stored: Option<&mut File>,
    ) -> io::Result<Vec<u8>> {
        let bytes = ColumnPath::from(vec!["image".to_owned(), "bytes".to_owned()]);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_column_dictionary_enabled(bytes.clone(), false)
            .set_column_statistics_enabled(bytes, EnabledStatistics::None)
            .build();
        let mut writer = ArrowWriter::try_new(Vec::new(), columns.schema.clone(), Some(properties))?;
        let mut group = (0, 0);
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let (mut values, mut images, mut paths) = (Vec::new(), Vec::new(), Vec::new());
            let mut size = 0;
            while values.len() < ROWS && size < GROUP.1 {
                let Some((row, image)) = rows.next() else { break };
                size += image.map_or(0, |(_, length)| length);
                let image = match (image, stored.as_deref_mut()) {
                    (Some(place), Some(stored)) => Some(read_at(stored, place)?),
                    _ => None,
                };
                images.push(image);
                paths.push(row.file_name.clone());
                values.push(columns.row(self.rows.row(row)));
            }
            group = (group.0 + values.len(), group.1 + size);
            writer.write(&columns.batch(&values, &images, paths)?)?;
            if group.0 >= GROUP.0 || group.1 >= GROUP.1 {
                writer.flush()?;
                group = (0, 0);
            }
        }
        Ok(writer.into_inner()?)
    }
}

impl<'a> ShardColumns<'a> {
    fn new(columns: Vec<Column>, classes: &'a [String]) -> Self {
        let features: Map<String, Value> =
            columns.iter().map(|column| (column.name.clone(), column.feature.clone())).collect();
        let info = json!({"info": {"features": features}}).to_string();
        let fields: Vec<Field> =
            columns.into_iter().map(|column| Field::new(column.name, column.kind, true)).collect();
        let rest: Vec<Field> = fields.iter().skip(1).cloned().collect();
        let schema = Schema::new(fields).with_metadata([(HUGGINGFACE.to_owned(), info)]);
        Self {
            schema: Arc::new(schema),
            rest: (!rest.is_empty()).then(|| Arc::new(Schema::new(rest))),
            classes: classes.iter().enumerate().map(|(number, name)| (name.as_str(), number)).collect(),
        }
    }

    /// Returns a row with the numbers of classes, and without the path of its image.
    fn row(&self, row: Value) -> Value {
        let Value::Object(mut columns) = row else { return Value::Null };
        if let Some(class) = columns.get_mut("label") {
            self.number(class);
        }
        if let Some(classes) = columns.get_mut("objects").and_then(|objects| objects.get_mut("category")) {
            self.number(classes);
        }
        columns.into()
    }

    /// Replaces names of classes by their numbers.
    fn number(&self, value: &mut Value) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|one| self.number(one)),
            Value::String(name) => *value = self.classes.get(name.as_str()).copied().into(),
            _ => {}
        }
    }

    fn batch(
        &self,
        rows: &[Value],
        images: &[Option<Vec<u8>>],
        paths: Vec<String>,
    ) -> io::Result<RecordBatch> {
        let DataType::Struct(parts) = image_type() else { return Err(io::Error::other("no struct")) };
        let bytes: BinaryArray = images.iter().map(Option::as_deref).collect();
        let arrays: Vec<ArrayRef> = vec![Arc::new(bytes), Arc::new(StringArray::from(paths))];
        let image = StructArray::try_new(parts, arrays, None).map_err(io::Error::other)?;
        let mut columns: Vec<ArrayRef> = vec![Arc::new(image)];
        if let Some(schema) = &self.rest {
            let mut decoder = ReaderBuilder::new(schema.clone()).build_decoder().map_err(io::Error::other)?;
            decoder.serialize(rows).map_err(io::Error::other)?;
            let rest = decoder.flush().map_err(io::Error::other)?;
            columns.extend(rest.iter().flat_map(|rest| rest.columns().iter().cloned()));
        }
        RecordBatch::try_new(self.schema.clone(), columns).map_err(io::Error::other)
    }
}

/// Returns the type of a column of images.
fn image_type() -> DataType {
    DataType::Struct(
        vec![Field::new("bytes", DataType::Binary, true), Field::new("path", DataType::Utf8, true)].into(),
    )
}

/// Returns the type of the names of an item.
fn exported(kind: &str) -> JsonType {
    JsonType::Struct([kind, "version"].into_iter().map(|name| (name.to_owned(), JsonType::Text)).collect())
}

/// Returns the number of rows of each shard.
fn shard_counts(images: &[Option<(u64, u64)>]) -> Vec<usize> {
    let (mut counts, mut size) = (Vec::new(), SHARD);
    for image in images {
        if size >= SHARD {
            counts.push(0);
            size = 0;
        }
        size += ROW + image.map_or(0, |(_, length)| length);
        if let Some(count) = counts.last_mut() {
            *count += 1;
        }
    }
    counts
}

fn read_at(file: &mut File, (start, length): (u64, u64)) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}
