use async_graphql::parser::parse_query;
use async_graphql::parser::types::DocumentOperations;
use serde_json::{Value as Json, json};

use super::*;

const SCHEMA: &str = "
    schema { query: Q }
    scalar JSON
    interface Node { id: ID! }
    type A implements Node { id: ID! soft: Int hard: Int! json: JSON b: B hardB: B! list: [B!] softs: [B]! }
    type B implements Node { id: ID! soft: Int hard: Int! a: A }
    type Q { a: A hardA: A! node: Node }
";

/// Returns `data` after the fields at `failed` failed; a path is written `a.list.0.hard`.
#[track_caller]
fn check(query: &str, data: Json, failed: &[&str], expected: Json) {
    let sdl = Sdl::read(SCHEMA).unwrap();
    let document = parse_query(query).unwrap();
    let DocumentOperations::Single(operation) = &document.operations else { panic!() };
    let plan = ShapePlan::new(&document, &operation.node, &sdl);
    let mut value = Value::from_json(data).unwrap();
    let paths: Vec<Vec<PathSegment>> = failed
        .iter()
        .map(|path| {
            path.split('.')
                .map(|s| s.parse().map_or_else(|_| PathSegment::Field(s.to_owned()), PathSegment::Index))
                .collect()
        })
        .collect();
    plan.apply(&mut value, paths.iter().map(Vec::as_slice), None);
    // Compared as text, because the order of fields matters.
    assert_eq!(serde_json::to_string(&value).unwrap(), ordered(&expected));
}

/// Removes the digits in front of names. Tests use them to write expected objects in order, because
/// `serde_json` sorts names.
fn ordered(expected: &Json) -> String {
    let text = expected.to_string();
    (0..=9).fold(text, |text, digit| text.replace(&format!("\"{digit}"), "\""))
}

#[test]
fn a_field_that_failed_is_null() {
    check(
        "{a{soft json}}",
        json!({"a": {"json": 1}}),
        &["a.soft"],
        json!({"a": {"1soft": null, "2json": 1}}),
    );
    check("{x:a{y:soft}}", json!({"x": null}), &["x.y"], json!({"x": {"y": null}}));
    check("{a{soft json}}", json!(null), &["a"], json!({"a": null}));
    check(
        "{a{soft json}}",
        json!({"a": null}),
        &["a.soft", "a.json"],
        json!({"a": {"1soft": null, "2json": null}}),
    );
}

#[test]
fn where_null_may_not_stand_it_goes_up() {
    check("{a{soft hard}}", json!({"a": {"soft": 1}}), &["a.hard"], json!({"a": null}));
    check(
        "{a{hardB{hard} soft}}",
        json!({"a": {"soft": 1, "hardB": null}}),
        &["a.hardB.hard"],
        json!({"a": null}),
    );
    check("{hardA{hard}}", json!({"hardA": null}), &["hardA.hard"], json!(null));
    check("{a{soft} hardA{hard}}", json!({"a": {"soft": 1}}), &["hardA.hard"], json!(null));
    // A nullable field next to a non-null one.
    check("{a{soft hard}}", json!({"a": null}), &["a.soft", "a.hard"], json!({"a": null}));
}

#[test]
fn lists_lose_an_element_or_all() {
    let data = json!({"a": {"softs": [{"soft": 1}, {"soft": 2}]}});
    check("{a{softs{soft hard}}}", data, &["a.softs.1.hard"], json!({"a": {"softs": [{"soft": 1}, null]}}));
    let data = json!({"a": {"list": [{"soft": 1}, {"soft": 2}]}});
    check("{a{list{soft hard}}}", data.clone(), &["a.list.1.hard"], json!({"a": {"list": null}}));
    check("{a{list{soft}}}", data, &["a.list.1.soft"], json!({"a": {"list": [{"soft": 1}, {"soft": null}]}}));
    // The list disappeared with its element.
    check("{a{list{soft}}}", json!({"a": {}}), &["a.list.0"], json!({"a": {"list": null}}));
    check("{a{softs{soft}}}", json!({"a": null}), &["a.softs"], json!({"a": null}));
}

#[test]
fn fields_stand_in_the_order_of_the_query() {
    check(
        "{b:a{soft} a:a{hard}}",
        json!({"a": {"hard": 1}, "b": {"soft": 2}}),
        &[],
        json!({"1b": {"soft": 2}, "2a": {"hard": 1}}),
    );
    check(
        "{node{...on B{soft} id ...F}} fragment F on B{hard soft}",
        json!({"node": {"hard": 1, "id": 2, "soft": 3}}),
        &[],
        json!({"node": {"1soft": 3, "2id": 2, "3hard": 1}}),
    );
    // The inside of a scalar is unchanged, whatever it contains.
    check(
        "{a{soft json}}",
        json!({"a": {"json": {"soft": 1, "json": 2}, "soft": 1}}),
        &[],
        json!({"a": {"1soft": 1, "2json": {"3json": 2, "4soft": 1}}}),
    );
}

#[test]
fn types_are_found_through_conditions() {
    check("{node{...on B{hard} id}}", json!({"node": {"id": 1}}), &["node.hard"], json!({"node": null}));
    check(
        "{node{...on B{soft} id}}",
        json!({"node": {"id": 1}}),
        &["node.soft"],
        json!({"node": {"1soft": null, "2id": 1}}),
    );
    check(
        "{...F} fragment F on Q{hardA{soft}}",
        json!({"hardA": null}),
        &["hardA.soft"],
        json!({"hardA": {"soft": null}}),
    );
    // An unknown field counts as nullable; introspection fields are as the specification defines
    // them.
    check("{nope{a}}", json!({}), &["nope"], json!({"nope": null}));
    check("{__schema{types{name}}}", json!({}), &["__schema"], json!(null));
    check("{__type(name:\"A\"){name}}", json!({}), &["__type"], json!({"__type": null}));
}
