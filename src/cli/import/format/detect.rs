//! Detection of records by the first bytes of an input. Annotations are recognised by their formats.

use std::io::{self, Read};

use serde_json::{Map, Value};

use super::formats::Format;
use super::other_content::{LIST_OF_RECORDS, OtherContent, RECORD_OF_LINES, other_content};
use crate::import::record::is_record_type;

/// The most bytes of an input that are examined.
const MAX_HEAD: usize = 256 * 1024;

/// Names of lists in a COCO file.
const COCO: [&[u8]; 3] = [b"images", b"annotations", b"categories"];

/// Reads the input until it is known whether it holds records. Returns the bytes read, and the format
/// of the records; `None` for anything else.
pub(crate) fn detect(input: &mut impl Read) -> io::Result<(Vec<u8>, Option<Format>)> {
    let mut head = Vec::new();
    let mut chunk = vec![0; 8 * 1024];
    loop {
        let read = match input.read(&mut chunk) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        head.extend_from_slice(&chunk[..read]);
        let whole = read == 0 || head.len() >= MAX_HEAD;
        match format(&head) {
            Detection::Format(format) => return Ok((head, Some(format))),
            Detection::Nothing => return Ok((head, None)),
            // A record may be longer than this, and a COCO file names its lists early.
            Detection::NotYet if whole && first(&head) == Some(b'{') => {
                return Ok((head, Some(Format::Ndjson)));
            }
            // An empty input holds no records.
            Detection::NotYet if whole && first(&head).is_none() => return Ok((head, Some(Format::Ndjson))),
            Detection::NotYet if whole => return Ok((head, None)),
            Detection::NotYet => {}
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Detection {
    Format(Format),
    /// No records.
    Nothing,
    /// More bytes are needed.
    NotYet,
}

fn format(head: &[u8]) -> Detection {
    if head.len() < 4 && b"PAR1".starts_with(head) {
        return Detection::NotYet;
    }
    if head.starts_with(b"PAR1") {
        return Detection::Format(Format::Parquet);
    }
    match first(head) {
        None => Detection::NotYet,
        Some(b'{') => object(without_mark(head)),
        Some(_) => Detection::Nothing,
    }
}

/// Returns the first byte after white space.
fn first(head: &[u8]) -> Option<u8> {
    without_mark(head).iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)
}

/// Returns true if the first object of a text is a record; `None` if more bytes are needed.
fn first_object(text: &[u8]) -> Option<bool> {
    let mut objects = serde_json::Deserializer::from_slice(text).into_iter::<Map<String, Value>>();
    match objects.next()? {
        Ok(fields) => Some(fields.get("type").and_then(Value::as_str).is_some_and(is_record_type)),
        Err(error) if error.is_eof() => None,
        Err(_) => Some(false),
    }
}

/// Returns the format of an object that is not a COCO document: a record, if it is on one line.
fn one_line(object: &[u8]) -> Detection {
    if object.contains(&b'\n') { Detection::Nothing } else { Detection::Format(Format::Ndjson) }
}

/// Returns the content of an input that is none of the formats, if it is recognised.
pub(crate) fn other(head: &[u8]) -> Option<OtherContent> {
    let text = without_mark(head);
    let found = match first(head).filter(|_| format(head) == Detection::Nothing) {
        Some(b'[') if first_object(after_bracket(text)) == Some(true) => Some(LIST_OF_RECORDS),
        Some(b'{') if first_object(text) == Some(true) => Some(RECORD_OF_LINES),
        _ => None,
    };
    other_content(head).or(found)
}

/// Returns true if an input begins with a record.
pub(crate) fn is_record(head: &[u8]) -> bool {
    first_object(without_mark(head)) == Some(true)
}

/// Returns the text of a list after its bracket.
fn after_bracket(list: &[u8]) -> &[u8] {
    list.iter().position(|byte| *byte == b'[').map_or(&list[..0], |start| &list[start + 1..])
}

/// Distinguishes a record from a document of annotations by the names of the outermost object.
fn object(head: &[u8]) -> Detection {
    let (mut depth, mut text, mut escaped) = (0_u32, None, false);
    for (place, byte) in head.iter().enumerate() {
        if let Some(start) = text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let after = head[place + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
                    if depth == 1 && after == Some(&b':') && COCO.contains(&&head[start..place]) {
                        return Detection::Nothing;
                    }
                    text = None;
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => text = Some(place + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return one_line(head[..place].trim_ascii_start()),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    Detection::NotYet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_detected() {
        for (head, detected) in [
            (&b"PAR1\x15"[..], Detection::Format(Format::Parquet)),
            (b"PA", Detection::NotYet),
            (b"\xef\xbb\xbf [", Detection::Nothing),
            (b"[\n{\"type\":\"version\",\"item\":\"a/SOURCE/b\"},", Detection::Nothing),
            (b"{\n\"type\":\"version\"\n}", Detection::Nothing),
            (b"\n{\"type\":\"version\"}\n{", Detection::Format(Format::Ndjson)),
            (b" {\"info\": {\"images\": 1}, \"images\" :", Detection::Nothing),
            (b"{\"type\":\"instances\",\"annotations\":[", Detection::Nothing),
            (b"{\"info\": {}, \"images\"", Detection::NotYet),
            (b"{\"type\":\"version\",\"attributes\":{\"images\":[1]}}\n", Detection::Format(Format::Ndjson)),
            (b"{\"type\":\"version\",\"message\":\"images\"}", Detection::Format(Format::Ndjson)),
            (b"{\"a\\\"images\": 1", Detection::NotYet),
            (b"   ", Detection::NotYet),
            (b"\x89PNG", Detection::Nothing),
        ] {
            assert_eq!(format(head), detected, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_long_record_is_a_record() {
        let line = format!("{{\"type\":\"version\",\"message\":\"{}\"}}", "x".repeat(2 * MAX_HEAD));
        let (head, detected) = detect(&mut line.as_bytes()).unwrap();
        assert_eq!(detected, Some(Format::Ndjson));
        assert!(line.as_bytes().starts_with(&head) && head.len() < line.len());
        assert_eq!(detect(&mut &b" "[..]).unwrap().1, Some(Format::Ndjson));
        assert_eq!(detect(&mut &b"PA"[..]).unwrap().1, None);
    }
}
