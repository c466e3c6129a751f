//! Keys of values have the order and identity of the values; paths and words are as documented.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::samples::attributes;
use crate::domain::canonical::attributes::canonical;
use crate::domain::search::conditions::Conditions;
use crate::domain::search::searchable::{MAX_TEXT, ValueKey, path, whole_value};
use crate::domain::search::selection::Words;

fn text() -> impl Strategy<Value = String> {
    // Around the length at which texts are truncated, often with the same beginning.
    prop_oneof!["[abé\u{10ffff}]{0,4}", "[ab]{63,66}", "a{63}[ab]{0,3}", "a{60}é{0,4}b{0,1}"]
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(-0.0), (-3..3_i32).prop_map(f64::from), -1e15..1e15, -1e-9..1e-9]
}

fn passes(conditions: Conditions, value: &Value) -> bool {
    conditions
        .predicates("a")
        .unwrap()
        .iter()
        .all(|one| one.test.passes(Some(ValueKey::new(value).as_bytes())))
}

fn none() -> Conditions {
    Conditions::default()
}

proptest! {
    #[test]
    fn numbers_are_in_order(a in number(), b in number()) {
        let (key, other) = (ValueKey::new(&json!(a)), ValueKey::new(&json!(b)));
        prop_assert_eq!(Some(key.cmp(&other)), a.partial_cmp(&b));
    }

    #[test]
    fn a_short_value_is_read_from_its_key(number in number(), text in text(), truth in any::<bool>()) {
        for value in [json!(number), json!(text), json!(truth), json!(null), json!([text]), json!({"a": number})] {
            let short = match &value {
                Value::String(text) => text.len() <= MAX_TEXT,
                other => !other.is_array() && !other.is_object(),
            };
            let read = whole_value(ValueKey::new(&value).as_bytes());
            prop_assert_eq!(read.as_ref().map(canonical), short.then(|| canonical(&value)));
        }
    }

    #[test]
    fn texts_are_in_order_of_bounds(value in text(), bound in text().prop_filter("a bound", |text| text.len() <= MAX_TEXT)) {
        let (value_json, bound_json) = (json!(value), Some(json!(bound)));
        prop_assert_eq!(passes(Conditions { at_least: bound_json.clone(), ..none() }, &value_json), value >= bound);
        prop_assert_eq!(passes(Conditions { above: bound_json.clone(), ..none() }, &value_json), value > bound);
        prop_assert_eq!(passes(Conditions { at_most: bound_json.clone(), ..none() }, &value_json), value <= bound);
        prop_assert_eq!(passes(Conditions { below: bound_json, ..none() }, &value_json), value < bound);
    }

    #[test]
    fn unequal_texts_have_unequal_keys(a in text(), b in text()) {
        prop_assert_eq!(ValueKey::new(&json!(a)) == ValueKey::new(&json!(b)), a == b);
    }
}

#[test]
fn a_bound_finds_values_of_its_kind() {
    for value in [json!(null), json!(true), json!("1"), json!([1]), json!({})] {
        assert!(!passes(Conditions { at_least: Some(json!(-5)), ..none() }, &value), "{value}");
        assert!(!passes(Conditions { at_most: Some(json!(1e15)), ..none() }, &value), "{value}");
    }
    for value in [json!(null), json!(true), json!(1), json!(["a"]), json!({})] {
        assert!(!passes(Conditions { at_least: Some(json!("")), ..none() }, &value), "{value}");
        assert!(!passes(Conditions { below: Some(json!("z")), ..none() }, &value), "{value}");
    }
}

#[test]
fn different_paths_are_different_texts() {
    let long = |end: &str| path(&["a".repeat(400).as_str(), end]);
    assert_eq!(path(&["a", "b"]), "a.b");
    assert_eq!(path(&["a.b"]), r"a\.b");
    assert_eq!(path(&[r"a\", "b"]), r"a\\.b");
    assert_ne!(long("b"), long("c"));
    assert_eq!(long("b").len(), 256 + 32);
    assert_ne!(path(&[long("b").as_str()]), long("b"));
}

#[test]
fn attributes_and_their_words() {
    let long = "An Owl at NIGHT, seen from below; nobody knows for how long it had been sitting there.";
    let of = attributes(
        json!({"class": "barn owl", "box": {"x": 1}, "seen": ["Dusk", {"by": "ann"}], "caption": long}),
    );
    let paths: Vec<String> = of.placed().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["box", "box.x", "caption", "class", "seen"]);
    let further = of.further_words();
    assert!(
        ["ann", "dusk", "night", "owl"].iter().all(|word| further.contains(&(*word).to_owned())),
        "{further:?}"
    );
    assert!(!further.contains(&"barn".to_owned()), "short texts are in their values");
}

#[test]
fn the_last_word_may_be_unfinished() {
    let words = |text| Words::new(text).map(|words| (words.whole, words.begun));
    assert_eq!(words("Barn ow"), Some((vec!["barn".into()], Some("ow".into()))));
    assert_eq!(words("owl barn owl "), Some((vec!["barn".into(), "owl".into()], None)));
    assert_eq!(words("-"), None);
}
