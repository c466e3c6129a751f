//! One row for each training set version, also where it came in several parts of an answer.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::answer::Row;

/// Puts the parts of rows together. Parts have members of their own: a row is told in one part only, but a pinned version
/// may be in several, each time for another wrong version.
pub(super) fn joined(parts: Vec<Row>) -> Vec<Row> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for part in parts {
        match places.get(&part.training_set.id) {
            None => {
                places.insert(part.training_set.id.clone(), rows.len());
                rows.push(part);
            }
            Some(place) => add(&mut rows[*place], part),
        }
    }
    rows
}

fn add(row: &mut Row, part: Row) {
    row.members.nodes.extend(part.members.nodes);
    // Right again is a set only once nothing wrong of any part is in it.
    row.fixed_in = match (row.fixed_in.take(), part.fixed_in) {
        (Some(one), Some(other)) => Some(if one.number < other.number { other } else { one }),
        _ => None,
    };
    row.stale_at_build |= part.stale_at_build;
    let mut pinned: HashSet<&str> = HashSet::new();
    let mut affected: BTreeMap<&str, u64> = BTreeMap::new();
    for member in row.members.nodes.iter().filter(|member| member.inclusion != "SELF") {
        if pinned.insert(&member.pinned.id) {
            *affected.entry(&member.split).or_default() += 1;
        }
    }
    row.affected_count = pinned.len() as u64;
    for split in &mut row.by_split {
        split.affected_count = affected.get(split.split.as_str()).copied().unwrap_or(0);
    }
    if row.member_count > 0 {
        #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
        let fraction = row.affected_count as f64 / row.member_count as f64;
        row.affected_fraction = fraction;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn version(id: &str, number: u64) -> Value {
        json!({"id": id, "number": number, "item": {"namespace": "n", "kind": "LABEL", "key": id}})
    }

    fn row(set: &str, fixed: Option<u64>, members: &[(&str, &str, &str)]) -> Row {
        let node = |(pinned, wrong, split): &(&str, &str, &str)| {
            json!({
                "pinned": version(pinned, 1), "wrong": version(wrong, 1), "statement": null, "replacement": null,
                "inclusion": "DERIVED", "status": "STALE", "split": split, "path": [],
            })
        };
        let told = json!({
            "trainingSet": version(set, 1), "isHead": true, "tags": [], "affectedCount": members.len(),
            "memberCount": 10, "affectedFraction": 0.0, "staleAtBuild": false,
            "bySplit": [
                {"split": "TEST", "affectedCount": 9, "memberCount": 5},
                {"split": "TRAIN", "affectedCount": 9, "memberCount": 5},
            ],
            "fixedIn": fixed.map(|number| version("later", number)),
            "consumers": {"totalCount": 0, "nodes": []},
            "members": {
                "pageInfo": {"hasNextPage": false, "endCursor": null},
                "nodes": members.iter().map(node).collect::<Vec<_>>(),
            },
        });
        serde_json::from_value(told).unwrap()
    }

    #[test]
    fn parts_of_one_set_are_one_row() {
        let rows = joined(vec![
            row("a", Some(3), &[("x", "w1", "TRAIN"), ("y", "w1", "TEST")]),
            row("b", None, &[("x", "w1", "TRAIN")]),
            row("a", Some(5), &[("x", "w2", "TRAIN"), ("z", "w2", "TRAIN")]),
        ]);
        assert_eq!(rows.iter().map(|row| row.training_set.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let a = &rows[0];
        assert_eq!((a.members.nodes.len(), a.affected_count), (4, 3), "x is one member, wrong twice");
        assert!((a.affected_fraction - 0.3).abs() < 1e-9);
        let by_split: Vec<_> =
            a.by_split.iter().map(|split| (split.split.as_str(), split.affected_count)).collect();
        assert_eq!(by_split, [("TEST", 1), ("TRAIN", 2)]);
        assert_eq!(
            a.fixed_in.as_ref().map(|fixed| fixed.number),
            Some(5),
            "only there nothing is wrong any more"
        );
    }

    #[test]
    fn a_set_that_is_still_wrong_in_one_part_is_not_fixed() {
        let rows = joined(vec![row("a", Some(3), &[]), row("a", None, &[("x", "w", "TRAIN")])]);
        assert!(rows[0].fixed_in.is_none());
    }
}
