//! Detection of files by the names of their fields.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The bytes of a file that are examined.
const HEAD: u64 = 64 * 1024;

/// Returns true if a file is an object with the fields of labelme.
pub(super) fn is_labelme(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && is_labelme_head(&head)
}

/// Returns true if the first bytes of a file are those of labelme.
pub(super) fn is_labelme_head(head: &[u8]) -> bool {
    let names = names(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let has = |wanted: &str| names.contains(&wanted.as_bytes());
    let has_other =
        ["version", "flags", "imagePath", "imageData", "imageHeight", "lineColor"].into_iter().any(has);
    // In files with sorted fields the bytes of the image are first.
    (has("shapes") && has_other)
        || (has("imageData") && (has("flags") || has("imageHeight") || has("imagePath")))
}

/// Returns the names of the fields of the outermost object.
fn names(head: &[u8]) -> Vec<&[u8]> {
    let (mut names, mut depth, mut text, mut escaped) = (Vec::new(), 0_u32, None, false);
    if head.trim_ascii_start().first() != Some(&b'{') {
        return names;
    }
    for (place, byte) in head.iter().enumerate() {
        if let Some(start) = text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let after = head.get(place + 1..).unwrap_or_default().trim_ascii_start().first();
                    if depth == 1 && after == Some(&b':') {
                        names.extend(head.get(start..place));
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
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    names
}
