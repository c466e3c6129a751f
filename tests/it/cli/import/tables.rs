//! Records in Parquet files, and folders of record files with their payloads.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use super::exports::{birds, imported, versions};
use crate::cli::{folder, refused, stemma};

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn list_of(name: &str, fields: Vec<Field>) -> Field {
    let element = Field::new_list_field(DataType::Struct(Fields::from(fields)), true);
    Field::new(name, DataType::List(Arc::new(element)), true)
}

/// Writes a Parquet file of these rows, in row groups of `group` rows.
pub(super) fn write(path: &Path, fields: Vec<Field>, rows: &[Value], group: usize) {
    let schema = Arc::new(Schema::new(fields));
    let mut decoder = arrow_json::ReaderBuilder::new(Arc::clone(&schema)).build_decoder().unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), schema, None).unwrap();
    for rows in rows.chunks(group) {
        decoder.serialize(rows).unwrap();
        writer.write(&decoder.flush().unwrap().unwrap()).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
}

fn versions_of(path: &Path, rows: &[Value], group: usize) {
    let source = vec![text("version"), text("role")];
    let fields = vec![
        text("item"),
        text("attributes"),
        text("ontology"),
        text("file"),
        list_of("sources", source),
        Field::new("activity", DataType::Struct(Fields::from(vec![text("name")])), true),
    ];
    write(path, fields, rows, group);
}

#[test]
fn a_folder_of_tables_is_imported_in_the_order_of_dependencies() {
    let folder = birds();
    let tables = folder.path().join("tables");
    fs::create_dir(&tables).unwrap();
    fs::copy(folder.path().join("images/pond.png"), tables.join("pond.png")).unwrap();
    let rows = [
        json!({"item": "birds/ONTOLOGY/classes", "attributes": "{\"classes\":[\"wren\",\"robin\"]}"}),
        json!({"item": "birds/SOURCE/pond", "file": "pond.png", "attributes": "{\"camera\":\"north\"}"}),
        json!({"item": "birds/LABEL/pond", "ontology": "birds/ONTOLOGY/classes", "attributes": "{\"class\":\"wren\"}",
            "sources": [{"version": "birds/SOURCE/pond", "role": "LABELS"}], "activity": {"name": "label"}}),
    ];
    versions_of(&tables.join("versions.parquet"), &rows, 2);
    let member =
        vec![text("item"), text("version"), text("split"), Field::new("weight", DataType::Float64, true)];
    let rows = [
        json!({"item": "birds/TRAINING_SET/a", "version": "birds/LABEL/pond", "split": "TEST", "weight": 0.5}),
        json!({"item": "birds/TRAINING_SET/a", "version": "birds/SOURCE/pond"}),
        json!({"item": "birds/TRAINING_SET/b", "version": "birds/LABEL/pond"}),
    ];
    write(&tables.join("members.parquet"), member, &rows, 10);
    let tag = vec![text("name"), text("version"), Field::new("alias", DataType::Boolean, true)];
    let rows = [json!({"name": "production", "version": "birds/TRAINING_SET/a", "alias": true})];
    write(&tables.join("tags.parquet"), tag, &rows, 10);
    let said = vec![text("kind"), text("version"), text("attributes"), text("reason")];
    let rows =
        [json!({"kind": "CORRECTS", "version": "birds/LABEL/pond#1", "attributes": "{\"class\":\"robin\"}",
        "reason": "red breast"})];
    write(&tables.join("statements.parquet"), said, &rows, 10);
    fs::write(
        tables.join("more.ndjson"),
        "{\"type\":\"version\",\"item\":\"birds/MODEL/m\",\"sources\":[{\"version\":\"birds/TRAINING_SET/a@production\"}]}\n",
    )
    .unwrap();

    insta::assert_snapshot!(imported(folder.path(), &["tables"]));
    insta::assert_snapshot!(versions(folder.path()));
    let again = imported(folder.path(), &["tables"]);
    assert_eq!(again.matches(" 0 created in 0 commits").count(), 5, "{again}");
    // The bytes of a file are part of the record.
    fs::copy(folder.path().join("images/garden-1.png"), tables.join("pond.png")).unwrap();
    let changed = imported(folder.path(), &["tables/versions.parquet", "--payloads", "tables"]);
    assert!(changed.contains("payloads: 1 stored (74 bytes), 0 already there"), "{changed}");
}

