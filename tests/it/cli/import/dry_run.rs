//! A dry run says what the real run does.

use std::fs;
use std::path::Path;

use super::exports::{ask, birds, imported};
use super::server::both as both_places;
use crate::cli::{folder, refused, stemma};
use crate::http::server::Server;

/// Returns a COCO file of images with a label each: name, id and class.
fn coco(images: &[(&str, u64, usize)], classes: &[&str]) -> String {
    let list = |entries: Vec<String>| entries.join(",");
    let image = |(name, id, _): &(&str, u64, usize)| format!(r#"{{"id":{id},"file_name":"{name}.png"}}"#);
    let label = |(_, id, class): &(&str, u64, usize)| {
        format!(r#"{{"id":{id},"image_id":{id},"category_id":{class},"bbox":[1,2,3,4]}}"#)
    };
    let class = |(place, name): (usize, &&str)| format!(r#"{{"id":{},"name":"{name}"}}"#, place + 1);
    format!(
        r#"{{"images":[{}],"annotations":[{}],"categories":[{}]}}"#,
        list(images.iter().map(image).collect()),
        list(images.iter().map(label).collect()),
        list(classes.iter().enumerate().map(class).collect()),
    )
}

/// Returns what a report says in either run: without the commits and the set that a dry run cannot
/// name.
fn facts(report: &str) -> Vec<String> {
    let line = |line: &str| {
        let line = line
            .replace("records checked, nothing written:", "records:")
            .replace("record checked, nothing written:", "record:");
        let line = line
            .replace(" would be created", " created")
            .replace("to be ", "")
            .replace("and retracted", "retracted")
            .replace("and reinstated", "reinstated");
        match line.split_once(" in ").filter(|(_, rest)| rest.contains(" commit")) {
            Some((start, rest)) => format!("{start}{}", &rest[rest.find(',').unwrap()..]),
            None => line,
        }
    };
    let is_fact = |line: &&str| !line.starts_with("  training set: ") && !line.starts_with("  commits: ");
    report.lines().filter(is_fact).map(line).collect()
}

/// Imports as a dry run, then really, then again, which makes nothing. Returns the report.
fn both(folder: &Path, arguments: &[&str]) -> String {
    let dry = imported(folder, &[arguments, &["--dry-run"]].concat());
    let real = imported(folder, arguments);
    assert_eq!(facts(&dry), facts(&real), "{arguments:?}");
    let again = imported(folder, arguments);
    assert!(
        again.lines().filter(|line| line.contains(" created")).all(|line| line.contains(" 0 created in 0")),
        "{again}"
    );
    real
}

const SET: [&str; 4] = ["--payloads", "images", "--training-set", "s"];

#[test]
fn of_one_input() {
    let folder = birds();
    let write = |images: &[_], classes: &[&str]| {
        fs::write(folder.path().join("t.json"), coco(images, classes)).unwrap();
    };
    let run = |more: &[&str]| both(folder.path(), &[&["t.json"], &SET[..], more].concat());
    write(&[("pond", 1, 1), ("garden-1", 2, 2)], &["cat", "dog"]);
    run(&[]);
    // Nothing but the class list is new, and the set is as before.
    write(&[("pond", 1, 1), ("garden-1", 2, 2)], &["cat", "dog", "fox"]);
    let told = run(&[]);
    assert!(told.contains("made: ONTOLOGY 1\n") && told.contains("/s#1\n"), "{told}");
    // A class has another name, and the set has it.
    write(&[("pond", 1, 1), ("garden-1", 2, 2)], &["cat", "hound", "fox"]);
    let told = run(&["--renamed", "dog=hound"]);
    assert!(told.contains("made: ONTOLOGY 1, TRAINING_SET 1\n") && told.contains("/s#2\n"), "{told}");
    assert!(run(&[]).contains("/s#2\n"));
    // The list grows again, which is no rename.
    write(&[("pond", 1, 1), ("garden-1", 2, 2)], &["cat", "hound", "fox", "bee"]);
    assert!(run(&[]).contains("/s#2\n"));
    write(&[("pond", 1, 2), ("garden-1", 2, 2), ("garden-2", 3, 4)], &["cat", "hound", "fox", "bee"]);
    run(&["--corrections", "seen again"]);
    write(&[("garden-1", 2, 2), ("garden-2", 3, 4)], &["cat", "hound", "fox", "bee"]);
    run(&["--whole", "--retract-missing", "gone", "--corrections", "x"]);
    write(&[("pond", 1, 2), ("garden-1", 2, 3)], &["cat", "wolf", "fox", "bee"]);
    run(&["--whole", "--retract-missing", "gone", "--corrections", "x", "--renamed", "hound=wolf"]);
}

#[test]
fn of_several_inputs() {
    let folder = birds();
    let write = |name: &str, images: &[_], classes: &[&str]| {
        fs::write(folder.path().join(name), coco(images, classes)).unwrap();
    };
    let run = |inputs: &[&str], more: &[&str]| both(folder.path(), &[inputs, &SET[..], more].concat());
    let store = || fs::remove_dir_all(folder.path().join("stemma-data")).unwrap();
    write("train.json", &[("pond", 1, 1)], &["cat", "dog"]);
    write("val.json", &[("garden-1", 2, 1)], &["cat", "dog"]);
    let files = ["train.json", "val.json"];
    // The second file finds the list of the first one.
    assert_eq!(run(&files, &[]).matches("ONTOLOGY 1").count(), 1);
    write("train.json", &[("pond", 1, 1)], &["cat", "dog", "fox"]);
    run(&files, &[]);
    write("train.json", &[("pond", 1, 1)], &["cat", "hound", "fox"]);
    write("val.json", &[("garden-1", 2, 1), ("garden-2", 3, 2)], &["cat", "hound"]);
    run(&files, &["--renamed", "dog=hound"]);
    store();
    // Each has its own classes.
    write("val.json", &[("garden-1", 2, 1)], &["bee"]);
    run(&files, &[]);
    store();
    // The same image, first with its bytes, then with its labels.
    fs::write(folder.path().join("test.json"), coco(&[("pond", 1, 1)], &["cat"])).unwrap();
    both(folder.path(), &["images", "test.json", "--training-set", "s", "--split", "TEST"]);
}

/// Stored records do not decide about later ones.
#[test]
fn of_records() {
    let folder = birds();
    let write = |name: &str, lines: &[&str]| fs::write(folder.path().join(name), lines.join("\n")).unwrap();
    let item = r#"{"type":"version","item":"b/SOURCE/p","as":"p"}"#;
    write("a.ndjson", &[item]);
    imported(folder.path(), &["a.ndjson"]);
    write(
        "b.ndjson",
        &[
            item,
            r#"{"type":"version","item":"b/LABEL/p","sources":[{"version":"@p"}]}"#,
            r#"{"type":"tag","name":"good","version":"@p"}"#,
        ],
    );
    // The message differs, so the first batch is not that of the other file.
    let batches = ["b.ndjson", "--batch", "1", "--author", "another"];
    let dry = imported(folder.path(), &[&batches[..], &["--dry-run"]].concat());
    assert!(dry.contains("at most 2 would be created, at least 1 already there"), "{dry}");
    write("b.ndjson", &[item, r#"{"type":"tag","name":"good","version":"@p"}"#]);
    let dry = imported(folder.path(), &[&batches[..], &["--dry-run"]].concat());
    assert!(dry.contains("nothing written: 1 would be created, 1 already there"), "{dry}");
}

/// Writes a table of boxes.
fn table(folder: &Path, name: &str, rows: &[&str]) {
    let text = format!("filename,width,height,class,xmin,ymin,xmax,ymax\n{}\n", rows.join("\n"));
    fs::write(folder.join(name), text).unwrap();
}

const INPUTS: [&str; 7] =
    ["val.csv", "train.csv", "--training-set", "s", "--corrections", "review", "--whole"];

/// Returns the newest commit.
fn seq(folder: &Path) -> String {
    ask(folder, "{ view { seq } }")["view"]["seq"].to_string()
}

/// Fails if the inputs of a command are checked one after the other, or not by a dry run.
#[test]
fn a_refused_input_is_found_before_another_one_is_imported() {
    let folder = folder();
    let here = folder.path();
    let train = |first: &str| table(here, "train.csv", &[first, "a.jpg,64,64,dog,5,5,30,30"]);
    table(here, "val.csv", &["c.jpg,64,64,dog,2,2,9,9"]);
    train("a.jpg,64,64,cat,1,1,20,20");
    imported(here, &INPUTS);
    let before = seq(here);
    // The first input has a correction.
    table(here, "val.csv", &["c.jpg,64,64,dog,3,3,9,9"]);
    for (row, why) in [
        ("a.jpg,64,64,kitten,1,1,20,20", "train.csv: a class seems to be renamed: all 1 labels of \"cat\""),
        ("a.jpg,64,64,cat,20,20,1,1", "train.csv, "),
        ("a.jpg,64,64,cat,1,1,20,x", "train.csv, "),
    ] {
        train(row);
        let dry = stemma(here, &[&["import", "--dry-run"], &INPUTS[..]].concat());
        let real = stemma(here, &[&["import"], &INPUTS[..]].concat());
        refused(&real, 1, why);
        assert!(real.err.contains("hint: nothing was imported; "), "{}", real.err);
        assert_eq!((dry.code, &dry.out, &dry.err), (real.code, &real.out, &real.err), "{row}");
        assert_eq!(seq(here), before, "{row}");
    }
    // Also after records, which are imported in their order.
    let item = r#"{"type":"item","item":"birds/SOURCE/a"}"#;
    fs::write(here.join("first.ndjson"), format!("{item}\n")).unwrap();
    refused(&stemma(here, &["import", "first.ndjson", "train.csv"]), 1, "train.csv, ");
    assert_eq!(seq(here), before);
    // An earlier input of the command has made the rename, or has added the class.
    train("a.jpg,64,64,kitten,1,1,20,20");
    let renamed = ["train.csv", "val.csv", "--renamed", "cat=kitten"];
    assert!(imported(here, &renamed).contains("made: ONTOLOGY 1"));
    table(here, "val.csv", &["c.jpg,64,64,dog,3,3,9,9", "d.jpg,64,64,puppy,3,3,9,9"]);
    train("a.jpg,64,64,puppy,1,1,20,20");
    imported(here, &["val.csv", "train.csv"]);
}

/// Fails if a client sends the first input before all were checked.
#[test]
fn a_server_checks_all_inputs_first() {
    let folder = folder();
    let (here, there) = (folder.path(), tempfile::tempdir().unwrap());
    let server = Server::start(&there.path().join("stemma-data"));
    table(here, "val.csv", &["c.jpg,64,64,dog,2,2,9,9"]);
    table(here, "train.csv", &["a.jpg,64,64,cat,1,1,20,20"]);
    both_places(here, &server, &INPUTS);
    table(here, "val.csv", &["c.jpg,64,64,dog,3,3,9,9"]);
    table(here, "train.csv", &["a.jpg,64,64,kitten,1,1,20,20"]);
    both_places(here, &server, &INPUTS);
    both_places(here, &server, &[&INPUTS[..], &["--dry-run"]].concat());
    // The correction of the first input is made now, and was not made before.
    let renamed = [&["train.csv", "val.csv"], &INPUTS[2..], &["--renamed", "cat=kitten"]].concat();
    let done = both_places(here, &server, &renamed);
    assert!(done.contains("corrections"), "{done}");
}
