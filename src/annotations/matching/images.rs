//! Images of equal bytes, which only their labels and the names of their files tell apart.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::extent::LabelExtent;
use super::optimum::{WeightedPair, best};
use crate::annotations::model::fields::CLASS;
use crate::annotations::normal;
use crate::domain::id::Digest;

/// The images of one side that are paired by the best sum. Above, only those pairs are sure of which no
/// other image has all the same labels.
const MOST: usize = 100;
/// The equal labels of a pair of images that count, and those that are only in the same place.
const MOST_EQUAL: usize = 1023;
const MOST_PLACES: usize = 255;
/// Bits of the lower parts of a weight: of 100 pairs they do not add up to a step of the part above.
const PLACES: u32 = 15;
const NAMES: u32 = 7;
const ORDER: u32 = 20;

/// A label as it is compared with those of other images: hashes of its content, and of its place, or of
/// its class if it covers the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LabelHash(u64, u64);

/// An image with what tells it apart from others of the same bytes.
#[derive(Debug, Clone, Copy)]
pub struct TwinImage<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its labels, sorted.
    pub labels: &'a [LabelHash],
}

/// An image of the file with the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwinPair {
    /// The position of the image of the file.
    pub found: usize,
    /// The position of the stored one.
    pub stored: usize,
    /// True if another choice is as good, so that only the order of the names decided.
    pub is_ambiguous: bool,
}

impl LabelHash {
    /// Returns the hashes of a label.
    #[must_use]
    pub fn of(fields: &Map<String, Value>) -> Self {
        let first = |digest: &[u8]| digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let place = match LabelExtent::of(fields).reach() {
            // Formats round differently.
            Some(reach) => {
                let sides = [reach.x, reach.y, reach.width, reach.height];
                sides.map(|side| format!("{:.0}", side + 0.25)).join(",")
            }
            None => fields.get(CLASS).map(Value::to_string).unwrap_or_default(),
        };
        Self(first(&normal::digest(fields)), first(Digest::of(place.as_bytes()).as_bytes()))
    }
}

