//! Every field of every type, selected alone in its object, while writes are in progress.
//!
//! The requests are generated from the schema: for each type, a path to an object of it is
//! searched, and then each field is requested separately, so that no other field has prepared its
//! data. A new field or argument needs at most a line in [`ARGUMENTS`].

mod schema;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::filled::{MANY, filled};
use super::store::{TestStore, correct, run};
use crate::api::engine::execute::Execute;
use schema::{ObjectField, ObjectSchema};

/// Values of arguments, by `Type.field`, by `field` if types share it, or by the name of the
/// argument.
const ARGUMENTS: &[(&str, &str)] = &[
    ("Query.item", "id: \"default/LABEL/l0\""),
    ("Query.itemStates", "items: [\"default/LABEL/l0\"]"),
    ("Query.items", "filter: {kinds: [LABEL]}, first: 2"),
    ("Query.commit", "seq: \"111\""),
    ("Query.version", "id: \"default/TRAINING_SET/test#1\""),
    ("Query.node", "id: \"commit:111\""),
    ("Query.nodes", "ids: [\"commit:111\"]"),
    ("Query.resolve", "ref: \"default/DERIVED/c0#1\""),
    ("Query.trainingSetsContaining", "items: [\"default/DERIVED/c0\"], first: 2"),
    ("Query.trainingSetDiff", "a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/test#2\""),
    ("Query.leakage", "a: \"default/TRAINING_SET/train\", b: \"default/TRAINING_SET/test#1\", first: 2"),
    (
        "Query.commonAncestors",
        "a: \"default/BUNDLE/all\", b: \"default/TRAINING_SET/test#1\", lowestOnly: false, first: 2",
    ),
    ("Query.lineageDiff", "a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/test#2\""),
    ("Query.lineageGraph", "from: [\"default/ONTOLOGY/classes\"], direction: DOWN, foldAbove: 2"),
    (
        "Query.lineageSummary",
        "from: [\"default/ONTOLOGY/classes\"], direction: DOWN, groupBy: [KIND, ROLE, TAG, DEPTH]",
    ),
    ("Version.memberSummary", "attributes: [\"class\"]"),
    ("TrainingSetDiff.summary", "attributes: [\"class\"], first: 2"),
    ("Query.paths", "from: \"default/SOURCE/s0#1\", to: \"default/TRAINING_SET/train\", k: 2"),
    ("Query.pathsBetween", "from: \"default/SOURCE/s0#1\", to: \"default/TRAINING_SET/train\", k: 2"),
    ("Query.tagHistory", "name: \"current\", first: 2"),
    ("Query.newlyAffected", "fromSeq: \"0\", first: 2"),
    ("Item.version", "number: 1"),
    ("Version.attribute", "path: \"class\""),
    ("Query.statements", "filter: {itemKinds: [LABEL]}, first: 2"),
    ("first", "2"),
    ("id", "\"GROUP\""),
    ("key", "\"GROUP\""),
    ("asOf", "{seq: \"111\"}"),
    ("wrong", "{all: {}}"),
    ("commit", "\"commit:111\""),
    ("from", "[\"default/ONTOLOGY/classes\", \"default/TRAINING_SET/test#1\"]"),
    ("to", "[\"default/DERIVED/c0#1\"]"),
    ("direction", "BOTH"),
    ("digest", "\"DIGEST\""),
    ("seq", "\"111\""),
    ("name", "\"current\""),
];

/// Values of arguments of mutations, by field. None of them writes anything the second time.
const INPUTS: &[(&str, &str)] = &[
    (
        "putVersion",
        "item: {kind: LABEL, key: \"new\"}, attributes: {class: \"roof\"}, idempotencyKey: \"put\"",
    ),
    (
        "correct",
        "version: \"default/LABEL/l0#1\", attributes: {class: \"barn 0\"}, reason: \"default/LABEL/l0#1 is barn 0\"",
    ),
    ("retract", "version: \"default/DERIVED/c0#1\", reason: \"blurred 0\""),
    ("reinstate", "version: \"default/LABEL/l1#1\", reason: \"it was right\", idempotencyKey: \"again\""),
    (
        "assertDerivation",
        "derived: \"default/DERIVED/c0#1\", source: \"default/SOURCE/s1#1\", role: \"EXTRA\", reason: \"seen\"",
    ),
    ("setTag", "name: \"seen\", version: \"default/LABEL/l0#1\""),
    ("removeTag", "name: \"none\", version: \"default/LABEL/l0#1\""),
    (
        "rollback",
        "item: {kind: LABEL, key: \"story\"}, to: \"default/LABEL/story#1\", idempotencyKey: \"back\"",
    ),
    (
        "snapshotTrainingSet",
        "item: {kind: TRAINING_SET, key: \"more\"}, members: {all: [{version: \"default/LABEL/l0#1\"}]}, idempotencyKey: \"snap\"",
    ),
    ("refreshTrainingSet", "item: {kind: TRAINING_SET, key: \"test\"}, dryRun: true"),
    ("commit", "changes: [{setTag: {name: \"seen\", version: \"default/LABEL/l0#1\"}}]"),
];

