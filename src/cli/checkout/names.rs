//! Names of files: any key becomes a path that stays below its folder, on any file system.
//!
//! Letters, digits and `. _ - + = @ , ( )` stand for themselves; every other byte is written `%XX`, so that a path can be
//! read back. A `/` of a key stays one where a name stands before and after it. Names that a system keeps for itself
//! (`..`, hidden files, `CON`) are escaped in their first character. A name that is too long is cut, and ends in `~` and a
//! digest of the whole; `~` itself is always escaped.

use crate::domain::id::Digest;

/// The longest name between two slashes, in bytes. File systems take 255; an ending and a mark are still to come.
const LONGEST: usize = 180;
/// How many hex digits tell things apart.
const MARK: usize = 16;

/// Names that Windows keeps for devices, whatever follows a dot.
const DEVICES: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Media types and how files of them end.
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

/// How a file of this media type ends; none where nobody could tell.
pub(super) fn ending(media_type: &str) -> Option<&'static str> {
    let plain = media_type.split(';').next().unwrap_or(media_type).trim();
    ENDINGS.iter().find(|(name, _)| plain.eq_ignore_ascii_case(name)).map(|(_, ending)| *ending)
}

/// A key as a path of one name or several.
pub(super) fn path(key: &str) -> String {
    let mut names = vec![String::new()];
    let mut rest = key;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let Some(name) = names.last_mut() else { break };
        // A slash at either end, or after another, would make a name that is empty.
        if character == '/' && !name.is_empty() && !rest.is_empty() {
            names.push(String::new());
        } else {
            escape(name, character);
        }
    }
    names.iter().map(|name| safe(name)).collect::<Vec<_>>().join("/")
}

/// A text as one name.
pub(super) fn name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    text.chars().for_each(|character| escape(&mut name, character));
    safe(&name)
}

/// What tells a file from another that would have its path.
pub(super) fn mark(version: &str) -> String {
    format!("~{}", &Digest::of(version.as_bytes()).hex()[..MARK])
}

/// Adds a character that may stand in a name anywhere.
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

/// A name that no system reads as something else.
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
        let whole = mark(&safe);
        // Names are ASCII here. An escape is not cut in two.
        let end = (LONGEST - whole.len() - 2..=LONGEST - whole.len())
            .find(|end| !safe[end - 2..*end].contains('%'));
        safe.truncate(end.unwrap_or(LONGEST - whole.len()));
        safe.push_str(&whole);
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
    fn a_long_name_is_cut_and_told_from_another() {
        for letter in ["x", "ö", "xxö", "xö", "~"] {
            let (one, other) = (letter.repeat(200), letter.repeat(200) + "1");
            let (one, other) = (path(&one), path(&other));
            assert!(one.len() <= LONGEST && one.len() >= LONGEST - 2 && one != other, "{one}");
            let (before, _) = one.rsplit_once('~').unwrap();
            // No escape is cut in two: all of what is left is bytes.
            assert!(before.match_indices('%').all(|(at, _)| before.len() >= at + 3), "{one}");
        }
    }

    proptest! {
        #[test]
        fn every_key_stays_below_its_folder(key in "[a-zA-Z./\\\\~% öCON-]{1,40}", other in "[a./~%]{1,6}") {
            let safe = path(&key);
            let stays = |safe: &str| Path::new(safe).components().all(|part| matches!(part, Component::Normal(_)));
            prop_assert!(stays(&safe) && !safe.contains("//") && !safe.ends_with('/'), "{}", safe);
            prop_assert_eq!(unescape(&safe), key.clone());
            prop_assert!(key == other || path(&other) != safe);
        }
    }
}
