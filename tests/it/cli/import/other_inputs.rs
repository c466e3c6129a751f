//! Inputs that are packed, encoded or written in another way than the formats expect: the message
//! names what they are, and what to do.

use std::fs::{self, File};
use std::io::Write as _;

use super::exports::{birds, imported};
use crate::cli::{command, folder, stemma};

const RECORD: &str = "{\"type\":\"version\",\"item\":\"birds/SOURCE/a\",\"attributes\":{\"n\":1}}\n";
const COCO: &str =
    "{\"images\": [{\"id\": 1, \"file_name\": \"caf\u{e9}.jpg\"}], \"annotations\": [], \"categories\": []}";

fn utf16(text: &str) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap()
}

#[test]
fn what_an_input_is_and_what_to_do_are_named() {
    let pretty = RECORD.replace(',', ",\n  ");
    let latin: Vec<u8> = COCO.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (name, bytes, what, remedy) in [
        ("a.ndjson", utf16(RECORD), "found that a.ndjson is a text in UTF-16", "iconv -f UTF-16 -t UTF-8"),
        ("a.json", utf16(COCO), "found that a.json is a text in UTF-16", "iconv -f UTF-16 -t UTF-8"),
        ("a.zst", b"\x28\xb5\x2f\xfd....".to_vec(), "found a zstd file", "zstd -dk a.zst"),
        (
            "a.ndjson",
            format!("# by hand\n{RECORD}").into(),
            "a text that begins with a comment",
            "remove the comments",
        ),
        (
            "a.json",
            format!("// by hand\n{COCO}").into(),
            "a text that begins with a comment",
            "remove the comments",
        ),
        (
            "a.json",
            format!("[{},\n{}]", RECORD.trim(), RECORD.trim()).into(),
            "a list of records",
            "jq -c '.[]'",
        ),
        ("a.json", format!("\x1e{RECORD}").into(), "a sequence of JSON texts", "tr -d"),
        ("a.json", b"<html>".to_vec(), "XML or HTML", "export it from the tool"),
        ("a.json", pretty.into(), "found that a.json is a record over several lines", "jq -c ."),
        (
            "a.ndjson",
            RECORD.replace('1', "NaN").into(),
            "line 1, field attributes.n: not JSON: expected a value, found NaN",
            "write null",
        ),
        (
            "a.ndjson",
            format!("{RECORD}\0\0\0").into(),
            "line 2: not JSON: expected value, found the byte 0x00",
            "",
        ),
        ("a.ndjson", format!("{RECORD}# later\n").into(), "line 2: not JSON: found a comment", "remove it"),
        (
            "a.json",
            latin,
            "images[0], field file_name: not JSON: expected UTF-8, found the byte 0xe9",
            "Windows-1252",
        ),
        (
            "a.json",
            COCO.replace("jpg\"}", "jpg\",}").into(),
            "images[0]: not JSON: expected a value or name after the comma",
            "remove the comma",
        ),
    ] {
        let folder = folder();
        fs::write(folder.path().join(name), bytes).unwrap();
        let called = stemma(folder.path(), &["import", name, "--dry-run"]);
        assert_eq!(called.code, Some(1), "{name}: {}{}", called.out, called.err);
        assert!(called.err.contains(what) && called.err.contains(remedy), "{what}: {}", called.err);
    }
}

#[test]
fn the_content_is_named_for_a_given_format_too() {
    let folder = folder();
    fs::write(folder.path().join("a.html"), "<html>").unwrap();
    let called = stemma(folder.path(), &["import", "a.html", "--format", "ndjson", "--dry-run"]);
    assert_eq!(called.code, Some(1));
    assert!(called.err.contains("is XML or HTML"), "{}", called.err);
    fs::write(folder.path().join("a.ndjson"), RECORD).unwrap();
    let called = stemma(folder.path(), &["import", "a.ndjson", "--format", "ndjson"]);
    assert!(called.out.contains("1 record: 1 created"), "{}{}", called.out, called.err);
}

/// Records and annotations are read from archives, also through a pipe.
#[test]
fn archives_are_read_as_what_is_in_them() {
    let folder = birds();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a.ndjson.gz"), gzip(RECORD)).unwrap();
    let mut zip = zip::ZipWriter::new(File::create(at("birds.zip")).unwrap());
    for name in ["coco.json", "images/garden-1.png", "images/garden-2.png", "images/pond.png"] {
        zip.start_file(format!("birds/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&fs::read(at(name)).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    let mut tar = tar::Builder::new(File::create(at("tables.tar")).unwrap());
    for (name, text) in [("tables/versions.ndjson", RECORD), ("tables/items.ndjson", "")] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    tar.finish().unwrap();
    drop(tar);
    let told = imported(folder.path(), &["a.ndjson.gz"]);
    assert!(told.starts_with("a.ndjson.gz: 1 record: 1 created in 1 commit"), "{told}");
    let told = imported(folder.path(), &["tables.tar"]);
    assert!(
        told.contains("tables.tar/versions.ndjson: 1 record: 0 created in 0 commits, 1 already"),
        "{told}"
    );
    let told = imported(folder.path(), &["birds.zip", "--namespace", "birds"]);
    assert!(told.starts_with("birds.zip: 8 records: 8 created in 1 commit, 0 already there."), "{told}");
    let mut command = command(folder.path(), &["import", "-", "--namespace", "birds"]);
    let piped = command.stdin(File::open(at("birds.zip")).unwrap()).output().unwrap();
    let told = String::from_utf8(piped.stdout).unwrap();
    assert!(
        told.starts_with("standard input: 8 records: 0 created in 0 commits, 8 already there."),
        "{told}"
    );
}

/// Files beside images are records only if they begin with one.
#[test]
fn a_table_of_another_tool_beside_images_is_no_table_of_records() {
    let folder = birds();
    fs::write(folder.path().join("images/metadata.ndjson"), "{\"file\":\"pond.png\",\"text\":\"a\"}\n")
        .unwrap();
    let told = imported(folder.path(), &["images"]);
    assert!(told.contains("made: SOURCE 3\n"), "{told}");
    assert!(told.contains("skipped: file that is not an image, metadata.ndjson\n"), "{told}");
    fs::write(folder.path().join("images/labels.ndjson"), RECORD).unwrap();
    let called = stemma(folder.path(), &["import", "images"]);
    assert_eq!(called.code, Some(1));
    assert!(called.err.contains("images/metadata.ndjson, line 1"), "{}", called.err);
}
