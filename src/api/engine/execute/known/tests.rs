//! Tests of the rule by which a document counts as quick.

use serde_json::{Map, json};

use super::*;
use crate::api::engine::language;

#[test]
fn one_slow_run_ends_a_streak() {
    let sdl = Sdl::read(
        "type Query { one: Int } type Mutation { one: Int } schema { query: Query mutation: Mutation }",
    );
    let sdl = sdl.unwrap();
    let pace = |text: &str, depth| {
        let document = language::parse(text).unwrap().executable;
        let (_, operation) = document.operations.iter().next().unwrap();
        let size = Size { bytes: text.len(), depth };
        let known = KnownDocument::new(&document, &operation.node, VariableFacts::default(), size, &sdl);
        Pace::of(Arc::new(known), &Map::new())
    };
    let quick = |pace: &Pace, times| (0..times).for_each(|_| pace.ran(Duration::from_micros(50)));
    let query = pace("{ one }", 1);
    quick(&query, STREAK - 1);
    assert!(!query.is_quick());
    quick(&query, 1);
    assert!(query.is_quick());
    query.ran(QUICK * 2);
    assert!(!query.is_quick());
    (0..1_000).for_each(|_| quick(&query, 1));
    assert!(query.is_quick());
    for other in [pace("mutation { one }", 1), pace("{ one }", DEEP + 1)] {
        quick(&other, STREAK);
        assert!(!other.is_quick(), "only what reads, and does not nest deep");
    }
    for (variables, single) in [
        (json!({"v": "a", "n": 3, "none": null}), true),
        (json!({"v": "a", "of": ["b"]}), false),
        (json!({"wrong": {"all": {}}}), false),
    ] {
        let again = Pace::of(Arc::clone(&query.known), variables.as_object().unwrap());
        assert_eq!(again.is_quick(), single, "{variables}");
    }
}
