use serde_json::{Value as Json, json};

use crate::api::engine::outcome::{Class, Outcome};
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::api::engine::sample::executor;
use crate::domain::principal::Principal;

fn answer(ask: Ask, allow: Allow) -> (Class, Json) {
    let caller = Caller::here(Principal::named("ada").unwrap(), allow);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let Outcome { class, body, .. } = runtime.block_on(executor().execute(ask, caller));
    (class, serde_json::from_slice(&body).unwrap())
}

fn ask(query: &str, variables: Json) -> Ask {
    let Json::Object(variables) = variables else { panic!() };
    Ask { query: query.to_owned(), variables, ..Ask::default() }
}

#[track_caller]
fn runs(query: &str, variables: Json, expected: Json) {
    let (class, body) = answer(ask(query, variables), Allow::Mutations);
    assert_eq!((class, body), (Class::Executed, json!({ "data": expected })), "{query}");
}

#[track_caller]
fn fails(query: &str, variables: Json, code: &str, message: &str) -> Json {
    let (class, body) = answer(ask(query, variables), Allow::Mutations);
    assert!(matches!(class, Class::Failed { code: found, .. } if found.as_str() == code), "{class:?} {body}");
    assert!(body.get("data").is_none(), "{body}");
    let error = body["errors"][0].clone();
    assert_eq!(error["extensions"]["code"], code);
    assert!(error["message"].as_str().unwrap().contains(message), "{error}");
    error
}

#[test]
fn runs_queries_and_mutations_for_a_principal() {
    runs("{ me one }", json!({}), json!({"me": "ada", "one": 1}));
    runs("mutation { write }", json!({}), json!({"write": 1}));
    runs("query A { pause(ms: 2) }", json!({}), json!({"pause": 2}));
}

#[test]
fn a_mutation_does_not_run_where_only_queries_may() {
    let (class, body) = answer(ask("mutation { write }", json!({})), Allow::Queries);
    assert_eq!(class, Class::NotOverThisMethod);
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    assert_eq!(answer(ask("{ one }", json!({})), Allow::Queries).0, Class::Executed);
}

#[test]
fn the_operation_is_found_by_name() {
    let named = |query: &str, name: Option<&str>| {
        let ask = Ask { operation_name: name.map(str::to_owned), ..ask(query, json!({})) };
        answer(ask, Allow::Mutations)
    };
    let two = "query A { one } query B { me }";
    assert_eq!(named(two, Some("B")).1, json!({"data": {"me": "ada"}}));
    for (query, name, message) in [
        (two, None, "`operationName` is required for a document with several operations: give one of A, B"),
        (two, Some("C"), "no operation named \"C\"; it has A, B"),
        ("{ one }", Some("C"), "leave `operationName` out"),
    ] {
        let (class, body) = named(query, name);
        assert!(matches!(class, Class::Failed { .. }));
        assert_eq!(body["errors"][0]["extensions"]["code"], "OPERATION_RESOLUTION_FAILURE");
        assert!(body["errors"][0]["message"].as_str().unwrap().contains(message), "{body}");
    }
}

#[test]
fn errors_before_the_run_name_their_step() {
    let error = fails("{ one", json!({}), "GRAPHQL_PARSE_FAILED", "not GraphQL: expected");
    assert_eq!(error["locations"], json!([{"line": 1, "column": 6}]));
    fails("", json!({}), "GRAPHQL_PARSE_FAILED", "not GraphQL");
    fails("fragment F on Query { one }", json!({}), "GRAPHQL_PARSE_FAILED", "operation");
    fails("{ nope }", json!({}), "GRAPHQL_VALIDATION_FAILED", "unknown field `nope` of type `Query`");
    fails("query($x: Int) { one }", json!({}), "GRAPHQL_VALIDATION_FAILED", "not used");
    fails(
        "{ ...F } fragment F on Query { ...F }",
        json!({}),
        "GRAPHQL_VALIDATION_FAILED",
        "contain themselves",
    );
    fails("subscription { one }", json!({}), "BAD_REQUEST", "over a WebSocket");
    let error = fails(
        &format!("{{ {} }}", "one ".repeat(200)),
        json!({}),
        "GRAPHQL_VALIDATION_FAILED",
        "limit is 100",
    );
    assert_eq!(error["extensions"]["reason"], "LIMIT_EXCEEDED");
    let error = fails(&"{a".repeat(100_000), json!({}), "GRAPHQL_VALIDATION_FAILED", "brackets");
    assert_eq!(error["extensions"]["reason"], "LIMIT_EXCEEDED");
}

