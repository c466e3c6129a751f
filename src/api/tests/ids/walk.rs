//! Queries that select every field of the schema, generated from introspection.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value as Json;

/// The introspection query for the types.
pub(super) const INTROSPECTION: &str = "{ __schema { types { kind name possibleTypes { name } fields { name
    args { name defaultValue type { kind } }
    type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }";

/// The types whose ids carry a moment.
pub(super) const BEARERS: [&str; 4] = ["Commit", "Item", "Statement", "Version"];

/// Separates the type from the name of the field in an alias.
pub(super) const ALIAS: &str = "_of_";

/// Values of required arguments, valid at any moment from commit 81 on: by the field of a root or a
/// drawing, or by `Type.field`.
const SAMPLES: &[(&str, &str)] = &[
    ("node", "id: \"commit:80\""),
    ("nodes", "ids: [\"commit:80\", \"statement:80.0\", \"VERSION\", \"ITEM\"]"),
    ("item", "id: \"default/LABEL/story\""),
    ("itemStates", "items: [\"default/LABEL/story\", \"default/LABEL/none\"]"),
    ("version", "id: \"default/TRAINING_SET/test#1\""),
    ("resolve", "ref: \"default/LABEL/l5#1\""),
    ("versionsWithContent", "digest: \"DIGEST\", first: 2"),
    ("blob", "digest: \"DIGEST\""),
    ("tagHistory", "name: \"current\", first: 2"),
    ("commit", "seq: 80"),
    ("lineage", "from: [\"default/ONTOLOGY/classes\"], direction: DOWN, first: 2"),
    ("paths", "from: \"default/SOURCE/s0#1\", to: \"default/TRAINING_SET/train\""),
    ("pathsBetween", "from: \"default/SOURCE/s0#1\", to: \"default/TRAINING_SET/train\""),
    ("reachable", "from: [\"default/SOURCE/s0#1\"], to: [\"default/TRAINING_SET/train\"]"),
    ("affectedTrainingSets", "wrong: {all: {}}, first: 2"),
    ("affectedConsumers", "wrong: {items: [\"default/LABEL/l0\", \"default/SOURCE/s0\"]}, first: 2"),
    ("trainingSetsContaining", "versions: [\"default/DERIVED/c0#1\"], first: 2"),
    ("trainingSetDiff", "a: \"default/TRAINING_SET/test#1\", b: \"LATER\""),
    ("lineageGraph", "from: [\"default/ONTOLOGY/classes\"], direction: DOWN, maxDepth: 2"),
    (
        "commonAncestors",
        "a: \"default/BUNDLE/all\", b: \"default/TRAINING_SET/test#1\", lowestOnly: false, first: 2",
    ),
    ("lineageDiff", "a: \"default/TRAINING_SET/test#1\", b: \"LATER\""),
    (
        "lineageSummary",
        "from: [\"default/ONTOLOGY/classes\"], direction: DOWN, groupBy: [KIND], attributes: [\"class\"]",
    ),
    ("newlyAffected", "fromSeq: 0, first: 2"),
    ("leakage", "a: \"default/TRAINING_SET/train\", b: \"default/TRAINING_SET/test#1\", first: 2"),
    ("campaign", "commit: \"commit:80\""),
    ("group", "key: \"group:0\""),
    ("Item.version", "number: 1"),
    ("Version.attribute", "path: \"class\""),
];

/// A field of an object.
#[derive(Debug, Clone)]
pub(super) struct WalkedField {
    pub name: String,
    /// The named type that it returns.
    pub of: String,
    pub has_fields: bool,
    arguments: String,
}

/// The objects of the schema.
pub(super) struct Objects(pub BTreeMap<String, Vec<WalkedField>>);

impl Objects {
    /// Reads the answer to [`INTROSPECTION`].
    pub(super) fn read(answer: &Json) -> Self {
        let types = answer["__schema"]["types"].as_array().unwrap();
        let objects = types.iter().filter(|kind| kind["kind"] == "OBJECT");
        let named = |kind: &Json| kind["name"].as_str().unwrap().to_owned();
        Self(objects.map(|kind| (named(kind), fields(kind))).collect())
    }

