//! A store in which every list has many entries, each written in a separate commit.

use std::collections::BTreeSet;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{OperationType, Selection, SelectionSet};
use serde_json::{Value as Json, json};

use super::store::{TestStore, correct, pin, put};
use crate::api::engine::sdl::{Sdl, SdlType, innermost};
use crate::api::schema;

/// The minimum number of entries of each list: lists of more than 30 are resolved in another way
/// than shorter ones.
pub(super) const MANY: usize = 36;

pub(super) async fn filled() -> TestStore {
    let store = TestStore::new().await;
    let bytes = store.put_blob("GIF89a\u{1c}\0\u{e}\0 the same bytes").await;
    store.commit(vec![put("o", "ONTOLOGY", "classes", "list", &[])]).await;
    let mut train: Vec<String> = Vec::new();
    for n in 0..MANY {
        let mut source = put("s", "SOURCE", &format!("s{n}"), "raw", &[]);
        source["putVersion"]["payload"] = json!(bytes);
        let mut label = put("l", "LABEL", &format!("l{n}"), "roof", &["@s"]);
        label["putVersion"]["ontology"] = json!("default/ONTOLOGY/classes#1");
        label["putVersion"]["tags"] = json!(["use:roofs"]);
        let mut crop = put("c", "DERIVED", &format!("c{n}"), "crop", &["@l"]);
        crop["putVersion"]["activity"] = json!({"name": "crop", "parameters": {"n": n}});
        let story = put("h", "LABEL", "story", &format!("told {n}"), &["default/ONTOLOGY/classes#1"]);
        let alias = json!({"setTag": {"name": "current", "version": "@h"}});
        train.push(format!("default/DERIVED/c{n}#1"));
        let mut members = train.clone();
        members[n] = "@c".to_owned();
        store
            .commit(vec![
                source,
                label,
                crop,
                story,
                alias,
                pin("train", &members),
                pin(&format!("t{n}"), &["@c".to_owned()]),
            ])
            .await;
    }
    let of =
        |kind: &str, name: &str| (0..MANY).map(|n| format!("default/{kind}/{name}{n}#1")).collect::<Vec<_>>();
    let sources = of("SOURCE", "s");
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    store
        .commit(vec![
            put("b", "BUNDLE", "all", "all", &sources),
            pin("test", &[of("DERIVED", "c"), of("LABEL", "l")].concat()),
        ])
        .await;
    for n in 0..MANY {
        let said = json!({"assertDerivation": {"derived": format!("default/DERIVED/c{n}#1"),
            "source": format!("default/SOURCE/s{}#1", (n + 1) % MANY), "role": "EXTRA", "reason": format!("seen {n}")}});
        let model = put(
            "m",
            "MODEL",
            &format!("m{n}"),
            "run",
            &[&format!("default/TRAINING_SET/train#{MANY}"), &format!("default/TRAINING_SET/t{n}#1")],
        );
        let deployed = put("d", "DEPLOYMENT", &format!("d{n}"), "live", &["@m"]);
        store.commit(vec![said, model, deployed]).await;
    }
    for n in 0..MANY {
        store.commit(vec![correct(&format!("default/LABEL/l{n}#1"), &format!("barn {n}"))]).await;
    }
    let retracted = (0..MANY).map(|n| json!({"retract": {"version": format!("default/DERIVED/c{n}#1"), "reason": format!("blurred {n}")}}));
    let tagged = (0..MANY).map(
        |n| json!({"setTag": {"name": "seen", "version": format!("default/LABEL/l{n}#1"), "alias": false}}),
    );
    let better: Vec<String> = (0..MANY).map(|n| format!("default/LABEL/l{n}#2")).collect();
    let refreshed = (0..MANY).map(|n| pin(&format!("t{n}"), &[format!("default/SOURCE/s{n}#1")]));
    store.commit(retracted.chain(tagged).chain(refreshed).chain([pin("test", &better)]).collect()).await;
    store
}

