//! The class lists that the labels of a set pin, and their classes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::super::described::described;
use super::super::members::{self, Held};
use super::super::memory::ExportMemory;
use super::category::Category;
use crate::domain::canonical::attributes::Leaf;
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::version::Source;
use crate::ledger::{LedgerError, View};
use crate::lineage::index::membership::MembershipInterval;

/// The maximum number of versions of class lists that the labels of a set pin.
const LISTS: usize = 10_000;

/// The number of pins that are read together.
const PINS: usize = 10_000;

/// The largest id of a category, which JavaScript reads exactly.
pub(super) const LARGEST_ID: u64 = (1 << 53) - 1;

/// A class list with the versions that labels pin.
pub(super) struct UsedList {
    pub item: ItemNo,
    /// In ascending order.
    pub versions: Vec<VersionNo>,
}

/// A class of a class list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListedClass {
    pub class: Category,
    /// The id, if the list has one that COCO can hold.
    pub id: Option<u64>,
    /// Its other fields.
    pub fields: Map<String, Value>,
}

/// Classes that a later version of their list renamed, by the version that labels pin.
pub(super) type RenamedClasses = HashMap<(VersionNo, Category), Category>;

/// Returns all members that the versions of a set up to this one ever had, with the number of the
/// first version that had them, in ascending order.
pub(super) fn ever_pinned(
    view: &View,
    set: VersionNo,
    memory: &ExportMemory,
) -> Result<Held<Vec<(u32, VersionNo)>>, LedgerError> {
    let mut all = Held::new(Vec::new(), memory);
    let mut start = 0;
    loop {
        let page: Vec<(MembershipInterval, Kind)> = view.read(|at| {
            let pins = at.ever_pinned(set, start..start + PINS);
            pins.map(|pin| (pin, at.kind(pin.member))).collect()
        });
        start += page.len();
        let is_last = page.len() < PINS;
        for (pin, kind) in page {
            if kind == Kind::TrainingSet {
                let inner = members::pins(view, pin.member, memory)?;
                all.extend(inner.iter().map(|inner| (pin.from, inner.member)))?;
            } else {
                all.extend([(pin.from, pin.member)])?;
            }
        }
        if is_last {
            return Ok(all);
        }
    }
}

/// Returns the class lists that the labels of a set pin, and those that it is made from, in the order
/// in which the versions of the set began to use them. This order does not change with later versions
/// of the set.
pub(super) fn used_lists(
    view: &View,
    set: VersionNo,
    ever: &[(u32, VersionNo)],
    pins: &[MembershipInterval],
) -> Result<Vec<UsedList>, LedgerError> {
    let mut first: BTreeMap<ItemNo, u32> = BTreeMap::new();
    for page in members::pages(ever) {
        view.read(|at| {
            for (from, member) in page {
                if let Some(list) = at.class_list(*member) {
                    let first = first.entry(at.item_of(list)).or_insert(*from);
                    *first = (*first).min(*from);
                }
            }
        });
    }
    let mut versions: BTreeSet<VersionNo> = lists_of_sets(view, set);
    for page in members::pages(pins) {
        versions.extend(view.read(|at| {
            page.iter().filter_map(|pin| at.class_list(pin.member)).collect::<BTreeSet<VersionNo>>()
        }));
        Invalid::limit("class lists of the set", versions.len(), LISTS)?;
    }
    let mut lists: BTreeMap<(u32, ItemNo), UsedList> = BTreeMap::new();
    for version in versions {
        let item = view.read(|at| at.item_of(version));
        let place = (first.get(&item).copied().unwrap_or(u32::MAX), item);
        lists.entry(place).or_insert_with(|| UsedList { item, versions: Vec::new() }).versions.push(version);
    }
    Ok(lists.into_values().collect())
}

/// Returns the class lists that a set and the sets in it are made from.
fn lists_of_sets(view: &View, set: VersionNo) -> BTreeSet<VersionNo> {
    view.read(|at| {
        let (mut lists, mut seen, mut open) = (BTreeSet::new(), BTreeSet::from([set]), vec![set]);
        while let Some(set) = open.pop() {
            let sources = at.sources(set).filter(|edge| at.index().text(edge.role) == Source::CLASSES);
            lists.extend(sources.map(|edge| edge.other).filter(|source| at.kind(*source) == Kind::Ontology));
            if at.pins_sets(set) {
                let inner = at.members(set).map(|pin| pin.member);
                open.extend(
                    inner.filter(|member| at.kind(*member) == Kind::TrainingSet && seen.insert(*member)),
                );
            }
        }
        lists
    })
}

