//! The order of the labels on either side changes nothing.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::label;
use crate::annotations::matching::{FoundLabel, IdEvidence, MatchMode, MatchedBy, StoredLabel, assign};
use crate::annotations::model::Label;

type Drawn = (u8, u8, Option<u8>, bool);

/// Crowded labels: many overlap, and many are equal.
fn crowd() -> impl Strategy<Value = Vec<Drawn>> {
    prop::collection::vec((0_u8..12, 0_u8..3, prop::option::of(0_u8..8), any::<bool>()), 0..14)
}

fn fields(drawn: &Drawn) -> Map<String, Value> {
    let class = ["a", "b", "c"][usize::from(drawn.1)];
    // Some have no shape.
    match drawn.0 {
        10 => json!({"class": class}).as_object().unwrap().clone(),
        11 => json!({"caption": format!("a bird on branch {}", drawn.1)}).as_object().unwrap().clone(),
        x => json!({"class": class, "bbox": [u32::from(x) * 3, 0, 10, 10], "hard": drawn.3})
            .as_object()
            .unwrap()
            .clone(),
    }
}

/// A pair by what both labels contain, and not by their places.
type Pair = (String, Option<u8>, Option<(usize, MatchedBy)>);

fn pairs(mode: MatchMode, stored: &[(usize, Drawn)], found: &[Drawn]) -> (Vec<Pair>, u64) {
    let old: Vec<_> = stored
        .iter()
        .map(|(number, drawn)| {
            (format!("n/LABEL/{number:03}"), drawn.2.map(|id| id.to_string()), fields(drawn), drawn.3)
        })
        .collect();
    let old: Vec<StoredLabel<'_>> = old
        .iter()
        .map(|(item, id, fields, is_retracted)| StoredLabel {
            id: id.as_deref(),
            item,
            fields,
            is_retracted: *is_retracted && id.is_some(),
        })
        .collect();
    let new: Vec<Label> =
        found.iter().map(|drawn| label(drawn.2.map(|id| id.to_string()).as_deref(), fields(drawn))).collect();
    let new: Vec<FoundLabel<'_>> = new.iter().map(FoundLabel::of).collect();
    let done = assign(mode, &old, &new, IdEvidence::default());
    let mut taken: Vec<usize> = done.pairs.iter().filter_map(|pair| pair.map(|(stored, _)| stored)).collect();
    taken.sort_unstable();
    assert!(taken.windows(2).all(|two| two[0] != two[1]), "a stored label has two pairs");
    let mut pairs: Vec<Pair> = found
        .iter()
        .zip(done.pairs)
        .map(|(drawn, pair)| {
            let pair = pair.map(|(place, by)| (stored[place].0, by));
            (Value::Object(fields(drawn)).to_string(), drawn.2, pair)
        })
        .collect();
    pairs.sort();
    (pairs, done.ambiguous)
}

proptest! {
    #[test]
    fn the_order_of_labels_changes_nothing(
        stored in crowd(),
        found in crowd(),
        mode in prop_oneof![Just(MatchMode::Ids), Just(MatchMode::Content), Just(MatchMode::Auto)],
        seed in any::<u64>(),
    ) {
        let stored: Vec<(usize, Drawn)> = stored.into_iter().enumerate().collect();
        let expected = pairs(mode, &stored, &found);
        let (mut mixed_stored, mut mixed_found) = (stored, found);
        mix(&mut mixed_stored, seed);
        mix(&mut mixed_found, seed.rotate_left(17));
        prop_assert_eq!(pairs(mode, &mixed_stored, &mixed_found), expected);
    }

    /// Each label of an unchanged file is found, also in crowds and with ids that mean nothing.
    #[test]
    fn an_unchanged_file_has_no_new_labels(stored in crowd(), shift in 0_u8..8) {
        let renumbered: Vec<Drawn> =
            stored.iter().map(|drawn| (drawn.0, drawn.1, drawn.2.map(|id| (id + shift) % 8), drawn.3)).collect();
        let stored: Vec<(usize, Drawn)> = stored.into_iter().enumerate().collect();
        for mode in [MatchMode::Content, MatchMode::Auto] {
            let (pairs, ambiguous) = pairs(mode, &stored, &renumbered);
            for (_, _, pair) in pairs {
                prop_assert_eq!(pair.map(|(_, by)| by), Some(MatchedBy::Content));
            }
            prop_assert_eq!(ambiguous, 0);
        }
    }
}

/// Brings a list into an order that a seed gives.
fn mix<T>(list: &mut [T], mut seed: u64) {
    for place in (1..list.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((seed >> 33) % (place as u64 + 1)).unwrap();
        list.swap(place, other);
    }
}
