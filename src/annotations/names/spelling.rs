//! Spellings of a name: as the path of another system, percent-decoded, as an address.

use unicode_normalization::UnicodeNormalization as _;

/// A reading of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spelling {
    /// The parts of the path, without `.`, `..` and empty ones.
    pub(super) parts: Vec<String>,
    /// True after percent-decoding.
    pub(super) is_decoded: bool,
    /// The number of parts in front that name a host, a bucket or the root of a server.
    pub(super) roots: usize,
}

/// Returns the readings of a name, the most literal first, each once.
pub(super) fn spellings(name: &str) -> Vec<Spelling> {
    let mut found: Vec<Spelling> = Vec::new();
    let path = without_query(name);
    let roots = usize::from(name.contains("://") || name.starts_with("/data/upload/"));
    for text in [name, path] {
        for (text, is_decoded) in [(text.to_owned(), false), (decoded(text), true)] {
            for text in [text.as_str(), text.trim()] {
                let parts = parts(text);
                if !parts.is_empty() && found.iter().all(|known| known.parts != parts) {
                    let roots = roots.min(parts.len() - 1);
                    found.push(Spelling { parts, is_decoded, roots });
                }
            }
        }
    }
    found
}

/// Returns the text in the composed normal form, NFC.
pub(super) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// Returns the text without regard to case and normal form.
pub(super) fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Returns the path of an address without its query and fragment; for a local file of Label Studio
/// the path in its query.
fn without_query(name: &str) -> &str {
    if let Some((_, query)) = name.split_once("/data/local-files/?") {
        let path = query.split('&').find_map(|parameter| parameter.strip_prefix("d="));
        return path.unwrap_or(query);
    }
    name.find(['?', '#']).map_or(name, |end| &name[..end])
}

/// Splits a path into its parts. `\` separates like `/`; a scheme, a drive and `..` at the start
/// are left out.
fn parts(path: &str) -> Vec<String> {
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let mut parts: Vec<String> = Vec::new();
    for (place, part) in path.split(['/', '\\']).enumerate() {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            drive if place == 0 && is_drive(drive) => {}
            part => parts.push(part.to_owned()),
        }
    }
    parts
}

fn is_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Decodes `%` and two hexadecimal digits; what is no text after that stays as it is.
fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        match (byte, digit(bytes.get(place + 1)), digit(bytes.get(place + 2))) {
            (b'%', Some(high), Some(low)) => {
                result.extend(u8::try_from(high * 16 + low));
                place += 3;
            }
            _ => {
                result.push(*byte);
                place += 1;
            }
        }
    }
    String::from_utf8(result).unwrap_or_else(|_| text.to_owned())
}
