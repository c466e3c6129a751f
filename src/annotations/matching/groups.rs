//! Groups of labels: compared by their members, because tools number them again in each export.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::annotations::model::Label;
use crate::annotations::model::fields::ATTRIBUTES;

/// The field of Datumaro.
const GROUP: &str = "group";
/// The attribute of CVAT and labelme.
const GROUP_ID: &str = "group_id";

/// Returns the fields of the labels of an image with the numbers that their groups have in the store;
/// `None` for labels that stay as they are.
///
/// `stored` has the fields of the stored label of each label of the file, if it has one; `others` are
/// those of the stored labels that the file does not have. A group of the file is the stored one with
/// which it has the most members in common. A group with one member is none: if the label is alone in the
/// store, too, it is what it was.
#[must_use]
pub fn with_stored_groups(
    labels: &[Label],
    stored: &[Option<&Map<String, Value>>],
    others: &[&Map<String, Value>],
) -> Vec<Option<Map<String, Value>>> {
    let found: Vec<Option<i64>> = labels.iter().map(|label| group_of(&label.fields)).collect();
    let before: Vec<Option<i64>> = stored.iter().map(|fields| fields.and_then(group_of)).collect();
    if found.iter().chain(&before).all(Option::is_none) {
        return vec![None; labels.len()];
    }
    let now_sizes = sizes(found.iter().copied());
    let old_sizes = sizes(before.iter().copied().chain(others.iter().map(|fields| group_of(fields))));
    let is_shared =
        |sizes: &BTreeMap<i64, usize>, group: i64| sizes.get(&group).is_some_and(|size| *size > 1);
    let shared = |sizes, group: Option<i64>| group.filter(|group| is_shared(sizes, *group));
    let pairs = found
        .iter()
        .zip(&before)
        .filter_map(|(now, old)| Some((shared(&now_sizes, *now)?, shared(&old_sizes, *old)?)));
    let numbers = numbers(pairs, &now_sizes, &old_sizes);
    let renumbered = |place: usize| {
        let (label, old) = (&labels[place], stored.get(place).copied().flatten());
        let group = match (shared(&now_sizes, found[place]), old) {
            (Some(group), _) => numbers.get(&group).copied(),
            // Alone in both.
            (None, Some(fields)) if shared(&old_sizes, before[place]).is_none() => {
                return (found[place] != before[place]).then(|| as_stored(&label.fields, fields));
            }
            (None, Some(_)) => None,
            // A new label keeps its number, if that is not the number of others.
            (None, None) => found[place].filter(|group| !old_sizes.contains_key(group)),
        };
        match old {
            Some(fields) if group.is_some() && group == before[place] => {
                Some(as_stored(&label.fields, fields))
            }
            _ if group != found[place] => Some(with_number(&label.fields, group)),
            _ => None,
        }
    };
    (0..labels.len()).map(renumbered).collect()
}

