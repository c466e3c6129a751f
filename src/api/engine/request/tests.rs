use serde_json::json;

use super::*;

#[test]
fn reads_the_four_parameters() {
    let body =
        json!({"query": "{a}", "operationName": "Q", "variables": {"x": 1}, "extensions": {"y": 2}, "z": 3});
    let Ok(Asked::One(ask)) = Asked::read(body, 10) else { panic!() };
    assert_eq!((ask.query.as_str(), ask.operation_name.as_deref()), ("{a}", Some("Q")));
    assert_eq!((ask.variables["x"].clone(), ask.extensions["y"].clone()), (json!(1), json!(2)));
}

#[test]
fn null_and_an_empty_name_are_as_good_as_nothing() {
    let body = json!({"query": "{a}", "operationName": "", "variables": null, "extensions": null});
    assert_eq!(Asked::read(body, 10), Ok(Asked::One(Ask { query: "{a}".into(), ..Ask::default() })));
}

#[test]
fn names_the_parameter_that_is_wrong() {
    for (body, named) in [
        (json!({}), "`query` is missing"),
        (json!({"query": null}), "`query` is missing"),
        (json!({"query": 1}), "`query` must be"),
        (json!({"query": "{a}", "operationName": ["Q"]}), "`operationName` must be"),
        (json!({"query": "{a}", "variables": "x"}), "`variables` must be"),
        (json!({"query": "{a}", "extensions": false}), "`extensions` must be"),
        (json!("{a}"), "a request must be"),
        (json!([{"query": "{a}"}, 7]), "a request must be"),
        (json!([]), "is empty"),
    ] {
        let failure = Asked::read(body, 10).unwrap_err();
        assert_eq!(failure.code, Code::BadRequest);
        assert!(failure.message.contains(named), "{}", failure.message);
    }
}

#[test]
fn a_batch_has_a_limit() {
    let batch = |n: usize| Value::Array(vec![json!({"query": "{a}"}); n]);
    assert!(matches!(Asked::read(batch(3), 3), Ok(Asked::Batch(asks)) if asks.len() == 3));
    let failure = Asked::read(batch(4), 3).unwrap_err();
    assert_eq!(failure.reason, Some(Reason::LimitExceeded));
    assert!(failure.message.contains("4 requests"), "{}", failure.message);
}

#[test]
fn the_hash_of_a_query_alone_is_answered_in_the_words_of_its_clients() {
    let hash = json!({"persistedQuery": {"version": 1, "sha256Hash": "0".repeat(64)}});
    let failure = Asked::read(json!({ "extensions": hash }), 10).unwrap_err();
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (Code::PersistedQueryNotSupported, "PersistedQueryNotSupported")
    );
    // With the query it is a normal request.
    assert!(matches!(Asked::read(json!({"query": "{a}", "extensions": hash}), 10), Ok(Asked::One(_))));
    let other = Asked::read(json!({"extensions": {"atLeastSeq": "1"}}), 10).unwrap_err();
    assert_eq!(other.code, Code::BadRequest);
}