#[test]
fn a_bad_row_is_named() {
    let folder = folder();
    let path = folder.path().join("rows.parquet");
    let import =
        |arguments: &[&str]| stemma(folder.path(), &[&["import", "rows.parquet"], arguments].concat());
    let good = json!({"item": "birds/SOURCE/a", "attributes": "{\"a\":1}"});
    for (row, said) in [
        (
            json!({"item": "birds"}),
            "rows.parquet, row 3, field item: expected an item such as birds/LABEL/photo-12, found \"birds\"",
        ),
        (json!({"attributes": "{}"}), "rows.parquet, row 3: missing field `item`"),
        (
            json!({"item": "birds/SOURCE/b", "attributes": "{"}),
            "rows.parquet, row 3, field attributes: expected JSON in this column",
        ),
        (
            json!({"item": "birds/LABEL/b", "sources": [{"version": "birds/SOURCE/x"}]}),
            "rows.parquet, row 3, field sources[0].version: there is no version birds/SOURCE/x",
        ),
        (
            json!({"item": "birds/SOURCE/b", "file": "x.png"}),
            "rows.parquet, row 3, field file: the folder of the file is not known",
        ),
    ] {
        versions_of(&path, &[good.clone(), good.clone(), row], 2);
        let called = import(&["--table", "versions", "--batch", "2"]);
        refused(&called, 1, said);
    }
    let unknown = import(&[]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("--table: one of items, versions"), "{}", unknown.err);

    write(
        &path,
        vec![text("item"), text("version")],
        &[
            json!({"item": "birds/TRAINING_SET/a", "version": "birds/SOURCE/a"}),
            json!({"item": "birds/TRAINING_SET/b", "version": "birds/SOURCE/a"}),
            json!({"item": "birds/TRAINING_SET/a", "version": "birds/SOURCE/a"}),
        ],
        2,
    );
    refused(
        &import(&["--table", "members"]),
        1,
        "row 3, field item: expected the members of one training set in consecutive rows",
    );

    fs::write(&path, b"PAR1 and no more").unwrap();
    refused(&import(&["--table", "versions"]), 1, "cannot read rows.parquet as Parquet");
}

#[test]
fn a_record_brings_its_file() {
    let folder = birds();
    let record = |more: &str| {
        format!("{{\"type\":\"version\",\"item\":\"birds/SOURCE/p\",\"file\":\"pond.png\"{more}}}\n")
    };
    let path = folder.path().join("p.ndjson");
    fs::write(&path, record("")).unwrap();
    refused(
        &stemma(folder.path(), &["import", "p.ndjson"]),
        1,
        "line 1, field file: the folder of the file is not known",
    );
    insta::assert_snapshot!(imported(folder.path(), &["p.ndjson", "--payloads", "images"]));
    assert!(versions(folder.path()).contains("payload 74 image/png"));
    let other = format!(",\"payload\":\"b3:{}\"", "0".repeat(64));
    fs::write(&path, record(&other)).unwrap();
    let called = stemma(folder.path(), &["import", "p.ndjson", "--payloads", "images"]);
    refused(&called, 1, "line 1, field payload: expected b3:0000");
}

#[test]
fn labels_of_records_can_be_corrections() {
    let folder = folder();
    let label = |class: &str| {
        format!(
            "{{\"type\":\"version\",\"as\":\"list\",\"item\":\"birds/ONTOLOGY/c\"}}\n{{\"type\":\"version\",\"item\":\"birds/LABEL/a\",\"ontology\":\"@list\",\"attributes\":{{\"class\":\"{class}\"}}}}\n"
        )
    };
    let path = folder.path().join("l.ndjson");
    for (class, arguments) in [("wren", &[][..]), ("robin", &["--corrections", "red breast"])] {
        fs::write(&path, label(class)).unwrap();
        imported(folder.path(), &[&["l.ndjson"], arguments].concat());
    }
    let again = imported(folder.path(), &["l.ndjson", "--corrections", "red breast"]);
    assert_eq!(again, "l.ndjson: 2 records: 0 created in 0 commits, 2 already there.\n");
    insta::assert_snapshot!(versions(folder.path()));
}

#[test]
fn a_folder_that_spark_writes_is_one_table_and_partitions_are_refused() {
    let folder = folder();
    let rows = [json!({"item": "birds/SOURCE/pond"}), json!({"item": "birds/SOURCE/nest"})];
    let table = folder.path().join("versions.parquet");
    fs::create_dir(&table).unwrap();
    versions_of(&table.join("part-0.snappy.parquet"), &rows[..1], 8);
    versions_of(&table.join("part-1.snappy.parquet"), &rows[1..], 8);
    for other in ["_SUCCESS", ".part-0.snappy.parquet.crc", "_metadata"] {
        fs::write(table.join(other), "").unwrap();
    }
    let made = imported(folder.path(), &["versions.parquet"]);
    assert_eq!(made.matches("1 record: 1 created").count(), 2, "{made}");

    let part = folder.path().join("hive/day=1");
    fs::create_dir_all(&part).unwrap();
    versions_of(&part.join("part-0.parquet"), &rows, 8);
    let called = stemma(folder.path(), &["import", "hive", "--table", "versions"]);
    refused(
        &called,
        1,
        "hive/day=1 is a partition of a table: the values of the column day are in the names",
    );
    let part = imported(folder.path(), &["hive/day=1", "--table", "versions"]);
    assert!(part.contains("2 records: 0 created"), "{part}");
}

#[test]
fn a_time_without_a_zone_is_refused_and_one_with_a_name_is_read() {
    let folder = folder();
    let time = |zone: Option<&str>| {
        let kind = DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, zone.map(Into::into));
        let activity = vec![text("name"), Field::new("startedAt", kind, true)];
        let activity = Field::new("activity", DataType::Struct(Fields::from(activity)), true);
        let row = json!({"item": "birds/SOURCE/pond", "activity": {"name": "scan", "startedAt": "2026-01-02T03:04:05"}});
        write(&folder.path().join("versions.parquet"), vec![text("item"), activity], &[row], 8);
        stemma(folder.path(), &["import", "versions.parquet"])
    };
    refused(
        &time(None),
        1,
        "row 1, field activity.startedAt: expected a time with its zone, such as 2026-03-01T12:00:00Z",
    );
    let called = time(Some("+00:00"));
    assert_eq!(called.code, Some(0), "{}", called.err);
}
