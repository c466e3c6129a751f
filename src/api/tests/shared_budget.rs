//! The shared budget of everything in an answer.

use serde_json::json;

use super::store::{TestStore, correct, pin, put, refusal, run};
use crate::api::engine::cost::Limits;

const SETS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn objects_of_one_answer_share_its_budget() {
    let store = TestStore::new().await;
    let mut changes = vec![put("a", "LABEL", "a", "roof", &[])];
    changes.extend((0..SETS).map(|set| pin(&format!("s{set}"), &["@a".to_owned()])));
    store.commit(changes).await;
    let models = (0..SETS).map(|set| {
        put("m", "MODEL", &format!("m{set}"), "run", &[&format!("default/TRAINING_SET/s{set}#1")])
    });
    store
        .commit(
            models
                .enumerate()
                .map(|(place, mut model)| {
                    model["putVersion"]["as"] = json!(format!("m{place}"));
                    model
                })
                .collect(),
        )
        .await;
    store.commit(vec![correct("default/LABEL/a#1", "barn")]).await;

    let query = |below: &str, first: usize| {
        format!(
            "{{ items(filter: {{kinds: [TRAINING_SET]}}, first: {first}) {{ nodes {{ head {{ {below} }} }} }} }}"
        )
    };
    let narrow = store.within(Limits { edges: 120, ..Limits::default() });
    for below in ["freshness { wrongCount }", "staleMembers { totalCount }"] {
        let one = run(&narrow, &query(below, 1), json!({})).await;
        assert!(one["errors"].is_null(), "{one}");
        // Each object alone is within the budget; all of them together are not.
        let all = run(&narrow, &query(below, SETS), json!({})).await;
        let (reason, message) = refusal(&all);
        assert_eq!(reason, "LIMIT_EXCEEDED", "{below}");
        assert!(
            message.contains("the objects of one answer") && message.contains("fewer of them"),
            "{message}"
        );
        let enough = store.within(Limits { edges: 2_000, ..Limits::default() });
        let all = run(&enough, &query(below, SETS), json!({})).await;
        assert!(all["errors"].is_null(), "{all}");
    }

    // The question takes 20 edges, and the consumers of each set take one, from a separate budget.
    let query = "{ affectedTrainingSets(wrong: {all: {}}, first: 20) { info { complete } nodes { consumers { totalCount } } } }";
    let counts =
        |answer: &serde_json::Value| answer["data"]["affectedTrainingSets"]["nodes"].as_array().map(Vec::len);
    let answer = run(&store.within(Limits { edges: 20, ..Limits::default() }), query, json!({})).await;
    assert_eq!((counts(&answer), answer["errors"].is_null()), (Some(SETS), true), "{answer}");
    let answer = run(&store.within(Limits { edges: 19, ..Limits::default() }), query, json!({})).await;
    assert_eq!(refusal(&answer).0, "LIMIT_EXCEEDED");
}
