//! INT96 times that nanoseconds cannot hold.
//!
//! An INT96 holds any day, but its nanoseconds since 1970 have 64 bits only for the years 1677 to
//! 2262. The reader of Parquet wraps other times without an error. So the columns are read a second
//! time, in seconds, and compared.

use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampNanosecondType, TimestampSecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type;

use crate::import::record::fault::Reason;

/// The INT96 columns of a file in seconds.
pub(super) struct WholeSeconds(ParquetRecordBatchReader);

impl WholeSeconds {
    /// Opens the columns; `None` if the file has none.
    pub(super) fn open(
        file: &File,
        read: &ArrowReaderMetadata,
        rows: usize,
    ) -> parquet::errors::Result<Option<Self>> {
        let columns = read.parquet_schema();
        let has_int96 = |place: &usize| columns.column(*place).physical_type() == Type::INT96;
        let mut roots: Vec<usize> = (0..columns.num_columns())
            .filter(has_int96)
            .map(|place| columns.get_column_root_idx(place))
            .collect();
        roots.dedup();
        if roots.is_empty() {
            return Ok(None);
        }
        let fields = read.schema().fields().iter().enumerate();
        let fields: Vec<Field> = fields
            .map(|(place, field)| match roots.contains(&place) {
                true => in_seconds(field),
                false => field.as_ref().clone(),
            })
            .collect();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let mask = ProjectionMask::roots(columns, roots);
        let read = ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone()?, read);
        Ok(Some(Self(builder.with_projection(mask).with_batch_size(rows).build()?)))
    }

    /// Returns the rows of the next batch that have a time outside the range, with its column.
    pub(super) fn outside(&mut self, batch: &RecordBatch) -> Result<Option<(usize, Reason)>, ArrowError> {
        let Some(seconds) = self.0.next().transpose()? else { return Ok(None) };
        for row in 0..batch.num_rows().min(seconds.num_rows()) {
            for (field, column) in seconds.schema().fields().iter().zip(seconds.columns()) {
                let Some(exact) = batch.column_by_name(field.name()) else { continue };
                let mut path = field.name().clone();
                if differs(&**exact, &**column, row, &mut path) {
                    let why = "expected a time from 1677 to 2262, which is what a time of the type INT96 can be \
                               imported from; write the column as TIMESTAMP_MICROS";
                    return Ok(Some((row, Reason::new(path, why))));
                }
            }
        }
        Ok(None)
    }
}

fn in_seconds(field: &Field) -> Field {
    field.clone().with_data_type(seconds(field.data_type()))
}

fn seconds(kind: &DataType) -> DataType {
    match kind {
        DataType::Timestamp(TimeUnit::Nanosecond, _) => DataType::Timestamp(TimeUnit::Second, None),
        DataType::List(inner) => DataType::List(Arc::new(in_seconds(inner))),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| in_seconds(field)).collect()),
        other => other.clone(),
    }
}

/// Returns true if a time in nanoseconds is another one in seconds; `path` is then its path.
fn differs(exact: &dyn Array, seconds: &dyn Array, row: usize, path: &mut String) -> bool {
    let each = |exact: &dyn Array, seconds: &dyn Array, row: usize, step: &str, path: &mut String| {
        let length = path.len();
        path.push_str(step);
        let found = differs(exact, seconds, row, path);
        if !found {
            path.truncate(length);
        }
        found
    };
    if exact.is_null(row) || seconds.is_null(row) {
        return false;
    }
    match (exact.data_type(), seconds.data_type()) {
        (DataType::Timestamp(TimeUnit::Nanosecond, _), DataType::Timestamp(TimeUnit::Second, _)) => {
            let exact = exact.as_primitive::<TimestampNanosecondType>().value(row);
            exact.div_euclid(1_000_000_000) != seconds.as_primitive::<TimestampSecondType>().value(row)
        }
        (DataType::List(_), DataType::List(_)) => {
            let (exact, seconds) = (exact.as_list::<i32>().value(row), seconds.as_list::<i32>().value(row));
            (0..exact.len().min(seconds.len()))
                .any(|place| each(&*exact, &*seconds, place, &format!("[{place}]"), path))
        }
        (DataType::Struct(fields), DataType::Struct(_)) => {
            let columns = exact.as_struct().columns().iter().zip(seconds.as_struct().columns());
            fields.iter().zip(columns).any(|(field, (exact, seconds))| {
                each(&**exact, &**seconds, row, &format!(".{}", field.name()), path)
            })
        }
        _ => false,
    }
}