    /// The types that have ids, or lead to one.
    pub(super) fn with_ids(&self) -> BTreeSet<String> {
        let mut found: BTreeSet<String> =
            BEARERS.iter().chain(&["Node", "Moment"]).map(|kind| (*kind).to_owned()).collect();
        loop {
            let leads = |fields: &Vec<WalkedField>| fields.iter().any(|field| found.contains(&field.of));
            let more: Vec<String> = self
                .0
                .iter()
                .filter(|(kind, fields)| !found.contains(*kind) && leads(fields))
                .map(|(kind, _)| kind.clone())
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// Returns the fields of the root and of a moment, except for those that lead to another
    /// moment.
    pub(super) fn questions(&self) -> Vec<WalkedField> {
        self.0["Query"].iter().filter(|field| field.name != "at").cloned().collect()
    }

    /// Returns the selection of a field with everything below it to a depth of objects, and the
    /// fragments for it.
    pub(super) fn selection(&self, field: &WalkedField, depth: usize) -> (String, String) {
        let mut wanted = BTreeSet::new();
        let selection = self.select(field, depth, &mut wanted);
        (selection, self.fragments(wanted))
    }

    /// Returns the selection of everything in an object to a depth of objects, and the fragments
    /// for it.
    pub(super) fn spread(&self, kind: &str, depth: usize) -> (String, String) {
        (format!("...{kind}{depth}"), self.fragments(BTreeSet::from([(kind.to_owned(), depth)])))
    }

    pub(super) fn fragments(&self, mut wanted: BTreeSet<(String, usize)>) -> String {
        let (mut made, mut fragments) = (BTreeSet::new(), String::new());
        while let Some((kind, depth)) = wanted.pop_first() {
            if !made.insert((kind.clone(), depth)) {
                continue;
            }
            let _ = write!(fragments, "fragment {kind}{depth} on {kind} {{ __typename ");
            for field in &self.0[&kind] {
                fragments += &self.select(field, depth, &mut wanted);
            }
            fragments += "}\n";
        }
        fragments
    }

    fn select(&self, field: &WalkedField, depth: usize, wanted: &mut BTreeSet<(String, usize)>) -> String {
        let WalkedField { name, of, has_fields, arguments } = field;
        // A URL contains its expiry.
        if !has_fields && name == "url" {
            return String::new();
        }
        if !has_fields {
            return format!("{name}{arguments} ");
        }
        if of == "Node" {
            // Once for each type: fields with the same name may have different types.
            let bearers = BEARERS.map(|of| {
                wanted.insert((of.to_owned(), depth));
                format!("{of}{ALIAS}{name}: {name}{arguments} {{ __typename id ...{of}{depth} }} ")
            });
            return bearers.concat();
        }
        // An object without an id belongs to the field that holds it.
        let is_bearer = BEARERS.contains(&of.as_str());
        let below = if is_bearer { depth.checked_sub(1) } else { Some(depth) };
        let Some(below) = below else { return String::new() };
        if name == "edges" && depth < 2 {
            return String::new();
        }
        wanted.insert((of.clone(), below));
        format!("{name}{arguments} {{ ...{of}{below} }} ")
    }
}

fn fields(kind: &Json) -> Vec<WalkedField> {
    let fields = kind["fields"].as_array().unwrap().iter();
    let owner = kind["name"].as_str().unwrap();
    let field = |field: &Json| {
        let mut of = &field["type"];
        while of["name"].is_null() {
            of = &of["ofType"];
        }
        let has_fields = ["OBJECT", "INTERFACE", "UNION"].contains(&of["kind"].as_str().unwrap());
        let arguments = arguments(owner, field);
        let text = |json: &Json| json.as_str().unwrap().to_owned();
        WalkedField { name: text(&field["name"]), of: text(&of["name"]), has_fields, arguments }
    };
    fields.map(field).collect()
}

fn arguments(owner: &str, field: &Json) -> String {
    let name = field["name"].as_str().unwrap();
    let given = field["args"].as_array().unwrap();
    let needed = |given: &&Json| given["type"]["kind"] == "NON_NULL" && given["defaultValue"].is_null();
    // Elsewhere, these names are fields without such arguments.
    let is_known = ["Query", "Moment", "LineageGraph"].contains(&owner) && !given.is_empty();
    let of_owner = format!("{owner}.{name}");
    let sample = SAMPLES.iter().find(|(of, _)| (is_known && *of == name) || *of == of_owner);
    if let Some((_, sample)) = sample {
        return format!("({sample})");
    }
    let is_root = owner == "Mutation" || owner == "Subscription" || name == "at";
    if let Some(needed) = given.iter().find(needed).filter(|_| !is_root && !owner.starts_with("__")) {
        panic!("{owner}.{name} needs `{}`: give a sample, so that its ids are looked at", needed["name"]);
    }
    let pages = given.iter().any(|given| given["name"] == "first");
    if pages { "(first: 2)".to_owned() } else { String::new() }
}
