//! Inputs that are packed, encoded or written in another way than the formats expect.

/// Something that an input is instead of a format, and the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OtherContent {
    /// A phrase that follows the name of the input and "is".
    pub what: &'static str,
    pub remedy: &'static str,
}

const fn other(what: &'static str, remedy: &'static str) -> OtherContent {
    OtherContent { what, remedy }
}

const UTF_16: OtherContent = other(
    "a text in UTF-16",
    "convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE | stemma import -; PowerShell writes UTF-8 with `Out-File -Encoding utf8`",
);

/// First bytes, longer ones before their beginnings.
const MAGIC: [(&[u8], OtherContent); 15] = [
    (
        b"\xff\xfe\0\0",
        other("a text in UTF-32", "convert it to UTF-8: iconv -f UTF-32 -t UTF-8 FILE | stemma import -"),
    ),
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
    (b"\x1f\x8b", other("compressed with gzip", "unpack it: gunzip -c FILE | stemma import -")),
    (b"\x28\xb5\x2f\xfd", other("compressed with zstd", "unpack it: zstd -dc FILE | stemma import -")),
    (b"BZh", other("compressed with bzip2", "unpack it: bunzip2 -c FILE | stemma import -")),
    (b"\xfd7zXZ", other("compressed with xz", "unpack it: xz -dc FILE | stemma import -")),
    (b"PK\x03\x04", other("a ZIP archive", "unpack it, and import the files in it")),
    (b"PARE", other("an encrypted Parquet file", "decrypt it first")),
    (
        b"version https://git-lfs.github.com/spec/",
        other("a pointer of Git LFS, not the file itself", "fetch the file: git lfs pull"),
    ),
    (b"\x89PNG", other("an image", "import the folder of the images")),
    (b"\xff\xd8\xff", other("an image", "import the folder of the images")),
    (
        b"\x1e",
        other(
            "a sequence of JSON texts with record separators (RFC 7464)",
            "remove the separators: tr -d '\\036' < FILE | stemma import -",
        ),
    ),
    (
        b"<",
        other(
            "XML or HTML, and neither Pascal VOC nor CVAT",
            "export it from the tool in one of the formats; a download may be a page with an error",
        ),
    ),
    (b"SQLite format 3\0", other("an SQLite database", "export its tables as NDJSON or Parquet")),
];

/// Beginnings of a text after white space.
const TEXTS: [(&[u8], OtherContent); 4] = [
    (b"#", COMMENT),
    (b"//", COMMENT),
    (b"/*", COMMENT),
    (
        b"<",
        other(
            "XML or HTML, and neither Pascal VOC nor CVAT",
            "export it from the tool in one of the formats; a download may be a page with an error",
        ),
    ),
];

const COMMENT: OtherContent =
    other("a text that begins with a comment, which JSON does not have", "remove the comments");

/// A list of records, for the caller that finds one.
pub(crate) const LIST_OF_RECORDS: OtherContent = other(
    "a list of records, where one record per line is expected",
    "write each record on a line: jq -c '.[]' FILE | stemma import -",
);

/// A record over several lines, for the caller that finds one.
pub(crate) const RECORD_OF_LINES: OtherContent = other(
    "a record over several lines, where each record is on one line",
    "write each record on a line: jq -c . FILE | stemma import -",
);

/// Recognises the content of an input that is none of the formats by its first bytes.
pub(crate) fn other_content(head: &[u8]) -> Option<OtherContent> {
    let text = head.trim_ascii_start();
    let found = MAGIC.iter().find(|(begins, _)| head.starts_with(begins));
    let found = found.or_else(|| TEXTS.iter().find(|(begins, _)| text.starts_with(begins)));
    // A text in UTF-16 without a mark has a zero in every second byte.
    let is_wide = |(first, second)| matches!(head, [a, b, c, d, ..] if [*a == 0, *b == 0, *c == 0, *d == 0] == [first, second, first, second]);
    found
        .map(|(_, other)| *other)
        .or_else(|| (is_wide((true, false)) || is_wide((false, true))).then_some(UTF_16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_and_encoded_inputs_are_named() {
        for (head, what) in [
            (&b"\xff\xfe{\0"[..], Some("a text in UTF-16")),
            (b"\xfe\xff\0{", Some("a text in UTF-16")),
            (b"{\0\"\0a\0", Some("a text in UTF-16")),
            (b"\0{\0\"\0a", Some("a text in UTF-16")),
            (b"\xff\xfe\0\0{\0\0\0", Some("a text in UTF-32")),
            (b"\x1f\x8b\x08", Some("compressed with gzip")),
            (b"PK\x03\x04", Some("a ZIP archive")),
            (b" # records\n{}", Some(COMMENT.what)),
            (b"// records", Some(COMMENT.what)),
            (b"\x1e{}", Some("a sequence of JSON texts with record separators (RFC 7464)")),
            (b"\n<html>", Some("XML or HTML, and neither Pascal VOC nor CVAT")),
            (b"{}", None),
            (b"[1]", None),
            (b"/data", None),
            (b"\0\0\0\0", None),
            (b"", None),
        ] {
            assert_eq!(other_content(head).map(|other| other.what), what, "{head:?}");
        }
    }
}
