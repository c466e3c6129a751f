//! Impact answered in parts.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::Limits;
use crate::api::engine::execute::Execute;
use crate::api::engine::request::{Allow, Ask, Caller};
use crate::domain::principal::Principal;

const LABELS: usize = 6;
const AFFECTED: &str = "query($after: String, $first: Int) {
  affectedTrainingSets(wrong: {all: {}}, first: $first, after: $after) {
    totalCount info { seq complete incompleteReason resume done } pageInfo { hasNextPage endCursor }
    edges { cursor }
    nodes { affectedCount trainingSet { number item { key } } fixedIn { number }
      members(first: 100) { nodes { pinned { id } wrong { id } } } }
  }
}";

/// Six wrong labels, each with two crops; a set of all, one of some, one that repairs.
async fn store() -> TestStore {
    let store = TestStore::new().await;
    for label in 0..LABELS {
        let key = format!("l{label}");
        let crops = [format!("c{label}"), format!("d{label}")];
        let mut changes = vec![put("label", "LABEL", &key, "roof", &[])];
        changes.extend(crops.iter().map(|crop| put(crop, "DERIVED", crop, "crop", &["@label"])));
        store.commit(changes).await;
    }
    let of = |kind: &str, name: &str, labels: std::ops::Range<usize>| -> Vec<String> {
        labels.map(|label| format!("default/{kind}/{name}{label}#1")).collect()
    };
    store.commit(vec![pin("all", &[of("LABEL", "l", 0..6), of("DERIVED", "c", 0..6)].concat())]).await;
    store.commit(vec![pin("some", &of("DERIVED", "d", 1..4))]).await;
    let wrong = (0..LABELS).map(|label| correct(&format!("default/LABEL/l{label}#1"), "barn"));
    store.commit(wrong.collect()).await;
    store.commit(vec![pin("all", &of("DERIVED", "c", 3..5))]).await;
    store
}

/// A row: set, its number, member, wrong version.
type AffectedRow = (String, u64, String, String);

fn rows(page: &Json) -> Vec<AffectedRow> {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let mut rows = Vec::new();
    for set in page["nodes"].as_array().unwrap() {
        let members = set["members"]["nodes"].as_array().unwrap();
        for row in members {
            let version = &set["trainingSet"];
            let key = text(&version["item"]["key"]);
            rows.push((
                key,
                version["number"].as_u64().unwrap(),
                text(&row["pinned"]["id"]),
                text(&row["wrong"]["id"]),
            ));
        }
    }
    rows
}