/// Returns the number of each shared group of the file: that of the stored group with the most common
/// members, else its own, if no stored group has it, else a new one.
fn numbers(
    pairs: impl Iterator<Item = (i64, i64)>,
    now: &BTreeMap<i64, usize>,
    old: &BTreeMap<i64, usize>,
) -> BTreeMap<i64, i64> {
    let mut common: BTreeMap<(i64, i64), usize> = BTreeMap::new();
    pairs.for_each(|pair| *common.entry(pair).or_default() += 1);
    let mut common: Vec<_> = common.into_iter().collect();
    common.sort_by_key(|(pair, count)| (std::cmp::Reverse(*count), pair.0 != pair.1, *pair));
    let (mut numbers, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for ((group, stored), _) in common {
        if !numbers.contains_key(&group) && taken.insert(stored) {
            numbers.insert(group, stored);
        }
    }
    let mut next = old.keys().chain(now.keys()).max().map_or(1, |last| last.saturating_add(1));
    for group in now.iter().filter(|(_, size)| **size > 1).map(|(group, _)| *group) {
        numbers.entry(group).or_insert_with(|| {
            if !old.contains_key(&group) {
                return group;
            }
            next = next.saturating_add(1);
            next - 1
        });
    }
    numbers
}

fn sizes(groups: impl Iterator<Item = Option<i64>>) -> BTreeMap<i64, usize> {
    let mut sizes = BTreeMap::new();
    groups.flatten().for_each(|group| *sizes.entry(group).or_default() += 1);
    sizes
}

/// Returns the number of the group of a label; `None` without one.
fn group_of(fields: &Map<String, Value>) -> Option<i64> {
    let attribute = || fields.get(ATTRIBUTES).and_then(|attributes| attributes.get(GROUP_ID));
    fields.get(GROUP).or_else(attribute).and_then(Value::as_i64).filter(|group| *group != 0)
}

/// Returns fields with the group as another label has it.
fn as_stored(fields: &Map<String, Value>, stored: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = with_number(fields, None);
    if let Some(group) = stored.get(GROUP) {
        fields.insert(GROUP.to_owned(), group.clone());
    }
    if let Some(group) = stored.get(ATTRIBUTES).and_then(|attributes| attributes.get(GROUP_ID)) {
        set_attribute(&mut fields, group.clone());
    }
    fields
}

/// Returns fields with a number in the field in which they have a group, or without a group.
fn with_number(fields: &Map<String, Value>, group: Option<i64>) -> Map<String, Value> {
    let mut fields = fields.clone();
    let had = fields.remove(GROUP).is_some();
    if let Some(Value::Object(attributes)) = fields.get_mut(ATTRIBUTES)
        && attributes.remove(GROUP_ID).is_some()
        && attributes.is_empty()
    {
        fields.remove(ATTRIBUTES);
    }
    match group {
        Some(group) if had => drop(fields.insert(GROUP.to_owned(), group.into())),
        Some(group) => set_attribute(&mut fields, group.into()),
        None => {}
    }
    fields
}

fn set_attribute(fields: &mut Map<String, Value>, group: Value) {
    let attributes = fields.entry(ATTRIBUTES).or_insert_with(|| Map::new().into());
    if let Value::Object(attributes) = attributes {
        attributes.insert(GROUP_ID.to_owned(), group);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::annotations::fault::RecordPlace;

    fn fields(group: &Value) -> Map<String, Value> {
        let value = match group {
            Value::Null => json!({"class": "a"}),
            Value::String(group) => {
                json!({"class": "a", "attributes": {"group_id": group.parse::<i64>().unwrap()}})
            }
            group => json!({"class": "a", "group": group}),
        };
        value.as_object().unwrap().clone()
    }

    /// Returns the groups of labels after those of the store, each with its pair; numbers are those of
    /// Datumaro, texts those of CVAT.
    fn renumbered(found: &Value, stored: &Value) -> Value {
        let list = |value: &Value| value.as_array().unwrap().iter().map(fields).collect::<Vec<_>>();
        let labels: Vec<Label> = list(found)
            .into_iter()
            .map(|fields| Label { fields, ..Label::new(RecordPlace::Line(1)) })
            .collect();
        let stored = list(stored);
        let pairs: Vec<_> = (0..labels.len()).map(|place| stored.get(place)).collect();
        let others: Vec<_> = stored.iter().skip(labels.len()).collect();
        let made = with_stored_groups(&labels, &pairs, &others);
        let shown = |(label, made): (&Label, Option<Map<String, Value>>)| {
            let fields = made.unwrap_or_else(|| label.fields.clone());
            let attribute = fields.get(ATTRIBUTES).map(|attributes| attributes[GROUP_ID].to_string());
            fields.get(GROUP).cloned().or(attribute.map(Value::String)).unwrap_or_default()
        };
        labels.iter().zip(made).map(shown).collect()
    }

    #[test]
    fn groups_are_compared_by_their_members() {
        for (found, stored, expected) in [
            // A group with one member is none, on both sides.
            (json!([7, 8]), json!([null, null]), json!([null, null])),
            (json!([null, 9]), json!([7, 8]), json!([7, 8])),
            (json!(["7"]), json!([null]), json!([null])),
            // Other numbers and other fields.
            (json!([2, 2, 1, 1]), json!([1, 1, 2, 2]), json!([1, 1, 2, 2])),
            (json!(["9", "9"]), json!([3, 3]), json!([3, 3])),
            // A new label of a group, and a group that has the number of another.
            (json!([2, 2, 1, 1, 1]), json!([1, 1, 2, 2]), json!([1, 1, 2, 2, 2])),
            (json!([5, 5, 1, 1]), json!([1, 1]), json!([1, 1, 6, 6])),
            (json!([1, 1]), json!([null, null, 1, 1]), json!([2, 2])),
            // A label that has left its group, and one that is in another.
            (json!([1, 1, 4]), json!([1, 1, 1]), json!([1, 1, null])),
            (json!([1, 1, 2, 2, 2]), json!([1, 1, 1, 2, 2]), json!([1, 1, 2, 2, 2])),
            (json!([null, 1, 1]), json!([1, 1, 1]), json!([null, 1, 1])),
            // A group of which the other member is gone is none now.
            (json!([3]), json!([1, 1]), json!([null])),
            // A format without groups.
            (json!([null, null]), json!([1, 1]), json!([null, null])),
            // A new label alone.
            (json!([null, 4]), json!([null]), json!([null, 4])),
        ] {
            assert_eq!(renumbered(&found, &stored), expected, "{found} after {stored}");
        }
    }

    #[test]
    fn other_fields_stay() {
        let found = json!({"class": "a", "attributes": {"group_id": 3, "z": 1}});
        let labels =
            [Label { fields: found.as_object().unwrap().clone(), ..Label::new(RecordPlace::Line(1)) }];
        let stored = fields(&Value::Null);
        let made = with_stored_groups(&labels, &[Some(&stored)], &[]).remove(0).unwrap();
        assert_eq!(Value::from(made), json!({"class": "a", "attributes": {"z": 1}}));
        assert_eq!(with_stored_groups(&labels, &[Some(&labels[0].fields)], &[]), [None]);
    }
}
