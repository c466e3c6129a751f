//! Small files that hold large texts.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

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
