//! Detection of exports by the names at the beginning of a document.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::documents::candidates;
use super::other_files::is_of_unread_tool;
use crate::annotations::files::Files;

/// The bytes of a document that are examined.
const HEAD: u64 = 256 * 1024;
/// The files of a folder that are examined.
const EXAMINED: usize = 20;

/// Names of a task, besides its `data`.
const OF_TASK: [&str; 7] =
    ["annotations", "completions", "drafts", "file_upload", "inner_id", "predictions", "total_annotations"];
/// Addresses of files that Label Studio serves.
const SERVED: [&str; 2] = ["/data/upload/", "/data/local-files/?d="];

/// Returns true for exports, and for other files of Label Studio that the reader refuses by name.
pub(crate) fn recognises(files: &Files) -> bool {
    let paths = candidates(files);
    let examined = paths.iter().take(EXAMINED).filter_map(|path| files.get(path));
    let heads: Vec<Vec<u8>> = examined.map(|path| head(path).unwrap_or_default()).collect();
    // An export of a project without tasks is an empty list.
    let has_tasks = heads.iter().any(|head| is_export(head));
    has_tasks && heads.iter().all(|head| is_export(head) || is_empty_list(head))
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// Returns true if a document is `[]`.
fn is_empty_list(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.iter().filter(|byte| !byte.is_ascii_whitespace()).eq(b"[]")
}

/// Returns true if the first element of a document is one of Label Studio.
fn is_export(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let (is_list, element) = match head.strip_prefix(b"[") {
        Some(rest) => (true, rest.trim_ascii_start()),
        None => (false, head),
    };
    if element.first() != Some(&b'{') {
        return false;
    }
    let names = names(element);
    let has = |depth: u32, wanted: &str| {
        names.iter().any(|found| found.depth == depth && found.name == wanted.as_bytes())
    };
    let has_data = names.iter().any(|found| (found.depth, found.name, found.first) == (1, b"data", b'{'));
    let own = || names.iter().filter(|found| found.depth == 1);
    let is_only_a_task = || own().all(|found| matches!(found.name, b"id" | b"data" | b"meta"));
    let is_served = || {
        let text = String::from_utf8_lossy(&element[..element.len().min(64 * 1024)]);
        SERVED.iter().any(|start| text.contains(&format!("\"{start}")))
    };
    has_data && (OF_TASK.iter().any(|name| has(1, name)) || (is_list && is_only_a_task()))
        || has(1, "result") && (has(1, "task") || has(1, "completed_by"))
        // The data follow the annotations, which may be longer than the head.
        || ["annotations", "predictions", "drafts"].iter().any(|name| has(1, name)) && has(3, "result")
        || !is_list && has(1, "tasks") && has(3, "data")
        || has(1, "annotation_id") && has(1, "annotator")
        || is_list && has(1, "id") && is_served()
        || is_list && is_of_unread_tool(|name| has(1, name))
}

/// A name at the beginning of a document.
struct HeadName<'h> {
    /// The number of brackets around it.
    depth: u32,
    name: &'h [u8],
    /// The first byte of its value.
    first: u8,
}

/// Returns the names of an object and of those within it.
fn names(head: &[u8]) -> Vec<HeadName<'_>> {
    let (mut names, mut depth, mut text, mut escaped) = (Vec::new(), 0_u32, None, false);
    for (place, byte) in head.iter().enumerate() {
        if let Some(start) = text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let after = head[place + 1..].trim_ascii_start();
                    if depth <= 3
                        && let Some(value) = after.strip_prefix(b":")
                    {
                        let first = value.trim_ascii_start().first().copied().unwrap_or_default();
                        names.push(HeadName { depth, name: &head[start..place], first });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_known_by_their_names() {
        for (head, is_ours) in [
            ("\u{feff} [ {\"id\": 1, \"data\": {\"image\": \"a\"}, \"annotations\": [", true),
            (r#"[{"id":1,"annotations":[{"id":2,"completed_by":{"id":3},"result":[{"#, true),
            (r#"{"id":1,"annotations":[{"id":2,"result":[]}],"data":{}}"#, true),
            (r#"{"id":1,"result":[],"completed_by":1,"task":{"id":7}}"#, true),
            (r#"{"total":1,"tasks":[{"id":1,"data":{}}]}"#, true),
            (r#"[{"id":1,"data":{"x":1}}]"#, true),
            (r#"[{"data":{}}]"#, true),
            (r#"[{"id":1,"image":"/data/upload/a.png","label":"wren"}]"#, true),
            (r#"[{"id":1,"annotator":1,"annotation_id":2,"text":"a"}]"#, true),
            (r#"[{"id":1,"data":{},"completions":[]}]"#, true),
            (r#"[{"Label":{},"External ID":"x"}]"#, true),
            (r#"[{"id":1,"image":"a.png","conversations":[]}]"#, false),
            (r#"[{"image_id":1,"category_id":2,"score":0.5}]"#, false),
            (r#"{"images":[],"annotations":[{"id":1,"image_id":2}]}"#, false),
            (r#"{"data":[{"id":1}],"predictions":[]}"#, false),
            (r#"{"data":{"annotations":[]}}"#, false),
            (r#"{"type":"version","attributes":{"data":{}}}"#, false),
            ("[]", false),
            ("[1]", false),
            ("", false),
            ("id,image", false),
        ] {
            assert_eq!(is_export(head.as_bytes()), is_ours, "{head}");
        }
        assert!(head(Path::new("/gone")).is_err());
    }
}