/// Versions with properties that others lack: sources and derivatives, an activity, members.
const VERSIONS: &[&str] = &["default/LABEL/l0#1", "default/DERIVED/c0#1", "default/TRAINING_SET/test#1"];

/// Excluded fields: uploads need a bucket, subscriptions have their own tests, and a class change
/// needs a separate class list.
const ELSEWHERE: &[&str] = &[
    "BeginUploadPayload",
    "CompleteUploadPayload",
    "UploadRequest",
    "UploadHeader",
    "UploadedBlob",
    "Subscription",
    "NewlyAffectedSets",
    "ClassChange",
];

/// The numbers of concurrent readers and writers, and of rounds of each reader.
const READERS: usize = 4;
const WRITERS: usize = 4;
const ROUNDS: usize = 3;
/// The time after which a lock counts as never released.
const PATIENCE: Duration = Duration::from_secs(300);

/// The path to an object of a type: the text of a request before and after the fields of the
/// object.
#[derive(Clone)]
struct ObjectPath {
    kind: String,
    open: String,
    close: String,
}

impl ObjectPath {
    fn ask(&self, selection: &str) -> String {
        format!("{}{selection}{}", self.open, self.close)
    }

    fn further(&self, kind: &str, field: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            open: format!("{}{field} {{ ", self.open),
            close: format!(" }}{}", self.close),
        }
    }
}

/// Fills the values that only the store knows into a query.
struct Asking {
    schema: ObjectSchema,
    digest: String,
    group: String,
}

