//! Class and overlap.

use std::collections::BTreeMap;

use super::optimum::{self, WeightedPair};
use super::work::Work;
use super::{MatchedBy, similarity, sweep};
use crate::annotations::model::fields::CAPTION;

/// The least overlap of a label of the same class.
const LEAST: f64 = 0.5;
/// The least overlap of a label with another class.
const LEAST_RELABELLED: f64 = 0.8;
/// The weight of another class on exactly the same place: more than the same class on a place that
/// is moved by some pixels, less than the same class on that place.
const SAME_PLACE: f64 = 1.95;
/// Pairs of labels without a shape, for each class, that are compared.
const MOST_PAIRS: usize = 1_000_000;

/// A pair that may be the same label.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) found: usize,
    pub(super) stored: usize,
    pub(super) is_same_class: bool,
    pub(super) overlap: f64,
}

/// Returns the pairs of labels that overlap by half and more, or are without a shape and of the
/// same class.
pub(super) fn candidates(work: &mut Work<'_>) -> Vec<Candidate> {
    work.read_extents();
    let (open, free) = (work.open(), work.free());
    let reach_of_found = |place: usize| Some((place, work.found[place].extent().reach()?));
    let reach_of_stored = |place: usize| Some((place, work.stored[place].extent().reach()?));
    let found: Vec<_> = open.iter().copied().filter_map(reach_of_found).collect();
    let stored: Vec<_> = free.iter().copied().filter_map(reach_of_stored).collect();
    let mut pairs = Vec::new();
    sweep::visit_touching(&found, &stored, |found, stored| {
        if work.found[found].extent().limit(work.stored[stored].extent()) < LEAST {
            return;
        }
        let overlap = work.overlap(found, stored);
        if overlap >= LEAST {
            pairs.push(Candidate {
                found,
                stored,
                is_same_class: work.is_same_class(found, stored),
                overlap,
            });
        }
    });
    let approximate = add_whole(work, &open, &free, &mut pairs);
    work.approximate += approximate;
    pairs.sort_by_key(|pair| (pair.found, pair.stored));
    pairs
}

/// Adds labels without a shape: by class, and without a class by similar fields. Returns the number
/// of labels in lists so long that they are paired by position.
fn add_whole(work: &Work<'_>, open: &[usize], free: &[usize], pairs: &mut Vec<Candidate>) -> u64 {
    let mut classes: BTreeMap<Vec<&str>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for &found in open.iter().filter(|found| work.found[**found].extent().is_whole()) {
        classes.entry(work.found[found].classes()).or_default().0.push(found);
    }
    for &stored in free.iter().filter(|stored| work.stored[**stored].extent().is_whole()) {
        if let Some((_, same)) = classes.get_mut(&work.stored[stored].classes()) {
            same.push(stored);
        }
    }
    let mut approximate = 0;
    for (class, (found, stored)) in classes {
        let pair = |found, stored, overlap| Candidate { found, stored, is_same_class: true, overlap };
        if found.len().saturating_mul(stored.len()) > MOST_PAIRS {
            approximate += found.len() as u64;
            pairs.extend(found.into_iter().zip(stored).map(|(found, stored)| pair(found, stored, 1.0)));
            continue;
        }
        for &found in &found {
            for &stored in &stored {
                let overlap = if class.is_empty() { similar(work, found, stored) } else { 1.0 };
                if overlap >= LEAST {
                    pairs.push(pair(found, stored, overlap));
                }
            }
        }
    }
    approximate
}

fn similar(work: &Work<'_>, found: usize, stored: usize) -> f64 {
    similarity::of_fields(work.found[found].fields, work.stored[stored].fields)
}

/// Matches the rest: all live labels before the retracted ones.
pub(super) fn match_rest(work: &mut Work<'_>, pairs: &[Candidate], may_use_ids: bool) {
    for is_retracted in [false, true] {
        let of_kind = |pair: &&Candidate| work.stored[pair.stored].is_retracted == is_retracted;
        let pairs: Vec<Candidate> = pairs.iter().filter(of_kind).copied().collect();
        match_best(work, &pairs, may_use_ids);
        match_single(work, is_retracted, may_use_ids);
    }
}

/// Matches labels by the best sum of weights.
fn match_best(work: &mut Work<'_>, pairs: &[Candidate], may_use_ids: bool) {
    let weighted = |pair: &Candidate| {
        let &Candidate { found, stored, is_same_class, overlap } = pair;
        if !work.is_open(found) || !work.is_free(stored) {
            return None;
        }
        if may_use_ids && work.are_other_answers(found, stored) {
            return None;
        }
        let weight = match (is_same_class, overlap) {
            (true, overlap) if overlap >= LEAST => 1.0 + overlap,
            (false, overlap) if overlap >= 1.0 - 1e-9 => SAME_PLACE,
            (false, overlap) if overlap >= LEAST_RELABELLED => overlap,
            _ => return None,
        };
        let has_id = may_use_ids && work.is_same_id(found, stored);
        let weight = optimum::weight(weight, has_id, similar(work, found, stored));
        Some(WeightedPair { found, stored, weight })
    };
    let weighted: Vec<WeightedPair> = pairs.iter().filter_map(weighted).collect();
    let best = optimum::best(&weighted);
    work.approximate += best.approximate;
    work.ambiguous += optimum::ambiguous(
        &weighted,
        &best.pairs,
        |found| work.found[found].digest,
        |stored| work.stored[stored].digest,
    );
    for pair in best.pairs {
        work.pair(pair.found, pair.stored, MatchedBy::Overlap);
    }
}

/// Matches the only label without a shape that is left on either side: it was relabelled, or its
/// text was written again.
fn match_single(work: &mut Work<'_>, is_retracted: bool, may_use_ids: bool) {
    let is_of_kind = |stored: &usize| {
        let stored = &work.stored[*stored];
        stored.is_retracted == is_retracted && stored.extent().is_whole()
    };
    let found: Vec<usize> =
        work.open().into_iter().filter(|found| work.found[*found].extent().is_whole()).collect();
    let stored: Vec<usize> = work.free().into_iter().filter(is_of_kind).collect();
    for is_caption in [false, true] {
        let left = |places: &[usize], side: &[super::work::Subject<'_>]| {
            let of_kind = |place: &&usize| side[**place].fields.contains_key(CAPTION) == is_caption;
            let mut left = places.iter().filter(of_kind);
            left.next().copied().filter(|_| left.next().is_none())
        };
        if let (Some(found), Some(stored)) = (left(&found, &work.found), left(&stored, &work.stored))
            && !(may_use_ids && work.are_other_answers(found, stored))
        {
            work.pair(found, stored, MatchedBy::Overlap);
        }
    }
}
