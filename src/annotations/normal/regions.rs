//! The normal form of the results of Label Studio.
//!
//! Results with one id are one region: a shape, and the answers about it. Ids are random, so a
//! region is known by its content, and a reference to it (`from_id`, `to_id`, `parentID`) becomes
//! that content.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::form::{Normal, classes, element, member};
use super::mask;

/// Members of a result that say when, by which tool and how it was made, and not what it says.
const UNSAID: [&str; 11] = [
    "created_at",
    "draft_created_at",
    "hidden",
    "id",
    "lead_time",
    "locked",
    "origin",
    "parentID",
    "readonly",
    "selected",
    "updated_at",
];

/// Returns true if all elements are results, which name their control tag or their ends.
pub(super) fn are_results(list: &[Value]) -> bool {
    let is_result = |result: &Value| {
        let has = |name: &str| result.get(name).is_some();
        result.get("type").is_some_and(Value::is_string)
            && (has("from_name") || has("value") || (has("from_id") && has("to_id")))
    };
    !list.is_empty() && list.iter().all(is_result)
}

/// Returns the regions and relations, in any order.
pub(super) fn of(results: &[Value]) -> Normal {
    let results: Vec<&Map<String, Value>> = results.iter().filter_map(Value::as_object).collect();
    let mut groups: Vec<Vec<&Map<String, Value>>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut relations = Vec::new();
    for &result in &results {
        if is_relation(result) {
            relations.push(result);
            continue;
        }
        match result.get("id").and_then(key) {
            Some(id) => match places.get(&id) {
                Some(place) => groups[*place].push(result),
                None => {
                    places.insert(id, groups.len());
                    groups.push(vec![result]);
                }
            },
            None => groups.push(vec![result]),
        }
    }
    let regions: Vec<Rc<Normal>> = groups
        .iter()
        .map(|group| Rc::new(Normal::Bag(group.iter().map(|result| of_result(result)).collect())))
        .collect();
    let named = |id: Option<&Value>| {
        let place = id.and_then(key).and_then(|id| places.get(&id).copied());
        place.map_or(Normal::Null, |place| Normal::Shared(Rc::clone(&regions[place])))
    };
    let mut all = Vec::with_capacity(groups.len() + relations.len());
    for (group, region) in groups.iter().zip(&regions) {
        let parent = group.iter().find_map(|result| result.get("parentID").filter(|id| !is_empty(id)));
        let region = Normal::Shared(Rc::clone(region));
        all.push(match parent {
            Some(_) => Normal::List(vec![region, named(parent)]),
            None => region,
        });
    }
    for relation in relations {
        let said = relation.iter().filter(|(name, _)| !matches!(name.as_str(), "from_id" | "to_id"));
        let ends = [named(relation.get("from_id")), named(relation.get("to_id"))];
        all.push(Normal::List(ends.into_iter().chain([fields(said)]).collect()));
    }
    Normal::Bag(all)
}

fn is_relation(result: &Map<String, Value>) -> bool {
    result.contains_key("from_id") && result.contains_key("to_id")
}

fn is_empty(id: &Value) -> bool {
    id.is_null() || id.as_str() == Some("")
}

/// Returns the text of an id.
fn key(id: &Value) -> Option<String> {
    match id {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn of_result(result: &Map<String, Value>) -> Normal {
    fields(result.iter())
}

fn fields<'v>(members: impl Iterator<Item = (&'v String, &'v Value)>) -> Normal {
    Normal::fields(members.filter(|(name, _)| !UNSAID.contains(&name.as_str())), |name, value| {
        match (name, value) {
            ("value", Value::Object(value)) => Some(of_value(value)),
            _ => chosen(name, value),
        }
    })
}

/// Returns the value of a result. The points of a closed polygon are a ring.
fn of_value(value: &Map<String, Value>) -> Normal {
    let is_polygon = value.get("closed") != Some(&Value::Bool(false));
    Normal::fields(value.iter(), |name, member| match (name, member) {
        ("points", Value::Array(points)) if is_polygon && !points.is_empty() => {
            mask::polygon(points).or_else(|| chosen(name, member))
        }
        _ => chosen(name, member),
    })
}

/// Returns a member of a result's value: lists of classes have no order.
fn chosen(name: &str, value: &Value) -> Option<Normal> {
    let is_chosen = name.ends_with("labels") || matches!(name, "choices" | "taxonomy");
    match value {
        Value::Array(list) if is_chosen && list.iter().all(|one| one.is_string() || one.is_array()) => {
            classes(value)
        }
        Value::Array(list) if !list.is_empty() => Some(element(value)),
        _ => member(name, value),
    }
}