impl Asking {
    async fn new(store: &TestStore) -> Self {
        let answer = store
            .ask(
                "{ version(id: \"default/SOURCE/s0#1\") { payload { digest } }
                   lineageGraph(from: [\"default/ONTOLOGY/classes\"], direction: DOWN, foldAbove: 2) { groups { __typename } } }",
                json!({}),
            )
            .await;
        assert!(!answer["lineageGraph"]["groups"].as_array().unwrap().is_empty());
        let digest = answer["version"]["payload"]["digest"].as_str().unwrap().to_owned();
        let schema = ObjectSchema::read(&crate::api::sdl());
        // The naming field of a group is called `id` or `key`.
        let name = if schema.has("LineageGraphGroup", "key") { "key" } else { "id" };
        let groups = format!(
            "{{ lineageGraph(from: [\"default/ONTOLOGY/classes\"], direction: DOWN, foldAbove: 2) {{ groups {{ {name} }} }} }}"
        );
        let answer = store.ask(&groups, json!({})).await;
        let group = answer["lineageGraph"]["groups"][0][name].as_str().unwrap().to_owned();
        Self { schema, digest, group }
    }

    /// Returns the selection of the field, with its arguments.
    fn field(&self, kind: &str, field: &ObjectField) -> String {
        let known = |name: &str| ARGUMENTS.iter().find(|(known, _)| *known == name).map(|(_, given)| *given);
        // `Moment` has the fields of `Query`.
        let kind = if kind == "Moment" { "Query" } else { kind };
        let whole = known(&format!("{kind}.{}", field.name));
        let input = INPUTS.iter().find(|(name, _)| kind == "Mutation" && *name == field.name);
        let text = match (whole, input) {
            (_, Some((_, input))) => format!("input: {{{input}}}"),
            (Some(whole), None) => whole.to_owned(),
            (None, None) => {
                let wanted = field.arguments.iter().filter(|(name, required)| *required || name == "first");
                let given = wanted.map(|(name, _)| {
                    let value = known(name);
                    let value = value.unwrap_or_else(|| panic!("a value for {kind}.{}({name}:)", field.name));
                    format!("{name}: {value}")
                });
                given.collect::<Vec<_>>().join(", ")
            }
        };
        let text = text.replace("DIGEST", &self.digest).replace("GROUP", &self.group);
        if text.is_empty() { field.name.clone() } else { format!("{}({text})", field.name) }
    }

    /// Returns the field selected alone; of an object in it, only its type.
    fn alone(&self, kind: &str, field: &ObjectField) -> String {
        let own = self.field(kind, field);
        if self.schema.is_leaf(&field.of) { own } else { format!("{own} {{ __typename }}") }
    }
}

/// Searches a path to an object of every type, breadth-first. A path counts once an answer contains
/// such an object.
async fn ways(api: &Arc<dyn Execute>, asking: &Asking) -> Vec<ObjectPath> {
    let root = |kind: &str, open: &str| ObjectPath {
        kind: kind.to_owned(),
        open: open.to_owned(),
        close: " }".to_owned(),
    };
    let mut ways = vec![root("Query", "{ "), root("Mutation", "mutation { ")];
    ways.extend(
        VERSIONS
            .iter()
            .map(|id| ways[0].further("Version", &format!("version(id: \"{id}\")")))
            .collect::<Vec<_>>(),
    );
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        for field in asking.schema.fields(&way.kind) {
            let known = ways.iter().any(|way| way.kind == field.of);
            let composite = asking.schema.is_object(&field.of);
            if known || !composite || ELSEWHERE.contains(&field.of.as_str()) {
                continue;
            }
            let way = way.further(&field.of, &asking.field(&way.kind, field));
            let answer = run(api, &way.ask("__typename"), json!({})).await;
            if holds(&answer["data"], &field.of) {
                ways.push(way);
            }
        }
    }
    ways
}

/// Returns true if an answer contains an object of this type.
fn holds(answer: &Json, kind: &str) -> bool {
    match answer {
        Json::Object(fields) => {
            fields.get("__typename").is_some_and(|name| name == kind)
                || fields.values().any(|value| holds(value, kind))
        }
        Json::Array(entries) => entries.iter().any(|entry| holds(entry, kind)),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_field_is_answered_alone_during_writes() {
    let store = Arc::new(filled().await);
    // An item to refresh.
    store.commit(vec![correct("default/LABEL/l35#2", "hut")]).await;
    let api = store.within(crate::api::engine::cost::Limits::default());
    let asking = Asking::new(&store).await;
    let ways = ways(&api, &asking).await;
    let met: BTreeSet<&str> = ways.iter().map(|way| way.kind.as_str()).collect();
    let missing: Vec<&str> =
        asking.schema.objects().filter(|kind| !met.contains(kind) && !ELSEWHERE.contains(kind)).collect();
    assert!(missing.is_empty(), "no request leads to an object of {missing:?}");
    let asked = ways.iter().flat_map(|way| {
        let fields =
            asking.schema.fields(&way.kind).iter().filter(|field| !ELSEWHERE.contains(&field.of.as_str()));
        fields.map(|field| way.ask(&asking.alone(&way.kind, field))).collect::<Vec<_>>()
    });
    let queries: Arc<Vec<String>> = Arc::new(asked.collect());
    assert!(queries.len() > 300, "{} fields", queries.len());

    let mut failed = Vec::new();
    for query in queries.iter() {
        let answer = run(&api, query, json!({})).await;
        failed.extend((!answer["errors"].is_null()).then(|| format!("{query}: {}", answer["errors"])));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));

    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|n| tokio::spawn(write(Arc::clone(&store), n, Arc::clone(&stop), Arc::clone(&written))))
        .collect();
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (api, queries) = (Arc::clone(&api), Arc::clone(&queries));
            tokio::spawn(async move {
                for place in 0..ROUNDS * queries.len() {
                    let query = &queries[(place + reader * queries.len() / READERS) % queries.len()];
                    let answer = run(&api, query, json!({})).await;
                    assert!(answer["errors"].is_null(), "{query}\n{}", answer["errors"]);
                }
            })
        })
        .collect();
    for reader in readers {
        let read = tokio::time::timeout(PATIENCE, reader).await;
        read.unwrap_or_else(|_| panic!("a request is not answered: nothing reads or writes any more"))
            .unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        tokio::time::timeout(PATIENCE, writer).await.unwrap().unwrap();
    }
    assert!(written.load(Ordering::Relaxed) >= 10, "{written:?} commits beside the readers");
}

/// Corrects one label after another until it is stopped.
async fn write(store: Arc<TestStore>, writer: usize, stop: Arc<AtomicBool>, written: Arc<AtomicUsize>) {
    for round in (writer..).step_by(WRITERS) {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        store
            .commit(vec![correct(&format!("default/LABEL/l{}#2", round % MANY), &format!("shed {round}"))])
            .await;
        written.fetch_add(1, Ordering::Relaxed);
    }
}
