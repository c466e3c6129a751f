//! Joins the parts of an answer to one row per training set version.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::answer::{AffectedRow, WrongMember};

/// Joins the parts of rows. Each member row is in one part only, but a pinned version may be in
/// several parts, each time for another wrong version.
pub(super) fn joined(parts: Vec<AffectedRow>) -> Vec<AffectedRow> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<AffectedRow> = Vec::new();
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

fn add(row: &mut AffectedRow, part: AffectedRow) {
    row.members.nodes.extend(part.members.nodes);
    // A set is fixed when nothing wrong of any part is in it. A member that was removed may return,
    // so the later of two versions may still contain something wrong.
    row.fixed_in = match (row.fixed_in.take(), part.fixed_in) {
        (Some(one), Some(other)) => {
            row.bounds.fixed |= one.number != other.number;
            Some(if one.number < other.number { other } else { one })
        }
        _ => None,
    };
    row.bounds.fixed &= row.fixed_in.is_some();
    row.stale_at_build |= part.stale_at_build;
    let least = (row.affected_count.max(part.affected_count), part.by_split);
    let mut pinned: HashSet<&str> = HashSet::new();
    let mut affected: BTreeMap<&str, u64> = BTreeMap::new();
    for member in row.members.nodes.iter().filter(|member| member.inclusion != "SELF") {
        if pinned.insert(&member.pinned.id) {
            *affected.entry(&member.split).or_default() += 1;
        }
    }
    row.affected_count = pinned.len() as u64;
    // A member that is a set represents its members, and parts do not tell which of them they
    // share.
    let is_set =
        |member: &WrongMember| member.inclusion != "SELF" && member.pinned.item.kind == "TRAINING_SET";
    if row.members.nodes.iter().any(is_set) {
        row.bounds.affected = true;
        row.affected_count = row.affected_count.max(least.0);
    }
    for split in &mut row.by_split {
        let before = split.affected_count;
        split.affected_count = affected.get(split.split.as_str()).copied().unwrap_or(0);
        if row.bounds.affected {
            let of_part = least.1.iter().find(|other| other.split == split.split);
            let of_part = of_part.map_or(0, |other| other.affected_count);
            split.affected_count = split.affected_count.max(before).max(of_part);
        }
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

    use super::super::answer::AffectedBounds;
    use super::*;

    fn version(id: &str, number: u64) -> Value {
        json!({"id": id, "number": number, "item": {"namespace": "n", "kind": "LABEL", "key": id}})
    }

    fn row(set: &str, fixed: Option<u64>, members: &[(&str, &str, &str)]) -> AffectedRow {
        let node = |(pinned, wrong, split): &(&str, &str, &str)| {
            json!({
                "pinned": version(pinned, 1), "wrong": version(wrong, 1), "statement": null, "replacement": null,
                "inclusion": "DERIVED", "status": "STALE", "split": split, "path": [],
            })
        };
        let object = json!({
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
        serde_json::from_value(object).unwrap()
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
        assert_eq!(
            (a.members.nodes.len(), a.affected_count),
            (4, 3),
            "x is one member with two wrong versions"
        );
        assert!((a.affected_fraction - 0.3).abs() < 1e-9);
        let by_split: Vec<_> =
            a.by_split.iter().map(|split| (split.split.as_str(), split.affected_count)).collect();
        assert_eq!(by_split, [("TEST", 1), ("TRAIN", 2)]);
        assert_eq!(a.fixed_in.as_ref().map(|fixed| fixed.number), Some(5), "nothing is wrong from there on");
        assert_eq!(
            a.bounds,
            AffectedBounds { affected: false, fixed: true },
            "something may be wrong there again"
        );
        assert_eq!(rows[1].bounds, AffectedBounds::default(), "it came in one part");
    }

    /// A set in a set represents its members: it may account for several affected members.
    #[test]
    fn the_members_of_sets_in_sets_are_at_least_those_of_a_part() {
        let mut parts = [
            row("a", Some(3), &[("s", "w1", "TRAIN")]),
            row("a", Some(3), &[("s", "w2", "TRAIN"), ("x", "w2", "TEST")]),
        ];
        for part in &mut parts {
            part.members.nodes[0].pinned.item.kind = "TRAINING_SET".to_owned();
        }
        (parts[0].affected_count, parts[1].affected_count) = (7, 4);
        for (part, counts) in parts.iter_mut().zip([[0, 7], [1, 3]]) {
            for (split, count) in part.by_split.iter_mut().zip(counts) {
                split.affected_count = count;
            }
        }
        let rows = joined(parts.to_vec());
        let by_split: Vec<_> = rows[0].by_split.iter().map(|split| split.affected_count).collect();
        assert_eq!((rows[0].affected_count, by_split), (7, vec![1, 7]));
        assert_eq!(rows[0].bounds, AffectedBounds { affected: true, fixed: false });
    }

    #[test]
    fn a_set_that_is_still_wrong_in_one_part_is_not_fixed() {
        let rows = joined(vec![row("a", Some(3), &[]), row("a", None, &[("x", "w", "TRAIN")])]);
        assert!(rows[0].fixed_in.is_none());
    }
}
