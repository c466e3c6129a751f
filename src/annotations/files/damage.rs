//! Files that are not what their names say: unreadable, empty, cut off, in another encoding, or something
//! else.
//!
//! Formats are recognised by what files begin with. A file whose beginning cannot be read is never
//! another file, which would be left out: it is refused by name.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::Files;
use crate::annotations::fault::{Reason, RecordFault, RecordPlace};

/// The bytes of a file of labels that are examined.
const HEAD: u64 = 256 * 1024;
/// The bytes of another file that are examined.
const FIRST: u64 = 64;
/// The beginning of a pointer of Git LFS.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";
/// The names of files that describe a data set, without their endings. They are not empty.
const DESCRIPTIONS: [&str; 3] = ["data", "dataset", "obj"];

/// The content of a file, by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Json,
    JsonLines,
    Table,
    Xml,
    Parquet,
    /// YAML and plain text, which may be empty.
    Text,
}

impl Content {
    fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "json" | "geojson" => Self::Json,
            "jsonl" | "ndjson" => Self::JsonLines,
            "csv" | "tsv" => Self::Table,
            "xml" => Self::Xml,
            "parquet" => Self::Parquet,
            "data" | "names" | "txt" | "yaml" | "yml" => Self::Text,
            _ => return None,
        })
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::JsonLines => "JSON Lines",
            Self::Table => "a table",
            Self::Xml => "XML",
            Self::Parquet => "Parquet",
            Self::Text => "text",
        }
    }
}

/// Returns a refusal that names the first file which may have labels and is not what its name says.
///
/// `own` are the files of the recognised format: an ending such as `.csv`, a name such as `obj.data`,
/// or a folder such as `labels/`. Of other files it is only refused if they cannot be read or are
/// pointers of Git LFS. JSON is examined in every format.
#[must_use]
pub fn damaged(files: &Files, own: &[&str]) -> Option<RecordFault> {
    files.paths().find_map(|path| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let content = Content::of(name)?;
        let is_own = content == Content::Json || own.iter().any(|own| is_like(path, name, own));
        let why = match head(files.get(path)?, if is_own { HEAD } else { FIRST }) {
            Err(error) => {
                format!("cannot be read: {error}; make it readable, or remove it from the input")
            }
            Ok(head) => damage(content, name, &head, is_own)?,
        };
        Some(Reason::record(why).at(RecordPlace::File(path.to_owned())))
    })
}

/// Returns the encoding or the packing of a text that is not UTF-8, by its first bytes.
#[must_use]
pub fn other_text(head: &[u8]) -> Option<&'static str> {
    let zeros: Vec<bool> = head.iter().take(4).map(|byte| *byte == 0).collect();
    match (head, zeros.as_slice()) {
        ([0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..], _)
        | (_, [false, true, true, true] | [true, true, true, false]) => Some("UTF-32"),
        ([0xff, 0xfe, ..] | [0xfe, 0xff, ..], _)
        | (_, [true, false, true, false] | [false, true, false, true]) => Some("UTF-16"),
        ([0x1f, 0x8b, ..], _) => Some("a gzip file"),
        ([b'P', b'K', 3, 4, ..], _) => Some("a zip file"),
        _ => None,
    }
}

/// Returns the refusal of a text in such an encoding.
#[must_use]
pub fn not_utf_8(found: &str) -> String {
    let remedy = match found {
        "UTF-16" | "UTF-32" => format!("convert it, such as with `iconv -f {found} -t UTF-8`"),
        _ => "unpack it, and save it as UTF-8".to_owned(),
    };
    format!("expected text in UTF-8, found {found}; {remedy}")
}

fn is_like(path: &str, name: &str, own: &str) -> bool {
    if own.ends_with('/') {
        return path.strip_suffix(name).is_some_and(|folders| format!("/{folders}").ends_with(own));
    }
    let start = if own.starts_with('.') { name.len().saturating_sub(own.len()) } else { 0 };
    name.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(own))
}

fn head(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(file)?.take(most).read_to_end(&mut head)?;
    Ok(head)
}

/// Returns what was expected and found instead; `None` if the first bytes can be what the name says.
fn damage(content: Content, name: &str, head: &[u8], is_own: bool) -> Option<String> {
    let title = content.title();
    if head.starts_with(LFS) {
        return Some(format!(
            "expected {title}, found a pointer of Git LFS; fetch the file with `git lfs pull`"
        ));
    }
    if !is_own {
        return None;
    }
    if content == Content::Parquet {
        let is_parquet = head.starts_with(b"PAR1") || head.starts_with(b"PARE");
        let why = "expected Parquet, found a file that does not begin with `PAR1`; restore or remove it";
        return (!is_parquet).then(|| why.to_owned());
    }
    if let Some(found) = other_text(head) {
        return Some(not_utf_8(found));
    }
    let is_complete = (head.len() as u64) < HEAD;
    if let Some(why) = not_text(content, head, is_complete) {
        return Some(why);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if text.is_empty() {
        let may_be_empty = content == Content::Text && !DESCRIPTIONS.contains(&stem);
        return (!may_be_empty)
            .then(|| format!("expected {title}, found an empty file; restore or remove it"));
    }
    let is_page = [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start)));
    if is_page {
        return Some(format!(
            "expected {title}, found an HTML page, such as that of a failed download; download the file again, or \
             remove it"
        ));
    }
    match content {
        Content::Json | Content::JsonLines => not_json(title, text, is_complete),
        Content::Xml if is_complete && !text.ends_with(b">") => Some(cut_off(title)),
        _ => None,
    }
}

