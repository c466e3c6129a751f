//! What validation sees of variables, and how long a document counts as quick.

use async_graphql::parser::parse_query;
use async_graphql::parser::types::DocumentOperations;
use serde_json::{Map, Value as Json, json};

use super::*;

fn shape(query: &str, variables: Json) -> Option<Shape> {
    let document = parse_query(query).unwrap();
    let DocumentOperations::Single(operation) = document.operations else { panic!() };
    Shape::of(&operation.node, &Variables::from_json(variables))
}

#[test]
fn values_of_one_kind_have_one_shape() {
    let query = "query($id: ID!, $n: [Int!]) { one }";
    let shape = |variables| shape(query, variables).unwrap();
    assert_eq!(shape(json!({"id": "a", "n": [1]})), shape(json!({"id": "b", "n": [2, 3]})));
    let kinds = [
        json!({"id": "a"}),
        json!({"id": "a", "n": null}),
        json!({"id": "a", "n": 1}),
        json!({"id": "a", "n": -1}),
        json!({"id": "a", "n": 18_446_744_073_709_551_615_u64}),
        json!({"id": "a", "n": 1.5}),
        json!({"id": "a", "n": "1"}),
        json!({"id": "a", "n": true}),
        json!({"id": "a", "n": []}),
        json!({"id": "a", "n": [1]}),
        json!({"id": "a", "n": [1, -1]}),
        json!({"id": "a", "n": [1, "1"]}),
        json!({"id": 1}),
    ];
    for (i, one) in kinds.iter().enumerate() {
        for other in &kinds[..i] {
            assert_ne!(shape(one.clone()), shape(other.clone()), "{one} {other}");
        }
    }
}

#[test]
fn values_that_validation_reads_have_none() {
    for (kind, value) in
        [("Kind", json!("LABEL")), ("Seq", json!("1")), ("[ID]", json!([["a"]])), ("ID", json!({"a": 1}))]
    {
        assert_eq!(shape(&format!("query($x: {kind}) {{ one }}"), json!({"x": value})), None, "{kind}");
    }
    assert!(shape("query($x: Kind) { one }", json!({})).is_some(), "what is missing has no value");
}

#[test]
fn one_slow_run_ends_a_streak() {
    let sdl = Sdl::read(
        "type Query { one: Int } type Mutation { one: Int } schema { query: Query mutation: Mutation }",
    );
    let sdl = sdl.unwrap();
    let pace = |text: &str, depth| {
        let known = Known::new(parse_query(text).unwrap(), text.len());
        let DocumentOperations::Single(operation) = &known.document.operations else { panic!() };
        known.judge(&operation.node, depth, &sdl);
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
