//! Ids: an id identifies one object state, for every field, cursor, event or repeated answer that
//! leads to it.

mod seldom;
mod truths;
mod walk;

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::filled::{LISTS, ListQuery, filled, having};
use super::store::{TestStore, correct, put, refusal, run};
use super::subscriptions::{begin, reported};
use crate::api::engine::cost::Limits;
use crate::api::engine::execute::Execute;
use truths::Truths;
use walk::{INTROSPECTION, Objects};

/// The depth of the objects that are compared below a field.
const DEPTH: usize = 2;

/// The newest commit of the store.
const NEWEST: u64 = 111;

struct IdWorld {
    store: TestStore,
    api: Arc<dyn Execute>,
    objects: Objects,
    names: [(&'static str, String); 3],
}

impl IdWorld {
    async fn new() -> Self {
        Self::over(filled().await).await
    }

    /// Creates a store that has the version `default/SOURCE/s0#1` with a payload.
    async fn over(store: TestStore) -> Self {
        let most = u64::MAX;
        let limits = Limits {
            nodes: most,
            aliases: most,
            comparisons: most,
            depth: 60,
            cost: most,
            tokens: most,
            bytes: most,
            fragments: most,
            ..Limits::default()
        };
        let api = store.within(limits);
        let objects = Objects::read(&store.ask(INTROSPECTION, json!({})).await);
        let named = "{ version(id: \"default/SOURCE/s0#1\") { hash item { hash } payload { digest } } }";
        let named = store.ask(named, json!({})).await["version"].take();
        let text = |json: &Json| json.as_str().unwrap().to_owned();
        let names = [
            ("VERSION", text(&named["hash"])),
            ("ITEM", text(&named["item"]["hash"])),
            ("DIGEST", text(&named["payload"]["digest"])),
        ];
        Self { store, api, objects, names }
    }

    /// Returns the data of an answer without errors.
    async fn ask(&self, query: &str, fragments: &str) -> Json {
        let mut answer = self.answer(query, fragments).await;
        assert!(answer["errors"].is_null(), "{query}\n{}", answer["errors"]);
        answer["data"].take()
    }

    async fn answer(&self, query: &str, fragments: &str) -> Json {
        let mut query = format!("{query}\n{fragments}");
        for (name, value) in &self.names {
            query = query.replace(&format!("\"{name}\""), &format!("\"{value}\""));
        }
        run(&self.api, &query, json!({})).await
    }

    /// Requests everything that can be requested in a scope, and records it.
    async fn ask_all(&self, open: &str, close: &str, moment: &str, truths: &mut Truths) {
        for field in self.objects.questions() {
            let (selection, fragments) = self.objects.selection(&field, DEPTH);
            // The last version of a set that exists at the moment.
            let later =
                if moment == "@90" { "default/TRAINING_SET/train#36" } else { "default/TRAINING_SET/test#2" };
            let selection = selection.replace("LATER", later);
            let answer = self.ask(&format!("{{ {open} {selection} {close} }}"), &fragments).await;
            truths.take(&format!("{} {moment}", field.name), &answer, moment);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_field_of_the_schema_gives_each_id_one_state() {
    let world = IdWorld::new().await;
    let (mut now, mut then) = (Truths::default(), Truths::default());
    world.ask_all("", "", "", &mut now).await;
    // A request for the newest commit as a moment also pins it: the next request may be elsewhere.
    for (open, close, moment) in [
        ("at(asOf: {seq: 111}) { __typename id", "}", "@111"),
        ("at(asOf: {seq: 100}) { at(asOf: {commit: \"commit:90@95\"}) { __typename id", "} }", "@90"),
    ] {
        world.ask_all(open, close, moment, &mut then).await;
    }
    // A node is the same object, in its own moment, with its own id.
    for truths in [&mut now, &mut then] {
        let ids: Vec<String> = truths.ids().map(str::to_owned).collect();
        for ids in batches(&ids) {
            let (spread, fragments) = nodes(&world.objects, ids);
            let answer = world.ask(&format!("{{ {spread} }}"), &fragments).await;
            for (id, node) in ids.iter().zip(answer["nodes"].as_array().unwrap()) {
                assert_eq!(node["id"], id.as_str());
                let moment = id.find('@').map_or("", |at| &id[at..]);
                truths.take(&format!("node {id}"), node, moment);
            }
        }
    }
    // Fields without an answer were not compared.
    let seldom = seldom::seen().await;
    let unseen: Vec<String> = fields_with_ids(&world.objects)
        .into_iter()
        .filter(|field| !then.seen.contains(field) && !seldom.contains(field))
        .collect();
    assert!(unseen.is_empty(), "these fields answered nothing: {unseen:?}");
}

fn nodes(objects: &Objects, ids: &[String]) -> (String, String) {
    let kind =
        walk::BEARERS.into_iter().find(|kind| ids[0].starts_with(&format!("{}:", kind.to_lowercase())));
    let (spread, fragments) = objects.spread(kind.unwrap(), 1);
    (format!("nodes(ids: {}) {{ __typename {spread} }}", json!(ids)), fragments)
}

/// Splits the ids of one type into groups of up to twenty.
fn batches(ids: &[String]) -> impl Iterator<Item = &[String]> {
    let of_a_type = ids.chunk_by(|a, b| a.split(':').next() == b.split(':').next());
    of_a_type.flat_map(|ids| ids.chunks(20))
}

/// The fields of answers that lead to ids.
fn fields_with_ids(objects: &Objects) -> Vec<String> {
    let with_ids = objects.with_ids();
    let of_answers =
        |kind: &&String| !["Query", "Moment", "Mutation", "Subscription"].contains(&kind.as_str());
    let kinds = objects
        .0
        .keys()
        .filter(of_answers)
        .filter(|kind| !kind.starts_with("__") && !kind.ends_with("Payload"));
    let fields = kinds.flat_map(|kind| {
        let fields = objects.0[kind].iter().filter(|field| with_ids.contains(&field.of));
        fields.map(move |field| format!("{kind}.{}", field.name))
    });
    fields.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_pinned_scope_gives_ids_of_its_moment() {
    let world = IdWorld::new().await;
    let mut truths = Truths::default();
    let (sets, fragments) = world.objects.spread("AffectedTrainingSetConnection", DEPTH);
    for (open, moment) in [
        ("affectedTrainingSets(wrong: {all: {}}, first: 2, knowledgeAt: {seq: 90})", "@111~90"),
        ("affectedTrainingSets(wrong: {all: {}}, first: 2, knowledgeAt: {seq: 111})", "@111"),
        (
            "at(asOf: {seq: 50}) { affectedTrainingSets(wrong: {all: {}}, first: 2, knowledgeAt: {seq: 90})",
            "@50~90",
        ),
        ("newlyAffected(fromSeq: 0, toSeq: 90, first: 2)", "@90"),
    ] {
        let close = "}".repeat(open.matches('{').count() - open.matches('}').count());
        let answer = world.ask(&format!("{{ {open} {{ {sets} }} {close} }}"), &fragments).await;
        let entries = having(&answer, "nodes").map_or(0, |page| page["nodes"].as_array().map_or(0, Vec::len));
        assert!(entries > 0, "{open}");
        truths.take(open, &answer, moment);
    }
    // Also an object that is known but not visible yet: the commit of a statement after the moment
    // of reading.
    let (said, fragments) = world.objects.spread("Statement", DEPTH);
    let later = format!(
        "{{ at(asOf: {{seq: 50}}) {{ affectedTrainingSets(wrong: {{all: {{}}}}, first: 2, knowledgeAt: {{seq: 90}}) {{ nodes {{ \
         members(first: 2) {{ nodes {{ statement {{ {said} }} }} }} }} }} }} }}"
    );
    truths.take("later", &world.ask(&later, &fragments).await, "@50~90");
    let ids: Vec<String> = truths.ids().map(str::to_owned).collect();
    assert!(ids.iter().any(|id| id.starts_with("commit:7") && id.ends_with("@50~90")), "{ids:?}");
    for ids in batches(&ids) {
        let (spread, fragments) = nodes(&world.objects, ids);
        let answer = world.ask(&format!("{{ {spread} }}"), &fragments).await;
        for (id, node) in ids.iter().zip(answer["nodes"].as_array().unwrap()) {
            assert_eq!(node["id"], id.as_str());
            truths.take(&format!("node {id}"), node, &id[id.find('@').unwrap()..]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_by_a_cursor_of_an_earlier_head_gives_ids_of_that_moment() {
    let world = IdWorld::new().await;
    let digest = world.names[2].1.clone();
    let mut cursors = Vec::new();
    // The cursors of a feed belong to no moment, and the cursor of a list in one object belongs to
    // no other object.
    let paged = |list: &&ListQuery| {
        !list.query.starts_with("commits")
            && !list.query.contains("first: 50)")
            && !list.query.contains("first: 2)")
    };
    for list in LISTS.iter().filter(paged) {
        let page =
            world.ask(&list.ask(&digest, "first: 1", "edges { cursor node { __typename } }"), "").await;
        let edge = having(&page, "cursor").unwrap_or_else(|| panic!("{} has no entries", list.query));
        let text = |json: &Json| json.as_str().unwrap().to_owned();
        cursors.push((list, text(&edge["cursor"]), text(&edge["node"]["__typename"])));
    }
    let mut now = Truths::default();
    for (list, cursor, kind) in &cursors {
        let (spread, fragments) = world.objects.spread(kind, 1);
        let page =
            list.ask(&digest, &format!("first: 2, after: \"{cursor}\""), &format!("nodes {{ {spread} }}"));
        now.take(list.query, &world.ask(&page, &fragments).await, "");
    }
    world.store.commit(vec![correct("default/LABEL/story", "another end")]).await;
    let (mut then, mut pages) = (Truths::default(), 0);
    for (list, cursor, kind) in &cursors {
        let (spread, fragments) = world.objects.spread(kind, 1);
        let page =
            list.ask(&digest, &format!("first: 2, after: \"{cursor}\""), &format!("nodes {{ {spread} }}"));
        let answer = world.answer(&page, &fragments).await;
        if answer["errors"].is_null() {
            then.take(list.query, &answer["data"], &format!("@{NEWEST}"));
            pages += 1;
        } else {
            // Of a drawing that has changed since, or inside an answer that is not read again.
            let message = refusal(&answer).1;
            let refused =
                message.contains("request it inside `at(") || message.contains("found one of another");
            assert!(refused, "{}: {answer}", list.query);
        }
    }
    assert!(pages > 15, "{pages}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_event_gives_ids_of_its_commit() {
    let world = IdWorld::new().await;
    for (field, kind) in [
        ("changes(after: 74)", "Commit"),
        ("affected(trainingSet: \"default/TRAINING_SET/test\", after: 74)", "NewlyAffectedSets"),
    ] {
        let (spread, fragments) = world.objects.spread(kind, DEPTH);
        let query = format!("subscription {{ {field} {{ {spread} }} }}\n{fragments}");
        let events = begin(&world.api, &query).await.unwrap();
        let all = reported(&events, 74).await;
        assert_eq!(all.len(), 37, "{field}");
        let mut truths = Truths::default();
        for (seq, event) in all {
            truths.take(field, &event, &format!("@{seq}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_repeated_answer_to_a_key_is_of_the_moment_of_the_first() {
    let world = IdWorld::new().await;
    let (spread, fragments) = world.objects.spread("CorrectPayload", DEPTH);
    let write = format!(
        "mutation {{ correct(input: {{version: \"default/LABEL/story\", attributes: {{class: \"a\"}}, reason: \"r\", \
         idempotencyKey: \"k\"}}) {{ {spread} }} }}"
    );
    let first = world.ask(&write, &fragments).await;
    Truths::default().take("first", &first, "");
    world.store.commit(vec![put("x", "LABEL", "story", "yet another", &[])]).await;
    let again = world.ask(&write, &fragments).await;
    Truths::default().take("again", &again, "@112");
    assert_eq!(without_moments(&again, "@112"), first, "the same answer, of its moment");
}

fn without_moments(answer: &Json, moment: &str) -> Json {
    serde_json::from_str(&answer.to_string().replace(moment, "")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_argument_takes_an_id_of_any_moment_and_answers_at_its_own() {
    let world = IdWorld::new().await;
    let hash = &world.names[0].1;
    let item = &world.names[1].1;
    let same = [
        (format!("version(id: \"{hash}@3\") {{ id }}"), json!({"version": {"id": hash}})),
        (format!("version(id: \"{hash}@999~1000\") {{ id }}"), json!({"version": {"id": hash}})),
        (format!("resolve(ref: \"{}@3\") {{ id }}", &hash[..20]), json!({"resolve": {"id": hash}})),
        (format!("item(id: \"{item}@3\") {{ id }}"), json!({"item": {"id": item}})),
        (
            format!("at(asOf: {{commit: \"commit:40@77\"}}) {{ id version(id: \"{hash}@3\") {{ id }} }}"),
            json!({"at": {"id": "moment:40", "version": {"id": format!("{hash}@40")}}}),
        ),
        (format!("reachable(from: [\"{hash}@5\"], to: [\"{hash}\"])"), json!({"reachable": [[true]]})),
        (
            "campaign(commit: \"commit:80@90\") { commit { id } }".to_owned(),
            json!({"campaign": {"commit": {"id": "commit:80"}}}),
        ),
    ];
    for (query, right) in same {
        assert_eq!(world.ask(&format!("{{ {query} }}"), "").await, right, "{query}");
    }
    // A tag with this name exists.
    world
        .store
        .commit(vec![json!({"setTag": {"name": "26", "version": format!("{hash}@7"), "alias": true}})])
        .await;
    let tagged = world.ask("{ resolve(ref: \"default/SOURCE/s0@26\") { id } }", "").await;
    assert_eq!(tagged["resolve"]["id"], hash.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_of_a_later_moment_is_refused_and_a_list_of_nodes_fails_in_one_place() {
    let world = IdWorld::new().await;
    let hash = &world.names[0].1;
    let unavailable = ["AS_OF_UNAVAILABLE"; 1];
    for query in [
        format!("node(id: \"{hash}@112\") {{ id }}"),
        format!("node(id: \"{hash}@5~112\") {{ id }}"),
        "node(id: \"moment:112\") { id }".to_owned(),
        format!("at(asOf: {{seq: 50}}) {{ node(id: \"{hash}@51\") {{ id }} }}"),
        "at(asOf: {seq: 50}) { node(id: \"moment:51\") { id } }".to_owned(),
        "version(id: \"default/SOURCE/s0@seq:112\") { id }".to_owned(),
        "version(id: \"default/SOURCE/not-yet@seq:112\") { id }".to_owned(),
        "resolve(ref: \"default/SOURCE/s0@seq:99999999999999999999\") { id }".to_owned(),
        "at(asOf: {seq: 50}) { resolve(ref: \"default/SOURCE/s0@seq:51\") { id } }".to_owned(),
        "paths(from: \"default/SOURCE/s0@seq:112\", to: \"default/SOURCE/s0\") { length }".to_owned(),
    ] {
        let answer = world.answer(&format!("{{ {query} }}"), "").await;
        assert!(unavailable.contains(&refusal(&answer).0), "{query}: {answer}");
        assert!(!answer["data"].is_null(), "{query}: only the field is null");
    }
    let written =
        "mutation { setTag(input: {name: \"t\", version: \"default/SOURCE/s0@seq:112\"}) { created } }";
    assert_eq!(refusal(&world.answer(written, "").await).0, "AS_OF_UNAVAILABLE");
    let list = format!(
        "{{ nodes(ids: [\"{hash}\", \"nonsense\", \"commit:999\", \"{hash}@112\", \"{}\", \"{hash}@7\", \"moment:9\"]) {{ id ... on \
         Moment {{ view {{ seq }} }} }} }}",
        &hash[..20]
    );
    let answer = world.answer(&list, "").await;
    let ids = [json!({"id": hash}), Json::Null, Json::Null, Json::Null, Json::Null];
    let mut right = ids.to_vec();
    right.extend([json!({"id": format!("{hash}@7")}), json!({"id": "moment:9", "view": {"seq": "9"}})]);
    assert_eq!(answer["data"]["nodes"], json!(right));
    let paths: Vec<&Json> = answer["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
    assert_eq!(paths, [&json!(["nodes", 1]), &json!(["nodes", 3]), &json!(["nodes", 4])]);
}
