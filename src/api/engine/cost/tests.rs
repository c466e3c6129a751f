mod model;

use std::fmt::Write;
use std::time::{Duration, Instant};

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use serde_json::json;

use super::*;

/// The introspection query of graphql-js with all options, as GraphiQL sends it.
const INTROSPECTION: &str = include_str!("tests/introspection.graphql");

fn measure_with(query: &str, variables: serde_json::Value, limits: &Limits) -> Result<Cost, CostRefusal> {
    check_text(query, limits)?;
    let document = parse_query(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    check(&document, &Variables::from_json(variables), None, limits)
}

fn measure(query: &str) -> Result<Cost, CostRefusal> {
    measure_with(query, json!({}), &Limits::default())
}

fn cost(query: &str) -> u64 {
    measure(query).unwrap().cost
}

#[track_caller]
fn refused(query: &str, expected: CostLimit) -> CostRefusal {
    let refused = measure(query).expect_err("should be refused");
    match &refused {
        CostRefusal::Over { what, measured, limit } if *what == expected => assert!(measured > limit),
        other => panic!("refused for another reason: {other}"),
    }
    refused
}

#[test]
fn a_field_costs_one_and_a_page_multiplies_what_is_below() {
    assert_eq!(cost("{ a b c }"), 3);
    assert_eq!(cost("{ items(first: 10) { edges { node { id } } } }"), 1 + 10 * 3);
    assert_eq!(cost("{ items(last: 10) { nodes { id } } }"), 1 + 10 * 2);
    assert_eq!(
        cost("{ items(first: 2) { nodes { of(first: 3) { nodes { id } } } } }"),
        1 + 2 * (1 + 1 + 3 * 2)
    );
}

#[test]
fn a_connection_without_a_page_is_taken_at_its_default() {
    assert_eq!(cost("{ items { edges { node { id } } } }"), 1 + DEFAULT_PAGE * 3);
    assert_eq!(cost("{ items { nodes { id } } }"), 1 + DEFAULT_PAGE * 2);
    assert_eq!(
        cost("{ items { ...C } } fragment C on ItemConnection { ... { nodes { id } } }"),
        1 + DEFAULT_PAGE * 2
    );
    // A count alone needs no page.
    assert_eq!(cost("{ items { totalCount } }"), 2);
    // `asked` occurs once with a page, not with each of its entries.
    assert_eq!(
        cost("{ items(first: 10) { nodes { id } asked { notWrong(first: 5) { id } } } }"),
        1 + 10 * 2 + (1 + 1 + 5)
    );
    assert_eq!(
        cost("{ items(first: 10) { ...C } } fragment C on C { nodes { id } asked { wrongCount } }"),
        1 + 10 * 2 + 2
    );
}

#[test]
fn a_lookup_of_many_ids_is_no_connection() {
    assert_eq!(cost(r#"{ at(asOf: {seq: "1"}) { nodes(ids: ["a", "b", "c"]) { id } } }"#), 1 + 1 + 3);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    assert_eq!(measure_with(query, json!({"ids": ["a", "b"]}), &Limits::default()).unwrap().cost, 1 + 2);
    let query = "query($items: [ID!]!) { itemStates(items: $items) { ref head { id } } }";
    let items = json!({"items": ["a", "b", "a"]});
    assert_eq!(measure_with(query, items, &Limits::default()).unwrap().cost, 1 + 3 * 3);
    // Of another field, the argument is no size.
    assert_eq!(cost(r#"{ trainingSetsContaining(items: ["a", "b"]) { totalCount } }"#), 2);
}

#[test]
fn page_sizes_come_from_variables_and_their_defaults() {
    let query = "query($n: Int = 7) { items(first: $n) { nodes { id } } }";
    let with = |variables| measure_with(query, variables, &Limits::default()).map(|cost| cost.cost);
    assert_eq!(with(json!({})), Ok(1 + 7 * 2));
    assert_eq!(with(json!({"n": 3})), Ok(1 + 3 * 2));
    // Null and malformed values are refused elsewhere; here they count as absent.
    assert_eq!(with(json!({"n": null})), Ok(1 + DEFAULT_PAGE * 2));
    assert_eq!(with(json!({"n": "x"})), Ok(1 + DEFAULT_PAGE * 2));
    assert_eq!(with(json!({"n": -5})), Ok(1 + DEFAULT_PAGE * 2));
    assert_eq!(with(json!({"n": 1001})), Err(CostRefusal::Page { argument: "first", asked: 1001 }));
    assert_eq!(cost("{ items(first: 0) { nodes { id } } }"), 1 + 2);
}

#[test]
fn the_results_of_a_commit_are_as_many_as_its_changes() {
    let cost = |query: &str, variables| measure_with(query, variables, &Limits::default()).unwrap().cost;
    let below = "created commit { versions(first: 3) { nodes { id } } } \
                 results { id number } ... { answeredBy { kind } }";
    // The fields of the payload that are no such lists count once.
    let expected = |changes: u64| 1 + (1 + (1 + 1 + 3 * 2)) + (1 + changes * 2) + (1 + changes);
    let literal = format!("mutation {{ commit(input: {{changes: [{{}} {{}}]}}) {{ {below} }} }}");
    assert_eq!(cost(&literal, json!({})), expected(2));
    let query = format!("mutation($c: [C!]!) {{ commit(input: {{changes: $c}}) {{ {below} }} }}");
    assert_eq!(cost(&query, json!({"c": [{}, {}, {}]})), expected(3));
    // A single value is a list of one, and an empty list is refused elsewhere.
    for changes in [json!({}), json!([]), json!(null)] {
        assert_eq!(cost(&query, json!({"c": changes})), expected(1));
    }
    let query = format!("mutation($i: I!) {{ commit(input: $i) {{ {below} }} }}");
    assert_eq!(cost(&query, json!({"i": {"changes": [{}, {}, {}, {}]}})), expected(4));
    for input in [json!({}), json!(null), json!({"changes": {}})] {
        assert_eq!(cost(&query, json!({"i": input})), expected(1));
    }
    let many: Vec<serde_json::Value> = vec![json!({}); 1_000];
    let query = "mutation($c: [C!]!) { commit(input: {changes: $c}) { results { sources(first: 500) { nodes { id } } } } }";
    let refused = measure_with(query, json!({"c": many}), &Limits::default()).unwrap_err();
    assert!(refused.to_string().contains("1001002"), "{refused}");
}

#[test]
fn only_the_operation_that_runs_is_charged() {
    let document = parse_query("query A { a } query B { items(first: 100) { nodes { a b c } } }").unwrap();
    let charge = |name| check(&document, &Variables::default(), name, &Limits::default()).unwrap().cost;
    assert_eq!((charge(Some("A")), charge(Some("B"))), (1, 401));
    assert_eq!((charge(None), charge(Some("C"))), (0, 0));
}

#[test]
fn nested_pages_are_refused_before_they_run() {
    let refused = refused(
        "{ a(first: 1000) { nodes { b(first: 1000) { nodes { c(first: 1000) { nodes { id } } } } } } }",
        CostLimit::Cost,
    );
    let text = refused.to_string();
    assert!(
        text.contains("2002002001 fields") && text.contains("500000") && text.contains("`first`"),
        "{text}"
    );
}

#[test]
fn numbers_saturate() {
    let level = "a(first: 1000) { nodes { ";
    let query = format!("{{ {} id {} }}", level.repeat(10), "} }".repeat(10));
    let limits = Limits { depth: 50, ..Limits::default() };
    let refused = measure_with(&query, json!({}), &limits);
    assert_eq!(
        refused,
        Err(CostRefusal::Over { what: CostLimit::Cost, measured: u64::MAX, limit: limits.cost })
    );
}

#[test]
fn the_introspection_query_is_allowed() {
    let cost = measure(INTROSPECTION).unwrap();
    assert!(cost.depth <= 20, "{cost:?}");
    // Types of types of types are refused.
    let query =
        format!("{{ __schema {{ types {{ {} name {} }} }} }}", "fields { type { ".repeat(5), "} }".repeat(5));
    refused(&query, CostLimit::Cost);
}

#[test]
fn depth_counts_through_fragments() {
    let nested = |levels: usize| format!("{{ {} a {} }}", "a { ".repeat(levels), "}".repeat(levels));
    assert_eq!(measure(&nested(29)).unwrap().depth, 30);
    refused(&nested(30), CostLimit::Depth);
    let split = |levels: usize| {
        format!("{{ {} ...F {} }} fragment F on T {}", "a { ".repeat(levels), "}".repeat(levels), nested(9))
    };
    assert_eq!(measure(&split(19)).unwrap().depth, 30);
    refused(&split(20), CostLimit::Depth);
    // Also if the fragment was measured before at a higher level.
    refused(&format!("query A {{ ...F }} query B {}", split(20)), CostLimit::Depth);
}

/// Creates `length` fragments, each with `width` spreads of the next one.
fn bomb(width: usize, length: usize) -> String {
    let mut query = String::from("{...A0}");
    for i in 0..length {
        let spread = format!("...A{}", i + 1);
        write!(query, "fragment A{i} on Query{{{}}}", spread.repeat(width)).unwrap();
    }
    write!(query, "fragment A{length} on Query{{a}}").unwrap();
    query
}

#[test]
fn fragment_bombs_are_refused_at_once() {
    for (width, length) in [(2, 25), (10, 12), (1000, 3), (50, 20)] {
        let query = bomb(width, length);
        let document = parse_query(&query).unwrap();
        let (variables, limits) = (Variables::default(), Limits::default());
        let start = Instant::now();
        let refused = check(&document, &variables, None, &limits).unwrap_err();
        let took = start.elapsed();
        assert!(matches!(refused, CostRefusal::Over { what: CostLimit::Nodes, .. }), "{refused}");
        // This takes microseconds; an algorithm that follows the expansion would never end.
        assert!(took < Duration::from_millis(50), "{width} {length}: {took:?}");
    }
    // A longer chain is refused for its depth.
    refused(&bomb(2, 60), CostLimit::Depth);
}

#[test]
fn cycles_are_named() {
    let circle =
        measure("{ ...A } fragment A on Q { a { ...B } } fragment B on Q { ...C } fragment C on Q { ...A }");
    assert_eq!(circle, Err(CostRefusal::Circle { path: "A → B → C → A".into() }));
    assert!(measure("{ a } fragment A on Q { ...A }").is_err_and(|refused| !refused.is_limit()));
    // A fragment that is spread twice is no cycle, nor is one that does not exist.
    assert_eq!(cost("{ ...A ...A ...Nope } fragment A on Q { a }"), 2);
}

#[test]
fn floods_are_refused() {
    let many = |n: usize, text: &str| text.repeat(n);
    refused(&format!("{{ {} }}", many(101, "a ")), CostLimit::RootFields);
    refused(
        &format!("{{ r {{ {} }} }}", (0..501).map(|i| format!("a{i}: a ")).collect::<String>()),
        CostLimit::Aliases,
    );
    refused(&format!("{{ a {} }}", many(201, "@skip(if: false) ")), CostLimit::Directives);
    refused(&format!("query {} {{ a }}", many(201, "@x ")), CostLimit::Directives);
    refused(&format!("{{ r {{ {} }} }}", many(5000, "a ")), CostLimit::Nodes);
    refused(&(0..51).map(|i| format!("query Q{i} {{ a }} ")).collect::<String>(), CostLimit::Operations);
    let fragments: String = (0..101).map(|i| format!("fragment F{i} on Q {{ a }} ")).collect();
    refused(&format!("{{ a }} {fragments}"), CostLimit::Fragments);
    let variables: String = (0..201).map(|i| format!("$v{i}: Int ")).collect();
    refused(&format!("query({variables}) {{ a }}"), CostLimit::Variables);
    refused(&format!("{{ a(x: [{}]) }}", many(20_000, "1 ")), CostLimit::Tokens);
    refused(&format!("{{ a }} #{}", many(300_000, "x")), CostLimit::Bytes);
}

#[test]
fn deep_nesting_never_reaches_the_parser() {
    for open in ["{a", "{", "[", "(", "{a(x:[", "{a(x:{y:"] {
        for text in [open.repeat(20_000), format!("{{a(x: {}", open.repeat(10_000))] {
            assert!(matches!(
                check_text(&text, &Limits::default()),
                Err(CostRefusal::Over { what: CostLimit::Nesting, measured: 61, limit: 60 })
            ));
        }
    }
}

#[test]
fn accepted_text_parses_on_a_small_stack() {
    let limits = Limits::default();
    let n = usize::try_from(limits.nesting).unwrap();
    let texts = [
        format!("{}{}", "{a".repeat(n), "}".repeat(n)),
        format!("{{a(x:{}1{})}}", "[".repeat(n - 2), "]".repeat(n - 2)),
        format!("{{a(x:{}1{})}}", "{y:".repeat(n - 2), "}".repeat(n - 2)),
        format!("query($x:{}A{}){{a}}", "[".repeat(n - 1), "]".repeat(n - 1)),
        format!("{}a{}", "{...".repeat(n), "}".repeat(n)),
    ];
    let work = move || {
        for text in texts {
            check_text(&text, &limits).unwrap();
            if let Ok(document) = parse_query(&text) {
                drop(check(&document, &Variables::default(), None, &limits));
            }
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn brackets_in_strings_and_comments_do_not_count() {
    let brackets = "{[(".repeat(100);
    let scan = |text: &str| check_text(text, &Limits::default());
    for text in [
        format!("{{ a(x: \"{brackets}\") }}"),
        format!("{{ a(x: \"\\\"{brackets}\") }}"),
        format!("{{ a(x: \"\"\"{brackets} \\\"\"\" {brackets} \" \"\" \n{brackets}\"\"\") }}"),
        format!("{{ a # {brackets}\n }}"),
        format!("{{ a # \" {brackets}\r }}"),
        "{ a(x: \"\") b(y: \"\"\"\"\"\") }".to_owned(),
    ] {
        assert_eq!(scan(&text), Ok(()), "{text}");
    }
    // Text after a string or a comment counts again.
    for text in [
        format!("{{ a(x: \"\") {brackets}"),
        format!("{{ a(x: \"\\\\\") {brackets}"),
        format!("# \"\n{brackets}"),
        format!("\"\"\"\"\"\"{brackets}"),
        format!("\" \n{brackets}"),
        format!("\"\"{brackets}"),
    ] {
        assert!(scan(&text).is_err(), "{text}");
    }
}

#[test]
fn any_text_can_be_scanned() {
    for text in ["", "\"", "\"\\", "\"\"\"", "\"\"\"\\\"\"\"", "é{", "\u{feff}{a}", "...", "$", "\0", "}}}}"]
    {
        assert_eq!(check_text(text, &Limits::default()), Ok(()), "{text:?}");
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    let refused = refused("{ a a }".replace("a a", &"a ".repeat(101)).as_str(), CostLimit::RootFields);
    assert_eq!(
        refused.to_string(),
        "the operation selects 101 fields at its root, and the limit is 100: split the request, or ask for many ids at once with `nodes`"
    );
    assert!(refused.is_limit());
}
