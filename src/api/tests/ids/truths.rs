//! A cache as clients have it, with one object for each id, which reports an id with two different
//! states.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::walk::{ALIAS, BEARERS};

/// The known state of each id.
#[derive(Default)]
pub(super) struct Truths {
    known: BTreeMap<String, Map<String, Json>>,
    /// The fields of objects that had an answer, as `Type.field`.
    pub(super) seen: BTreeSet<String>,
}

impl Truths {
    /// The ids that occurred.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// Records an answer in which all ids must carry this moment, or none if it is empty.
    pub(super) fn take(&mut self, asked: &str, answer: &Json, moment: &str) {
        self.normal(asked, answer, moment);
    }

    /// Returns a value with ids in place of the objects that have one.
    fn normal(&mut self, asked: &str, value: &Json, moment: &str) -> Json {
        match value {
            Json::Array(entries) => entries.iter().map(|entry| self.normal(asked, entry, moment)).collect(),
            Json::Object(fields) => self.object(asked, fields, moment),
            Json::String(text) => {
                assert!(!is_plain(text), "{asked}: {text} without a moment");
                value.clone()
            }
            other => other.clone(),
        }
    }

    fn object(&mut self, asked: &str, fields: &Map<String, Json>, moment: &str) -> Json {
        let kind = fields.get("__typename").and_then(Json::as_str).unwrap_or_default();
        let mut told = Map::new();
        for (name, value) in fields {
            let name = name.split_once(ALIAS).map_or(name.as_str(), |(_, name)| name);
            if !value.is_null() && *value != Json::Array(Vec::new()) {
                self.seen.insert(format!("{kind}.{name}"));
            }
            // The only names without a moment: the content id, and names within one drawing.
            let is_name = name == "id" || name == "hash" || kind.starts_with("LineageGraph");
            let told_of = match value {
                Json::String(_) if is_name => value.clone(),
                value => self.normal(asked, value, moment),
            };
            told.insert(name.to_owned(), told_of);
        }
        if kind == "Moment" {
            assert_eq!(fields["id"], format!("moment:{}", &moment[1..]), "{asked}");
            return Json::Object(told);
        }
        if !BEARERS.contains(&kind) {
            assert!(!fields.contains_key("id"), "{asked}: {kind} has an id: whose?");
            return Json::Object(told);
        }
        let id = fields["id"].as_str().unwrap();
        let carried = id.split_once('@').map_or(String::new(), |(_, carried)| format!("@{carried}"));
        assert_eq!(carried, moment, "{asked}: {id}");
        if let Some(hash) = fields.get("hash") {
            assert_eq!(Some(id.trim_end_matches(moment)), hash.as_str(), "{asked}");
        }
        merge_fields(self.known.entry(id.to_owned()).or_default(), told, &format!("{asked}: {id}"));
        Json::from(id)
    }
}

/// Returns true for an id without a moment.
fn is_plain(text: &str) -> bool {
    let names = ["item:", "version:", "commit:", "statement:"];
    names.iter().any(|name| text.starts_with(name)) && !text.contains('@') && !text.contains(' ')
}

/// Merges a state into the known one; common fields must be equal. One query may select more than
/// another.
fn merge(known: &mut Json, said: Json, place: &str) {
    match (known, said) {
        (Json::Object(known), Json::Object(said)) => merge_fields(known, said, place),
        (Json::Array(known), Json::Array(said)) => {
            assert_eq!(known.len(), said.len(), "{place}: two truths");
            known.iter_mut().zip(said).for_each(|(known, said)| merge(known, said, place));
        }
        (known, said) => assert_eq!(*known, said, "{place}: two truths"),
    }
}

fn merge_fields(known: &mut Map<String, Json>, said: Map<String, Json>, place: &str) {
    for (name, value) in said {
        match known.get_mut(&name) {
            Some(known) => merge(known, value, &format!("{place} {name}")),
            None => drop(known.insert(name, value)),
        }
    }
}
