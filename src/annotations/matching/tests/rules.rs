//! Each rule, and where it ends.

use serde_json::{Map, Value, json};

use super::{fields, label, matched};
use crate::annotations::matching::{
    Assignment, FoundLabel, IdEvidence, MatchMode, MatchedBy, MovedLabel, StoredLabel, assign,
};
use crate::annotations::model::{Exported, Label};
use crate::annotations::normal;

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Matches labels without evidence: id and fields.
fn of_values(stored: &[(Option<&str>, Value)], found: &[(Option<&str>, Value)]) -> Assignment {
    let stored: Vec<_> = stored.iter().map(|(id, fields)| (*id, object(fields.clone()))).collect();
    let items: Vec<String> = (0..stored.len()).map(|number| format!("n/LABEL/{number:03}")).collect();
    let old: Vec<StoredLabel<'_>> = stored
        .iter()
        .zip(&items)
        .map(|((id, fields), item)| StoredLabel { id: *id, item, fields, is_retracted: false })
        .collect();
    let new: Vec<Label> = found.iter().map(|(id, fields)| label(*id, object(fields.clone()))).collect();
    let new: Vec<FoundLabel<'_>> = new.iter().map(FoundLabel::of).collect();
    assign(MatchMode::Auto, &old, &new, IdEvidence::default())
}

fn stored_places(done: &Assignment) -> Vec<Option<usize>> {
    done.pairs.iter().map(|pair| pair.map(|(stored, _)| stored)).collect()
}

#[test]
fn of_copies_with_one_reference_the_unchanged_one_is_the_item() {
    let stored = fields("a", 0.0, 0.0);
    let old = [StoredLabel { id: None, item: "n/LABEL/x", fields: &stored, is_retracted: false }];
    let exported = Some(Exported { item: "n/LABEL/x".to_owned(), version: None });
    let copy = |fields| Label { exported: exported.clone(), ..label(None, fields) };
    let copies = [copy(fields("a", 300.0, 0.0)), copy(fields("a", 2.0, 0.0)), copy(fields("b", 0.0, 0.0))];
    for (last, expected) in [(3, 1), (1, 0)] {
        let new: Vec<FoundLabel<'_>> = copies[..last].iter().map(FoundLabel::of).collect();
        let done = assign(MatchMode::Auto, &old, &new, IdEvidence::default());
        let mut pairs = vec![None; last];
        pairs[expected] = Some((0, MatchedBy::Exported));
        assert_eq!(done.pairs, pairs);
    }
    // Neither references nor ids count by content.
    let new = [FoundLabel::of(&copies[0])];
    assert_eq!(assign(MatchMode::Content, &old, &new, IdEvidence::default()).pairs, [None]);
}

#[test]
fn numbers_beside_an_edge_of_rounding_are_equal_content() {
    let old = [(None, json!({"class": "a", "bbox": [0.123_456_789_499_9, 0, 10, 10]}))];
    let new = [(None, json!({"class": "a", "bbox": [0.123_456_789_500_1, 0, 10, 10]}))];
    assert_ne!(normal::digest(&object(old[0].1.clone())), normal::digest(&object(new[0].1.clone())));
    assert_eq!(of_values(&old, &new).pairs, [Some((0, MatchedBy::Content))]);
}

#[test]
fn content_with_another_id_contradicts_ids() {
    let stored = [("1", "a", 0.0), ("2", "a", 50.0), ("3", "a", 100.0)];
    // 1 is deleted, 3 moves far and is now 2. By its id it would be the second.
    let found = [("1", "a", 50.0), ("2", "a", 700.0)];
    let done = matched(MatchMode::Auto, false, &stored, &found);
    assert_eq!(stored_places(&done), [Some(1), None]);
}

