//! The assignment with the largest sum of weights.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pathfinding::prelude::{Matrix, kuhn_munkres};

use super::MOST_EXACT;

/// A pair and its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WeightedPair {
    pub(super) found: usize,
    pub(super) stored: usize,
    pub(super) weight: i64,
}

/// The chosen pairs.
#[derive(Debug, Default)]
pub(super) struct BestPairs {
    pub(super) pairs: Vec<WeightedPair>,
    /// The labels of the file in components that are too large for the best sum.
    pub(super) approximate: u64,
}

/// Returns a weight in whole numbers: steps of a millionth, below them an equal id, then the
/// similarity of the fields. The lower parts of 400 pairs do not add up to a step.
pub(super) fn weight(weight: f64, has_id: bool, similarity: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 2e6")]
    let (steps, similar) = ((weight * 1e6).round() as i64, (similarity * 1000.0).round() as i64);
    (steps << 24) + (i64::from(has_id) << 10) + similar
}

/// Returns the best pairs. Pairs are given in the order of their positions.
pub(super) fn best(pairs: &[WeightedPair]) -> BestPairs {
    let mut best = BestPairs::default();
    for component in components(pairs) {
        let found: BTreeSet<usize> = component.iter().map(|pair| pair.found).collect();
        let stored: BTreeSet<usize> = component.iter().map(|pair| pair.stored).collect();
        if found.len().max(stored.len()) > MOST_EXACT {
            best.approximate += found.len() as u64;
            best.pairs.extend(greedy(&component));
        } else {
            best.pairs.extend(exact(&component, &found, &stored));
        }
    }
    best.pairs.sort_by_key(|pair| pair.found);
    best
}

/// Splits the pairs into those that share labels, directly or by others.
fn components(pairs: &[WeightedPair]) -> Vec<Vec<WeightedPair>> {
    let mut roots: Vec<usize> = (0..pairs.len()).collect();
    fn root(roots: &mut [usize], mut of: usize) -> usize {
        while roots[of] != of {
            roots[of] = roots[roots[of]];
            of = roots[of];
        }
        of
    }
    let (mut of_found, mut of_stored) = (HashMap::new(), HashMap::new());
    for (number, pair) in pairs.iter().enumerate() {
        let with_found = *of_found.entry(pair.found).or_insert(number);
        let with_stored = *of_stored.entry(pair.stored).or_insert(number);
        for other in [with_found, with_stored] {
            let (a, b) = (root(&mut roots, number), root(&mut roots, other));
            roots[a.max(b)] = a.min(b);
        }
    }
    let mut components: BTreeMap<usize, Vec<WeightedPair>> = BTreeMap::new();
    for (number, pair) in pairs.iter().enumerate() {
        components.entry(root(&mut roots, number)).or_default().push(*pair);
    }
    components.into_values().collect()
}

/// Returns the pairs with the largest sum (Kuhn–Munkres).
fn exact(component: &[WeightedPair], found: &BTreeSet<usize>, stored: &BTreeSet<usize>) -> Vec<WeightedPair> {
    if let &[single] = component {
        return vec![single];
    }
    // The algorithm wants no more rows than columns.
    let is_turned = found.len() > stored.len();
    let places = |of: &BTreeSet<usize>| -> HashMap<usize, usize> {
        of.iter().enumerate().map(|(number, place)| (*place, number)).collect()
    };
    let (rows, columns) = if is_turned { (stored, found) } else { (found, stored) };
    let (row_places, column_places) = (places(rows), places(columns));
    let mut weights = Matrix::new(rows.len(), columns.len(), 0_i64);
    let mut numbers = HashMap::new();
    for (number, pair) in component.iter().enumerate() {
        let (row, column) = if is_turned { (pair.stored, pair.found) } else { (pair.found, pair.stored) };
        let place = (row_places[&row], column_places[&column]);
        weights[place] = pair.weight;
        numbers.insert(place, number);
    }
    let (_, chosen) = kuhn_munkres(&weights);
    let pair = |place: (usize, usize)| numbers.get(&place).map(|number| component[*number]);
    chosen.into_iter().enumerate().filter_map(pair).collect()
}

/// Returns pairs in the order of their weights: each label takes the heaviest that is left.
fn greedy(component: &[WeightedPair]) -> Vec<WeightedPair> {
    let mut pairs = component.to_vec();
    pairs.sort_by_key(|pair| (-pair.weight, pair.found, pair.stored));
    let (mut found, mut stored) = (BTreeSet::new(), BTreeSet::new());
    pairs.retain(|pair| {
        let is_free = !found.contains(&pair.found) && !stored.contains(&pair.stored);
        if is_free {
            found.insert(pair.found);
            stored.insert(pair.stored);
        }
        is_free
    });
    pairs
}

/// Counts the chosen pairs that another choice could replace without loss, by one label or by an
/// exchange with another pair, such that other contents become pairs.
pub(super) fn ambiguous<D: PartialEq>(
    pairs: &[WeightedPair],
    chosen: &[WeightedPair],
    found_digest: impl Fn(usize) -> D,
    stored_digest: impl Fn(usize) -> D,
) -> u64 {
    let weights: HashMap<(usize, usize), i64> =
        pairs.iter().map(|pair| ((pair.found, pair.stored), pair.weight)).collect();
    let of_found: HashMap<usize, &WeightedPair> = chosen.iter().map(|pair| (pair.found, pair)).collect();
    let of_stored: HashMap<usize, &WeightedPair> = chosen.iter().map(|pair| (pair.stored, pair)).collect();
    let mut ambiguous = BTreeSet::new();
    for pair in pairs {
        let (own, other) = (of_found.get(&pair.found), of_stored.get(&pair.stored));
        match (own, other) {
            (Some(own), Some(other)) if own.found != other.found => {
                let exchanged = weights.get(&(other.found, own.stored));
                let is_as_good =
                    exchanged.is_some_and(|back| back + pair.weight == own.weight + other.weight);
                let differs = stored_digest(own.stored) != stored_digest(other.stored)
                    && found_digest(own.found) != found_digest(other.found);
                if is_as_good && differs {
                    ambiguous.extend([own.found, other.found]);
                }
            }
            (Some(own), None) => {
                let differs = stored_digest(own.stored) != stored_digest(pair.stored);
                if own.weight == pair.weight && differs {
                    ambiguous.insert(own.found);
                }
            }
            (None, Some(other)) => {
                let differs = found_digest(other.found) != found_digest(pair.found);
                if other.weight == pair.weight && differs {
                    ambiguous.insert(other.found);
                }
            }
            _ => {}
        }
    }
    ambiguous.len() as u64
}
