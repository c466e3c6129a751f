//! Tables of VIA: a region per row, with its shape and attributes as JSON.

use serde_json::{Map, Value};

use super::kind::{TableHead, matches};
use super::rows::{RowKind, TableContext, name_in, others, set_others, value_of};
use super::table::Row;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::object::object;
use crate::annotations::formats::via::{ClassAttribute, set_shape};
use crate::annotations::model::fields::ATTRIBUTES;
use crate::annotations::model::{Class, Label, Sample};
use crate::annotations::reader::Skipped;

/// The field of an image for its size in bytes.
const FILE_SIZE: &str = "file_size";

/// The columns of a table of VIA.
pub(super) struct ViaRows {
    name: usize,
    size: Option<usize>,
    file_attributes: Option<usize>,
    shape: usize,
    attributes: usize,
    others: Vec<(usize, String)>,
    class: ClassAttribute,
}

impl ViaRows {
    /// Finds the columns; `class` is the name of the attribute that is the class, if it is given.
    pub(super) fn new(head: &TableHead, class: Option<&str>) -> Option<Self> {
        let column = |name: &str| head.columns.iter().position(|own| matches(own, &[name]));
        let (name, shape) = (column("filename")?, column("region_shape_attributes")?);
        let attributes = column("region_attributes")?;
        let (size, file_attributes) = (column(FILE_SIZE), column("file_attributes"));
        // The numbers of regions only repeat the order of the rows.
        let numbers = [column("region_count"), column("region_id")].into_iter().flatten();
        let own = [name, shape, attributes].into_iter().chain(size).chain(file_attributes).chain(numbers);
        let others = others(head, &own.collect::<Vec<_>>());
        let class = ClassAttribute::new(class);
        Some(Self { name, size, file_attributes, shape, attributes, others, class })
    }
}

impl RowKind for ViaRows {
    fn image_name(&self, row: &Row<'_>, context: &TableContext) -> Result<String, Reason> {
        name_in(row, self.name, "filename", context)
    }

    fn note(&mut self, row: &Row<'_>) -> Result<(), Reason> {
        self.class.note(&json(row, self.attributes, "region_attributes")?)
    }

    fn classes(&mut self, _: &mut Skipped) -> Result<Vec<Class>, Reason> {
        Ok(self.class.choose()?.into_iter().map(Class::named).collect())
    }

    fn columns(&self) -> Vec<&str> {
        self.others.iter().map(|(_, name)| name.as_str()).collect()
    }

    fn add(
        &self,
        row: &Row<'_>,
        place: RecordPlace,
        _: &TableContext,
        sample: &mut Sample,
        _: &mut Skipped,
    ) -> Result<(), Reason> {
        let image = &mut sample.image.fields;
        let file_attributes =
            self.file_attributes.map(|column| json(row, column, "file_attributes")).transpose()?;
        // -1 is unknown: VIA writes it for addresses.
        let size = self.size.map(|column| row.text(column).trim()).filter(|size| !matches!(*size, "" | "-1"));
        let size = size.map(value_of);
        let attributes = file_attributes.filter(|attributes| !attributes.is_empty()).map(Value::Object);
        for (name, value) in [(FILE_SIZE, size), (ATTRIBUTES, attributes)] {
            let Some(value) = value else { continue };
            if let Some(other) = image.insert(name.to_owned(), value.clone())
                && other != value
            {
                let why = format!("expected {other} as in the first row of this image, found {value}");
                return Err(Reason::new(name, why));
            }
        }
        let shape = json(row, self.shape, "region_shape_attributes")?;
        let attributes = json(row, self.attributes, "region_attributes")?;
        if shape.is_empty() && attributes.is_empty() {
            return Ok(());
        }
        let mut label = Label::new(place);
        set_shape(&mut label, &shape).map_err(|reason| reason.within("region_shape_attributes"))?;
        self.class.set(&mut label, attributes);
        set_others(row, &self.others, &mut label);
        sample.labels.push(label);
        Ok(())
    }
}

/// Reads the JSON object in a column; without text it is empty.
fn json(row: &Row<'_>, column: usize, field: &str) -> Result<Map<String, Value>, Reason> {
    let text = row.text(column).trim();
    if text.is_empty() {
        return Ok(Map::new());
    }
    object(text.as_bytes()).map_err(|reason| reason.within(field))
}