#[test]
fn a_label_in_the_place_of_another_id_contradicts_ids() {
    let stored = [("1", "a", 0.0), ("2", "a", 50.0), ("3", "a", 100.0)];
    // 1 is deleted, the others move a little and are numbered again: no content is equal.
    let found = [("1", "a", 52.0), ("2", "a", 102.0)];
    let done = matched(MatchMode::Auto, false, &stored, &found);
    assert_eq!(done.pairs, [Some((1, MatchedBy::Overlap)), Some((2, MatchedBy::Overlap))]);
    // 3 is unchanged behind a gap, which proves ids: 1 moved to the place of 2, which is gone.
    let found = [("1", "a", 52.0), ("3", "a", 100.0)];
    let done = matched(MatchMode::Auto, false, &stored, &found);
    assert_eq!(done.pairs, [Some((0, MatchedBy::Id)), Some((2, MatchedBy::Content))]);
}

#[test]
fn an_id_needs_the_class_or_the_place() {
    let stored = [("1", "a", 0.0)];
    for (class, x, expected) in [("a", 700.0, Some(0)), ("b", 8.0, Some(0)), ("b", 700.0, None)] {
        let done = matched(MatchMode::Auto, false, &stored, &[("1", class, x)]);
        assert_eq!(stored_places(&done), [expected], "{class} {x}");
    }
}

#[test]
fn the_same_place_is_a_new_class_before_a_move() {
    // Classes of two labels that overlap are exchanged.
    let stored = [("1", "a", 0.0), ("2", "b", 3.0)];
    let found = [("8", "b", 0.0), ("9", "a", 3.0)];
    let done = matched(MatchMode::Auto, true, &stored, &found);
    assert_eq!(stored_places(&done), [Some(0), Some(1)]);
    assert_eq!(done.ambiguous, 0);
    // Two classes on one place: each keeps its own.
    let old = [
        (None, json!({"class": "a", "bbox": [0, 0, 9, 9], "score": 0.5})),
        (None, json!({"class": "b", "bbox": [0, 0, 9, 9], "score": 0.5})),
    ];
    let new = [
        (None, json!({"class": "b", "bbox": [0, 0, 9, 9], "score": 0.75})),
        (None, json!({"class": "a", "bbox": [0, 0, 9, 9], "score": 0.25})),
    ];
    assert_eq!(stored_places(&of_values(&old, &new)), [Some(1), Some(0)]);
}

#[test]
fn fields_decide_between_equal_boxes() {
    let bird = |ring: &str, seen: bool| json!({"class": "a", "bbox": [0, 0, 9, 9], "attributes": {"ring": ring, "seen": seen}});
    let old = [(None, bird("r1", true)), (None, bird("r2", true))];
    let new =
        [(None, json!({"class": "a", "bbox": [1, 0, 9, 9], "attributes": {"ring": "r2", "seen": true}}))];
    let done = of_values(&old, &new);
    assert_eq!((stored_places(&done), done.ambiguous), (vec![Some(1)], 0));
}

#[test]
fn a_label_without_a_shape_is_relabelled_if_it_is_the_only_one_left() {
    let class = |class: &str| json!({"class": class});
    let old = [(None, class("a")), (None, class("b"))];
    let done = of_values(&old, &[(None, class("c")), (None, class("a"))]);
    assert_eq!(done.pairs, [Some((1, MatchedBy::Overlap)), Some((0, MatchedBy::Content))]);
    // Which of two became the new class is not known.
    assert_eq!(stored_places(&of_values(&old, &[(None, class("c"))])), [None]);
    // A caption is no class, and a box is not its image.
    assert_eq!(stored_places(&of_values(&old[..1], &[(None, json!({"caption": "a wren"}))])), [None]);
    assert_eq!(
        stored_places(&of_values(&old[..1], &[(None, json!({"class": "a", "bbox": [0, 0, 9, 9]}))])),
        [None]
    );
}

