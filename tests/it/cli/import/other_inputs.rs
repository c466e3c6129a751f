//! Inputs that are packed, encoded or written in another way than the formats expect: the message
//! names what they are, and what to do.

use std::fs;
use std::io::Write as _;

use crate::cli::{folder, stemma};

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
        ("a.ndjson.gz", gzip(RECORD), "found that a.ndjson.gz is compressed with gzip", "gunzip -c"),
        ("a.zip", b"PK\x03\x04....".to_vec(), "found that a.zip is a ZIP archive", "unpack it"),
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
        ("a.json", b"<html>".to_vec(), "XML or HTML", "export it from the tool as JSON"),
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
    fs::write(folder.path().join("a.gz"), gzip(RECORD)).unwrap();
    for format in ["ndjson"] {
        let called = stemma(folder.path(), &["import", "a.gz", "--format", format, "--dry-run"]);
        assert_eq!(called.code, Some(1));
        assert!(called.err.contains("is compressed with gzip"), "{format}: {}", called.err);
    }
    fs::write(folder.path().join("a.ndjson"), RECORD).unwrap();
    let called = stemma(folder.path(), &["import", "a.ndjson", "--format", "ndjson"]);
    assert!(called.out.contains("1 record: 1 created"), "{}{}", called.out, called.err);
}
