//! The states of items that a client is about to write.

use serde_json::{Value as Json, json};

use super::store::{TestStore, correct, put, refusal, run};
use crate::api::engine::cost::Limits;
use crate::domain::id::{VersionId, hex};

const STATES: &str = "ref exists item { id key } head { id hash number wrong contentDigest imported ontology { number hash } payload { digest } }";

/// Returns the query for the states of these items.
fn query(items: &[&str], fields: &str) -> String {
    format!("itemStates(items: {}) {{ {fields} }}", json!(items))
}

/// Returns the states of items, now or as of a seq.
async fn states(store: &TestStore, at: Option<u64>, items: &[&str], fields: &str) -> Vec<Json> {
    let query = query(items, fields);
    let answer = match at {
        None => store.ask(&format!("{{ {query} }}"), json!({})).await,
        Some(seq) => {
            let query = format!("{{ at(asOf: {{seq: {seq}}}) {{ {query} }} }}");
            store.ask(&query, json!({})).await["at"].take()
        }
    };
    answer["itemStates"].as_array().unwrap().clone()
}

/// The field of each state's newest version.
fn heads(states: &[Json], field: &str) -> Vec<Json> {
    states.iter().map(|state| state["head"][field].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn states_are_those_of_the_moment_that_is_read() {
    let store = TestStore::new().await;
    let bytes = store.put_blob("a photo").await;
    let mut photo = put("p", "SOURCE", "photo", "raw", &[]);
    photo["putVersion"]["payload"] = json!(bytes);
    let mut label = put("l", "LABEL", "photo", "wren", &["@p"]);
    label["putVersion"]["ontology"] = json!("@o");
    store.commit(vec![photo, put("o", "ONTOLOGY", "classes", "list", &[]), label]).await;
    store.commit(vec![correct("default/LABEL/photo#1", "robin")]).await;
    store
        .commit(vec![
            json!({"retract": {"version": "default/LABEL/photo#2", "reason": "no bird on it"}}),
            put("n", "LABEL", "later", "heron", &[]),
        ])
        .await;

    let found = store.ask("{ item(id: \"default/LABEL/photo\") { hash } }", json!({})).await;
    let hash = found["item"]["hash"].as_str().unwrap().to_owned();
    let by_moment = format!("{hash}@1");
    let (photo, label, later) = ("default/SOURCE/photo", "default/LABEL/photo", "default/LABEL/later");
    let items = [later, photo, label, &hash, "default/LABEL/none", label, &by_moment];
    let exist = |states: &[Json]| states.iter().map(|state| state["exists"] == true).collect::<Vec<_>>();

    let now = states(&store, None, &items, STATES).await;
    assert_eq!(now.iter().map(|state| state["ref"].as_str().unwrap()).collect::<Vec<_>>(), items);
    assert_eq!(exist(&now), [true, true, true, true, false, true, true]);
    let head = |number: Json| json!([1, 1, number, number, null, number, number]);
    assert_eq!(json!(heads(&now, "number")), head(json!(2)));
    assert_eq!(json!(heads(&now, "wrong")), json!([false, false, true, true, null, true, true]));
    assert_eq!(now[4], json!({"ref": "default/LABEL/none", "exists": false, "item": null, "head": null}));
    assert_eq!((&now[2]["item"]["id"], &now[2]["item"]["key"]), (&json!(hash), &json!("photo")));
    assert_eq!(now[2]["head"]["id"], now[2]["head"]["hash"]);
    assert_eq!(now[2]["head"]["ontology"]["number"], 1);
    assert_eq!(
        (&now[1]["head"]["payload"]["digest"], &now[2]["head"]["payload"]),
        (&json!(bytes), &Json::Null)
    );
    for same in [3, 5, 6] {
        assert_eq!((&now[same]["item"], &now[same]["head"]), (&now[2]["item"], &now[2]["head"]));
    }

    let first = states(&store, Some(1), &items, STATES).await;
    assert_eq!(exist(&first), [false, true, true, true, false, true, true]);
    assert_eq!((&first[2]["head"]["number"], &first[2]["head"]["wrong"]), (&json!(1), &json!(false)));
    let second = states(&store, Some(2), &items, STATES).await;
    assert_eq!((&second[2]["head"]["number"], &second[2]["head"]["wrong"]), (&json!(2), &json!(false)));
    assert_eq!(second[2]["head"]["id"], format!("{}@2", now[2]["head"]["hash"].as_str().unwrap()));
    assert_eq!(second[2]["item"]["id"], format!("{hash}@2"));
    assert_eq!(second[2]["ref"], now[2]["ref"]);
    let before = states(&store, Some(0), &items, "exists head { id }").await;
    assert!(before.iter().all(|state| *state == json!({"exists": false, "head": null})), "{before:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_content_has_equal_digests_and_records_tell_who_made_it() {
    let store = TestStore::new().await;
    let mut made = Vec::new();
    for (key, says, activity) in [
        ("import", "wren", json!({"name": "import", "parameters": {"format": "coco"}})),
        ("tool", "wren", json!({"name": "draw"})),
        ("bare", "wren", Json::Null),
        ("other", "robin", Json::Null),
    ] {
        let mut label = put(key, "LABEL", key, says, &[]);
        label["putVersion"]["activity"] = activity;
        made.push(label);
    }
    store.commit(made).await;
    let items: Vec<String> =
        ["import", "tool", "bare", "other"].iter().map(|key| format!("default/LABEL/{key}")).collect();
    let items: Vec<&str> = items.iter().map(String::as_str).collect();

    // What the index knows is answered without reading a record.
    store.ledger.forget();
    let reads = store.ledger.reads();
    let known = states(&store, None, &items, "exists head { hash number wrong contentDigest }").await;
    assert_eq!(store.ledger.reads(), reads, "records were read");
    let digests = heads(&known, "contentDigest");
    assert_eq!((&digests[0], &digests[1]), (&digests[1], &digests[2]));
    assert_ne!(digests[2], digests[3]);
    let ids: Vec<VersionId> =
        heads(&known, "hash").iter().map(|hash| hash.as_str().unwrap().parse().unwrap()).collect();
    let records = store.ledger.view().versions(&ids).await.unwrap();
    let stored = records.iter().map(|record| json!(hex(&record.as_ref().unwrap().content.digest())));
    assert_eq!(digests, stored.collect::<Vec<_>>());

    let imported = states(&store, None, &items, "head { imported }").await;
    assert_eq!(heads(&imported, "imported"), [true, false, false, false]);

    // A correction of what was imported is not of the import; content that returns has its digest.
    store.commit(vec![correct("default/LABEL/import#1", "robin")]).await;
    let corrected = states(&store, None, &items, "head { imported contentDigest }").await;
    assert_eq!(corrected[0]["head"], json!({"imported": false, "contentDigest": digests[3]}));
    let back =
        json!({"rollback": {"item": {"kind": "LABEL", "key": "import"}, "to": "default/LABEL/import#1"}});
    store.commit(vec![back]).await;
    let returned = states(&store, None, &items, "head { number contentDigest }").await;
    assert_eq!(returned[0]["head"], json!({"number": 3, "contentDigest": digests[0]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_beyond_the_limit_or_with_a_malformed_name_is_refused() {
    let store = TestStore::new().await;
    store.commit(vec![put("a", "LABEL", "a", "roof", &[])]).await;
    let api = store.within(Limits::default());
    let text =
        "query($items: [ID!]!) { itemStates(items: $items) { exists head { imported } } view { seq } }";
    let most = vec!["default/LABEL/a"; 1_000];
    let answer = store.ask(text, json!({ "items": most })).await;
    let answered = answer["itemStates"].as_array().unwrap();
    assert_eq!((answered.len(), &answered[999]["exists"]), (1_000, &json!(true)));
    assert_eq!(store.ask(text, json!({"items": []})).await["itemStates"], json!([]));

    let answer = run(&api, text, json!({"items": vec!["default/LABEL/a"; 1_001]})).await;
    let (reason, message) = refusal(&answer);
    assert_eq!((reason, &answer["data"]["itemStates"]), ("LIMIT_EXCEEDED", &Json::Null));
    assert!(message.contains("items: 1001 is over the limit of 1000"), "{message}");
    assert_eq!(answer["data"]["view"]["seq"], "1", "the other fields are answered");
    // Every entry counts, whatever the size of the store.
    let narrow = store.within(Limits { cost: 2_999, ..Limits::default() });
    let answer = run(&narrow, text, json!({ "items": most })).await;
    assert_eq!((refusal(&answer).0, answer.get("data")), ("LIMIT_EXCEEDED", None), "{answer}");

    for (bad, expected) in [
        (
            "nonsense",
            "`items[2]`: expected an item: `item:` and 64 hex digits, or `namespace/KIND/key`, found \"nonsense\"",
        ),
        ("version:00", "`items[2]`: expected an item"),
        ("item:00", "`items[2]`: expected "),
        ("default/PHOTO/a", "`items[2]`: expected a kind"),
        ("De fault/LABEL/a", "`items[2]`: expected a namespace"),
        ("default/LABEL/", "`items[2]`: expected an item key"),
    ] {
        let items = json!({"items": ["default/LABEL/a", "default/LABEL/none", bad, "worse"]});
        let answer = run(&api, text, items).await;
        let error = &answer["errors"][0];
        assert!(error["message"].as_str().unwrap().starts_with(expected), "{bad}: {error}");
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
        assert_eq!((&error["path"], &answer["data"]["itemStates"]), (&json!(["itemStates"]), &Json::Null));
    }
}
