//! Attributes have one canonical form, independent of the JSON that they were read from.

use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use super::samples::attributes;
use crate::domain::canonical::attributes::{
    Attributes, AttributesError, canonical, check_value, class_leaf, split_path,
};

#[track_caller]
fn check(text: &str, expected: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    match Attributes::new(&value) {
        Ok(attributes) => {
            assert_eq!(attributes.as_str(), expected);
            assert_eq!(Attributes::from_canonical(expected).as_ref(), Ok(&attributes));
        }
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

/// Appendix B of RFC 8785, and the limits of our own rule.
#[test]
fn numbers() {
    for (bits, expected) in [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x3e7a_d7f2_9abc_af48, "1e-7"),
        (0x3fb9_9999_9999_999a, "0.1"),
        (0x433f_ffff_ffff_ffff, "9007199254740991"),
    ] {
        let number = Number::from_f64(f64::from_bits(bits)).unwrap();
        assert_eq!(canonical(&Value::Number(number)), expected);
        assert_eq!(
            serde_json::from_str::<f64>(expected).unwrap().abs().to_bits(),
            bits << 1 >> 1,
            "{expected}"
        );
    }
}

#[test]
fn forms_of_a_number() {
    for form in ["1", "1.0", "1e0", "10e-1", "0.1e1", "1.000"] {
        check(&format!(r#"{{"n":{form}}}"#), r#"{"n":1}"#);
    }
    for form in ["0", "-0", "0.0", "-0.0", "0e9", "-0e-9", "1e-400"] {
        check(&format!(r#"{{"n":{form}}}"#), r#"{"n":0}"#);
    }
    check(r#"{"n":-9007199254740991}"#, r#"{"n":-9007199254740991}"#);
    check(r#"{"n":0.1}"#, r#"{"n":0.1}"#);
    check(r#"{"n":1e-7}"#, r#"{"n":1e-7}"#);
    check(r#"{"n":5e-324}"#, r#"{"n":5e-324}"#);
    check(r#"{"n":0.30000000000000004}"#, r#"{"n":0.30000000000000004}"#);
}

/// Refused even if the text is the shortest form of its double: 2^53 + 1 is read as 2^53.
#[test]
fn numbers_beyond_what_json_carries_are_refused() {
    let number = |shown: &str, path: &str| {
        format!("the number {shown} at {path:?} is beyond ±(2^53 - 1); write it as a string")
    };
    for (text, shown) in [
        ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740993"),
        ("-9007199254740992", "-9007199254740992"),
        ("18446744073709551615", "18446744073709551615"),
        ("9007199254740992.0", "9007199254740992.0"),
        ("1e21", "1e+21"),
        ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ] {
        check(&format!(r#"{{"n":{text}}}"#), &number(shown, "n"));
    }
    check(r#"{"a":{"b":[0,{"c":1e16}]}}"#, &number("1e+16", "a.b[1].c"));
    assert_eq!(check_value(&json!(1e16)).unwrap_err().to_string(), number("1e+16", ""));
    assert_eq!(check_value(&json!("1e16")), Ok(()));
}

/// The examples of RFC 8785, 3.2.2 and 3.2.3, except for the number 1E30.
#[test]
fn texts() {
    check(
        r#"{"numbers":[333333333.33333329,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}"#,
        r#"{"literals":[null,true,false],"numbers":[333333333.3333333,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#,
    );
    // Names are sorted by UTF-16 code units: the smiley, a surrogate pair, before U+FB33.
    check(
        r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#,
        "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}",
    );
    check(r#"{"é":"é","e\u0301":"\u0007"}"#, "{\"e\u{301}\":\"\\u0007\",\"é\":\"é\"}");
}

#[test]
fn refusals() {
    for (value, expected) in [
        (json!(null), "expected attributes to be a JSON object, found null"),
        (json!([]), "expected attributes to be a JSON object, found a list"),
        (json!("{}"), "expected attributes to be a JSON object, found a string"),
        (json!(true), "expected attributes to be a JSON object, found a boolean"),
        (json!(1), "expected attributes to be a JSON object, found a number"),
        (json!({"$a": 1}), "attribute name \"$a\" begins with `$`, which is reserved; choose another name"),
        (
            json!({"a": "x".repeat(65_536)}),
            "attributes have 65544 bytes, the limit is 65536; put large content into a payload",
        ),
        (
            (0..257).map(|n| (n.to_string(), json!(n))).collect::<Map<_, _>>().into(),
            "attributes have 257 names, the limit is 256; put large content into a payload",
        ),
        (
            nested(33),
            "attributes have 33 levels of nesting, the limit is 32; put large content into a payload",
        ),
    ] {
        assert_eq!(Attributes::new(&value).unwrap_err().to_string(), expected);
    }
    assert!(Attributes::new(&nested(31)).is_ok());
    assert!(Attributes::new(&json!({"a": {"$b": 1}})).is_ok(), "only our own level has reserved names");
    assert_eq!(
        check_value(&nested(2_000)).unwrap_err(),
        AttributesError::Limit { what: "levels of nesting", given: 33, limit: 32 }
    );
}

/// Returns an object with a number at this many levels of nesting.
fn nested(levels: usize) -> Value {
    let mut value = json!(1);
    for _ in 0..levels {
        let mut map = Map::new();
        map.insert("a".to_owned(), value);
        value = Value::Object(map);
    }
    value
}

#[test]
fn only_canonical_text_comes_back_from_a_store() {
    for text in
        ["", "{", "[]", "{} ", r#"{"b":1,"a":2}"#, r#"{"a":1.0}"#, r#"{"a":1,"a":1}"#, r#"{"a":"\u0061"}"#]
    {
        assert!(Attributes::from_canonical(text).is_err(), "{text}");
    }
    assert_eq!(Attributes::from_canonical("{}"), Ok(Attributes::empty()));
}

#[test]
fn classes() {
    let of = attributes(json!({"class": ["cat", 7, "cat"], "box": {"x": 1.0}}));
    let mut classes = vec![class_leaf(&json!("cat")), class_leaf(&json!(7.0))];
    classes.sort_unstable();
    assert_eq!(of.classes(), classes);
    assert_eq!(attributes(json!({"class": "cat"})).classes(), [class_leaf(&json!("cat"))]);
    assert!(attributes(json!({"class": null})).classes().is_empty());
    assert!(Attributes::empty().classes().is_empty());
}

#[test]
fn paths() {
    for (path, expected) in [
        ("a", vec!["a"]),
        ("a.b", vec!["a", "b"]),
        (r"a\.b", vec!["a.b"]),
        (r"a\\.b", vec![r"a\", "b"]),
        (r"a\b", vec![r"a\b"]),
        (r"a\", vec![r"a\"]),
        ("", vec![""]),
        (".", vec!["", ""]),
        ("a..b", vec!["a", "", "b"]),
        ("ö.€", vec!["ö", "€"]),
    ] {
        assert_eq!(split_path(path), expected, "{path:?}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(|n| Value::from(n % 9_007_199_254_740_991.0)),
        prop::num::f64::SUBNORMAL.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    one.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[^$].{0,3}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[^$].{0,3}", value(), 0..5)
        .prop_map(|map| Value::Object(map.into_iter().collect()))
}

/// Writes JSON in an unusual form: names in another order, white space, escapes, long forms of
/// numbers.
fn untidy(value: &Value, seed: u64) -> String {
    let space = [" ", "", "\n", "\t "][(seed % 4) as usize];
    let next = seed.rotate_left(7).wrapping_mul(31);
    match value {
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(|value| untidy(value, next)).collect();
            format!("[{space}{}{space}]", all.join(","))
        }
        Value::Object(map) => {
            let name = |name: &str| untidy(&Value::from(name), next);
            let mut all: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}{space}:{}", name(key), untidy(value, next)))
                .collect();
            all.reverse();
            let place = next as usize % all.len().max(1);
            all.rotate_left(place);
            format!("{{{space}{}}}", all.join(&format!(",{space}")))
        }
        Value::String(text) if seed.is_multiple_of(3) => {
            let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            format!("\"{escaped}\"")
        }
        Value::Number(number) if number.is_i64() && seed.is_multiple_of(2) => format!("{number}.0"),
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn every_json_form_gives_the_canonical_form(value in object(), seed in any::<u64>()) {
        let attributes = Attributes::new(&value).unwrap();
        let again: Value = serde_json::from_str(&untidy(&value, seed)).unwrap();
        prop_assert_eq!(&Attributes::new(&again).unwrap(), &attributes);
        prop_assert_eq!(Attributes::new(&again).unwrap().placed(), attributes.placed());
        prop_assert_eq!(Attributes::new(&again).unwrap().further_words(), attributes.further_words());
    }

    #[test]
    fn the_canonical_form_is_stable(value in object()) {
        let attributes = Attributes::new(&value).unwrap();
        prop_assert_eq!(Attributes::from_canonical(attributes.as_str()), Ok(attributes.clone()));
        prop_assert_eq!(Attributes::new(&Value::Object(attributes.to_map())), Ok(attributes));
    }

    #[test]
    fn unequal_values_have_unequal_forms(a in value(), b in value()) {
        let same = |a: &Value, b: &Value| untidy(a, 1) == untidy(b, 1);
        // Numbers are compared by value, not by representation.
        if !same(&a, &b) && !a.to_string().contains("e") && !b.to_string().contains(".0") && !a.to_string().contains(".0") {
            prop_assert_ne!(canonical(&a), canonical(&b));
        }
    }

    #[test]
    fn joined_paths_split_again(names in prop::collection::vec(r"[a.\\é]{0,5}", 1..5)) {
        let escaped: Vec<String> =
            names.iter().map(|name| name.replace('\\', r"\\").replace('.', r"\.")).collect();
        prop_assert_eq!(split_path(&escaped.join(".")), names);
    }
}
