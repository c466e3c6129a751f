//! The grammar: values, positions and refusals.

use async_graphql::Value;
use async_graphql::parser::types::Selection;
use serde_json::json;

use super::super::*;

/// Returns the value of the first argument of the only field.
fn literal(text: &str) -> Value {
    let document = parse(&format!("{{ f(x: {text}) }}")).map_err(|errors| errors[0].message.clone()).unwrap();
    let (_, operation) = document.executable.operations.iter().next().unwrap();
    let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else { panic!() };
    field.node.arguments[0].1.node.clone().into_const().unwrap()
}

fn error(text: &str) -> (String, Vec<(usize, usize)>) {
    let errors = parse(text).map(drop).expect_err(text);
    let places = errors[0].locations.iter().map(|place| (place.line, place.column)).collect();
    (errors[0].message.clone(), places)
}

#[test]
fn strings_have_the_values_of_the_specification() {
    for (text, value) in [
        (r#""""#, ""),
        (r#""a b""#, "a b"),
        (r#""\" \\ \/ \b \f \n \r \t""#, "\" \\ / \u{8} \u{c} \n \r \t"),
        (r#""\u00e9 \u00E9""#, "é é"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""\uD83D\uDE00!""#, "😀!"),
        (r#""\u{1f600}\u{0041}\u{000e9}""#, "😀Aé"),
        ("\"é😀 # , ...\"", "é😀 # , ..."),
        (r#""""plain""""#, "plain"),
        (r#""""a \""" b \n""""#, "a \"\"\" b \\n"),
        ("\"\"\"\n    a\n      b\n\n    c\n  \"\"\"", "a\n  b\n\nc"),
        ("\"\"\"first\n    a\r\n\t  b\r    c\"\"\"", "first\n a\n\t  b\n c".replace("\t  b", "b").as_str()),
        ("\"\"\"\n\n  \n\"\"\"", ""),
    ] {
        // A tab and a blank count as one character each: the least indented line decides.
        assert_eq!(literal(text), Value::String(value.to_owned()), "{text}");
    }
}

#[test]
fn numbers_and_names_have_the_values_of_the_specification() {
    for (text, value) in [
        ("0", json!(0)),
        ("-0", json!(0)),
        ("-12", json!(-12)),
        ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
        ("1.50", json!(1.5)),
        ("1e3", json!(1000.0)),
        ("-1.5E-2", json!(-0.015)),
        ("true", json!(true)),
        ("null", json!(null)),
        ("[1, 2 3,,]", json!([1, 2, 3])),
        ("{a: {}, b: []}", json!({"a": {}, "b": []})),
    ] {
        assert_eq!(literal(text).into_json().unwrap(), value, "{text}");
    }
    assert_eq!(literal("RED"), Value::Enum(Name::new("RED")));
}

#[test]
fn what_is_not_in_the_grammar_is_refused_with_its_place() {
    for (text, message, place) in [
        ("", "expected an operation", None),
        ("{ a", "expected a field, `...` or `}`, found the end of the text", Some((1, 4))),
        ("{ }", "expected a field, `...` or `}`, found `}`", Some((1, 3))),
        ("{ a() }", "expected the name of an argument, found `)`", Some((1, 5))),
        ("query () { a }", "expected `$`, found `)`", Some((1, 8))),
        ("query($a: [Int) { a }", "expected `]`, found `)`", Some((1, 15))),
        ("query($a: Int = $b) { a }", "expected a value without variables, found `$`", Some((1, 17))),
        ("{ a(x: 01) }", "without a leading 0", Some((1, 8))),
        ("{ a(x: 1.) }", "expected a digit", Some((1, 10))),
        ("{ a(x: 1x) }", "expected the end of a number", Some((1, 9))),
        ("{ a(x: -) }", "expected a digit", Some((1, 9))),
        ("{ a(x: 1e999) }", "a number that fits into 64 bits", Some((1, 8))),
        ("{\n  é\n}", "found 'é'", Some((2, 3))),
        ("{ a(é: \"é", "found 'é'", Some((1, 5))),
        ("{\r\n a(x: \"b\n\") }", "expected `\"` at the end of a string", Some((2, 9))),
        ("{ a(x: \"\"\"b) }", "expected `\"\"\"` at the end of a block string", None),
        (r#"{ a(x: "\q") }"#, "expected an escape such as", Some((1, 9))),
        (r#"{ a(x: "\ud83d") }"#, "expected an escape of a Unicode character", Some((1, 9))),
        (r#"{ a(x: "\ude00\ud83d") }"#, "expected an escape of a Unicode character", Some((1, 9))),
        (r#"{ a(x: "\u{110000}") }"#, "expected an escape of a Unicode character", Some((1, 9))),
        (r#"{ a(x: "\u{d800}") }"#, "expected an escape of a Unicode character", Some((1, 9))),
        (r#"{ a(x: "\u12") }"#, "expected an escape of a Unicode character", Some((1, 9))),
        ("{ a .. b }", "found '.'", Some((1, 5))),
        ("fragment on on A { a }", "the name of a fragment, found `on`", Some((1, 10))),
        ("fragment F on A { a }", "expected an operation, found none", None),
        (
            "type A { a: Int }",
            "expected `{`, `query`, `mutation`, `subscription` or `fragment`, found `type`",
            Some((1, 1)),
        ),
        ("{ a } { b }", "expected every operation", Some((1, 7))),
        ("{ a } query B { b }", "expected every operation", Some((1, 13))),
        ("query A { a } query A { b }", "expected operations with different names", Some((1, 21))),
        (
            "{ ...F } fragment F on A { a } fragment F on A { b }",
            "expected fragments with different names",
            Some((1, 41)),
        ),
    ] {
        let (found, places) = error(text);
        assert!(found.contains(message), "{text}: {found}");
        assert!(place.is_none_or(|place| places == [place]), "{text}: {places:?}");
    }
}

#[test]
fn places_are_counted_in_lines_and_characters() {
    let document = parse("# é\r\n\u{feff}{ é: a }").map(drop).expect_err("é is no name");
    assert_eq!(document[0].locations[0], Location { line: 2, column: 4 });
    let document = parse("\r{ \n\r\n\tabc(x: \"😀\") def }").map_err(drop).unwrap();
    let (_, operation) = document.executable.operations.iter().next().unwrap();
    let places: Vec<_> =
        operation.node.selection_set.node.items.iter().map(|item| (item.pos.line, item.pos.column)).collect();
    assert_eq!(places, [(4, 2), (4, 14)]);
}