/// Reads all pages of all parts, `first` sets at a time; returns the rows and the number of parts.
async fn all(api: &Arc<dyn Execute>, query: &str, field: &str, first: usize) -> (Vec<AffectedRow>, usize) {
    let (mut found, mut parts, mut after) = (Vec::new(), 1, Json::Null);
    let mut before = 0.0;
    loop {
        let mut answer = run(api, query, json!({"after": after, "first": first})).await;
        assert!(answer["errors"].is_null(), "{}", answer["errors"]);
        let page = answer["data"][field].take();
        found.extend(rows(&page));
        let complete = page["info"]["complete"] == true;
        let resume = page["info"]["resume"].clone();
        assert_eq!((resume.is_null(), page["info"]["incompleteReason"].is_null()), (complete, complete));
        let done = page["info"]["done"].as_f64().unwrap();
        assert!(before < done && done <= 1.0 && (done == 1.0) == complete, "{done} after {before}");
        if page["pageInfo"]["hasNextPage"] == true {
            after = page["pageInfo"]["endCursor"].clone();
        } else if complete {
            return (found, parts);
        } else {
            assert_eq!(page["info"]["incompleteReason"], "EDGES");
            after = resume;
            before = done;
            parts += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_resumed_to_its_end_is_complete() {
    let store = store().await;
    let newly = AFFECTED.replace("affectedTrainingSets(wrong: {all: {}},", "newlyAffected(fromSeq: \"0\",");
    for (query, field) in [(AFFECTED, "affectedTrainingSets"), (newly.as_str(), "newlyAffected")] {
        let (whole, parts) = all(&store.within(Limits::default()), query, field, 100).await;
        assert_eq!((whole.len(), parts), (17, 1));
        let mut most = 0;
        for edges in [7, 9, 12, 15, 22, 70, 200] {
            let api = store.within(Limits { edges, ..Limits::default() });
            let probe = run(&api, query, json!({"first": 1})).await;
            if field == "newlyAffected" && !probe["errors"].is_null() {
                // The set of newly affected versions is not answered in parts.
                assert_eq!(refusal(&probe).0, "LIMIT_EXCEEDED");
                continue;
            }
            for first in [1, 2, 100] {
                let (found, parts) = all(&api, query, field, first).await;
                assert_eq!(found.len(), whole.len(), "{field} with {edges}");
                assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), whole.iter().cloned().collect());
                most = most.max(parts);
            }
        }
        assert!(most > 1, "{field} was never answered in parts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_too_much_alone_is_refused() {
    let store = store().await;
    let api = store.within(Limits { edges: 2, ..Limits::default() });
    let answer = run(&api, AFFECTED, json!({})).await;
    let (reason, message) = refusal(&answer);
    assert_eq!(reason, "LIMIT_EXCEEDED");
    assert!(message.contains("at most 2 derivations, found more"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_found_again_completely_or_refused() {
    let store = store().await;
    let roomy = store.within(Limits { edges: 20, ..Limits::default() });
    let page = run(&roomy, AFFECTED, json!({"first": 1})).await["data"]["affectedTrainingSets"].take();
    assert_eq!(
        (page["info"]["complete"].as_bool(), page["pageInfo"]["hasNextPage"].as_bool()),
        (Some(false), Some(true))
    );
    // The second page of that part, with a smaller budget than the part needs.
    let narrow = store.within(Limits { edges: 8, ..Limits::default() });
    let answer = run(&narrow, AFFECTED, json!({"after": page["pageInfo"]["endCursor"]})).await;
    assert_eq!(refusal(&answer).0, "LIMIT_EXCEEDED");
    // With a larger budget it is the same part, not a longer one.
    let wide = store.within(Limits::default());
    let second = run(&wide, AFFECTED, json!({"after": page["pageInfo"]["endCursor"]})).await;
    let second = &second["data"]["affectedTrainingSets"];
    assert_eq!(
        (&second["totalCount"], &second["info"]["resume"]),
        (&page["totalCount"], &page["info"]["resume"])
    );
    // A cursor of an undivided answer is not valid for a part.
    let whole = run(&wide, AFFECTED, json!({"first": 1})).await["data"]["affectedTrainingSets"].take();
    let answer = run(&narrow, AFFECTED, json!({"after": whole["pageInfo"]["endCursor"]})).await;
    assert_eq!(refusal(&answer).0, "LIMIT_EXCEEDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_times_out_is_resumed_later() {
    let store = store().await;
    let api = store.within(Limits::default());
    let (whole, _) = all(&api, AFFECTED, "affectedTrainingSets", 100).await;
    let (mut found, mut parts, mut after) = (Vec::new(), 0, Json::Null);
    loop {
        let ask = Ask::read(json!({"query": AFFECTED, "variables": {"after": after}})).unwrap();
        let caller = Caller::here(Principal::local(), Allow::Queries);
        // Time for two items per request.
        let asked = AtomicUsize::new(0);
        let time_up = Arc::new(move || asked.fetch_add(1, Ordering::Relaxed) >= 1);
        let outcome = api.execute_until(ask, caller, time_up).await;
        let answer: Json = serde_json::from_slice(&outcome.body).unwrap();
        let page = &answer["data"]["affectedTrainingSets"];
        found.extend(rows(page));
        parts += 1;
        if page["info"]["complete"] == true {
            break;
        }
        assert_eq!(page["info"]["incompleteReason"], "TIME", "{answer}");
        after = page["info"]["resume"].clone();
    }
    assert_eq!((found.len(), parts), (whole.len(), LABELS / 2));
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), whole.into_iter().collect());
}
