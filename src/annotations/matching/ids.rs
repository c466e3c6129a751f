//! Ids of the exporter.

use std::collections::{BTreeMap, BTreeSet};

use super::overlap::Candidate;
use super::work::Work;
use super::{IdEvidence, MatchedBy, exact};

/// Matches by ids alone: of several labels with one id, a live one and the one that changed least.
pub(super) fn match_all(work: &mut Work<'_>) {
    for (found, stored) in by_id(work).into_values() {
        let mut live_first = stored;
        live_first.sort_by_key(|stored| (work.stored[*stored].is_retracted, *stored));
        let mut open = found;
        for stored in live_first {
            if let Some(least) = exact::least_changed(work, stored, &open) {
                work.pair(least, stored, MatchedBy::Id);
                open.retain(|found| *found != least);
            }
        }
    }
}

/// Matches equal ids if the class or the place still fits: a live label before a retracted one,
/// then the same class, then the larger overlap.
pub(super) fn match_stable(work: &mut Work<'_>) {
    let mut fitting = Vec::new();
    for (found, stored) in by_id(work).into_values() {
        for &stored in &stored {
            for &found in &found {
                let (is_same_class, overlap) =
                    (work.is_same_class(found, stored), work.overlap(found, stored));
                if is_same_class || overlap > 0.0 {
                    let is_retracted = work.stored[stored].is_retracted;
                    fitting.push((is_retracted, !is_same_class, overlap, found, stored));
                }
            }
        }
    }
    fitting.sort_by(|a, b| {
        let order = (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.total_cmp(&a.2));
        order.then((a.3, a.4).cmp(&(b.3, b.4)))
    });
    for (_, _, _, found, stored) in fitting {
        work.pair(found, stored, MatchedBy::Id);
    }
}

/// Returns the labels without a pair by their ids: those of the file, those that are stored.
fn by_id<'a>(work: &Work<'a>) -> BTreeMap<&'a str, (Vec<usize>, Vec<usize>)> {
    let mut ids: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for found in work.open() {
        if let Some(id) = work.found[found].id {
            ids.entry(id).or_default().0.push(found);
        }
    }
    for stored in work.free() {
        if let Some((_, same)) = work.stored[stored].id.and_then(|id| ids.get_mut(id)) {
            same.push(stored);
        }
    }
    ids
}

/// Returns true if the labels of the image show that ids were assigned again:
///
/// - equal content has another id, although both ids are on both sides, or
/// - a label left the place of its id for the place of another id with the same class, and nothing
///   proves that ids are stable.
///
/// The proof is a label with equal content and the same id behind a gap: an exporter that counts
/// would have moved the id up. Ids that are no numbers are a proof in any place.
pub(super) fn is_contradicted(work: &Work<'_>, pairs: &[Candidate], evidence: IdEvidence<'_>) -> bool {
    let (now, before) =
        (evidence.moved.iter().map(|one| one.now), evidence.moved.iter().map(|one| one.before));
    let of_stored: BTreeSet<&str> =
        work.stored.iter().map(|stored| stored.id).chain(before.clone()).flatten().collect();
    let of_found: BTreeSet<&str> = work.found.iter().map(|found| found.id).chain(now).flatten().collect();
    let is_on_both = |id: &str| of_stored.contains(id) && of_found.contains(id);
    let live = work.stored.iter().filter(|stored| !stored.is_retracted).map(|stored| stored.id);
    let gaps = live.chain(before).flatten().filter(|id| !of_found.contains(id)).filter_map(number);
    let first_gap = gaps.min();
    let proves = |id: &str| number(id).is_none_or(|id| first_gap.is_some_and(|gap| gap < id));
    let mut is_proven = evidence.unchanged.iter().any(|id| proves(id));
    if evidence.moved.iter().any(|one| one.now.is_some_and(is_on_both) && one.before.is_some_and(is_on_both))
    {
        return true;
    }
    for (found, stored, by) in work.pairs() {
        let (Some(now), Some(before)) = (work.found[found].id, work.stored[stored].id) else { continue };
        if by != MatchedBy::Content {
            continue;
        }
        if now == before {
            is_proven |= proves(now);
        } else if is_on_both(now) && is_on_both(before) {
            return true;
        }
    }
    !is_proven && has_traded_places(work, pairs)
}

/// Returns true if a label is apart from the stored one with its id, and overlaps another one.
fn has_traded_places(work: &Work<'_>, pairs: &[Candidate]) -> bool {
    let by_id = by_id(work);
    let has_left = |found: usize| {
        let own = work.found[found].id.and_then(|id| by_id.get(id));
        own.is_some_and(|(_, own)| {
            !own.is_empty() && own.iter().all(|stored| work.overlap(found, *stored) <= 0.0)
        })
    };
    let is_open = |pair: &&Candidate| work.is_open(pair.found) && work.is_free(pair.stored);
    let here = |pair: &&Candidate| {
        pair.is_same_class
            && pair.overlap >= 0.5
            && !work.found[pair.found].extent().is_whole()
            && work.stored[pair.stored].id.is_some()
    };
    pairs.iter().filter(is_open).filter(here).any(|pair| has_left(pair.found))
}

/// Reads an id that a counter may have made.
fn number(id: &str) -> Option<u64> {
    id.parse().ok()
}
