//! From hits to set versions: which are affected, and how much each holds.
//!
//! A hit covers a run of a set's history. Where runs begin and end is counted, and one pass over the history gives the
//! counts of all its versions; no row is made.

use super::{AffectedSet, Hit, Impact, Inclusion, Question};
use crate::domain::facts::VersionNo;
use crate::lineage::At;

/// The affected set versions, by number.
pub(super) fn sets(at: At<'_>, question: &Question, impact: &Impact) -> Vec<AffectedSet> {
    let mut sets = Vec::new();
    let mut counts = Counts::default();
    let mut first = 0;
    for hits in impact.hits.chunk_by(|a, b| a.set == b.set) {
        let range = first..first + hits.len();
        first = range.end;
        let history = at.history(hits[0].set);
        counts.count(history.len(), hits, question, impact);
        let wanted = |set: VersionNo| {
            (!question.only_heads || at.is_head(set))
                && question.tagged.as_ref().is_none_or(|tags| at.carries(set, tags))
        };
        let (mut rows, mut members, mut wrong) = (0, 0, 0);
        for (place, set) in history.iter().enumerate() {
            rows += counts.rows[place];
            members += counts.members[place];
            wrong += counts.wrong[place];
            if rows > 0 && wanted(*set) {
                let number = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
                let (members, wrong) = (number(members), number(wrong));
                sets.push(AffectedSet { set: *set, members, wrong, hits: range.clone(), chosen: None });
            }
        }
    }
    sets.sort_unstable_by_key(|affected| affected.set);
    sets
}

/// For one set, by version: how many more there are of each than in the version before.
#[derive(Default)]
struct Counts {
    rows: Vec<i64>,
    members: Vec<i64>,
    wrong: Vec<i64>,
    runs: Vec<(u32, u32, u32)>,
}

impl Counts {
    fn count(&mut self, versions: usize, hits: &[Hit], question: &Question, impact: &Impact) {
        let wanted = |hit: &&Hit| {
            question.inclusion.contains(&hit.inclusion) && impact.wrongs[hit.wrong as usize].wanted
        };
        let wanted = || hits.iter().filter(wanted);
        for counts in [&mut self.rows, &mut self.members, &mut self.wrong] {
            counts.clear();
            counts.resize(versions + 1, 0);
        }
        for hit in wanted() {
            step(&mut self.rows, hit.from, hit.to);
        }
        let exact = wanted().filter(|hit| hit.inclusion != Inclusion::Coarse);
        distinct(&mut self.members, &mut self.runs, exact.map(|hit| (hit.pinned.0, hit.from, hit.to)));
        distinct(&mut self.wrong, &mut self.runs, wanted().map(|hit| (hit.wrong, hit.from, hit.to)));
    }
}

/// Counts each name once in every version that one of its runs covers.
fn distinct(
    counts: &mut [i64],
    runs: &mut Vec<(u32, u32, u32)>,
    named: impl Iterator<Item = (u32, u32, u32)>,
) {
    runs.clear();
    runs.extend(named);
    runs.sort_unstable();
    for of_one in runs.chunk_by(|a, b| a.0 == b.0) {
        let (_, mut from, mut to) = of_one[0];
        for (_, next, end) in &of_one[1..] {
            if *next > to {
                step(counts, from, to);
                from = *next;
                to = *end;
            } else {
                to = to.max(*end);
            }
        }
        step(counts, from, to);
    }
}

fn step(counts: &mut [i64], from: u32, to: u32) {
    let last = counts.len() - 1;
    let place = |number: u32| (number as usize - 1).min(last);
    counts[place(from)] += 1;
    counts[place(to)] -= 1;
}
