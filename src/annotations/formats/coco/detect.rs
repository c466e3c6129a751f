//! Detection of COCO documents by the names of their lists.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The bytes of a document that are examined.
const HEAD: u64 = 256 * 1024;

/// The kind of a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentKind {
    /// An object with lists of COCO.
    Coco,
    /// A list of COCO results.
    Results,
    /// Another document.
    Other,
}

/// Returns the kind of a file. A file that cannot be read is [`DocumentKind::Other`].
pub(super) fn kind_of(path: &Path) -> DocumentKind {
    let head = || -> io::Result<Vec<u8>> {
        let mut head = Vec::new();
        File::open(path)?.take(HEAD).read_to_end(&mut head)?;
        Ok(head)
    };
    head().map_or(DocumentKind::Other, |head| kind_of_head(&head))
}

/// Returns true if the only list of a document is that of its categories, such as in `notes.json` of
/// Label Studio, which is next to labels of YOLO.
pub(super) fn is_list_of_categories(path: &Path) -> bool {
    let document = || -> io::Result<Vec<u8>> {
        let mut document = Vec::new();
        File::open(path)?.take(HEAD + 1).read_to_end(&mut document)?;
        Ok(document)
    };
    document().is_ok_and(|document| document.len() as u64 <= HEAD && has_only_categories(&document))
}

fn has_only_categories(document: &[u8]) -> bool {
    let names = names(document, 1);
    let has = |wanted: &str| names.contains(&wanted.as_bytes());
    has("categories") && !["images", "annotations", "videos"].into_iter().any(has)
}

/// Returns the kind of a document by its first bytes.
fn kind_of_head(head: &[u8]) -> DocumentKind {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let names = match head.first() {
        Some(b'{') => names(head, 1),
        Some(b'[') => names(head, 2),
        _ => return DocumentKind::Other,
    };
    let has =
        |wanted: &[&str]| names.iter().any(|name| wanted.iter().any(|wanted| wanted.as_bytes() == *name));
    if head.first() == Some(&b'{') {
        // Datumaro, VIA, labelme and tasks of Label Studio have fields of the same names.
        let is_other = has(&["items", "_via_settings", "_via_img_metadata", "shapes", "type_name"])
            || has(&["data", "result"])
            || self::names(head, 3).contains(&b"result".as_slice());
        let is_coco = !is_other && has(&["images", "annotations", "categories", "videos"]);
        return if is_coco { DocumentKind::Coco } else { DocumentKind::Other };
    }
    let is_result = has(&["image_id", "video_id"])
        && has(&["category_id", "score", "caption", "segments_info", "keypoints"]);
    if is_result { DocumentKind::Results } else { DocumentKind::Other }
}

/// Returns the names of the fields at a depth: of the outermost object, or of the first in a list.
fn names(head: &[u8], wanted: u32) -> Vec<&[u8]> {
    let (mut names, mut depth, mut text, mut escaped) = (Vec::new(), 0_u32, None, false);
    for (place, byte) in head.iter().enumerate() {
        if let Some(start) = text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let after = head[place + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
                    if depth == wanted && after == Some(&b':') {
                        names.push(&head[start..place]);
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
            b'}' | b']' if depth <= wanted => break,
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
    fn a_list_of_categories_is_no_data_set() {
        for (document, is_only) in [
            (r#"{"categories": [{"id": 0, "name": "images"}], "info": {"annotations": 1}}"#, true),
            (r#"{"categories": [], "images": []}"#, false),
            (r#"{"categories": [], "annotations": []}"#, false),
            (r#"{"info": {}}"#, false),
        ] {
            assert_eq!(has_only_categories(document.as_bytes()), is_only, "{document}");
        }
    }

    #[test]
    fn documents_are_known_by_their_lists() {
        for (head, kind) in [
            (r#" {"info": {"images": 1}, "images" : ["#, DocumentKind::Coco),
            ("\u{feff}{\"type\":\"instances\",\"annotations\":{", DocumentKind::Coco),
            (r#"{"videos": [], "categories": []}"#, DocumentKind::Coco),
            (r#"{"info": {}, "categories": {}, "items": []}"#, DocumentKind::Other),
            (r#"{"type":"version","attributes":{"images":[1]}}"#, DocumentKind::Other),
            (r#"{"id":1,"annotations":[{"id":2,"result":[{"#, DocumentKind::Other),
            (r#"{"id":1,"annotations":[],"data":{"image":"a"}}"#, DocumentKind::Other),
            (r#"{"message":"images"}"#, DocumentKind::Other),
            (r#"[{"image_id": 1, "category_id": 2, "bbox": [1"#, DocumentKind::Results),
            (r#"[{"image_id": 1, "caption": "a"}]"#, DocumentKind::Results),
            (r#"[{"id": 1, "annotations": [], "data": {"image_id": 1, "score": 2}}]"#, DocumentKind::Other),
            ("[[]]", DocumentKind::Other),
            ("", DocumentKind::Other),
        ] {
            assert_eq!(kind_of_head(head.as_bytes()), kind, "{head}");
        }
        assert_eq!(kind_of(Path::new("/gone")), DocumentKind::Other);
    }
}