fn not_text(content: Content, head: &[u8], is_complete: bool) -> Option<String> {
    if let Some(at) = head.iter().position(|byte| *byte == 0) {
        return Some(format!("expected text, found a NUL byte at byte {at}; restore or remove the file"));
    }
    // The declaration of XML may name another encoding.
    let error = std::str::from_utf8(head).err().filter(|_| content != Content::Xml)?;
    // The last character of the first bytes may be incomplete.
    let is_cut = !is_complete && error.error_len().is_none();
    (!is_cut).then(|| {
        let at = error.valid_up_to();
        format!("expected text in UTF-8, found other bytes at byte {at}; save it as UTF-8")
    })
}

fn not_json(title: &str, text: &[u8], is_complete: bool) -> Option<String> {
    if !matches!(text.first(), Some(b'{' | b'[')) {
        let is_value = serde_json::from_slice::<serde_json::Value>(text).is_ok();
        let why = format!("expected {title}, found other text; restore or remove the file");
        return (!is_value).then_some(why);
    }
    (is_complete && is_cut_off(text)).then(|| cut_off(title))
}

fn cut_off(title: &str) -> String {
    format!("expected {title}, found the end of the file within a value: it is cut off; restore or remove it")
}

/// Returns true if a text or a bracket of JSON is open at the end.
fn is_cut_off(text: &[u8]) -> bool {
    let (mut depth, mut is_text, mut is_escaped) = (0_i64, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'{' | b'[' if !is_text => depth += 1,
            b'}' | b']' if !is_text => depth -= 1,
            _ => {}
        }
    }
    is_text || depth > 0
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const OWN: [&str; 6] = [".csv", ".xml", ".yaml", "obj.data", "metadata.jsonl", "labels/"];

    fn said(path: &str, bytes: &[u8]) -> String {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bytes).unwrap();
        let files = Files::open(dir.path()).unwrap();
        damaged(&files, &OWN).map_or_else(String::new, |fault| fault.to_string())
    }

    #[test]
    fn files_are_what_their_names_say() {
        let latin = b"{\"name\": \"k\xe4tze\"}";
        for (path, bytes, expected) in [
            ("a.json", &b""[..], "a.json: expected JSON, found an empty file"),
            ("a.json", b"{\"a\": [1", "a.json: expected JSON, found the end of the file"),
            ("a.json", b"{\"a\": \"}", "found the end of the file within a value"),
            ("a.json", b"<!DOCTYPE html><p>", "found an HTML page"),
            ("a.json", b"hello", "found other text"),
            ("a.json", b"[1]\0\0", "found a NUL byte at byte 3"),
            (
                "b/a.geojson",
                latin,
                "b/a.geojson: expected text in UTF-8, found other bytes at byte 11; save it",
            ),
            ("a.json", b"\xff\xfe{\0", "found UTF-16; convert it, such as with `iconv -f UTF-16 -t UTF-8`"),
            ("a.json", b"\xff\xfe\0\0{\0\0\0", "`iconv -f UTF-32 -t UTF-8`"),
            ("a.csv", b"\0\0\0a\0\0\0b", "found UTF-32"),
            ("a.csv", b"f\xfcr,b\n", "found other bytes at byte 1"),
            ("metadata.jsonl", b" \n", "expected JSON Lines, found an empty file"),
            ("a.xml", b"<annotation><na", "expected XML, found the end of the file"),
            ("a.xml", b"<HTML>", "expected XML, found an HTML page"),
            ("data.yaml", b"# M\xfcller\n", "found other bytes at byte 3"),
            ("data.yaml", b"\n", "expected text, found an empty file"),
            ("x/obj.data", b"names\xff", "found other bytes"),
            ("labels/a.txt", b"0 .5\0\0", "found a NUL byte"),
            (
                "a.txt",
                b"version https://git-lfs.github.com/spec/v1\n",
                "found a pointer of Git LFS; fetch the file",
            ),
        ] {
            let said = said(path, bytes);
            assert!(said.contains(expected) && said.starts_with(path), "{path}: {said:?}");
        }
        for (path, bytes) in [
            ("a.json", &b"\xef\xbb\xbf {\"a\": \"[\\\"\"}\n"[..]),
            ("a.json", b"{\"a\": 1}\n{\"a\": 2}\n"),
            ("a.json", b"null"),
            ("a.csv", "für\n".as_bytes()),
            ("a.xml", b"<?xml encoding=\"latin1\"?><a>\xe4</a>"),
            ("model.yaml", b""),
            ("labels/a.txt", b""),
            // Files of other tools.
            ("a.jsonl", b"\xff"),
            ("a.tsv", b"\xff"),
            ("notes.txt", b"\xff"),
            ("big.data", b"\0\xff"),
            ("a.bin", b"version https://git-lfs.github.com/spec/v1\n"),
        ] {
            assert_eq!(said(path, bytes), "", "{path}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.txt"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let files = Files::open(dir.path()).unwrap();
        assert_eq!(damaged(&files, &[]), None);
        fs::remove_file(dir.path().join("b.txt")).unwrap();
        let said = damaged(&files, &[]).unwrap().to_string();
        assert!(said.starts_with("b.txt: cannot be read: No such file"), "{said}");
    }
}
