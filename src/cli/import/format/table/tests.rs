//! Small files that hold large texts, and values of all types.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::{Decimal128Type, Float16Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array,
    Int64Array, PrimitiveArray, StringArray, StructArray, TimestampMicrosecondArray, UInt64Array,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::data_type::{Int96, Int96Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;

const TEXT: usize = 3 << 20;

/// Writes a file with one column.
fn file(column: ArrayRef) -> File {
    let batch = RecordBatch::try_from_iter([("item", column)]).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_page_size_limit(64 << 20)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .build();
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

#[test]
fn a_text_that_every_row_refers_to_is_in_memory_once() {
    // As separate texts they would have 600 MB.
    let texts = Arc::new(StringArray::from_iter_values(["x".repeat(TEXT)]));
    let column = DictionaryArray::<Int32Type>::new(Int32Array::from(vec![0; 200]), texts);
    let file = file(Arc::new(column));
    assert!(file.metadata().unwrap().len() < 4_000, "{}", file.metadata().unwrap().len());
    let (mut rows, count) = Rows::open(file, TableKind::Records, None).unwrap();
    assert_eq!(count, 200);
    for row in 1..=5 {
        let read = rows.row().unwrap().unwrap();
        assert_eq!((read.len(), rows.row), (TEXT + r#"{"item":""}"#.len(), row));
        assert!(rows.rows.is_empty(), "one row at a time");
    }
}

#[test]
fn a_row_that_repeats_a_text_too_often_is_refused() {
    let mut list = ListBuilder::new(StringBuilder::new());
    list.append_value([Some("short")]);
    list.append_value((0..300).map(|_| Some("x".repeat(1 << 16))));
    let (mut rows, _) = Rows::open(file(Arc::new(list.finish())), TableKind::Records, None).unwrap();
    assert_eq!(rows.row().unwrap().unwrap(), br#"{"item":["short"]}"#);
    let Err(ReadStop::Bad(bad)) = rows.row() else { panic!("a row of 19 MiB is no row") };
    assert!(format!("{bad:?}").contains("longer than 16 MiB"), "{bad:?}");
}

/// Returns the rows of a file as texts, and the fault that ends them.
fn rows(file: File) -> (Vec<String>, Option<String>) {
    let (mut rows, _) = match Rows::open(file, TableKind::Records, None) {
        Ok(opened) => opened,
        Err(why) => return (Vec::new(), Some(why)),
    };
    let mut texts = Vec::new();
    loop {
        match rows.row() {
            Ok(Some(row)) => texts.push(String::from_utf8(row).unwrap()),
            Ok(None) => return (texts, None),
            Err(ReadStop::Bad(fault)) => return (texts, Some(fault.to_string())),
            Err(ReadStop::Unreadable(why)) => return (texts, Some(why)),
        }
    }
}

/// Returns the values of a column as JSON.
fn values(column: ArrayRef) -> Vec<String> {
    let (rows, fault) = rows(file(column));
    assert_eq!(fault, None);
    let value = |row: String| row.strip_prefix(r#"{"item":"#).unwrap().strip_suffix('}').unwrap().to_owned();
    rows.into_iter().map(value).collect()
}

/// Returns the number of rows before the one that is refused, and the message.
fn refused(column: ArrayRef) -> (usize, String) {
    let (rows, fault) = rows(file(column));
    (rows.len(), fault.expect("a row that cannot be imported exactly"))
}

/// Wraps a column into an object.
fn within(name: &str, column: ArrayRef) -> ArrayRef {
    let field = Field::new(name, column.data_type().clone(), true);
    Arc::new(StructArray::new(vec![field].into(), vec![column], None))
}

fn decimals(values: Vec<i128>, precision: u8, scale: i8) -> ArrayRef {
    let column: Decimal128Array = PrimitiveArray::<Decimal128Type>::from(values);
    Arc::new(column.with_precision_and_scale(precision, scale).unwrap())
}

#[test]
fn values_of_all_types_are_exact() {
    let times = |zone: &str| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from(vec![1_767_323_045_000_001]).with_timezone(zone))
    };
    let half: PrimitiveArray<Float16Type> = std::iter::once(1.5)
        .map(|half| Some(<<Float16Type as arrow_array::ArrowPrimitiveType>::Native>::from_f64(half)))
        .collect();
    let numbers = DictionaryArray::<Int32Type>::new(
        Int32Array::from(vec![1, 0]),
        Arc::new(Float64Array::from(vec![0.1, -2.5])),
    );
    for (column, expected) in [
        (times("UTC"), vec![r#""2026-01-02T03:04:05.000001Z""#]),
        (times("Europe/Berlin"), vec![r#""2026-01-02T03:04:05.000001Z""#]),
        (times("+02:00"), vec![r#""2026-01-02T05:04:05.000001+02:00""#]),
        (Arc::new(half), vec!["1.5"]),
        (Arc::new(numbers), vec!["-2.5", "0.1"]),
        (decimals(vec![110, -5, 123_456_789_012_345], 38, 2), vec!["1.10", "-0.05", "1234567890123.45"]),
        (decimals(vec![9_007_199_254_740_993], 38, 0), vec!["9007199254740993"]),
        (Arc::new(UInt64Array::from(vec![u64::MAX])), vec!["18446744073709551615"]),
        (Arc::new(Int64Array::from(vec![i64::MIN])), vec!["-9223372036854775808"]),
        (Arc::new(BinaryArray::from_vec(vec![b"\x00\xff"])), vec![r#""00ff""#]),
        (Arc::new(Date32Array::from(vec![20_455])), vec![r#""2026-01-02""#]),
    ] {
        let kind = column.data_type().clone();
        assert_eq!(values(column), expected, "{kind}");
    }
}

#[test]
fn a_value_that_json_cannot_hold_is_refused_with_its_row_and_column() {
    let nan = Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(2.0)]);
    assert_eq!(
        refused(within("score", Arc::new(nan))),
        (2, "row 3, field item.score: expected a finite number or null, found NaN".to_owned())
    );
    let mut list = ListBuilder::new(arrow_array::builder::Float32Builder::new());
    list.append_value([Some(1.0), Some(f32::INFINITY)]);
    let (before, why) = refused(Arc::new(list.finish()));
    assert_eq!(
        (before, why.as_str()),
        (0, "row 1, field item[1]: expected a finite number or null, found inf")
    );
    let (before, why) = refused(decimals(vec![1, 1_234_567_890_123_456_789], 38, 2));
    assert_eq!(before, 1);
    assert!(why.starts_with("row 2, field item: the decimal 12345678901234567.89 has more digits"), "{why}");
    let (before, why) = refused(Arc::new(Date32Array::from(vec![0, i32::MAX])));
    assert_eq!(
        (before, why.contains("row 2, field item: expected a Date32 of the calendar")),
        (1, true),
        "{why}"
    );
    // The first of several rows of a batch is refused, and those before it are read.
    let many: Float64Array =
        (0..1_500).map(|row| Some(if row % 700 == 699 { f64::NAN } else { 0.5 })).collect();
    let (before, why) = refused(Arc::new(many));
    assert!(before == 699 && why.starts_with("row 700, field item"), "{before} {why}");
}

#[test]
fn a_map_has_texts_as_keys() {
    use arrow_array::builder::{Int32Builder, MapBuilder};
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("a");
    map.values().append_value(1);
    map.append(true).unwrap();
    assert_eq!(values(Arc::new(map.finish())), [r#"{"a":1}"#]);
    let mut map = MapBuilder::new(None, Int32Builder::new(), Int32Builder::new());
    map.keys().append_value(1);
    map.values().append_value(1);
    map.append(true).unwrap();
    let (before, why) = refused(Arc::new(map.finish()));
    assert_eq!(before, 0);
    assert!(
        why.starts_with("column item: expected a map with text keys, found keys of the type Int32"),
        "{why}"
    );
}

/// Writes a file with one column of INT96 times, as days of the Julian calendar and nanoseconds.
fn int96(times: &[(u32, u64)]) -> File {
    let schema = Arc::new(parse_message_type("message m { required int96 item; }").unwrap());
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = SerializedFileWriter::new(&mut file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let time = |(day, nanoseconds): &(u32, u64)| {
        let mut time = Int96::new();
        let part = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap();
        time.set_data(part(*nanoseconds), part(nanoseconds >> 32), *day);
        time
    };
    let values: Vec<Int96> = times.iter().map(time).collect();
    column.typed::<Int96Type>().write_batch(&values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    file
}

#[test]
fn int96_times_are_exact_or_refused() {
    // 2_440_588 is 1 January 1970.
    let (texts, fault) = rows(int96(&[(2_440_588, 1), (2_440_587, 86_399_999_999_999)]));
    assert_eq!(fault, None);
    assert_eq!(
        texts,
        [r#"{"item":"1970-01-01T00:00:00.000000001"}"#, r#"{"item":"1969-12-31T23:59:59.999999999"}"#]
    );
    // 9999-12-31.
    let (texts, fault) = rows(int96(&[(2_440_588, 0), (5_373_484, 0)]));
    assert_eq!(texts.len(), 1);
    assert!(fault.unwrap().starts_with("row 2, field item: expected a time from 1677 to 2262"));
}

#[test]
fn every_codec_is_read() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ] {
        let column: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let batch = RecordBatch::try_from_iter([("item", column)]).unwrap();
        let properties = WriterProperties::builder().set_compression(codec).build();
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let (texts, fault) = rows(file);
        assert_eq!((texts.len(), fault), (2, None), "{codec}");
    }
}
