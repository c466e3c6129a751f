//! Manipulated cursors are either refused or valid; none causes a panic.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::filled::{LISTS, filled, having};
use super::store::{TestStore, put, refusal, run};
use crate::api::engine::cost::Limits;
use crate::domain::id::Seq;

/// The selection for each entry: enough to inspect the versions around it.
const CURSORS: &str = "edges { cursor }";

#[tokio::test(flavor = "multi_thread")]
async fn no_edited_cursor_causes_a_server_error() {
    let store = filled().await;
    let api = store.within(Limits::default());
    let answer =
        store.ask("{ version(id: \"default/SOURCE/s0#1\") { payload { digest } } }", json!({})).await;
    let digest = answer["version"]["payload"]["digest"].as_str().unwrap().to_owned();
    for list in LISTS {
        let page = store.ask(&list.ask(&digest, "first: 2", CURSORS), json!({})).await;
        let cursor = having(&page, "cursor").unwrap_or_else(|| panic!("{} has no entries", list.query));
        for edited in edits(&store, list.query, cursor["cursor"].as_str().unwrap()) {
            for args in [format!("after: \"{edited}\", first: 2"), format!("before: \"{edited}\", last: 2")] {
                let below = format!("totalCount nodes {{ {} }}", list.node);
                let answer = run(&api, &list.ask(&digest, &args, &below), json!({})).await;
                for error in answer["errors"].as_array().into_iter().flatten() {
                    assert_eq!(
                        error["extensions"]["code"], "BAD_USER_INPUT",
                        "{}: {edited}: {error}",
                        list.query
                    );
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_walked_in_both_directions() {
    let store = filled().await;
    let query = "query($after: Seq, $first: Int, $before: Seq, $last: Int) {
        commits(after: $after, first: $first, before: $before, last: $last) {
            totalCount nodes { seq } edges { cursor } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } }";
    let ask = async |args: serde_json::Value| store.ask(query, args).await["commits"].take();
    let seqs = |page: &serde_json::Value| -> Vec<u64> {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.map(|commit| commit["seq"].as_str().unwrap().parse().unwrap()).collect()
    };
    let (mut before, mut found) = (json!(null), Vec::new());
    loop {
        let page = ask(json!({"before": before, "last": 50})).await;
        found = [seqs(&page), found].concat();
        assert_eq!(page["pageInfo"]["hasNextPage"], before != json!(null), "{page}");
        before = page["pageInfo"]["startCursor"].clone();
        if page["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(found, (1..=111).collect::<Vec<u64>>());
    for (args, expected) in [
        (json!({"after": "10", "before": "15"}), vec![11, 12, 13, 14]),
        (json!({"after": "10", "before": "15", "first": 2}), vec![11, 12]),
        (json!({"after": "10", "before": "15", "last": 2}), vec![13, 14]),
        (json!({"after": "15", "before": "10"}), vec![]),
        (json!({"before": "0", "last": 2}), vec![]),
        (json!({"before": "1", "last": 2}), vec![]),
        (json!({"last": 2}), vec![110, 111]),
    ] {
        assert_eq!(seqs(&ask(args.clone()).await), expected, "{args}");
    }
    let api = store.within(Limits::default());
    for (args, reason, part) in [
        (
            json!({"before": "112", "last": 2}),
            "AS_OF_UNAVAILABLE",
            "leave `before` out to end with the newest",
        ),
        (json!({"first": 1, "last": 1}), "", "expected `first` or `last`, found both"),
        (json!({"last": -1}), "", "`last` must be 0 or more, found -1"),
        (json!({"last": 1001}), "LIMIT_EXCEEDED", "1001"),
    ] {
        let answer = run(&api, query, args.clone()).await;
        let (found, message) = refusal(&answer);
        assert!(found == reason && message.contains(part), "{args}: {answer}");
    }
}

/// Two stores with equal beginnings, such as a store and an older copy of it with further writes:
/// the same seqs are different commits.
#[tokio::test(flavor = "multi_thread")]
async fn a_position_of_another_log_is_refused() {
    let (left, copy) = (TestStore::new().await, TestStore::new().await);
    for store in [&left, &copy] {
        for key in ["a", "b"] {
            store.commit(vec![put("l", "LABEL", key, "roof", &[])]).await;
        }
    }
    let page = "first: 1) { pageInfo { endCursor } edges { cursor } nodes { __typename } }";
    let ask = |field: &str, args: &str| format!("{{ {field}({args}{page} }}");
    let cursor = |answer: &serde_json::Value, field: &str| {
        answer[field]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
    };
    for field in ["items", "commits"] {
        let before = cursor(&left.ask(&ask(field, ""), json!({})).await, field);
        // While both logs are equal, each accepts the cursors of the other.
        let after = format!("after: \"{before}\", ");
        copy.ask(&ask(field, &after), json!({})).await;
    }
    left.commit(vec![put("l", "LABEL", "c", "roof", &[])]).await;
    let old = left
        .ask(
            "{ commits(first: 3) { pageInfo { endCursor } } items(first: 1) { pageInfo { endCursor } } }",
            json!({}),
        )
        .await;
    let api = copy.within(Limits::default());
    // The seq does not exist yet, and later belongs to another commit.
    for _ in 0..2 {
        for field in ["items", "commits"] {
            let after = format!("after: \"{}\", ", cursor(&old, field));
            let answer = run(&api, &ask(field, &after), json!({})).await;
            let (reason, message) = refusal(&answer);
            assert!(reason == "OTHER_HISTORY" && message.contains("older copy"), "{field}: {answer}");
            left.ask(&ask(field, &after), json!({})).await;
        }
        copy.commit(vec![put("l", "LABEL", "d", "barn", &[])]).await;
    }
}

/// Variants of a cursor at other moments, positions and parts, each with the matching mark.
fn edits(store: &TestStore, query: &str, cursor: &str) -> Vec<String> {
    if query.starts_with("commits") {
        // A cursor of a feed is a position.
        return ["0", "1", "50", "111", "112", "18446744073709551615"].map(str::to_owned).into();
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    let fields: Vec<&str> = text.split('.').collect();
    let [form, seq, known, _, list, place] = fields[..] else { panic!("{text}") };
    let end = "18446744073709551615";
    let places = ["0", "1", "29", "100000", "4294967295", end];
    let moments = ["0", "1", "2", "36", "75", "110", "111", "112", end];
    let parts = [
        ".0-1",
        ".0-",
        ".1-2",
        ".5-3",
        ".7-7",
        ".2-99999",
        ".18446744073709551615-",
        ".0-18446744073709551615",
    ];
    let mut edited: Vec<[String; 4]> = Vec::new();
    let mut edit = |seq: &str, known: &str, place: &str, part: &str| {
        edited.push([seq, known, place, part].map(str::to_owned));
    };
    places.iter().for_each(|place| edit(seq, known, place, ""));
    parts.iter().for_each(|part| edit(seq, known, place, part));
    for moment in moments {
        edit(moment, moment, place, "");
        edit(moment, known, end, "");
        edit(seq, moment, place, "");
        edit(moment, moment, place, ".1-3");
    }
    let text = |[seq, known, place, part]: [String; 4]| {
        let newest = Seq(seq.parse::<u64>().unwrap().max(known.parse().unwrap()));
        let mark = store.ledger.position(newest).mark.unwrap_or_default();
        format!("{form}.{seq}.{known}.{mark}.{list}.{place}{part}")
    };
    edited.into_iter().map(|fields| URL_SAFE_NO_PAD.encode(text(fields))).collect()
}