#[test]
fn answers_of_two_annotators_are_told_apart_by_their_ids() {
    let old = [(Some("1"), json!({"class": "a"}))];
    let done = of_values(&old, &[(Some("2"), json!({"class": "b"})), (Some("1"), json!({"class": "c"}))]);
    assert_eq!(done.pairs, [None, Some((0, MatchedBy::Id))]);
    assert_eq!(stored_places(&of_values(&old, &[(Some("2"), json!({"class": "b"}))])), [None]);
    assert_eq!(stored_places(&of_values(&old, &[(None, json!({"class": "b"}))])), [Some(0)]);
}

#[test]
fn captions_are_matched_by_their_words() {
    let caption = |text: &str| (None, json!({"caption": text}));
    let old = [caption("a wren sits on a branch"), caption("two robins eat"), caption("snow")];
    let new = [caption("two robins eat seeds"), caption("a wren sits on a thin branch"), caption("snow")];
    assert_eq!(stored_places(&of_values(&old, &new)), [Some(1), Some(0), Some(2)]);
    let unlike = [caption("rain"), caption("a house"), caption("snow")];
    assert_eq!(stored_places(&of_values(&old, &unlike)), [None, None, Some(2)]);
}

#[test]
fn labels_of_several_regions_are_matched_by_all_of_them() {
    let region = |x: u32| {
        json!({"type": "rectanglelabels", "from_name": "box", "to_name": "image",
        "original_width": 200, "original_height": 100,
        "value": {"x": x, "y": 10, "width": 10, "height": 20, "rotation": 0}})
    };
    let regions = |places: &[u32]| {
        let regions: Vec<Value> = places.iter().map(|place| region(*place)).collect();
        (None, json!({"regions": regions}))
    };
    let old = [regions(&[0, 20, 40]), regions(&[50, 70, 90])];
    let new = [regions(&[90, 70]), regions(&[0, 21, 40, 60])];
    assert_eq!(stored_places(&of_values(&old, &new)), [Some(1), Some(0)]);
    let apart = [regions(&[10]), regions(&[30, 60])];
    assert_eq!(stored_places(&of_values(&old, &apart)), [None, None]);
}

#[test]
fn texts_are_matched_by_their_range() {
    let span = |class: &str, start: u32, end: u32| (None, json!({"class": class, "span": [start, end]}));
    let old = [span("PER", 0, 10), span("LOC", 12, 20)];
    let new = [span("LOC", 12, 21), span("ORG", 0, 10)];
    assert_eq!(stored_places(&of_values(&old, &new)), [Some(1), Some(0)]);
}

#[test]
fn retracted_labels_are_matched_after_all_live_ones() {
    let wrong = fields("a", 0.0, 0.0);
    let live = fields("a", 4.0, 0.0);
    let whole = object(json!({"class": "a"}));
    let stored = |id, fields, is_retracted| StoredLabel { id: Some(id), item: id, fields, is_retracted };
    let of = |old: &[StoredLabel<'_>], id, fields| {
        let new = label(id, fields);
        assign(MatchMode::Auto, old, &[FoundLabel::of(&new)], IdEvidence::default()).pairs[0]
    };
    let alone = [stored("7", &wrong, true)];
    assert_eq!(of(&alone, None, fields("a", 0.0, 0.0)), Some((0, MatchedBy::Content)));
    assert_eq!(of(&alone, Some("7"), fields("a", 1.0, 0.0)), Some((0, MatchedBy::Id)));
    // The correction of a wrong label: another class in its place, or a better box.
    assert_eq!(of(&alone, None, fields("b", 0.0, 0.0)), Some((0, MatchedBy::Overlap)));
    assert_eq!(of(&alone, None, fields("a", 1.0, 0.0)), Some((0, MatchedBy::Overlap)));
    // A live label that fits less is still before it.
    let both = [stored("7", &wrong, true), stored("8", &live, false)];
    assert_eq!(of(&both, None, fields("a", 1.0, 0.0)), Some((1, MatchedBy::Overlap)));
    let whole = [stored("7", &whole, true)];
    assert_eq!(of(&whole, None, object(json!({"class": "b"}))), Some((0, MatchedBy::Overlap)));
}