#[test]
fn invalid_values_are_errors_of_the_caller() {
    let query = "query($x: Int!) { echo(x: $x) }";
    fails(query, json!({}), "BAD_USER_INPUT", "`$x` of type `Int!` is required");
    fails(query, json!({"x": null}), "BAD_USER_INPUT", "must not be null");
    fails(query, json!({"x": "abc"}), "BAD_USER_INPUT", "expected a whole number from");
    fails(
        "query($x: [Nope] = [1]) { ranks(roles: $x) }",
        json!({}),
        "GRAPHQL_VALIDATION_FAILED",
        "unknown type `Nope`",
    );
    let error = fails(query, json!({"x": 3_000_000_000_u64}), "BAD_USER_INPUT", "found 3000000000");
    assert_eq!(error["locations"], json!([{"line": 1, "column": 7}]));
    runs(query, json!({"x": 3.0}), json!({"echo": 3}));
}

#[test]
fn many_errors_are_limited_without_duplicates() {
    let query = format!("{{ {} }}", (0..99).map(|i| format!("nope{i} ")).collect::<String>());
    let (_, body) = answer(ask(&query, json!({})), Allow::Mutations);
    let errors = body["errors"].as_array().unwrap();
    assert_eq!((errors.len(), errors[50]["message"].as_str().unwrap()), (51, "49 more errors are not shown"));
    let (_, body) = answer(ask("{ echo(y: 1) }", json!({})), Allow::Mutations);
    assert_eq!(body["errors"].as_array().unwrap().len(), 1, "{body}");
}

#[test]
fn errors_of_resolvers_keep_their_message_only_with_a_code() {
    let (class, body) = answer(ask("{ one missing leaks }", json!({})), Allow::Mutations);
    assert_eq!((class, &body["data"]), (Class::Executed, &json!({"one": 1, "missing": null, "leaks": null})));
    let errors = body["errors"].as_array().unwrap();
    let of = |field: &str| errors.iter().find(|error| error["path"] == json!([field])).unwrap();
    assert_eq!(of("missing")["message"], "no such thing");
    assert_eq!(of("missing")["extensions"], json!({"code": "BAD_USER_INPUT", "reason": "NOT_FOUND"}));
    assert_eq!(of("leaks")["extensions"], json!({"code": "INTERNAL_SERVER_ERROR"}));
    assert!(!body.to_string().contains("SELECT"));
    // A null that reaches the root is still an answer.
    let (class, body) = answer(ask("{ one required }", json!({})), Allow::Mutations);
    assert_eq!((class, body.get("data")), (Class::Executed, Some(&Json::Null)), "{body}");
}

#[test]
fn optional_variables_that_are_missing_leave_the_default() {
    runs("query($x: Int) { echo(x: $x) }", json!({}), json!({"echo": 7}));
    runs("query($x: Int) { echo(x: $x) }", json!({"x": 1}), json!({"echo": 1}));
    runs("query($x: Int = 5) { echo(x: $x) }", json!({}), json!({"echo": 5}));
    runs("query($x: Int) { rank(role: {rank: $x}) }", json!({}), json!({"rank": 3}));
    runs("query($x: Role!) { rank(role: $x) }", json!({"x": {}}), json!({"rank": 3}));
    runs("query($x: Int) { ranks(roles: [1, $x]) }", json!({}), json!({"ranks": [1, null]}));
    runs("query($x: Int) { ...F } fragment F on Query { echo(x: $x) }", json!({}), json!({"echo": 7}));
    runs("query($x: Boolean = true) { one @include(if: $x) echo }", json!({}), json!({"one": 1, "echo": 7}));
    runs("query($x: Boolean = false) { one @include(if: $x) echo }", json!({}), json!({"echo": 7}));
}

