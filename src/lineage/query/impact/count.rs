//! From hits to affected set versions, with their counts.
//!
//! A hit covers a run of a set's history. The ends of runs are counted, and one scan over the
//! history gives the counts of all its versions; no row is built.
//! counts of all its versions; no row is made.

use std::collections::HashMap;

use super::survey::{Findings, Hit};
use super::{AffectedSet, Impact, Question};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::walk::walker::PART;
use crate::lineage::{At, Walker};

/// The affected set versions, by number.
pub(super) fn sets(walker: &mut Walker<'_>, question: &Question, impact: &Impact) -> Vec<AffectedSet> {
    let found = &impact.found;
    let mut alone = alone_by_item(walker, found);
    let mut counter = SetCounter::default();
    let mut sets = Vec::new();
    let mut first = 0;
    for hits in found.hits.chunk_by(|a, b| a.interval.set == b.interval.set) {
        let range = first..first + hits.len();
        first = range.end;
        let item = walker.at().index().membership.item(hits[0].interval.set);
        counter.count(walker, found, item, hits, &alone.remove(&item).unwrap_or_default());
        counter.collect(walker, question, item, &range, &mut sets);
    }
    for (item, hits) in alone {
        counter.count(walker, found, item, &[], &hits);
        counter.collect(walker, question, item, &(0..0), &mut sets);
    }
    walker.unlocked_if_many(sets.len(), || sets.sort_unstable_by_key(|affected| affected.set));
    sets
}

/// A set version that holds a wrong version, or is it, without any of its pins: the number of the
/// set version, and the position of the wrong version.
type Alone = (u32, u32);

/// The hits of single versions, COARSE and SELF, by set.
fn alone_by_item(walker: &mut Walker<'_>, found: &Findings) -> HashMap<ItemNo, Vec<Alone>> {
    let mut by_item: HashMap<ItemNo, Vec<Alone>> = HashMap::new();
    let mut add = |at: At<'_>, set: VersionNo, wrong: u32| {
        by_item.entry(at.item_of(set)).or_default().push((at.number(set), wrong));
    };
    walker.by_parts(found.coarse.len(), |at, part| {
        found.coarse[part].iter().for_each(|hit| add(at, hit.set, hit.wrong));
    });
    walker.by_parts(found.selves.len(), |at, part| {
        found.selves[part].iter().for_each(|hit| add(at, hit.set, hit.wrong));
    });
    by_item
}

/// The counters of one set: for each version the difference from the version before.
#[derive(Default)]
struct SetCounter {
    rows: Vec<i64>,
    members: Vec<i64>,
    wrong: Vec<i64>,
    /// The intervals that were counted.
    counted: Vec<bool>,
    runs: Vec<(u32, u32)>,
}

impl SetCounter {
    fn count(
        &mut self,
        walker: &mut Walker<'_>,
        found: &Findings,
        item: ItemNo,
        hits: &[Hit],
        alone: &[Alone],
    ) {
        let versions = walker.at().history(item).len();
        for counts in [&mut self.rows, &mut self.members, &mut self.wrong] {
            counts.clear();
            counts.resize(versions + 1, 0);
        }
        self.counted.clear();
        let mut by_wrong: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
        for (number, wrong) in alone {
            step(&mut self.rows, *number, number + 1);
            by_wrong.entry(*wrong).or_default().push((*number, number + 1));
        }
        self.runs.clear();
        let mut next = 0;
        while next < hits.len() {
            let membership = &walker.at().index().membership;
            let part = &hits[next..hits.len().min(next + PART)];
            for hit in part {
                next += 1;
                if found.wants(hit) {
                    let (from, to) = membership.run(hit.interval);
                    step(&mut self.rows, from, to);
                    // Intervals of one member never overlap, so each is counted separately.
                    if is_new(&mut self.counted, hit.interval.index as usize) {
                        step(&mut self.members, from, to);
                    }
                    self.runs.push((from, to));
                }
                // Hits are sorted by wrong version, and this is the last of one.
                if hits.get(next).is_none_or(|other| other.wrong != hit.wrong) {
                    if !alone.is_empty() {
                        self.runs.extend(by_wrong.remove(&hit.wrong).unwrap_or_default());
                    }
                    if self.runs.len() > PART {
                        // It is counted without the index, below.
                        break;
                    }
                    union(&mut self.wrong, &mut self.runs);
                    self.runs.clear();
                }
            }
            walker.step(part.len());
            let is_last = hits.get(next).is_none_or(|other| other.wrong != hits[next - 1].wrong);
            if is_last && !self.runs.is_empty() {
                let Self { wrong, runs, .. } = self;
                walker.unlocked_if_many(runs.len(), || union(wrong, runs));
                runs.clear();
            }
        }
        for mut runs in by_wrong.into_values() {
            union(&mut self.wrong, &mut runs);
        }
    }

    fn collect(
        &self,
        walker: &mut Walker<'_>,
        question: &Question,
        item: ItemNo,
        hits: &std::ops::Range<usize>,
        sets: &mut Vec<AffectedSet>,
    ) {
        let wanted = |at: At<'_>, set: VersionNo| {
            (!question.only_heads || at.is_head(set))
                && question.tagged.as_ref().is_none_or(|tags| at.carries(set, tags))
        };
        let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
        let (mut rows, mut members, mut wrong) = (0, 0, 0);
        // All versions of the set: the last counter belongs to no version.
        walker.by_parts(self.rows.len() - 1, |at, part| {
            for (place, set) in part.clone().zip(&at.history(item)[part]) {
                rows += self.rows[place];
                members += self.members[place];
                wrong += self.wrong[place];
                if rows > 0 && wanted(at, *set) {
                    let (members, wrong) = (number(members), number(wrong));
                    sets.push(AffectedSet { set: *set, members, wrong, hits: hits.clone(), chosen: None });
                }
            }
        });
    }
}

fn is_new(counted: &mut Vec<bool>, place: usize) -> bool {
    if counted.len() <= place {
        counted.resize(place + 1, false);
    }
    !std::mem::replace(&mut counted[place], true)
}

/// Adds one to every version that any of the runs covers.
fn union(counts: &mut [i64], runs: &mut [(u32, u32)]) {
    runs.sort_unstable();
    let Some((mut from, mut to)) = runs.first().copied() else { return };
    for (next, end) in &runs[1..] {
        if *next > to {
            step(counts, from, to);
            (from, to) = (*next, *end);
        } else {
            to = to.max(*end);
        }
    }
    step(counts, from, to);
}

fn step(counts: &mut [i64], from: u32, to: u32) {
    let last = counts.len() - 1;
    let place = |number: u32| (number as usize - 1).min(last);
    counts[place(from)] += 1;
    counts[place(to)] -= 1;
}
