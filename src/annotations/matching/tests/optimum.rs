//! The best sum, compared with all assignments that there are.

use proptest::prelude::*;

use crate::annotations::matching::MOST_EXACT;
use crate::annotations::matching::optimum::{WeightedPair, ambiguous, best, weight};

fn pair(found: usize, stored: usize, weight: i64) -> WeightedPair {
    WeightedPair { found, stored, weight }
}

/// The largest sum, by trying each label of the file with each stored one and with none.
fn largest_sum(pairs: &[WeightedPair], found: usize, taken: u32) -> i64 {
    if found == 6 {
        return 0;
    }
    let without = largest_sum(pairs, found + 1, taken);
    let of_found = pairs.iter().filter(|pair| pair.found == found && taken & (1 << pair.stored) == 0);
    let with = of_found.map(|pair| pair.weight + largest_sum(pairs, found + 1, taken | 1 << pair.stored));
    with.max().unwrap_or(0).max(without)
}

proptest! {
    #[test]
    fn no_assignment_is_better(weights in prop::collection::btree_map((0_usize..6, 0_usize..7), 1_i64..20, 0..30)) {
        let pairs: Vec<_> =
            weights.into_iter().map(|((found, stored), weight)| pair(found, stored, weight)).collect();
        let chosen = best(&pairs);
        prop_assert_eq!(chosen.approximate, 0);
        prop_assert_eq!(
            chosen.pairs.iter().map(|pair| pair.weight).sum::<i64>(),
            largest_sum(&pairs, 0, 0)
        );
        for side in [|pair: &WeightedPair| pair.found, |pair: &WeightedPair| pair.stored] {
            let mut places: Vec<usize> = chosen.pairs.iter().map(side).collect();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!(places.len(), chosen.pairs.len());
        }
        prop_assert!(chosen.pairs.iter().all(|pair| pairs.contains(pair)));
    }
}

#[test]
fn a_crowd_above_the_limit_is_counted() {
    // A chain: each label overlaps its own and the next.
    let chain = |length: usize| -> Vec<WeightedPair> {
        (0..length).flat_map(|place| [pair(place, place, 9), pair(place, place + 1, 5)]).collect()
    };
    let chosen = best(&chain(MOST_EXACT - 1));
    assert_eq!((chosen.approximate, chosen.pairs.len()), (0, MOST_EXACT - 1));
    let chosen = best(&chain(MOST_EXACT + 1));
    assert_eq!(chosen.approximate, MOST_EXACT as u64 + 1);
    assert!(chosen.pairs.iter().all(|pair| pair.found == pair.stored));
}

#[test]
fn ids_and_fields_decide_between_equals_only() {
    assert!(weight(1.5, true, 0.0) > weight(1.5, false, 1.0));
    assert!(weight(1.5, false, 0.6) > weight(1.5, false, 0.5));
    assert!(weight(1.500_001, false, 0.0) > weight(1.5, true, 1.0) + 400 * 2048);
}

#[test]
fn exchanges_without_loss_are_ambiguous() {
    let square = [pair(0, 0, 5), pair(0, 1, 4), pair(1, 0, 4), pair(1, 1, 3)];
    let chosen = best(&square).pairs;
    assert_eq!(chosen.len(), 2);
    assert_eq!(ambiguous(&square, &chosen, |found| found, |stored| stored), 2);
    // Labels with equal content can be exchanged.
    assert_eq!(ambiguous(&square, &chosen, |_| 0, |stored| stored), 0);
    assert_eq!(ambiguous(&square, &chosen, |found| found, |_| 0), 0);
    let better = [pair(0, 0, 5), pair(0, 1, 4), pair(1, 0, 4), pair(1, 1, 4)];
    assert_eq!(ambiguous(&better, &best(&better).pairs, |found| found, |stored| stored), 0);
    // One label too many on either side.
    let two_new = [pair(0, 0, 5), pair(1, 0, 5)];
    assert_eq!(ambiguous(&two_new, &best(&two_new).pairs, |found| found, |stored| stored), 1);
    let two_old = [pair(0, 0, 5), pair(0, 1, 5)];
    assert_eq!(ambiguous(&two_old, &best(&two_old).pairs, |found| found, |stored| stored), 1);
}
