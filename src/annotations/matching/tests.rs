mod optimum;
mod order;
mod rules;
mod sweep;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Assignment, FoundLabel, IdEvidence, MatchMode, MatchedBy, StoredLabel, assign};
use crate::annotations::fault::RecordPlace;
use crate::annotations::model::{Exported, Label};

fn fields(class: &str, x: f64, y: f64) -> Map<String, Value> {
    json!({"class": class, "bbox": [x, y, 10.0, 10.0]}).as_object().unwrap().clone()
}

fn label(id: Option<&str>, fields: Map<String, Value>) -> Label {
    Label { id: id.map(str::to_owned), fields, ..Label::new(RecordPlace::Line(1)) }
}

/// Labels of the store: id, class and left side.
fn matched(
    mode: MatchMode,
    contradicted: bool,
    stored: &[(&str, &str, f64)],
    found: &[(&str, &str, f64)],
) -> Assignment {
    let old: Vec<_> = stored.iter().map(|(id, class, x)| (*id, fields(class, *x, 0.0))).collect();
    let old: Vec<StoredLabel<'_>> = old
        .iter()
        .map(|(id, fields)| StoredLabel { id: Some(id), item: id, fields, is_retracted: false })
        .collect();
    let new: Vec<Label> =
        found.iter().map(|(id, class, x)| label(Some(id), fields(class, *x, 0.0))).collect();
    let new: Vec<FoundLabel<'_>> = new.iter().map(FoundLabel::of).collect();
    assign(mode, &old, &new, IdEvidence { contradicted, ..IdEvidence::default() })
}

#[test]
fn equal_content_counts_before_ids() {
    let stored = [("1", "a", 0.0), ("2", "b", 50.0), ("3", "a", 100.0)];
    // The first was deleted and the others numbered anew.
    let found = [("1", "b", 50.0), ("2", "a", 100.0)];
    let done = matched(MatchMode::Auto, false, &stored, &found);
    assert_eq!(done.pairs, [Some((1, MatchedBy::Content)), Some((2, MatchedBy::Content))]);
    // One moved as well: its id is that of another label, but it covers its own.
    let found = [("1", "b", 50.0), ("2", "a", 102.0)];
    let done = matched(MatchMode::Auto, false, &stored, &found);
    assert_eq!(done.pairs, [Some((1, MatchedBy::Content)), Some((2, MatchedBy::Overlap))]);
}

#[test]
fn a_stable_id_keeps_a_label_that_moved_far() {
    let stored = [("1", "a", 0.0), ("2", "b", 50.0)];
    let found = [("1", "a", 700.0), ("2", "b", 50.0)];
    let done = matched(MatchMode::Auto, false, &stored, &found);
    assert_eq!(done.pairs, [Some((0, MatchedBy::Id)), Some((1, MatchedBy::Content))]);
    // Not if the file contradicts that ids are stable, nor if nothing but the id fits.
    assert_eq!(matched(MatchMode::Auto, true, &stored, &found).pairs[0], None);
    assert_eq!(matched(MatchMode::Content, false, &stored, &found).pairs[0], None);
    let found = [("1", "c", 700.0), ("2", "b", 50.0)];
    assert_eq!(matched(MatchMode::Auto, false, &stored, &found).pairs[0], None);
    assert_eq!(matched(MatchMode::Ids, false, &stored, &found).pairs[0], Some((0, MatchedBy::Id)));
}

#[test]
fn a_label_with_another_class_is_recognised_by_its_shape() {
    let stored = [("1", "a", 0.0), ("2", "b", 5.0)];
    let found = [("7", "c", 0.0), ("8", "b", 4.0)];
    let done = matched(MatchMode::Auto, true, &stored, &found);
    assert_eq!(done.pairs, [Some((0, MatchedBy::Overlap)), Some((1, MatchedBy::Overlap))]);
}