/// Returns the classes of a class list version, in its order.
pub(super) async fn listed_classes(
    view: &View,
    list: VersionNo,
    memory: &ExportMemory,
) -> Result<Vec<ListedClass>, LedgerError> {
    let held = members::held(view, &[list], memory).await?;
    let Some(record) = held.records.get(&list) else { return Ok(Vec::new()) };
    let mut attributes = described(view, Kind::Ontology, record, &held.blobs, memory).await?.attributes;
    let classes = attributes.remove("classes").or_else(|| attributes.remove("categories"));
    let classes = match classes {
        Some(Value::Array(classes)) => classes,
        _ => Vec::new(),
    };
    Ok(classes.into_iter().filter_map(listed_class).collect())
}

/// Returns licences and information about the data set that a class list version has.
pub(super) async fn notes(
    view: &View,
    version: VersionNo,
    memory: &ExportMemory,
) -> Result<Map<String, Value>, LedgerError> {
    let held = members::held(view, &[version], memory).await?;
    let mut attributes = held.records.get(&version).map_or_else(Map::new, |r| r.content.attributes.to_map());
    attributes.retain(|name, value| match name.as_str() {
        "licenses" => value.is_array(),
        "info" => value.is_object(),
        _ => false,
    });
    Ok(attributes)
}

/// Reads an entry of a class list: a class, or an object with `class` or `name` and more fields.
fn listed_class(entry: Value) -> Option<ListedClass> {
    let mut fields = match entry {
        Value::Object(fields) => fields,
        Value::Null => return None,
        class => return Some(ListedClass { class: Category::of(&class), id: None, fields: Map::new() }),
    };
    let class = fields.remove("class").or_else(|| fields.remove("name"))?;
    let id = match fields.get("id").and_then(Value::as_u64).filter(|id| *id <= LARGEST_ID) {
        Some(id) => {
            fields.remove("id");
            Some(id)
        }
        None => None,
    };
    Some(ListedClass { class: Category::of(&class), id, fields })
}

/// Returns the classes of an older version of a list that the newest one has under another name. The
/// newest one may have the old name, too: for another class.
pub(super) fn renamed(
    view: &View,
    list: &UsedList,
    older: VersionNo,
    classes: &[ListedClass],
    newest: &HashMap<Leaf, Category>,
) -> RenamedClasses {
    let Some(last) = list.versions.last().copied() else { return RenamedClasses::new() };
    let mut leaves: Vec<Leaf> = classes.iter().map(|listed| listed.class.leaf()).collect();
    view.read(|at| at.follow_classes(older, Some(last), &mut leaves));
    let now = leaves.into_iter().map(|leaf| newest.get(&leaf));
    let found = classes.iter().zip(now).filter_map(|(listed, now)| Some((&listed.class, now?)));
    let found = found.filter(|(was, now)| was != now);
    found.map(|(was, now)| ((older, was.clone()), now.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_class_list_has_classes_in_several_forms() {
        let read = |entry: Value| {
            let ListedClass { class, id, fields } = listed_class(entry)?;
            Some((class.other_than_text().unwrap_or_default(), id, Value::Object(fields)))
        };
        let none = json!({});
        for (entry, expected) in [
            (json!("wren"), Some((json!(null), None, none.clone()))),
            (json!(3), Some((json!(3), None, none.clone()))),
            (
                json!({"class": "wren", "id": 7, "frequency": "r"}),
                Some((json!(null), Some(7), json!({"frequency": "r"}))),
            ),
            (json!({"name": "wren", "id": 0}), Some((json!(null), Some(0), none))),
            (json!({"class": 3, "name": "wren"}), Some((json!(3), None, json!({"name": "wren"})))),
            // COCO cannot hold this id, so it is one of the other fields.
            (json!({"class": "wren", "id": "w"}), Some((json!(null), None, json!({"id": "w"})))),
            (json!(null), None),
            (json!({"id": 7}), None),
        ] {
            assert_eq!(read(entry.clone()), expected, "{entry}");
        }
    }
}