#[test]
fn shapes_without_area_are_matched_by_distance() {
    let dot = |x: u32| (None, json!({"class": "a", "keypoints": [x, 10, 2]}));
    let line = |x: u32| (None, json!({"class": "a", "bbox": [x, 0, 0, 100]}));
    assert_eq!(stored_places(&of_values(&[dot(0), dot(40)], &[dot(45), dot(2)])), [Some(1), Some(0)]);
    assert_eq!(stored_places(&of_values(&[dot(0)], &[dot(30)])), [None]);
    assert_eq!(stored_places(&of_values(&[line(0), line(60)], &[line(65), line(3)])), [Some(1), Some(0)]);
}

#[test]
fn images_without_labels_have_no_pairs() {
    assert_eq!(of_values(&[], &[]), Assignment::default());
    assert_eq!(stored_places(&of_values(&[], &[(None, json!({"class": "a"}))])), [None]);
    assert_eq!(stored_places(&of_values(&[(None, json!({"class": "a"}))], &[])), []);
}

#[test]
fn an_unchanged_label_behind_a_gap_proves_that_ids_are_stable() {
    let old = [("1", 0.0), ("2", 50.0), ("3", 300.0)].map(|(id, x)| (id, fields("a", x, 0.0)));
    let old = old.each_ref().map(|(id, fields)| StoredLabel {
        id: Some(id),
        item: id,
        fields,
        is_retracted: false,
    });
    // 3 was deleted; 2 moved away, and 1 to its place.
    let new = [("1", 52.0), ("2", 700.0)].map(|(id, x)| label(Some(id), fields("a", x, 0.0)));
    let new = new.each_ref().map(FoundLabel::of);
    let rules = |unchanged: &[&str]| {
        let evidence = IdEvidence { contradicted: false, unchanged, ..IdEvidence::default() };
        let done = assign(MatchMode::Auto, &old, &new, evidence);
        done.pairs.iter().map(|pair| pair.map(|(stored, _)| stored)).collect::<Vec<_>>()
    };
    // A tool that counts would have moved 9 up.
    assert_eq!(rules(&["9"]), [Some(0), Some(1)]);
    assert_eq!(rules(&["f3c"]), [Some(0), Some(1)]);
    // Before the gap, an id proves nothing.
    assert_eq!(rules(&["0"])[0], Some(1));
    assert_eq!(rules(&[])[0], Some(1));
}

#[test]
fn content_that_moved_to_another_id_counts_as_if_it_were_matched_here() {
    let stored = |id: &'static str, x: f64| (id, fields("a", x, 0.0));
    let old = [stored("1", 0.0), stored("2", 50.0), stored("3", 300.0)];
    let old = old.each_ref().map(|(id, fields)| StoredLabel {
        id: Some(id),
        item: id,
        fields,
        is_retracted: false,
    });
    // 1 and 2 were counted again in another order, and 3 was redrawn elsewhere.
    let new = [("1", 50.0), ("2", 0.0), ("3", 700.0)].map(|(id, x)| label(Some(id), fields("a", x, 0.0)));
    let new = new.each_ref().map(FoundLabel::of);
    let all = assign(MatchMode::Auto, &old, &new, IdEvidence::default());
    assert_eq!(all.pairs, [Some((1, MatchedBy::Content)), Some((0, MatchedBy::Content)), None]);
    let last = |moved: &[MovedLabel<'_>]| {
        let evidence = IdEvidence { moved, ..IdEvidence::default() };
        assign(MatchMode::Auto, &old[2..], &new[2..], evidence).pairs
    };
    let moved =
        [("1", "2"), ("2", "1")].map(|(now, before)| MovedLabel { now: Some(now), before: Some(before) });
    assert_eq!(last(&moved), [None]);
    assert_eq!(last(&[]), [Some((0, MatchedBy::Id))]);
}