/// Pairs images of the file with stored ones of the same bytes, so that as many labels as possible are
/// equal; then as many labels as possible in the same place; then as many files of the same name; then
/// in the order of the lists. `may` says which pairs there may be.
#[must_use]
pub fn pair_twins(
    found: &[TwinImage<'_>],
    stored: &[TwinImage<'_>],
    may: impl Fn(usize, usize) -> bool,
) -> Vec<TwinPair> {
    if found.len().max(stored.len()) > MOST {
        return pair_many(found, stored, may);
    }
    let mut pairs = Vec::new();
    for (one, image) in found.iter().enumerate() {
        for (other, old) in stored.iter().enumerate().filter(|(other, _)| may(one, *other)) {
            let order = one.abs_diff(other).pow(2);
            let order = (1 << ORDER) - i64::try_from(order).unwrap_or_default();
            pairs.push(WeightedPair {
                found: one,
                stored: other,
                weight: (evidence(image, old) << ORDER) + order,
            });
        }
    }
    let chosen = best(&pairs).pairs;
    let weight = |one: usize, other: usize| may(one, other).then(|| evidence(&found[one], &stored[other]));
    let of_found: HashMap<usize, usize> = chosen.iter().map(|pair| (pair.found, pair.stored)).collect();
    let of_stored: HashMap<usize, usize> = chosen.iter().map(|pair| (pair.stored, pair.found)).collect();
    let is_ambiguous = |one: usize, other: usize| {
        let own = weight(one, other);
        let with_stored =
            (0..stored.len()).filter(|old| *old != other).any(|old| match of_stored.get(&old) {
                None => weight(one, old) == own,
                Some(image) => {
                    let sum = |a: Option<i64>, b: Option<i64>| Some(a? + b?);
                    let exchanged = sum(weight(one, old), weight(*image, other));
                    exchanged.is_some() && exchanged == sum(own, weight(*image, old))
                }
            });
        let mut others = (0..found.len()).filter(|image| !of_found.contains_key(image));
        with_stored || others.any(|image| weight(image, other) == own)
    };
    let pair = |pair: WeightedPair| TwinPair {
        found: pair.found,
        stored: pair.stored,
        is_ambiguous: is_ambiguous(pair.found, pair.stored),
    };
    chosen.into_iter().map(pair).collect()
}

/// Returns what speaks for a pair: equal labels, labels in the same place, then the name of the file.
fn evidence(found: &TwinImage<'_>, stored: &TwinImage<'_>) -> i64 {
    let equal = common(found, stored, |label| label.0).min(MOST_EQUAL);
    let places = common(found, stored, |label| label.1).min(MOST_PLACES);
    let file = |name: &str| name.rsplit('/').next().map(str::to_owned);
    let count = |count: usize| i64::try_from(count).unwrap_or_default();
    let is_named = i64::from(file(found.name) == file(stored.name));
    (count(equal) << (PLACES + NAMES)) + (count(places) << NAMES) + is_named
}

/// Counts the labels of an image that have a counterpart in the other one.
fn common(found: &TwinImage<'_>, stored: &TwinImage<'_>, of: impl Fn(&LabelHash) -> u64) -> usize {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for label in stored.labels {
        *counts.entry(of(label)).or_default() += 1;
    }
    let is_there = |label: &&LabelHash| match counts.get_mut(&of(label)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    found.labels.iter().filter(is_there).count()
}

/// Pairs many images: those of which one image on either side has all the same labels, then the others in
/// the order of the lists.
fn pair_many(
    found: &[TwinImage<'_>],
    stored: &[TwinImage<'_>],
    may: impl Fn(usize, usize) -> bool,
) -> Vec<TwinPair> {
    let mut sides: BTreeMap<&[LabelHash], (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (place, image) in found.iter().enumerate() {
        sides.entry(image.labels).or_default().0.push(place);
    }
    for (place, image) in stored.iter().enumerate() {
        sides.entry(image.labels).or_default().1.push(place);
    }
    let (mut pairs, mut is_paired, mut taken) =
        (Vec::new(), vec![false; found.len()], vec![false; stored.len()]);
    for (found, stored) in sides.values() {
        if let ([one], [other]) = (found.as_slice(), stored.as_slice())
            && may(*one, *other)
        {
            pairs.push(TwinPair { found: *one, stored: *other, is_ambiguous: false });
            (is_paired[*one], taken[*other]) = (true, true);
        }
    }
    // Images with all the same labels before those with others.
    for is_equal in [true, false] {
        let mut free: BTreeMap<&[LabelHash], Vec<usize>> = BTreeMap::new();
        for other in (0..stored.len()).rev().filter(|other| !taken[*other]) {
            free.entry(if is_equal { stored[other].labels } else { &[] }).or_default().push(other);
        }
        for one in 0..found.len() {
            let labels = if is_equal { found[one].labels } else { &[] };
            let others = free.get_mut(labels).filter(|_| !is_paired[one]);
            let Some(others) = others else { continue };
            let Some(place) = others.iter().rposition(|other| may(one, *other)) else { continue };
            let other = others.remove(place);
            pairs.push(TwinPair { found: one, stored: other, is_ambiguous: true });
            (is_paired[one], taken[other]) = (true, true);
        }
    }
    pairs.sort_by_key(|pair| pair.found);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(content: u64) -> LabelHash {
        LabelHash(content, 1000 + content)
    }

    fn pairs(found: &[(&str, &[LabelHash])], stored: &[(&str, &[LabelHash])]) -> Vec<(usize, usize, bool)> {
        let found: Vec<_> = found.iter().map(|(name, labels)| TwinImage { name, labels }).collect();
        let stored: Vec<_> = stored.iter().map(|(name, labels)| TwinImage { name, labels }).collect();
        let pairs = pair_twins(&found, &stored, |_, _| true);
        pairs.into_iter().map(|pair| (pair.found, pair.stored, pair.is_ambiguous)).collect()
    }

    #[test]
    fn labels_decide_then_places_then_names_of_files_then_the_order() {
        let (a, b, c) = (label(1), label(2), label(3));
        let moved = LabelHash(9, 1001);
        assert_eq!(
            pairs(&[("x", &[b]), ("y", &[a])], &[("a", &[a]), ("b", &[b])]),
            [(0, 1, false), (1, 0, false)]
        );
        // One equal label is more than two in the same place.
        let near = [moved, LabelHash(8, 1002)];
        let stored: [(&str, &[LabelHash]); 2] = [("a", &[a, b]), ("b", &[c])];
        assert_eq!(pairs(&[("x", &[c]), ("y", &near)], &stored), [(0, 1, false), (1, 0, false)]);
        assert_eq!(
            pairs(&[("x", &[c]), ("y", &[moved])], &[("a", &[a]), ("b", &[b])]),
            [(0, 1, false), (1, 0, false)]
        );
        assert_eq!(
            pairs(&[("n/2", &[]), ("n/3", &[])], &[("m/1", &[]), ("m/2", &[])]),
            [(0, 1, false), (1, 0, false)]
        );
        assert_eq!(
            pairs(&[("x", &[a]), ("y", &[a])], &[("a", &[a]), ("b", &[a])]),
            [(0, 0, true), (1, 1, true)]
        );
    }

    #[test]
    fn an_image_of_which_there_are_fewer_goes_to_the_best() {
        let (a, b) = (label(1), label(2));
        assert_eq!(pairs(&[("x", &[b])], &[("a", &[a]), ("b", &[b])]), [(0, 1, false)]);
        assert_eq!(pairs(&[("x", &[a]), ("y", &[b])], &[("b", &[b])]), [(1, 0, false)]);
        assert_eq!(pairs(&[("x", &[a])], &[("a", &[b]), ("b", &[b])]), [(0, 0, true)]);
        assert_eq!(pairs(&[("x", &[a]), ("y", &[a])], &[("b", &[b])]), [(0, 0, true)]);
    }

    #[test]
    fn many_images_are_paired_by_all_their_labels() {
        let labels: Vec<[LabelHash; 1]> = (0..150).map(|number| [label(number)]).collect();
        let image = |number: usize| TwinImage { name: "", labels: &labels[number] };
        let stored: Vec<_> = (0..150).map(image).collect();
        let found: Vec<_> = (0..150).rev().map(image).collect();
        let chosen = pair_twins(&found, &stored, |_, _| true);
        assert!(chosen.iter().all(|pair| pair.stored == 149 - pair.found && !pair.is_ambiguous));
        assert_eq!(chosen.len(), 150);
        // Two that have the same labels are in the order of the names, and the last one has other labels.
        let found: Vec<_> = [149, 149].into_iter().chain(0..99).map(image).collect();
        let stored: Vec<_> = [149, 149].into_iter().chain(1..100).map(image).collect();
        let chosen = pair_twins(&found, &stored, |_, _| true);
        let of = |found: usize| chosen.iter().find(|pair| pair.found == found).copied().unwrap();
        assert_eq!(of(1), TwinPair { found: 1, stored: 1, is_ambiguous: true });
        assert_eq!(of(3), TwinPair { found: 3, stored: 2, is_ambiguous: false });
        assert_eq!(of(2), TwinPair { found: 2, stored: 100, is_ambiguous: true });
    }
}
