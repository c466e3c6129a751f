use proptest::prelude::*;
use serde_json::json;

use super::*;

fn fails(text: &str) -> JsonError {
    parse(text.as_bytes()).expect_err(text)
}

#[test]
fn reads_json() {
    let text = br#" {"a": [1, -2, 1.5, 1e3, true, false, null, "\u00e9\n"], "b": {}} "#;
    let expected = json!({"a": [1, -2, 1.5, 1000.0, true, false, null, "é\n"], "b": {}});
    assert_eq!(parse(text), Ok(expected));
    assert_eq!(parse(b"7"), Ok(json!(7)));
    assert_eq!(parse(b"18446744073709551615"), Ok(json!(u64::MAX)));
}

#[test]
fn refuses_duplicate_names_at_any_depth() {
    let error = fails(r#"{"variables": {"ids": [0, {"x": 1, "y": 2, "x": 3}]}}"#);
    assert_eq!(error.fault, Fault::Duplicate("x".into()));
    assert_eq!(error.path, "$.variables.ids[1]");
    assert_eq!(error.line, 1);
    assert!(error.to_string().contains("duplicate name"), "{error}");
    assert!(matches!(fails(r#"{"a":1,"a":1}"#).fault, Fault::Duplicate(_)));
    // Equal after the escape is decoded.
    assert!(matches!(fails(r#"{"a":1,"\u0061":1}"#).fault, Fault::Duplicate(_)));
}

#[test]
fn the_same_name_in_two_objects_is_fine() {
    assert!(parse(br#"[{"a":{"a":1}},{"a":2}]"#).is_ok());
}

#[test]
fn limits_nesting() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(fails(&nested(MAX_DEPTH + 1)).fault, Fault::TooDeep);
    assert_eq!(fails(&"[".repeat(1_000_000)).fault, Fault::TooDeep);
    assert_eq!(fails(&r#"{"a":"#.repeat(1_000_000)).fault, Fault::TooDeep);
}

#[test]
fn reports_the_position_of_an_error() {
    let error = fails("{\n  \"a\": [1,\n  oops]}");
    assert_eq!((error.line, error.path.as_str()), (3, "$.a[1]"));
    assert_eq!(error.fault, Fault::Syntax("expected value".into()));
    for text in
        ["", "{", "[1,]", "{\"a\":1} x", "'a'", "NaN", "01", "1e999", "\"\\ud800\"", "{1:2}", "\u{feff}1"]
    {
        assert!(matches!(fails(text).fault, Fault::Syntax(_)), "{text}");
    }
    assert!(parse(b"\"\xff\"").is_err());
}

#[test]
fn common_mistakes_are_named() {
    for (text, expected) in [
        (&br#"{"n":NaN}"#[..], "expected a value, found NaN, which JSON does not have; write null"),
        (b"[1, -Infinity]", "expected a value, found -Infinity, which JSON does not have; write null"),
        (b"[None]", "expected a value, found None, which JSON does not have; write null"),
        (b"{\"a\":\n  True}", "expected a value, found True, which JSON does not have; write true"),
        (
            b"[1,]",
            "expected a value or name after the comma, found the end of the list or object; remove the comma",
        ),
        (
            b"{\"a\":1,}",
            "expected a value or name after the comma, found the end of the list or object; remove the comma",
        ),
        (b"{} // done", "found a comment, which JSON does not have; remove it"),
        (b"# records\n{}", "found a comment, which JSON does not have; remove it"),
        (b"{\"a\": /* one */ 1}", "found a comment, which JSON does not have; remove it"),
        (b"['a']", "expected value, found a single quote; JSON has double quotes"),
        (b"\0\0", "expected value, found the byte 0x00"),
        (
            b"\"caf\xe9\"",
            "expected UTF-8, found the byte 0xe9; the text is in another encoding, such as Windows-1252: convert it",
        ),
        (
            br#""\ud83d""#,
            "unexpected end of hex escape: half of a character in `\\u…`; write the whole character",
        ),
        (b"oops", "expected value"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.fault, Fault::Syntax(expected.to_owned()), "{}", String::from_utf8_lossy(text));
    }
}

/// A meter that counts and never refuses.
struct CountingMeter(usize);

impl Meter for CountingMeter {
    fn admits(&mut self, bytes: usize) -> bool {
        self.0 += bytes;
        true
    }
}

#[test]
fn values_are_counted_while_they_are_built() {
    let counted = |text: &str| {
        let mut counter = CountingMeter(0);
        parse_within(text.as_bytes(), &mut counter).unwrap();
        counter.0
    };
    let small = counted(&format!("[{}]", vec![r#"{"a":1}"#; 1_000].join(",")));
    assert!((650_000..900_000).contains(&small), "small objects need far more than their text: {small}");
    let numbers = counted(&format!("[{}]", vec!["1"; 10_000].join(",")));
    assert_eq!(numbers, 10_000 * 64);
    let text = counted(&format!("[\"{}\"]", "x".repeat(100_000)));
    assert!((100_000..101_000).contains(&text), "a long text needs its length: {text}");
    let wide: Vec<String> = (0..1_000).map(|i| format!("\"n{i}\":0")).collect();
    let wide = counted(&format!("{{{}}}", wide.join(",")));
    assert!((100_000..200_000).contains(&wide), "members beyond the first need more nodes: {wide}");
    for text in ["1", "[]", "{}", r#"{"a":[1,"two",{"b":null,"c":[true]}],"d":{}}"#] {
        assert_eq!(counted(text), memory_of(&parse(text.as_bytes()).unwrap()), "{text}");
    }
}

#[test]
fn too_much_memory_is_refused_early() {
    let error = fails(&format!("{{\"list\": [{}]}}", vec!["{\"a\":{}}"; 2_000_000].join(",")));
    assert_eq!(error.fault, Fault::TooLarge);
    assert!(error.path.starts_with("$.list["), "{error}");
    assert!(error.to_string().contains("send fewer"), "{error}");
    for room in [0, 1_000, 20_000] {
        let text = format!("[{}]", vec!["{\"a\":1}"; 100].join(","));
        let refused = parse_within(text.as_bytes(), &mut Allowance(room)).unwrap_err();
        assert_eq!(refused.fault, Fault::TooLarge, "{room}");
    }
}

#[test]
fn a_lenient_reader_takes_the_last_of_equal_names() {
    let text = br#"{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}"#;
    let read = parse_lenient(text, &mut CountingMeter(0));
    assert_eq!(read, Ok(json!({"a": 3, "b": {"c": 2}})));
    assert!(parse_within(text, &mut CountingMeter(0)).is_err());
    assert!(parse_lenient(b"{\"a\": }", &mut CountingMeter(0)).is_err());
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|n| json!(n)),
        ".{0,8}".prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::btree_map(".{0,4}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Agrees with `serde_json` on text without duplicate names.
    #[test]
    fn agrees_with_the_plain_reader(value in value()) {
        let text = serde_json::to_vec(&value).unwrap();
        prop_assert_eq!(parse(&text).unwrap(), value);
    }

    /// Returns for any bytes, and accepts nothing that `serde_json` refuses.
    #[test]
    fn never_accepts_more(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if parse(&bytes).is_ok() {
            prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
        }
    }
}
