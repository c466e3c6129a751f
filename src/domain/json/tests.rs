use proptest::prelude::*;
use serde_json::json;

use super::*;

fn fails(text: &str) -> JsonError {
    parse(text.as_bytes()).expect_err(text)
}

#[test]
fn reads_what_json_is() {
    let text = br#" {"a": [1, -2, 1.5, 1e3, true, false, null, "\u00e9\n"], "b": {}} "#;
    let expected = json!({"a": [1, -2, 1.5, 1000.0, true, false, null, "é\n"], "b": {}});
    assert_eq!(parse(text), Ok(expected));
    assert_eq!(parse(b"7"), Ok(json!(7)));
    assert_eq!(parse(b"18446744073709551615"), Ok(json!(u64::MAX)));
}

#[test]
fn refuses_duplicate_names_wherever_they_stand() {
    let error = fails(r#"{"variables": {"ids": [0, {"x": 1, "y": 2, "x": 3}]}}"#);
    assert_eq!(error.fault, Fault::Duplicate("x".into()));
    assert_eq!(error.path, "$.variables.ids[1]");
    assert_eq!(error.line, 1);
    assert!(error.to_string().contains("stands twice"), "{error}");
    assert!(matches!(fails(r#"{"a":1,"a":1}"#).fault, Fault::Duplicate(_)));
    // Equal after the escape is read, so equal.
    assert!(matches!(fails(r#"{"a":1,"\u0061":1}"#).fault, Fault::Duplicate(_)));
}

#[test]
fn the_same_name_in_two_objects_is_fine() {
    assert!(parse(br#"[{"a":{"a":1}},{"a":2}]"#).is_ok());
}

#[test]
fn refuses_what_is_too_deep_and_reads_what_just_fits() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert_eq!(fails(&nested(MAX_DEPTH + 1)).fault, Fault::TooDeep);
    assert_eq!(fails(&"[".repeat(1_000_000)).fault, Fault::TooDeep);
    assert_eq!(fails(&r#"{"a":"#.repeat(1_000_000)).fault, Fault::TooDeep);
}

#[test]
fn says_where_a_text_breaks() {
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
    /// On text without duplicates it agrees with the reader everybody uses.
    #[test]
    fn agrees_with_the_plain_reader(value in value()) {
        let text = serde_json::to_vec(&value).unwrap();
        prop_assert_eq!(parse(&text).unwrap(), value);
    }

    /// On any bytes at all it returns, and accepts nothing that the plain reader refuses.
    #[test]
    fn never_accepts_more(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if parse(&bytes).is_ok() {
            prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
        }
    }
}
