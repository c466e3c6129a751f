//! Cursors that somebody edited are refused or mean something; nothing panics.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::filled::{LISTS, filled, having};
use super::store::run;
use crate::api::cost::Limits;

/// What is said of each entry: enough to look at the versions around it.
const CURSORS: &str = "edges { cursor }";

#[tokio::test(flavor = "multi_thread")]
async fn no_edited_cursor_is_a_fault_of_the_server() {
    let store = filled().await;
    let api = store.within(Limits::default());
    let answer =
        store.ask("{ version(id: \"default/SOURCE/s0#1\") { payload { digest } } }", json!({})).await;
    let digest = answer["version"]["payload"]["digest"].as_str().unwrap().to_owned();
    for list in LISTS {
        let page = store.ask(&list.ask(&digest, "first: 2", CURSORS), json!({})).await;
        let cursor = having(&page, "cursor").unwrap_or_else(|| panic!("{} has no entries", list.query));
        for edited in edits(cursor["cursor"].as_str().unwrap()) {
            for args in [format!("after: \"{edited}\", first: 2"), format!("before: \"{edited}\", last: 2")] {
                if list.query.starts_with("commits") && args.starts_with("before") {
                    continue;
                }
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

/// The same cursor at other moments, at other places, of other parts.
fn edits(cursor: &str) -> Vec<String> {
    let decoded = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|text| String::from_utf8(text).ok());
    let Some(text) = decoded.filter(|_| cursor.parse::<u64>().is_err()) else {
        // The cursor of a feed is a plain seq.
        return ["0", "1", "50", "111", "112", "18446744073709551615"].map(str::to_owned).into();
    };
    let fields: Vec<&str> = text.split('.').collect();
    let [form, seq, known, list, place] = fields[..] else { panic!("{text}") };
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
    let text = |[seq, known, place, part]: [String; 4]| format!("{form}.{seq}.{known}.{list}.{place}{part}");
    edited.into_iter().map(|fields| URL_SAFE_NO_PAD.encode(text(fields))).collect()
}