/// A list of the API: a query with `ARGS` for the arguments of its page, and the selection of an
/// entry.
pub(super) struct ListQuery {
    /// The query: it contains `ARGS` once, and `BELOW` at the place of the list's own fields.
    pub query: &'static str,
    /// The selection of each entry.
    pub node: &'static str,
}

const fn list(query: &'static str, node: &'static str) -> ListQuery {
    ListQuery { query, node }
}

const VERSION: &str = "id number attributes author message mediaType activity { name } payload { size sha256 } ontology { attributes } \
    commit { author message } parent { attributes } item { id key head { attributes author } } tags { name commit { author } } \
    statements { reason author commit { message } } replacement { attributes }";
const MEMBER: &str = "split version { attributes author }";
const CHANGE: &str = "before { version { attributes } } after { version { attributes } }";
const SET: &str = "affectedCount bySplit { split } tags { name } fixedIn { author } trainingSet { attributes author commit { message } } \
    members(first: 2) { nodes { pinned { attributes author } wrong { attributes } statement { reason author } replacement { attributes } path { attributes } } } \
    consumers(first: 2) { nodes { attributes author } }";
const USE: &str = "trainingSet { attributes author } pinned { attributes }";
const DERIVATION: &str = "role reason commit { author } source { attributes author } derived { attributes }";

