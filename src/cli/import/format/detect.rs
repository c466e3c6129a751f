//! Which format an input has, told from its first bytes.

use std::io::{self, Read};

use super::input::Format;

/// How much of an input is looked at.
const MOST: usize = 256 * 1024;

/// Names that begin lists of a COCO file.
const COCO: [&[u8]; 3] = [b"images", b"annotations", b"categories"];

/// Reads as much of the input as tells its format; what was read, and the format where it is one of ours.
pub(in crate::cli::import) fn detect(input: &mut impl Read) -> io::Result<(Vec<u8>, Option<Format>)> {
    let mut head = Vec::new();
    let mut chunk = vec![0; 8 * 1024];
    loop {
        let read = match input.read(&mut chunk) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        head.extend_from_slice(&chunk[..read]);
        let whole = read == 0 || head.len() >= MOST;
        match format(&head) {
            Told::Format(format) => return Ok((head, Some(format))),
            Told::Nothing => return Ok((head, None)),
            // Records have no end of their lines' lengths, and a COCO file names its lists early.
            Told::NotYet if whole && first(&head) == Some(b'{') => return Ok((head, Some(Format::Ndjson))),
            // An empty input holds no records.
            Told::NotYet if whole && first(&head).is_none() => return Ok((head, Some(Format::Ndjson))),
            Told::NotYet if whole => return Ok((head, None)),
            Told::NotYet => {}
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Format(Format),
    /// No format of ours begins so.
    Nothing,
    /// More is needed.
    NotYet,
}

fn format(head: &[u8]) -> Told {
    if head.len() < 4 && b"PAR1".starts_with(head) {
        return Told::NotYet;
    }
    if head.starts_with(b"PAR1") {
        return Told::Format(Format::Parquet);
    }
    match first(head) {
        None => Told::NotYet,
        Some(b'[') => Told::Format(Format::LabelStudio),
        Some(b'{') => object(without_mark(head)),
        Some(_) => Told::Nothing,
    }
}

/// The first byte that is no white space.
fn first(head: &[u8]) -> Option<u8> {
    without_mark(head).iter().copied().find(|byte| !byte.is_ascii_whitespace())
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)
}

/// Whether the object that begins here is a record or a document of lists: by the names that it has itself.
fn object(head: &[u8]) -> Told {
    let (mut depth, mut text, mut escaped) = (0_u32, None, false);
    for (place, byte) in head.iter().enumerate() {
        if let Some(start) = text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    let after = head[place + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
                    if depth == 1 && after == Some(&b':') && COCO.contains(&&head[start..place]) {
                        return Told::Format(Format::Coco);
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
            b'}' | b']' if depth <= 1 => return Told::Format(Format::Ndjson),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    Told::NotYet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_tell_their_format() {
        for (head, told) in [
            (&b"PAR1\x15"[..], Told::Format(Format::Parquet)),
            (b"PA", Told::NotYet),
            (b"\xef\xbb\xbf [", Told::Format(Format::LabelStudio)),
            (b" {\"info\": {\"images\": 1}, \"images\" :", Told::Format(Format::Coco)),
            (b"{\"type\":\"instances\",\"annotations\":[", Told::Format(Format::Coco)),
            (b"{\"info\": {}, \"images\"", Told::NotYet),
            (b"{\"type\":\"version\",\"attributes\":{\"images\":[1]}}\n", Told::Format(Format::Ndjson)),
            (b"{\"type\":\"version\",\"message\":\"images\"}", Told::Format(Format::Ndjson)),
            (b"{\"a\\\"images\": 1", Told::NotYet),
            (b"   ", Told::NotYet),
            (b"\x89PNG", Told::Nothing),
        ] {
            assert_eq!(format(head), told, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_long_record_is_a_record() {
        let line = format!("{{\"type\":\"version\",\"message\":\"{}\"}}", "x".repeat(2 * MOST));
        let (head, told) = detect(&mut line.as_bytes()).unwrap();
        assert_eq!(told, Some(Format::Ndjson));
        assert!(line.as_bytes().starts_with(&head) && head.len() < line.len());
        assert_eq!(detect(&mut &b" "[..]).unwrap().1, Some(Format::Ndjson));
        assert_eq!(detect(&mut &b"PA"[..]).unwrap().1, None);
    }
}
