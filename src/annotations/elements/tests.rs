//! Splitting of documents, and the message of each fault.

use std::io::BufReader;

use super::*;

/// Returns the elements of a document that is read in pieces of `piece` bytes.
fn split(text: &str, piece: usize) -> Result<Vec<String>, String> {
    let mut elements = Elements::new(BufReader::with_capacity(piece, text.as_bytes()));
    let mut found = Vec::new();
    let wanted = |section: &str| section != "info";
    loop {
        match elements.next(wanted) {
            Ok(Some(element)) => {
                let text = String::from_utf8(element.text.to_vec()).unwrap();
                found.push(format!("{} {text}", element.place()));
            }
            Ok(None) => {
                assert_eq!(elements.bytes(), text.len() as u64);
                return Ok(found);
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[test]
fn elements_are_split_wherever_the_buffer_ends() {
    let text = r#" {"info": [1, {"a": "]}"}], "x": {"images": [0]}, "images" :[ {"id": 1, "n": "a\"]\\"}, [1,[2]] ,7 , "t\\" ,null], "none": [],
        "annotations": [{"b": [1.5e3, {}]}] } "#;
    let expected = [
        r#"images[0] {"id": 1, "n": "a\"]\\"}"#,
        "images[1] [1,[2]]",
        "images[2] 7",
        r#"images[3] "t\\""#,
        "images[4] null",
        r#"annotations[0] {"b": [1.5e3, {}]}"#,
    ];
    for piece in 1..80 {
        assert_eq!(split(text, piece).unwrap(), expected, "{piece}");
    }
    assert_eq!(split("[1,2]\n", 3).unwrap(), ["[0] 1", "[1] 2"]);
    assert_eq!(split("\u{feff}[{}]", 64).unwrap(), ["[0] {}"]);
    assert_eq!(split("{}", 64).unwrap(), [] as [&str; 0]);
    assert_eq!(split("[ ]", 64).unwrap(), [] as [&str; 0]);
}

#[test]
fn an_invalid_document_is_refused_with_its_position() {
    for (text, said) in [
        ("", "expected a JSON object or list at byte 0, found the end of the document"),
        ("7", "expected a JSON object or list at byte 0, found `7`"),
        ("\u{1}", "expected a JSON object or list at byte 0, found the byte 0x01"),
        ("[1,2", "expected the end of the value at byte 4, found the end of the document"),
        ("[1 2]", "expected `,` or `]` at byte 3, found `2`"),
        ("[1", "expected the end of the value at byte 2, found the end of the document"),
        ("[", "expected a value or `]` at byte 1, found the end of the document"),
        ("{", "expected a field name or `}` at byte 1, found the end of the document"),
        ("[[1]", "expected `,` or `]` at byte 4, found the end of the document"),
        ("[,1]", "expected a value at byte 1, found `,`"),
        (r#"{"a":[],"a":[]}"#, "duplicate field `a` at byte 8 (first at byte 1); remove one of them"),
        ("[1,]", "expected a value at byte 3, found `]`"),
        ("[1]]", "expected the end of the document at byte 3, found `]`"),
        (r#"{"a":[1]"#, "expected `,` or `}` at byte 8, found the end of the document"),
        (r#"{"a":1 "b":2}"#, "expected `,` or `}` at byte 7, found `\"`"),
        (r#"{"a" [1]}"#, "expected `:` at byte 5, found `[`"),
        ("{a:1}", "expected a field name in double quotes at byte 1, found `a`"),
        (r#"{"a":1,}"#, "expected a field name in double quotes at byte 7, found `}`"),
        (r#"{"\x":1}"#, "expected a valid JSON string as a field name at byte 1"),
        (r#"{"a":}"#, "expected a value at byte 5, found `}`"),
        (r#"{"a":[{"b":"c]}"#, "expected the end of the value at byte 15, found the end of the document"),
    ] {
        let refused = split(text, 4).unwrap_err();
        assert_eq!(refused, said, "{text}");
    }
}

#[test]
fn an_element_that_is_too_long_is_refused() {
    let long = format!("{{\"images\":[0,\"{}\"]}}", "x".repeat(LONGEST));
    assert_eq!(split(&long, 4096).unwrap_err(), "images[1] is longer than 16 MiB; split it");
    let unwanted = format!("{{\"info\":[\"{}\"],\"images\":[1]}}", "x".repeat(LONGEST));
    assert_eq!(split(&unwanted, 4096).unwrap(), ["images[0] 1"]);
}

#[test]
fn skipped_fields_are_returned_with_their_type_and_length() {
    let text = r#"{"a": {"x": [1]}, "b": [1], "c" : null , "d": [ ], "e": "t"}"#;
    let mut elements = Elements::new(text.as_bytes());
    let mut found = 0;
    while elements.next(|name| matches!(name, "b" | "d" | "e")).unwrap().is_some() {
        found += 1;
    }
    assert_eq!(found, 1);
    let skipped = elements.skipped().iter();
    let found: Vec<(&str, u8, u64)> =
        skipped.map(|field| (field.name.as_str(), field.first, field.bytes)).collect();
    assert_eq!(found, [("a", b'{', 10), ("c", b'n', 4), ("e", b'"', 3)]);
    assert!(
        elements
            .skipped()
            .iter()
            .all(|field| text.as_bytes()[usize::try_from(field.at).unwrap()] == field.first)
    );
    let mut names: Vec<(u64, &str)> =
        elements.names().iter().map(|(name, at)| (*at, name.as_str())).collect();
    names.sort_unstable();
    assert_eq!(names, [(1, "a"), (18, "b"), (28, "c"), (41, "d"), (51, "e")]);
}
#[test]
fn values_are_a_list_or_one_after_another() {
    let split = |text: &str, piece: usize| {
        let mut elements = Elements::values(BufReader::with_capacity(piece, text.as_bytes()));
        let mut found = Vec::new();
        loop {
            match elements.next(str::is_empty) {
                Ok(Some(element)) => {
                    let text = String::from_utf8(element.text.to_vec()).unwrap();
                    found.push(format!("{} {text}", element.place()));
                }
                Ok(None) => return Ok(found),
                Err(error) => return Err(error.to_string()),
            }
        }
    };
    let expected = [r#"[0] {"a": [1]}"#, r#"[1] {"b": "}{"}"#];
    for text in [
        "\u{feff} {\"a\": [1]}\n{\"b\": \"}{\"}\n\n",
        "{\"a\": [1]}{\"b\": \"}{\"}",
        "[{\"a\": [1]}, {\"b\": \"}{\"}]",
    ] {
        for piece in 3..20 {
            assert_eq!(split(text, piece).unwrap(), expected, "{text}");
        }
    }
    for (text, said) in [
        ("", "expected a JSON object or list at byte 0, found the end of the document"),
        ("id,image", "expected a JSON object or list at byte 0, found `i`"),
        ("{} 7", "expected a JSON object at byte 3, found `7`"),
        ("{} [", "expected a JSON object at byte 3, found `[`"),
        ("{\"a\": 1", "expected the end of the value at byte 7, found the end of the document"),
    ] {
        assert_eq!(split(text, 4).unwrap_err(), said, "{text}");
    }
}