/// Every paged list of the API; a test below compares them with the schema.
pub(super) const LISTS: &[ListQuery] = &[
    list(
        "items(filter: {kinds: [LABEL]}, ARGS) { BELOW }",
        "key tags { name } head { attributes author commit { message } }",
    ),
    list("item(id: \"default/LABEL/story\") { history(ARGS) { BELOW } }", VERSION),
    list("version(id: \"default/BUNDLE/all\") { sources(ARGS) { BELOW } }", DERIVATION),
    list("version(id: \"default/ONTOLOGY/classes\") { derivatives(ARGS) { BELOW } }", DERIVATION),
    list("version(id: \"default/TRAINING_SET/test#1\") { members(ARGS) { BELOW } }", MEMBER),
    list("version(id: \"default/TRAINING_SET/test#1\") { flatMembers(ARGS) { BELOW } }", MEMBER),
    list(
        "version(id: \"default/TRAINING_SET/test#1\") { staleMembers(ARGS) { BELOW } }",
        "pinned { attributes } wrong { author } statement { reason } replacement { attributes }",
    ),
    list("version(id: \"default/DERIVED/c0#1\") { memberOf(ARGS) { BELOW } }", USE),
    list("commit(seq: \"111\") { versions(ARGS) { BELOW } }", VERSION),
    list(
        "commit(seq: \"111\") { tagMoves(ARGS) { BELOW } }",
        "name version { attributes } commit { author }",
    ),
    list("version(id: \"default/SOURCE/s0#1\") { payload { versions(ARGS) { BELOW } } }", VERSION),
    list("versionsWithContent(digest: \"DIGEST\", ARGS) { BELOW }", VERSION),
    list("tags(ARGS) { BELOW }", "name item { key } version { attributes author } commit { author message }"),
    list("tagHistory(name: \"current\", ARGS) { BELOW }", "version { attributes } commit { author message }"),
    list("lineage(from: [\"default/ONTOLOGY/classes\"], direction: DOWN, ARGS) { BELOW }", VERSION),
    list("affectedTrainingSets(wrong: {all: {}}, ARGS) { BELOW }", SET),
    list("newlyAffected(fromSeq: \"0\", ARGS) { BELOW }", SET),
    list(
        "statements(ARGS) { BELOW }",
        "reason author version { attributes } by { attributes } commit { message }",
    ),
    list(
        "affectedConsumers(wrong: {all: {}}, ARGS) { BELOW }",
        "consumer { attributes author } inclusion wrongCount tags { name } fixedIn { author } wrong(first: 1) { nodes { attributes } } \
         through(first: 1) { nodes { author } }",
    ),
    list("affectedConsumers(wrong: {all: {}}, first: 1) { nodes { wrong(ARGS) { BELOW } } }", VERSION),
    list("affectedConsumers(wrong: {all: {}}, first: 1) { nodes { through(ARGS) { BELOW } } }", VERSION),
    list("trainingSetsContaining(items: [\"default/DERIVED/c0\"], ARGS) { BELOW }", USE),
    list(
        "affectedTrainingSets(wrong: {all: {}}, first: 1) { nodes { members(ARGS) { BELOW } } }",
        "pinned { attributes } wrong { author } statement { reason }",
    ),
    list(
        "affectedTrainingSets(wrong: {all: {}}, onlyHeads: true, first: 1) { nodes { consumers(ARGS) { BELOW } } }",
        VERSION,
    ),
    list(
        "affectedTrainingSets(wrong: {items: [\"default/DERIVED/c0\"]}, first: 50) { nodes { consumers(ARGS) { BELOW } } }",
        VERSION,
    ),
    list(
        "leakage(a: \"default/TRAINING_SET/train\", b: \"default/TRAINING_SET/test#1\", ARGS) { BELOW }",
        "through { attributes author } pairs(first: 1) { nodes { a { version { attributes } } } }",
    ),
    list(
        "leakage(a: \"default/TRAINING_SET/train\", b: \"default/TRAINING_SET/test#1\", kinds: [COMMON_ANCESTOR], first: 2) { nodes { pairs(ARGS) { BELOW } } }",
        "a { version { attributes } } b { version { author } }",
    ),
    list(
        "campaign(commit: \"commit:111\") { sets(ARGS) { BELOW } }",
        "item { head { author } } refreshed { version { attributes author } } trained { version { attributes } } held(first: 1) { nodes { attributes } }",
    ),
    list("campaign(commit: \"commit:111\") { sets(first: 1) { nodes { held(ARGS) { BELOW } } } }", VERSION),
    list(
        "campaign(commit: \"commit:111\") { staleDeployments(ARGS) { BELOW } }",
        "deployment { attributes author } model { attributes } trainingSet { author }",
    ),
    list(
        "trainingSetDiff(a: \"default/TRAINING_SET/t0\", b: \"default/TRAINING_SET/test#1\") { added(ARGS) { BELOW } }",
        MEMBER,
    ),
    list(
        "trainingSetDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/t0\") { removed(ARGS) { BELOW } }",
        MEMBER,
    ),
    list(
        "trainingSetDiff(a: \"default/TRAINING_SET/t0\", b: \"default/TRAINING_SET/test#1\") { versionsAdded(ARGS) { BELOW } }",
        MEMBER,
    ),
    list(
        "trainingSetDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/t0\") { versionsRemoved(ARGS) { BELOW } }",
        MEMBER,
    ),
    list(
        "trainingSetDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/test#2\") { repinned(ARGS) { BELOW } }",
        CHANGE,
    ),
    list(
        "trainingSetDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/t0\") { summary(groupBy: [SPLIT, KIND, NAMESPACE], attributes: [\"class\", \"n\"], ARGS) { BELOW } }",
        "split kind addedCount values { value }",
    ),
    list(
        "version(id: \"default/TRAINING_SET/test#1\") { memberSummary(groupBy: [SPLIT, KIND, NAMESPACE], attributes: [\"class\", \"n\"]) { groups(ARGS) { BELOW } } }",
        "split kind versionCount values { value }",
    ),
    list(
        "itemSummary(groupBy: [KIND, NAMESPACE, TAG, AUTHOR], attributes: [\"class\", \"n\"]) { groups(ARGS) { BELOW } }",
        "kind author itemCount values { value }",
    ),
    list(
        "commonAncestors(a: \"default/BUNDLE/all\", b: \"default/TRAINING_SET/test#1\", lowestOnly: false, ARGS) { BELOW }",
        VERSION,
    ),
    list(
        "lineageDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/BUNDLE/all\") { onlyInA(ARGS) { BELOW } }",
        VERSION,
    ),
    list(
        "lineageDiff(a: \"default/BUNDLE/all\", b: \"default/TRAINING_SET/test#1\") { onlyInB(ARGS) { BELOW } }",
        VERSION,
    ),
    list(
        "lineageDiff(a: \"default/TRAINING_SET/test#1\", b: \"default/TRAINING_SET/test#2\") { changed(ARGS) { BELOW } }",
        "a { attributes } b { author }",
    ),
    list(
        "lineageSummary(from: [\"default/ONTOLOGY/classes\"], direction: DOWN, groupBy: [KIND, ROLE, TAG, DEPTH]) { groups(ARGS) { BELOW } }",
        "kind payloadBytes samples { attributes author }",
    ),
    list(
        "lineageGraph(from: [\"default/ONTOLOGY/classes\"], direction: DOWN, foldAbove: 2) { groups { versions(ARGS) { BELOW } } }",
        VERSION,
    ),
    list(
        "commits(ARGS) { BELOW }",
        "author message statements { reason } versions(first: 1) { nodes { attributes } } tagMoves(first: 1) { nodes { version { author } } }",
    ),
];

