//! Values that JSON cannot hold exactly: refused with their row and column.
//!
//! The writer of JSON would round decimals, write null for NaN, and an error text for a time that
//! no calendar has.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type,
    Float32Type, Float64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampSecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field, Fields, TimeUnit};

use crate::import::record::fault::Reason;

/// Returns the first column that cannot be converted to JSON, and the reason.
pub(super) fn unsupported(fields: &Fields) -> Option<String> {
    fields.iter().find_map(|field| unsupported_field(field, &mut field.name().clone()))
}

fn unsupported_field(field: &Field, path: &mut String) -> Option<String> {
    let within = |inner: &Field, step: &str, path: &mut String| {
        let length = path.len();
        path.push_str(step);
        let found = unsupported_field(inner, path);
        path.truncate(length);
        found
    };
    match field.data_type() {
        DataType::List(inner) | DataType::LargeList(inner) | DataType::FixedSizeList(inner, _) => {
            within(inner, "[]", path)
        }
        DataType::Struct(fields) => {
            fields.iter().find_map(|field| within(field, &format!(".{}", field.name()), path))
        }
        DataType::Map(entries, _) => {
            let DataType::Struct(fields) = entries.data_type() else { return None };
            let (key, value) = (fields.first()?, fields.get(1)?);
            match key.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => within(value, "{}", path),
                other => Some(format!(
                    "column {path}: expected a map with text keys, found keys of the type {other}; cast the keys to text"
                )),
            }
        }
        DataType::Union(..) | DataType::RunEndEncoded(..) => Some(format!(
            "column {path}: the type {} cannot be imported; cast the column to another type",
            field.data_type()
        )),
        _ => None,
    }
}

/// Returns true if some values of a type cannot be written exactly.
fn is_checked(kind: &DataType) -> bool {
    match kind {
        DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..)
        | DataType::Date32
        | DataType::Date64
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..) => true,
        DataType::List(inner)
        | DataType::LargeList(inner)
        | DataType::FixedSizeList(inner, _)
        | DataType::Map(inner, _) => is_checked(inner.data_type()),
        DataType::Struct(fields) => fields.iter().any(|field| is_checked(field.data_type())),
        _ => false,
    }
}

/// Refuses the first value of some rows that JSON cannot hold. Returns its row in the batch.
pub(super) fn check(batch: &RecordBatch) -> Result<(), (usize, Reason)> {
    let schema = batch.schema();
    let columns: Vec<(&str, &dyn Array)> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| is_checked(field.data_type()))
        .map(|(field, column)| (field.name().as_str(), &**column))
        .collect();
    for row in 0..batch.num_rows() {
        for (name, column) in &columns {
            let mut path = (*name).to_owned();
            if let Some(why) = inexact(*column, row, &mut path) {
                return Err((row, Reason::new(path, why)));
            }
        }
    }
    Ok(())
}

/// Returns the reason why a value cannot be written exactly; `path` is then its path.
fn inexact(array: &dyn Array, row: usize, path: &mut String) -> Option<String> {
    if array.is_null(row) || !is_checked(array.data_type()) {
        return None;
    }
    match array.data_type() {
        DataType::Float16 => float(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal32(..) => decimal(&array.as_primitive::<Decimal32Type>().value_as_string(row)),
        DataType::Decimal64(..) => decimal(&array.as_primitive::<Decimal64Type>().value_as_string(row)),
        DataType::Decimal128(..) => decimal(&array.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Decimal256(..) => decimal(&array.as_primitive::<Decimal256Type>().value_as_string(row)),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            fields
                .iter()
                .zip(columns)
                .find_map(|(field, column)| within(&**column, row, &format!(".{}", field.name()), path))
        }
        DataType::List(_) => each(&array.as_list::<i32>().value(row), path),
        DataType::LargeList(_) => each(&array.as_list::<i64>().value(row), path),
        DataType::FixedSizeList(..) => each(&array.as_fixed_size_list().value(row), path),
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let values = entries.columns().get(1)?;
            (0..values.len()).find_map(|row| within(&**values, row, "{}", path))
        }
        kind => time(kind, array, row),
    }
}

fn within(array: &dyn Array, row: usize, step: &str, path: &mut String) -> Option<String> {
    let length = path.len();
    path.push_str(step);
    let why = inexact(array, row, path);
    if why.is_none() {
        path.truncate(length);
    }
    why
}

fn each(values: &dyn Array, path: &mut String) -> Option<String> {
    (0..values.len()).find_map(|place| within(values, place, &format!("[{place}]"), path))
}

fn float(number: f64) -> Option<String> {
    (!number.is_finite()).then(|| format!("expected a finite number or null, found {number}"))
}

/// Refuses a decimal with more digits than the number that JSON's readers make of it.
fn decimal(text: &str) -> Option<String> {
    // Integers are read exactly.
    if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        return None;
    }
    let read = text.parse::<f64>().ok().map(|number| number.to_string());
    let is_exact = read.is_some_and(|read| digits(&read) == digits(text));
    (!is_exact).then(|| {
        format!("the decimal {text} has more digits than a number can hold; cast the column to text")
    })
}

/// Returns a number without zeros that have no meaning.
fn digits(text: &str) -> &str {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    text.strip_prefix('-').filter(|rest| *rest == "0").unwrap_or(text)
}

/// Refuses a time that is outside the calendar, or of no day.
fn time(kind: &DataType, array: &dyn Array, row: usize) -> Option<String> {
    let is_time = match kind {
        DataType::Date32 => array.as_primitive::<Date32Type>().value_as_date(row).is_some(),
        DataType::Date64 => array.as_primitive::<Date64Type>().value_as_date(row).is_some(),
        DataType::Time32(TimeUnit::Second) => {
            array.as_primitive::<Time32SecondType>().value_as_time(row).is_some()
        }
        DataType::Time32(_) => array.as_primitive::<Time32MillisecondType>().value_as_time(row).is_some(),
        DataType::Time64(TimeUnit::Microsecond) => {
            array.as_primitive::<Time64MicrosecondType>().value_as_time(row).is_some()
        }
        DataType::Time64(_) => array.as_primitive::<Time64NanosecondType>().value_as_time(row).is_some(),
        DataType::Timestamp(TimeUnit::Second, _) => {
            array.as_primitive::<TimestampSecondType>().value_as_datetime(row).is_some()
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            array.as_primitive::<TimestampMillisecondType>().value_as_datetime(row).is_some()
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            array.as_primitive::<TimestampMicrosecondType>().value_as_datetime(row).is_some()
        }
        _ => true,
    };
    (!is_time).then(|| format!("expected a {kind} of the calendar, found a value outside of it"))
}
