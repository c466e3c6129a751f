//! Queries about lineage and about training sets.

use std::collections::BTreeSet;

use super::in_worlds;
use crate::lineage::index::membership::MembershipInterval;
use crate::lineage::query::contents::ContentEntry;
use crate::lineage::query::drawing::Frame;
use crate::lineage::query::impact::Inclusion;
use crate::lineage::query::leakage::{Leak, LeakageLimits, Side};
use crate::lineage::query::sets::Difference;
use crate::lineage::query::summary::{Aspect, PinAspect, PinGrouping};
use crate::lineage::walk::closure::{Direction, Walk};
use crate::lineage::walk::flow::EdgeBudget;

fn unlimited() -> EdgeBudget {
    EdgeBudget::edges(u64::MAX)
}

/// An interval without its end: an open one may get an end later.
fn open(interval: MembershipInterval) -> MembershipInterval {
    MembershipInterval { to: 0, ..interval }
}

#[test]
fn closures_are_the_same_while_the_index_grows() {
    in_worlds(120, 12, |paused| {
        let all = paused.all();
        for direction in [Direction::Up, Direction::Down, Direction::Both] {
            for roles in [None, Some(vec!["INPUT".to_owned(), "MEMBER".to_owned()])] {
                let walk = Walk { roles, ..Walk::unbounded(direction) };
                let starts = &all[..all.len().min(2)];
                paused.compare("lineage", |w| w.closure(starts, &walk).visits);
                paused.compare("lineage", |w| w.closure(&all[all.len() - starts.len()..], &walk).visits);
            }
        }
        paused.compare("stale", |w| w.stale(&mut unlimited()));
    });
}

#[test]
fn leakage_is_the_same_while_the_index_grows() {
    in_worlds(120, 12, |paused| {
        let sets = paused.sets();
        for (a, b) in sets.iter().zip(sets.iter().skip(1)) {
            let side = |set| Side { set, split: None };
            paused.compare("leakage", |w| {
                let (budget, again) = (&mut unlimited(), &mut unlimited());
                let limits = LeakageLimits { budget, from_place: 0, again, time_up: &|| false };
                w.leakage(side(*a), side(*b), &Leak::ALL.into(), limits).unwrap().findings
            });
        }
    });
}

#[test]
fn questions_about_sets_are_answered_the_same_while_the_index_grows() {
    let coarse = BTreeSet::from([Inclusion::Direct, Inclusion::Derived, Inclusion::Coarse]);
    let exact = BTreeSet::from([Inclusion::Direct, Inclusion::Derived]);
    in_worlds(80, 12, |paused| {
        for version in paused.all() {
            for inclusion in [&exact, &coarse] {
                paused.compare("holders", |w| w.holders(&[version], inclusion, &mut unlimited()));
            }
            paused.compare("made from it", |w| w.consumers(version, &mut unlimited()));
        }
        for set in paused.sets() {
            paused.compare("wrong in it", |w| w.wrong_in(set, &mut unlimited()));
            paused.compare("freshness", |w| w.overtaken(set, &mut unlimited()));
            paused.compare("contents", |w| {
                let contents = w.contents(set, &mut unlimited()).unwrap().into_iter();
                contents
                    .map(|content| ContentEntry { interval: open(content.interval), ..content })
                    .collect::<Vec<_>>()
            });
        }
    });
}

#[test]
fn differences_are_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        for first in paused.sets() {
            for second in paused.sets() {
                paused.compare("difference", |w| {
                    let Difference { added, removed, repinned } = w.difference(first, second);
                    let intervals: Vec<MembershipInterval> =
                        added.into_iter().chain(removed).map(open).collect();
                    let pairs = repinned.into_iter().map(|(old, new)| (open(old), open(new)));
                    (intervals, pairs.collect::<Vec<_>>())
                });
                paused.compare("pins changed", |w| {
                    let (gone, come) = w.pins_changed(first, second, None);
                    [gone, come].map(|intervals| intervals.into_iter().map(open).collect::<Vec<_>>())
                });
            }
        }
    });
}

#[test]
fn paths_between_versions_are_the_same_while_the_index_grows() {
    in_worlds(40, 10, |paused| {
        let all = paused.all();
        for (a, b) in all.iter().flat_map(|a| all.iter().step_by(3).map(move |b| (*a, *b))) {
            paused.compare("shortest path", |w| w.shortest_path(a, b, &mut unlimited()));
            paused.compare("paths", |w| w.paths(a, b, 5, &mut unlimited()));
            for lowest in [false, true] {
                paused.compare("common ancestors", |w| w.common_ancestors(a, b, lowest, &mut unlimited()));
            }
            paused
                .compare("contrast", |w| w.contrast(a, b, &|_, v| !v.0.is_multiple_of(5), &mut unlimited()));
        }
    });
}

#[test]
fn drawings_are_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        let all = paused.all();
        for direction in [Direction::Up, Direction::Down, Direction::Both] {
            for (max_depth, max_nodes) in [(None, 1_000), (Some(2), 8)] {
                let frame = Frame {
                    direction,
                    roles: None,
                    max_depth,
                    stop_at: &|_, version| version.0.is_multiple_of(7),
                    fold_above: 2,
                    fold_wrong: false,
                    max_nodes,
                    max_lines: 100,
                };
                let starts = &all[all.len() / 2..all.len().min(all.len() / 2 + 2)];
                paused.compare("drawing", |w| w.drawing(starts, &frame, &mut unlimited()));
            }
        }
    });
}

#[test]
fn summaries_are_the_same_while_the_index_grows() {
    let aspects = [Aspect::Kind, Aspect::Namespace, Aspect::Depth, Aspect::Tag, Aspect::Role];
    let paths = vec!["says".to_owned()];
    let by = vec![PinAspect::Split, PinAspect::Kind, PinAspect::Namespace];
    let grouping = PinGrouping { by, paths: paths.clone() };
    in_worlds(60, 12, |paused| {
        let all = paused.all();
        for direction in [Direction::Up, Direction::Down, Direction::Both] {
            let (walk, starts) = (Walk::unbounded(direction), &all[..all.len().min(3)]);
            paused.compare("lineage summary", |w| {
                let closure = w.closure(starts, &walk);
                let summary =
                    w.grouped(closure, starts, &walk, &|_, v| !v.0.is_multiple_of(7), (&aspects, &paths));
                format!("{:?} {:?}", summary.groups, summary.versions)
            });
        }
        for set in paused.sets() {
            paused
                .compare("member summary", |w| format!("{:?}", w.held_by(set, &grouping, &mut unlimited())));
            paused.compare("changes by group", |w| {
                format!("{:?}", w.pins_changed_by(paused.sets()[0], set, &grouping))
            });
        }
    });
}