impl ListQuery {
    /// Returns a query for a page with some fields of it.
    pub(super) fn ask(&self, digest: &str, args: &str, below: &str) -> String {
        let query = self.query.replace("DIGEST", digest).replace("ARGS", args).replace("BELOW", below);
        format!("{{ {query} }}")
    }

    /// Returns the field that returns the page, as `Type.field`.
    fn field(&self, sdl: &Sdl) -> String {
        let query = self.ask("", "first: 1", "pageInfo { endCursor }");
        let document = parse_query(&query).unwrap_or_else(|error| panic!("{query}: {error}"));
        let (_, operation) = document.operations.iter().next().unwrap();
        let root = sdl.root(OperationType::Query).unwrap();
        paged_field(&operation.node.selection_set.node, root, sdl)
            .unwrap_or_else(|| panic!("{query} has no page"))
    }
}

/// Returns the first field whose selection contains `pageInfo`, depth first.
fn paged_field(set: &SelectionSet, on: &str, sdl: &Sdl) -> Option<String> {
    set.items.iter().find_map(|selection| {
        let Selection::Field(field) = &selection.node else { return None };
        let (name, below) = (&field.node.name.node, &field.node.selection_set.node);
        let is_page = below.items.iter().any(|selection| {
            matches!(&selection.node, Selection::Field(field) if field.node.name.node == "pageInfo")
        });
        if is_page {
            return Some(format!("{on}.{name}"));
        }
        let kind = innermost(&sdl.field(on, name).unwrap_or_else(|| panic!("no field {on}.{name}")).kind);
        paged_field(below, kind, sdl)
    })
}

#[test]
fn the_lists_are_those_of_the_schema() {
    let sdl = Sdl::read(&schema::sdl()).unwrap();
    let mut paged = BTreeSet::new();
    for kind in sdl.names() {
        // A moment has the fields of the root: `roots` compares them.
        let Some(SdlType::Object(fields)) = sdl.get(kind).filter(|_| kind != "Moment") else { continue };
        let pages =
            fields.iter().filter(|(_, field)| sdl.field(innermost(&field.kind), "pageInfo").is_some());
        paged.extend(pages.map(|(field, _)| format!("{kind}.{field}")));
    }
    let asked: BTreeSet<String> = LISTS.iter().map(|list| list.field(&sdl)).collect();
    assert!(paged.contains("Query.items"), "{paged:?}");
    let missing: Vec<_> = paged.difference(&asked).collect();
    assert!(missing.is_empty(), "no list here asks for {missing:?}: add one to LISTS");
    let other: Vec<_> = asked.difference(&paged).collect();
    assert!(other.is_empty(), "these fields return no page: {other:?}");
}

/// Returns the first object in an answer that has this field, depth first.
pub(super) fn having<'a>(answer: &'a Json, field: &str) -> Option<&'a Json> {
    match answer {
        Json::Object(fields) if fields.contains_key(field) => Some(answer),
        Json::Object(fields) => fields.values().find_map(|value| having(value, field)),
        Json::Array(entries) => entries.iter().find_map(|value| having(value, field)),
        _ => None,
    }
}
