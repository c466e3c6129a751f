//! The interface of the kinds of tables, and fields that they read alike.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::{Number, Value};

use super::kind::TableHead;
use super::table::Row;
use crate::annotations::fault::{Reason, RecordPlace};
use crate::annotations::formats::shared::beside::{ImagesBeside, relative_to};
use crate::annotations::model::fields::{HEIGHT, WIDTH};
use crate::annotations::model::{Class, Image, Label, Sample};
use crate::annotations::names::normal_name;
use crate::annotations::reader::Skipped;

/// What rows refer to outside their table.
pub(super) struct TableContext {
    /// The folder of the table, with a slash at its end; empty at the top.
    pub folder: String,
    /// The split of the table's images.
    pub split: Option<&'static str>,
    /// The images of the input.
    pub images: std::sync::Arc<ImagesBeside>,
    /// The files of the system of these images.
    pub systems: std::sync::Arc<HashMap<String, PathBuf>>,
    /// Returns width and height of an image.
    pub size_of: fn(&std::path::Path) -> Option<(u64, u64)>,
}

impl TableContext {
    /// Returns the path of an image in the input.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.images.find(&self.folder, name, self.split)
    }

    /// Returns the path of an image whose name is relative to the input.
    pub(super) fn find_named(&self, name: &str) -> Option<&str> {
        self.find(name.strip_prefix(self.folder.as_str()).unwrap_or(name))
    }
}

/// The reading of the rows of one kind of table.
pub(super) trait RowKind: Send {
    /// Returns the name of the image of a row, relative to the input.
    fn image_name(&self, row: &Row<'_>, context: &TableContext) -> Result<String, Reason>;

    /// Notes a row in the first pass: its class, and what only all rows together say.
    fn note(&mut self, row: &Row<'_>) -> Result<(), Reason>;

    /// Ends the first pass. Returns the classes.
    fn classes(&mut self, skipped: &mut Skipped) -> Result<Vec<Class>, Reason>;

    /// Returns the columns that are attributes of labels.
    fn columns(&self) -> Vec<&str>;

    /// Adds what a row says to its image.
    fn add(
        &self,
        row: &Row<'_>,
        place: RecordPlace,
        context: &TableContext,
        sample: &mut Sample,
        skipped: &mut Skipped,
    ) -> Result<(), Reason>;
}

/// Returns the name of an image in a column, relative to the input.
pub(super) fn name_in(
    row: &Row<'_>,
    column: usize,
    head: &str,
    context: &TableContext,
) -> Result<String, Reason> {
    Ok(relative_to(&context.folder, &normal_name(head, row.text(column))?))
}

/// Columns that a kind does not know, with their names. Columns without a name number the rows.
pub(super) fn others(head: &TableHead, known: &[usize]) -> Vec<(usize, String)> {
    let is_index = |name: &str| name.is_empty() || name.starts_with("Unnamed:");
    let columns = head.columns.iter().enumerate();
    let other = columns.filter(|(column, name)| !known.contains(column) && !is_index(name));
    other.map(|(column, name)| (column, name.clone())).collect()
}

/// Sets the fields of other columns as attributes. Empty ones are left out.
pub(super) fn set_others(row: &Row<'_>, others: &[(usize, String)], label: &mut Label) {
    for (column, name) in others {
        let text = row.text(*column);
        if !text.is_empty() {
            label.set_attribute(name, value_of(text));
        }
    }
}

/// Returns a number if the text is one in its plain form, else the text: `007` is a text.
pub(super) fn value_of(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>()
        && whole.to_string() == text
    {
        return whole.into();
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = digits.split_once('.').is_some_and(|(whole, part)| {
        let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        all(whole) && all(part) && (whole == "0" || !whole.starts_with('0')) && digits.len() <= 17
    });
    let number = is_decimal.then(|| text.parse::<f64>().ok().and_then(Number::from_f64)).flatten();
    number.map_or_else(|| text.into(), Value::Number)
}

/// Sets width and height of an image. Rows of one image must have the same.
pub(super) fn set_size(image: &mut Image, sides: [(&'static str, Option<f64>); 2]) -> Result<(), Reason> {
    for (name, side) in sides {
        let Some(side) = side.filter(|side| *side != 0.0) else { continue };
        if side < 0.0 || side.fract() != 0.0 || side > f64::from(u32::MAX) {
            return Err(Reason::new(name, format!("expected a whole number of pixels, found {side}")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of 32 bits"
        )]
        let side = Value::from(side as u64);
        match image.fields.get(name) {
            Some(other) if *other != side => {
                let why = format!(
                    "expected {other} as in the first row of this image, found {side}; write the size of the image"
                );
                return Err(Reason::new(name, why));
            }
            _ => drop(image.fields.insert(name.to_owned(), side)),
        }
    }
    Ok(())
}

/// Returns the names of width and height, with the numbers of two columns.
pub(super) fn sides(
    row: &Row<'_>,
    width: Option<usize>,
    height: Option<usize>,
) -> Result<[(&'static str, Option<f64>); 2], Reason> {
    let side = |column: Option<usize>, name: &str| {
        let column = column.filter(|column| !row.text(*column).trim().is_empty());
        column.map(|column| row.number(column, name)).transpose()
    };
    Ok([(WIDTH, side(width, WIDTH)?), (HEIGHT, side(height, HEIGHT)?)])
}
