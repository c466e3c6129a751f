//! The fields for which the large store has no answer, requested from a small store that does.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::super::store::{TestStore, correct, pin, put};
use super::super::subscriptions::{begin, reported};
use super::truths::Truths;
use super::{DEPTH, IdWorld};

/// The commit that corrects a label: a campaign.
const CAMPAIGN: u64 = 3;

/// The newest commit of the store.
const NEWEST: u64 = 7;

/// A set whose label is corrected and that is built, trained, evaluated and deployed again; a class
/// that becomes another; and another label, of the newer set, that is wrong in the end.
async fn story() -> TestStore {
    let store = TestStore::new().await;
    let bytes = store.put_blob("the same bytes").await;
    let mut source = put("s", "SOURCE", "s0", "raw", &[]);
    source["putVersion"]["payload"] = json!(bytes);
    let label = |key: &str, says: &str| {
        let mut label = put(key, "LABEL", key, says, &["@s"]);
        label["putVersion"]["ontology"] = json!("@o");
        label
    };
    let tag = |name: &str, version: &str| json!({"setTag": {"name": name, "version": version}});
    let members = |keys: &[&str]| keys.iter().map(|key| format!("default/LABEL/{key}")).collect::<Vec<_>>();
    let classes = put("o", "ONTOLOGY", "classes", "list", &[]);
    store.commit(vec![source, classes, label("l1", "a"), label("l2", "a"), label("l3", "b")]).await;
    let (set, model) = ("default/TRAINING_SET/t", "default/MODEL/m");
    store
        .commit(vec![
            pin("t", &members(&["l1#1", "l3#1"])),
            tag("kept", &format!("{set}#1")),
            put("m", "MODEL", "m", "one", &[&format!("{set}#1")]),
            tag("live", "@m"),
        ])
        .await;
    store.commit(vec![correct("default/LABEL/l1#1", "b")]).await;
    store.commit(vec![pin("t", &members(&["l1#2", "l2#1", "l3#1"]))]).await;
    store
        .commit(vec![
            put("m", "MODEL", "m", "two", &[&format!("{set}#2")]),
            put("e", "EVALUATION", "e", "good", &[&format!("{model}#2")]),
            put("d", "DEPLOYMENT", "d", "here", &[&format!("{model}#2")]),
        ])
        .await;
    let mut classes = put("o", "ONTOLOGY", "classes", "shorter list", &[]);
    classes["putVersion"]["ontologyChanges"] = json!([{"kind": "MERGE", "from": ["b", "d"], "to": ["c"]}]);
    store.commit(vec![classes]).await;
    store.commit(vec![correct("default/LABEL/l2#1", "c")]).await;
    store
}

/// Requests these fields, records their answers, and returns the fields that had an answer.
pub(super) async fn seen() -> BTreeSet<String> {
    let world = IdWorld::over(story().await).await;
    let (mut now, mut then) = (Truths::default(), Truths::default());
    let graph = "lineageGraph(from: [\"default/SOURCE/s0\"], direction: DOWN, foldAbove: 1)";
    let folded = world.ask(&format!("{{ {graph} {{ groups {{ key }} }} }}"), "").await;
    let group = folded["lineageGraph"]["groups"][0]["key"].as_str().unwrap().to_owned();
    let campaign = format!("campaign(commit: \"commit:{CAMPAIGN}\")");
    let group = format!("group(key: \"{group}\")");
    let questions = [
        (
            "affectedTrainingSets(wrong: {all: {}}, includeOntologyStale: true)",
            "",
            "AffectedTrainingSetConnection",
        ),
        ("affectedConsumers(wrong: {all: {}})", "", "AffectedConsumerConnection"),
        (&campaign, "sets", "CampaignSetConnection"),
        (graph, &group, "LineageGraphGroup"),
        ("version(id: \"default/TRAINING_SET/t#2\")", "staleMembers", "StaleMemberConnection"),
        ("version(id: \"default/ONTOLOGY/classes#2\")", "", "Version"),
    ];
    for (question, below, kind) in questions {
        let (spread, fragments) = world.objects.spread(kind, DEPTH);
        // An alias keeps the field apart from the one with the same name in the spread.
        let asked = match below {
            "" => format!("{question} {{ __typename {spread} }}"),
            below => format!(
                "{question} {{ __typename {id} here: {below} {{ __typename {spread} }} }}",
                id = if question.starts_with("version") { "id" } else { "" }
            ),
        };
        let name = question.split('(').next().unwrap();
        now.take(name, &world.ask(&format!("{{ {asked} }}"), &fragments).await, "");
        let earlier = format!("{{ at(asOf: {{seq: {NEWEST}}}) {{ __typename id {asked} }} }}");
        then.take(name, &world.ask(&earlier, &fragments).await, &format!("@{NEWEST}"));
    }
    then.seen.insert("LineageGraph.group".to_owned());
    then.seen.extend(refreshed(&world).await);
    then.seen.extend(events(&world).await);
    then.seen
}

/// Requests the fields of a refresh, as a dry run: only a mutation returns replacements.
async fn refreshed(world: &IdWorld) -> BTreeSet<String> {
    let (spread, fragments) = world.objects.spread("SnapshotTrainingSetPayload", DEPTH);
    let input = "input: {item: {kind: TRAINING_SET, key: \"t\"}, dryRun: true}";
    let mut truths = Truths::default();
    let answer = world
        .ask(&format!("mutation {{ refreshTrainingSet({input}) {{ __typename {spread} }} }}"), &fragments)
        .await;
    truths.take("refreshTrainingSet", &answer, "");
    truths.seen
}

/// Requests the fields of events, which only a subscription returns.
async fn events(world: &IdWorld) -> BTreeSet<String> {
    let (spread, fragments) = world.objects.spread("NewlyAffectedSets", DEPTH);
    let query = format!(
        "subscription {{ affected(tag: \"kept\", after: 2) {{ __typename {spread} }} }}\n{fragments}"
    );
    let events = begin(&world.api, &query).await.unwrap();
    let mut truths = Truths::default();
    let all: Vec<(u64, Json)> = reported(&events, 2).await;
    assert_eq!(all.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [CAMPAIGN]);
    for (seq, event) in all {
        truths.take("affected", &event, &format!("@{seq}"));
    }
    truths.seen
}