#[test]
fn the_introspection_query_is_answered() {
    let query = include_str!("../cost/tests/introspection.graphql");
    let (class, body) = answer(ask(query, json!({})), Allow::Queries);
    assert_eq!((class, body.get("errors")), (Class::Executed, None));
    assert_eq!(body["data"]["__schema"]["queryType"]["name"], "Query");
}

/// Cached documents must not affect any answer.
#[test]
fn a_cached_document_is_checked_like_a_new_one() {
    let documents = [
        (
            "query($x: Int) { echo(x: $x) }",
            vec![json!({"x": 1}), json!({"x": "1"}), json!({"x": 1.5}), json!({})],
        ),
        (
            "query($x: Int) { echo(x: $x) }",
            vec![json!({"x": null}), json!({"x": [1]}), json!({"x": 1u64 << 40})],
        ),
        (
            "query($x: Role!) { rank(role: $x) }",
            vec![json!({"x": {"rank": 1}}), json!({"x": {"rang": 1}}), json!({})],
        ),
        (
            "query($x: [Int]!) { ranks(roles: $x) }",
            vec![json!({"x": [1]}), json!({"x": [1, null]}), json!({"x": ["1"]})],
        ),
        (
            "query($x: Boolean!) { one @skip(if: $x) me }",
            vec![json!({"x": true}), json!({"x": false}), json!({"x": 1})],
        ),
        ("query A($x: Int) { echo(x: $x) } query B { one }", vec![json!({"x": 1}), json!({"x": "1"})]),
        ("query($x: Int!) { missing leaks echo(x: $x) }", vec![json!({"x": 1}), json!({"x": "1"})]),
        ("mutation { write }", vec![json!({})]),
        ("query($x: Int) { one }", vec![json!({"x": 1})]),
        ("{ none }", vec![json!({})]),
    ];
    let shared = executor();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for (query, values) in documents {
        for (values, allow, name) in values
            .iter()
            .chain(&values)
            .flat_map(|values| [Allow::Queries, Allow::Mutations].map(|allow| (values, allow)))
            .flat_map(|(values, allow)| [None, Some("A"), Some("B")].map(|name| (values, allow, name)))
        {
            let asked = || Ask { operation_name: name.map(str::to_owned), ..ask(query, values.clone()) };
            let caller = || Caller::here(Principal::named("ada").unwrap(), allow);
            let new = runtime.block_on(executor().execute(asked(), caller()));
            for _ in 0..3 {
                let known = runtime.block_on(shared.execute(asked(), caller()));
                assert_eq!(known, new, "{query} {values} {name:?}");
            }
        }
    }
}

/// The order of a field is that of its first selection that applies.
#[test]
fn fields_are_ordered_by_what_applies() {
    let text = |query: &str, variables: Json| {
        let caller = Caller::here(Principal::named("ada").unwrap(), Allow::Queries);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let outcome = runtime.block_on(executor().execute(ask(query, variables), caller));
        String::from_utf8(outcome.body).unwrap()
    };
    let query =
        "query($no: Boolean!) { me @skip(if: $no) one me ... @include(if: $no) { a: one } b: one a: one }";
    assert_eq!(text(query, json!({"no": true})), r#"{"data":{"one":1,"me":"ada","a":1,"b":1}}"#);
    assert_eq!(text(query, json!({"no": false})), r#"{"data":{"me":"ada","one":1,"b":1,"a":1}}"#);
    let below = "{ __schema { queryType { name @skip(if: true) kind } queryType { name } } }";
    assert_eq!(
        text(below, json!({})),
        r#"{"data":{"__schema":{"queryType":{"kind":"OBJECT","name":"Query"}}}}"#
    );
}
