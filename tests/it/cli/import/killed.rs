//! Killed imports of all formats: repeating the command leads to the same result.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use arrow_schema::{DataType, Field};
use serde_json::{Value, json};

use super::exports::{ask, imported, versions};
use super::tables;
use crate::cli::{command, folder};

const MANY: usize = 1_500;

/// Kills an import a few times, completes it, and compares it with an uninterrupted one.
fn killed(make: impl Fn(&Path), arguments: &[&str], records: &str) {
    let (killed, alone) = (folder(), folder());
    make(killed.path());
    make(alone.path());
    let all = [&["import"], arguments, &["--batch", "50"]].concat();
    for milliseconds in [150, 350, 600] {
        let mut import =
            command(killed.path(), &all).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = import.kill();
        import.wait().unwrap();
    }
    let told = imported(killed.path(), &all[1..]);
    assert!(told.contains(records), "{told}");
    imported(alone.path(), &all[1..]);
    assert_eq!(counts(killed.path()), counts(alone.path()));
    assert_eq!(versions(killed.path()), versions(alone.path()));
    let again = imported(killed.path(), &all[1..]);
    assert!(again.contains(" 0 created in 0 commits, "), "{again}");
}

fn counts(folder: &Path) -> Value {
    ask(
        folder,
        "{ items(first: 1) { totalCount } labels: items(first: 1, filter: {kinds: [LABEL]}) { totalCount } }",
    )
}

#[test]
fn a_killed_coco_import_continues() {
    let make = |folder: &Path| {
        let images: Vec<_> = (0..MANY)
            .map(|n| json!({"id": n, "file_name": format!("{n}.png"), "width": 8, "height": 6}))
            .collect();
        let annotations: Vec<_> = (0..2 * MANY)
            .map(|n| json!({"id": n, "image_id": n / 2, "category_id": 1, "bbox": [n, 0, 1, 1]}))
            .collect();
        let file =
            json!({"annotations": annotations, "categories": [{"id": 1, "name": "wren"}], "images": images});
        fs::write(folder.join("many.json"), file.to_string()).unwrap();
    };
    killed(make, &["many.json", "--training-set", "all"], "many.json: 4,502 records: ");
}

#[test]
fn a_killed_import_of_tasks_continues() {
    let make = |folder: &Path| {
        let result =
            |n: usize| json!([{"id": "r", "type": "choices", "value": {"choices": [n.to_string()]}}]);
        let tasks: Vec<_> = (0..2 * MANY)
            .map(|n| json!({"id": n, "data": {"image": n.to_string()}, "annotations": [{"id": n, "result": result(n)}]}))
            .collect();
        fs::write(folder.join("many.json"), Value::from(tasks).to_string()).unwrap();
    };
    killed(make, &["many.json", "--training-set", "all"], "many.json: 6,001 records: ");
}

#[test]
fn a_killed_import_of_images_continues() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/imports/birds/images/pond.png");
    let pond = fs::read(from).unwrap();
    let make = |folder: &Path| {
        fs::create_dir_all(folder.join("many/wren")).unwrap();
        for n in 0..600 {
            // Bytes after the end of an image do not belong to it.
            let bytes = [&pond[..], n.to_string().as_bytes()].concat();
            fs::write(folder.join(format!("many/wren/{n}.png")), bytes).unwrap();
        }
    };
    killed(make, &["many", "--labels-from-folders"], "many: 1,201 records: ");
}

#[test]
fn a_killed_import_of_a_table_continues() {
    let make = |folder: &Path| {
        // Two versions of each item: a record that is imported twice would make a third.
        let rows: Vec<_> = (0..2 * MANY)
            .map(|n| json!({"item": format!("many/SOURCE/{}", n % MANY), "attributes": format!("{{\"n\":{n}}}")}))
            .collect();
        let fields = ["item", "attributes"].map(|name| Field::new(name, DataType::Utf8, true));
        tables::write(&folder.join("versions.parquet"), fields.to_vec(), &rows, 700);
    };
    killed(make, &["versions.parquet"], "versions.parquet: 3,000 records: ");
}
