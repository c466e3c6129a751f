//! Names of files: converts any key to a path below its folder, on any file system.
//!
//! Letters, digits and `. _ - + = @ , ( )` are kept; every other byte becomes `%XX`, so that a path
//! can be decoded. A `/` of a key is kept if a name is before and after it. The first character of
//! a reserved name (`..`, hidden files, `CON`) is escaped. A name that is too long is truncated and
//! ends in `~` and a digest of the full name; `~` itself is always escaped.

use crate::domain::id::Digest;

/// The manifest with one line per member.
pub(super) const TABLE: &str = "manifest.ndjson";
/// The manifest with the summary. It is written last.
pub(super) const SUMMARY: &str = "manifest.json";

/// The longest name between two slashes, in bytes. File systems allow 255; a mark and an ending may
/// follow.
const LONGEST: usize = 180;
/// The number of hex digits of a mark.
const MARK: usize = 16;

/// Names that Windows reserves for devices, with any ending.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Media types and their file name endings.
const ENDINGS: &[(&str, &str)] = &[
    ("application/geo+json", "geojson"),
    ("application/gzip", "gz"),
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/vnd.apache.parquet", "parquet"),
    ("application/x-ndjson", "ndjson"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/flac", "flac"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("image/avif", "avif"),
    ("image/bmp", "bmp"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/tiff", "tif"),
    ("image/webp", "webp"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/markdown", "md"),
    ("text/plain", "txt"),
    ("text/xml", "xml"),
    ("video/mp4", "mp4"),
    ("video/webm", "webm"),
];

/// Returns the file name ending of a media type; `None` if it has no common one.
pub(super) fn ending(media_type: &str) -> Option<&'static str> {
    let plain = media_type.split(';').next().unwrap_or(media_type).trim();
    ENDINGS.iter().find(|(name, _)| plain.eq_ignore_ascii_case(name)).map(|(_, ending)| *ending)
}

/// Converts a key to a path of one or more names.
pub(super) fn path(key: &str) -> String {
    let mut names = vec![String::new()];
    let mut rest = key;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let Some(name) = names.last_mut() else { break };
        // A slash at either end, or after another, would make an empty name.
        if character == '/' && !name.is_empty() && !rest.is_empty() {
            names.push(String::new());
        } else {
            escape(name, character);
        }
    }
    names.iter().map(|name| safe(name)).collect::<Vec<_>>().join("/")
}

/// Converts a text to one name.
pub(super) fn name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    text.chars().for_each(|character| escape(&mut name, character));
    safe(&name)
}

/// Returns a suffix that distinguishes versions with the same path.
pub(super) fn mark(version: &str) -> String {
    format!("~{}", &Digest::of(version.as_bytes()).hex()[..MARK])
}

/// Adds a character, escaped if it is not allowed in names.
fn escape(name: &mut String, character: char) {
    if character.is_ascii_alphanumeric() || "._-+=@,()".contains(character) {
        name.push(character);
        return;
    }
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes).bytes().for_each(|byte| name.push_str(&hex(byte)));
}

fn hex(byte: u8) -> String {
    format!("%{byte:02X}")
}

/// Escapes reserved names and truncates long ones.
fn safe(name: &str) -> String {
    let stem = name.split('.').next().unwrap_or(name);
    let taken = name.starts_with('.') || DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device));
    let mut safe = match name.as_bytes() {
        [first, ..] if taken => hex(*first) + &name[1..],
        _ => name.to_owned(),
    };
    if safe.ends_with('.') {
        safe.truncate(safe.len() - 1);
        safe.push_str("%2E");
    }
    if safe.len() > LONGEST {
        let suffix = mark(&safe);
        // Names are ASCII here. An escape is not split.
        let end = (LONGEST - suffix.len() - 2..=LONGEST - suffix.len())
            .find(|end| !safe[end - 2..*end].contains('%'));
        safe.truncate(end.unwrap_or(LONGEST - suffix.len()));
        safe.push_str(&suffix);
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    fn unescape(path: &str) -> String {
        let (mut bytes, mut rest) = (Vec::new(), path.as_bytes());
        while let [first, tail @ ..] = rest {
            if *first == b'%' {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
                rest = &tail[2..];
            } else {
                bytes.push(*first);
                rest = tail;
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn keys_become_paths() {
        for (key, expected) in [
            ("test/00947", "test/00947"),
            ("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd"),
            ("/etc/passwd", "%2Fetc/passwd"),
            ("a//b/", "a/%2Fb%2F"),
            ("/", "%2F"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("a.", "a%2E"),
            (".hidden/x", "%2Ehidden/x"),
            ("con.png", "%63on.png"),
            ("console", "console"),
            ("a\\b:c*?\"<>|~%", "a%5Cb%3Ac%2A%3F%22%3C%3E%7C%7E%25"),
            ("größe 1", "gr%C3%B6%C3%9Fe%201"),
            ("ada@example.org", "ada@example.org"),
        ] {
            assert_eq!(path(key), expected);
            assert_eq!(unescape(expected), key);
        }
        assert_eq!(name("train/a:1"), "train%2Fa%3A1");
        assert_eq!(ending("Image/PNG; q=1"), Some("png"));
        assert_eq!(ending("application/octet-stream"), None);
    }

    #[test]
    fn a_long_name_is_truncated_and_distinct() {
        for letter in ["x", "ö", "xxö", "xö", "~"] {
            let (one, other) = (letter.repeat(200), letter.repeat(200) + "1");
            let (one, other) = (path(&one), path(&other));
            assert!(one.len() <= LONGEST && one.len() >= LONGEST - 2 && one != other, "{one}");
            let (before, _) = one.rsplit_once('~').unwrap();
            // No escape is split.
            assert!(before.match_indices('%').all(|(at, _)| before.len() >= at + 3), "{one}");
        }
    }

    proptest! {
        #[test]
        fn every_key_stays_below_its_folder(key in "[a-zA-Z./\\\\~% öCON-]{1,40}", other in "[a./~%]{1,6}") {
            let safe = path(&key);
            let is_below = |safe: &str| Path::new(safe).components().all(|part| matches!(part, Component::Normal(_)));
            prop_assert!(is_below(&safe) && !safe.contains("//") && !safe.ends_with('/'), "{}", safe);
            prop_assert_eq!(unescape(&safe), key.clone());
            prop_assert!(key == other || path(&other) != safe);
        }
    }
}
