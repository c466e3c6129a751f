//! References and equal content.

use std::collections::BTreeMap;

use super::MatchedBy;
use super::overlap::Candidate;
use super::work::Work;

/// Matches labels that name their item. A tool that copies a label copies the reference too: the
/// copy that changed least is the item, the others are left to the next rules.
pub(super) fn match_exported(work: &mut Work<'_>) {
    let mut copies: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, found) in work.found.iter().enumerate() {
        let named =
            found.exported.and_then(|exported| work.items.binary_search(&exported.item.as_str()).ok());
        if let Some(stored) = named {
            copies.entry(stored).or_default().push(number);
        }
    }
    for (stored, copies) in copies {
        if let Some(found) = least_changed(work, stored, &copies) {
            work.pair(found, stored, MatchedBy::Exported);
        }
    }
}

/// Returns the label that differs least from a stored one: with equal content, class, overlap.
pub(super) fn least_changed(work: &mut Work<'_>, stored: usize, copies: &[usize]) -> Option<usize> {
    if let &[single] = copies {
        return Some(single);
    }
    work.stored[stored].read_extent();
    for found in copies {
        work.found[*found].read_extent();
    }
    let likeness = |found: usize| {
        let overlap = work.overlap(found, stored);
        (work.is_same(found, stored), work.is_same_class(found, stored), overlap)
    };
    let by_likeness = |a: &usize, b: &usize| {
        let (a_like, b_like) = (likeness(*a), likeness(*b));
        let order = (b_like.0, b_like.1).cmp(&(a_like.0, a_like.1));
        order.then(b_like.2.total_cmp(&a_like.2)).then(a.cmp(b))
    };
    copies.iter().copied().min_by(by_likeness)
}

/// Matches labels with equal fingerprints.
pub(super) fn match_content(work: &mut Work<'_>, prefers_ids: bool) {
    let mut contents: BTreeMap<[u8; 16], (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for found in work.open() {
        contents.entry(work.found[found].digest).or_default().0.push(found);
    }
    for stored in work.free() {
        if let Some((_, equals)) = contents.get_mut(&work.stored[stored].digest) {
            equals.push(stored);
        }
    }
    for (found, stored) in contents.into_values() {
        for is_retracted in [false, true] {
            let of_kind = |place: &usize| work.stored[*place].is_retracted == is_retracted;
            let stored: Vec<usize> = stored.iter().copied().filter(of_kind).collect();
            if prefers_ids {
                pair_equal_ids(work, &found, &stored);
            }
            let open: Vec<usize> = found.iter().copied().filter(|found| work.is_open(*found)).collect();
            let free: Vec<usize> = stored.into_iter().filter(|stored| work.is_free(*stored)).collect();
            for (found, stored) in open.into_iter().zip(free) {
                work.pair(found, stored, MatchedBy::Content);
            }
        }
    }
}

fn pair_equal_ids(work: &mut Work<'_>, found: &[usize], stored: &[usize]) {
    let mut ids: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for place in stored.iter().rev() {
        if let Some(id) = work.stored[*place].id {
            ids.entry(id).or_default().push(*place);
        }
    }
    for place in found.iter().filter(|place| work.is_open(**place)).copied().collect::<Vec<_>>() {
        let equal = work.found[place].id.and_then(|id| ids.get_mut(id)).and_then(Vec::pop);
        if let Some(equal) = equal {
            work.pair(place, equal, MatchedBy::Content);
        }
    }
}

/// Matches labels whose contents are equal although numbers fell on both sides of an edge of the
/// fingerprint's rounding.
pub(super) fn match_rounded(work: &mut Work<'_>, pairs: &[Candidate]) {
    let near = pairs.iter().filter(|pair| pair.is_same_class && pair.overlap > 0.999);
    let mut equal: Vec<(bool, bool, usize, usize)> = near
        .filter(|pair| work.is_same(pair.found, pair.stored))
        .map(|&Candidate { found, stored, .. }| {
            (work.stored[stored].is_retracted, !work.is_same_id(found, stored), found, stored)
        })
        .collect();
    equal.sort_unstable();
    for (_, _, found, stored) in equal {
        work.pair(found, stored, MatchedBy::Content);
    }
}
