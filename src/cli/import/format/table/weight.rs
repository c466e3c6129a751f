//! An estimate of the length of rows as JSON.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field};

/// The bytes that each value adds for quotes and separators.
const VALUE: usize = 4;
/// The bytes of a number or a time.
const SHORT: usize = 32;

/// Returns the field with its texts and bytes as references, without dictionaries, and with the
/// times of a named zone in UTC: the file holds instants, and a name does not change them.
pub(super) fn read_as(field: &Field) -> Field {
    field.clone().with_data_type(referring(field.data_type()))
}

fn referring(kind: &DataType) -> DataType {
    let inner = |field: &Arc<Field>| Arc::new(read_as(field));
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, value) => referring(value),
        DataType::Timestamp(unit, Some(zone)) if !is_offset(zone) => {
            DataType::Timestamp(*unit, Some("+00:00".into()))
        }
        DataType::List(field) => DataType::List(inner(field)),
        DataType::LargeList(field) => DataType::LargeList(inner(field)),
        DataType::FixedSizeList(field, size) => DataType::FixedSizeList(inner(field), *size),
        DataType::Map(field, sorted) => DataType::Map(inner(field), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect()),
        other => other.clone(),
    }
}

/// Returns true for a zone such as +01:00.
fn is_offset(zone: &str) -> bool {
    let digits = zone.strip_prefix(['+', '-']).unwrap_or_default().replacen(':', "", 1);
    matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the number of rows from `start` that have at most `together` bytes, at least one; `None`
/// if the first row alone has more than `longest`.
pub(super) fn together(batch: &RecordBatch, start: usize, together: usize, longest: usize) -> Option<usize> {
    let mut left = together;
    for row in start..batch.num_rows() {
        let mut room = longest;
        let fits = batch.columns().iter().all(|column| take(&**column, row, &mut room));
        let length = longest - room;
        if (!fits || length > left) && row > start {
            return Some(row - start);
        }
        if !fits {
            return None;
        }
        left = left.saturating_sub(length);
    }
    Some(batch.num_rows() - start)
}

/// Subtracts the length of a value from `room`. Returns false if there is not enough.
fn take(array: &dyn Array, row: usize, room: &mut usize) -> bool {
    let is_null = array.is_null(row);
    let own = match array.data_type() {
        _ if is_null => 0,
        DataType::Utf8View => array.as_string_view().value(row).len(),
        DataType::BinaryView => 2 * array.as_binary_view().value(row).len(),
        DataType::FixedSizeBinary(size) => 2 * usize::try_from(*size).unwrap_or(0),
        DataType::Utf8 => array.as_string::<i32>().value(row).len(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(row).len(),
        DataType::Struct(fields) => fields.iter().map(|field| field.name().len()).sum(),
        _ => SHORT,
    };
    match room.checked_sub(VALUE + own) {
        Some(left) => *room = left,
        None => return false,
    }
    let mut each =
        |values: &dyn Array, mut rows: std::ops::Range<usize>| rows.all(|row| take(values, row, room));
    match array.data_type() {
        _ if is_null => true,
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let ends = [list.value_offsets()[row], list.value_offsets()[row + 1]];
            let [start, end] = ends.map(|end| usize::try_from(end).unwrap_or(0));
            each(&**list.values(), start..end)
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let ends = [list.value_offsets()[row], list.value_offsets()[row + 1]];
            let [start, end] = ends.map(|end| usize::try_from(end).unwrap_or(0));
            each(&**list.values(), start..end)
        }
        DataType::FixedSizeList(_, size) => {
            let (list, size) = (array.as_fixed_size_list(), usize::try_from(*size).unwrap_or(0));
            each(&**list.values(), row * size..(row + 1) * size)
        }
        DataType::Map(..) => {
            let map = array.as_map();
            let ends = [map.value_offsets()[row], map.value_offsets()[row + 1]];
            let [start, end] = ends.map(|end| usize::try_from(end).unwrap_or(0));
            each(map.entries(), start..end)
        }
        DataType::Struct(_) => array.as_struct().columns().iter().all(|column| take(&**column, row, room)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::builder::{ListBuilder, StringViewBuilder};
    use arrow_array::{ArrayRef, Int64Array, StringViewArray};

    use super::*;

    fn texts(lengths: &[usize]) -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(lengths.iter().map(|length| "x".repeat(*length))))
    }

    #[test]
    fn rows_are_written_together_while_they_are_short() {
        let batch = RecordBatch::try_from_iter([("a", texts(&[10, 10, 500, 10, 2_000, 10]))]).unwrap();
        let counts = |longest: usize| {
            let (mut start, mut counts) = (0, Vec::new());
            while start < batch.num_rows() {
                let count = together(&batch, start, 100, longest);
                counts.push(count);
                start += count.unwrap_or(1);
            }
            counts
        };
        assert_eq!(counts(10_000), [Some(2), Some(1), Some(1), Some(1), Some(1)]);
        assert_eq!(counts(1_000), [Some(2), Some(1), Some(1), None, Some(1)]);
    }

    #[test]
    fn every_kind_of_value_has_its_length() {
        let mut list = ListBuilder::new(StringViewBuilder::new());
        list.append_value((0..3).map(|_| Some("y".repeat(100))));
        list.append_null();
        list.append_value(None::<Option<String>>);
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
        let list: ArrayRef = Arc::new(list.finish());
        let batch =
            RecordBatch::try_from_iter_with_nullable([("n", numbers, true), ("l", list, true)]).unwrap();
        let length = |row: usize| {
            let mut room = 10_000;
            assert!(batch.columns().iter().all(|column| take(&**column, row, &mut room)));
            10_000 - room
        };
        assert!((300..400).contains(&length(0)), "{}", length(0));
        assert!(length(1) < 20 && length(2) < 100);
        let mut little = 200;
        assert!(!batch.columns().iter().all(|column| take(&**column, 0, &mut little)));
    }

    #[test]
    fn texts_are_references_at_every_depth() {
        let text = |kind| Arc::new(Field::new("t", kind, true));
        let nested = DataType::List(text(DataType::Struct(vec![text(DataType::Utf8)].into())));
        let read = referring(&nested);
        assert_eq!(read, DataType::List(text(DataType::Struct(vec![text(DataType::Utf8View)].into()))));
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        assert_eq!(referring(&dictionary), DataType::Utf8View);
        assert_eq!(referring(&DataType::Int64), DataType::Int64);
    }

    #[test]
    fn named_zones_are_read_in_utc() {
        let zone = |zone: &str| DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, Some(zone.into()));
        for name in ["UTC", "Europe/Berlin", "Etc/GMT+3", "Z", "+x"] {
            assert_eq!(referring(&zone(name)), zone("+00:00"), "{name}");
        }
        for offset in ["+00:00", "-0930", "+02"] {
            assert_eq!(referring(&zone(offset)), zone(offset));
        }
        let naive = DataType::Timestamp(arrow_schema::TimeUnit::Second, None);
        assert_eq!(referring(&naive), naive);
    }
}