#[test]
fn equally_good_labels_are_counted() {
    let stored = [("1", "a", 0.0), ("2", "a", 4.0)];
    let done = matched(MatchMode::Auto, true, &stored, &[("9", "a", 2.0)]);
    assert_eq!((done.ambiguous, done.pairs[0].is_some()), (1, true));
    // Equal labels can be exchanged without a difference.
    let stored = [("1", "a", 0.0), ("2", "a", 0.0)];
    let done = matched(MatchMode::Auto, true, &stored, &[("8", "a", 0.0), ("9", "a", 0.0)]);
    assert_eq!(done.ambiguous, 0);
    assert!(done.pairs.iter().all(Option::is_some));
}

#[test]
fn an_export_of_stemma_names_the_item() {
    let (one, two) = (fields("a", 0.0, 0.0), fields("a", 90.0, 0.0));
    let stored = [("n/LABEL/x", &one), ("n/LABEL/y", &two)].map(|(item, fields)| StoredLabel {
        id: None,
        item,
        fields,
        is_retracted: false,
    });
    let mut moved = label(None, fields("b", 500.0, 0.0));
    moved.exported = Some(Exported { item: "n/LABEL/y".to_owned(), version: None });
    let done = assign(MatchMode::Auto, &stored, &[FoundLabel::of(&moved)], IdEvidence::default());
    assert_eq!(done.pairs, [Some((1, MatchedBy::Exported))]);
}

#[test]
fn a_label_known_to_be_wrong_is_taken_last() {
    let same = fields("a", 0.0, 0.0);
    let stored = [("n/LABEL/a", true), ("n/LABEL/b", false)].map(|(item, is_retracted)| StoredLabel {
        id: None,
        item,
        fields: &same,
        is_retracted,
    });
    let found = label(None, same.clone());
    let done = assign(MatchMode::Auto, &stored, &[FoundLabel::of(&found)], IdEvidence::default());
    assert_eq!(done.pairs, [Some((1, MatchedBy::Content))]);
}

/// Classes and places of labels on a grid, so that labels do not overlap.
fn labels() -> impl Strategy<Value = Vec<(u8, u8)>> {
    prop::collection::btree_map(0_u8..40, 0_u8..3, 1..20).prop_map(|labels| labels.into_iter().collect())
}

proptest! {
    /// Some labels are deleted, moved a little or relabelled, all are numbered again and shuffled:
    /// each of the others is recognised.
    #[test]
    fn changes_are_recognised(
        labels in labels(),
        changes in prop::collection::vec(0_u8..8, 20),
        order in any::<prop::sample::Index>(),
    ) {
        let class = |class: u8| ["a", "b", "c"][usize::from(class % 3)];
        let stored: Vec<_> = labels.iter().map(|(x, kind)| fields(class(*kind), f64::from(*x) * 30.0, 0.0)).collect();
        let names: Vec<String> = (0..stored.len()).map(|place| place.to_string()).collect();
        let old: Vec<StoredLabel<'_>> = stored
            .iter()
            .zip(&names)
            .map(|(fields, name)| StoredLabel { id: Some(name), item: name, fields, is_retracted: false })
            .collect();
        let mut found = Vec::new();
        for (place, ((x, kind), change)) in labels.iter().zip(&changes).enumerate() {
            let x = f64::from(*x) * 30.0;
            match change {
                0 => {}
                1 => found.push((place, fields(class(*kind), x + 2.0, 1.0))),
                2 => found.push((place, fields(class(kind + 1), x, 0.0))),
                _ => found.push((place, fields(class(*kind), x, 0.0))),
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let shift = order.index(found.len());
        found.rotate_left(shift);
        let new: Vec<Label> = found
            .iter()
            .enumerate()
            .map(|(number, (_, fields))| label(Some(&number.to_string()), fields.clone()))
            .collect();
        let new: Vec<FoundLabel<'_>> = new.iter().map(FoundLabel::of).collect();
        let done = assign(MatchMode::Auto, &old, &new, IdEvidence { contradicted: true, ..IdEvidence::default() });
        for ((place, _), pair) in found.iter().zip(done.pairs) {
            prop_assert_eq!(pair.map(|(stored, _)| stored), Some(*place));
        }
        prop_assert_eq!(done.ambiguous, 0);
    }
}
