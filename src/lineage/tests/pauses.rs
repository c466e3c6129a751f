//! Walks that give the index away between their steps, against the same walks that do not.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::histories::{versions, while_it_grows};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::leakage::{Leak, Limits, Side};
use crate::lineage::walk::closure::{Direction, Walk};
use crate::lineage::walk::flow::{Budget, Tracer, Walls};
use crate::lineage::{At, Walker};

/// Compares the answers of a walk that pauses and of one that does not.
fn compare<T: PartialEq + std::fmt::Debug>(
    at: At<'_>,
    pauses: &Cell<usize>,
    growing: &dyn Fn() -> super::histories::Growing,
    ask: impl Fn(&mut Walker<'_>) -> T,
) {
    let mut grown = growing();
    let paused = ask(&mut Walker::new(&mut grown, at.seq(), at.known()));
    pauses.set(pauses.get() + grown.pauses);
    assert_eq!(paused, ask(&mut at.walker()), "as of {} after {} pauses", at.seq(), grown.pauses);
}

#[test]
fn a_walk_says_the_same_while_the_index_grows() {
    let pauses = Cell::new(0);
    while_it_grows(120, 12, |at, growing| {
        let all: Vec<VersionNo> = versions(at).collect();
        let sets = || all.iter().copied().filter(|version| at.kind(*version) == Kind::TrainingSet);
        let unlimited = || Budget::edges(u64::MAX);
        for walls in [Walls::default(), Walls { through_models: true, coarse: true }] {
            for version in &all {
                compare(at, &pauses, growing, |w| {
                    let flow = Tracer::new(&mut *w, walls, unlimited()).flow(&[*version]);
                    // A set that is pinned later may be a node already. As of this seq it leads nowhere.
                    let data = flow.nodes.iter().filter(|node| at.kind(node.version) != Kind::TrainingSet);
                    data.map(|node| (node.version, node.coarse)).collect::<BTreeSet<_>>()
                });
            }
        }
        for (a, b) in sets().zip(sets().skip(1)) {
            let side = |set| Side { set, split: None };
            compare(at, &pauses, growing, |w| {
                let (budget, again) = (&mut unlimited(), &mut unlimited());
                let limits = Limits { budget, from_place: 0, again, time_up: &|| false };
                w.leakage(side(a), side(b), &Leak::ALL.into(), limits).unwrap().findings
            });
        }
        for direction in [Direction::Up, Direction::Down, Direction::Both] {
            for roles in [None, Some(vec!["INPUT".to_owned(), "MEMBER".to_owned()])] {
                let walk = Walk { roles, ..Walk::whole(direction) };
                let starts = &all[..all.len().min(2)];
                compare(at, &pauses, growing, |w| w.closure(starts, &walk).visits);
                compare(at, &pauses, growing, |w| w.closure(&all[all.len() - starts.len()..], &walk).visits);
            }
        }
        compare(at, &pauses, growing, |w| w.stale(&mut unlimited()));
    });
    assert!(pauses.get() > 1_000, "{} pauses", pauses.get());
}
