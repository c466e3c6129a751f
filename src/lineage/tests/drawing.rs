//! Drawings: everything within reach is shown once, and every edge between the nodes.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::histories::{in_any_world, versions};
use super::model::worlds::{LineageWorld, over_worlds};
use super::walks::Chosen;
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::domain::role::MEMBER;
use crate::lineage::query::drawing::{Drawing, Frame, Shown};
use crate::lineage::walk::closure::{Direction, Stopped};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

fn draw(at: At<'_>, chosen: &Chosen, fold_above: usize, limits: (usize, usize, u64)) -> Drawing {
    let stop_at = |_: At<'_>, version| chosen.stops_at(version);
    let frame = Frame {
        direction: chosen.direction,
        roles: chosen.roles.clone(),
        max_depth: chosen.max_depth,
        stop_at: &stop_at,
        fold_above,
        fold_wrong: true,
        max_nodes: limits.0,
        max_lines: limits.1,
    };
    at.walker().drawing(&chosen.starts, &frame, &mut EdgeBudget::edges(limits.2))
}

/// The depth of everything within reach, and true if there is more beyond the requested depth.
fn reach(world: &LineageWorld, seq: Seq, chosen: &Chosen) -> (BTreeMap<VersionNo, u32>, bool) {
    let mut depths: BTreeMap<VersionNo, u32> = BTreeMap::new();
    let mut deeper: BTreeSet<VersionNo> = BTreeSet::new();
    for up in chosen.ways() {
        let (found, _) = chosen.depths(world, seq, up);
        for (version, depth) in found {
            let least = depths.entry(version).or_insert(depth);
            *least = depth.min(*least);
        }
        let further = Chosen {
            starts: chosen.starts.clone(),
            direction: chosen.direction,
            roles: chosen.roles.clone(),
            max_depth: chosen.max_depth.map(|most| most + 1),
            stops: chosen.stops,
        };
        deeper.extend(further.depths(world, seq, up).0.into_keys());
    }
    depths.extend(chosen.starts.iter().map(|start| (*start, 0)));
    let more = deeper.iter().any(|version| !depths.contains_key(version));
    (depths, more)
}

/// The properties of every drawing, complete or not; returns the node of each version.
fn check(
    world: &LineageWorld,
    seq: Seq,
    chosen: &Chosen,
    drawing: &Drawing,
    fold: usize,
) -> BTreeMap<VersionNo, u32> {
    let at = At::new(&world.index, seq);
    let (depths, _) = reach(world, seq, chosen);
    let mut places: BTreeMap<VersionNo, u32> = BTreeMap::new();
    for (place, shown) in (0_u32..).zip(&drawing.shown) {
        assert!(shown.versions.is_sorted());
        assert_eq!(shown.group.is_some(), shown.versions.len() > 1.max(fold), "only what is many is folded");
        for version in &shown.versions {
            assert_eq!(places.insert(*version, place), None, "shown once");
            assert_eq!(depths.get(version), Some(&shown.depth));
            if let Some(group) = &shown.group {
                let key = at.key(at.item_of(*version));
                assert_eq!((group.kind, &group.namespace), (key.kind, &key.namespace));
            }
        }
    }
    assert!(drawing.shown.is_sorted_by_key(|shown| shown.depth), "nearest first");
    places
}

fn lines(
    world: &LineageWorld,
    seq: Seq,
    chosen: &Chosen,
    places: &BTreeMap<VersionNo, u32>,
) -> BTreeMap<(u32, u32, String), u64> {
    let mut lines = BTreeMap::new();
    for edge in world.edges.iter().filter(|edge| edge.seq <= seq) {
        let followed = chosen.roles.as_ref().is_none_or(|roles| roles.iter().any(|role| role == edge.role));
        if let (true, Some(below), Some(above)) = (followed, places.get(&edge.below), places.get(&edge.above))
        {
            *lines.entry((*below, *above, edge.role.to_owned())).or_default() += 1;
        }
    }
    lines
}

fn drawn(at: At<'_>, drawing: &Drawing) -> BTreeMap<(u32, u32, String), u64> {
    let text = |role: Option<_>| role.map_or(MEMBER, |role| at.index().text(role)).to_owned();
    let lines = drawing.lines.iter();
    lines.map(|line| ((line.below, line.above, text(line.role)), line.count)).collect()
}

#[test]
fn a_complete_drawing_shows_everything_within_reach_and_every_edge() {
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let fold = 1 + usize::from(choices[5] % 4);
        let drawing = draw(at, &chosen, fold, (usize::MAX, usize::MAX, u64::MAX));
        let places = check(world, seq, &chosen, &drawing, fold);
        let (depths, more) = reach(world, seq, &chosen);
        assert_eq!(places.keys().collect::<Vec<_>>(), depths.keys().collect::<Vec<_>>());
        assert_eq!(drawing.stopped, more.then_some(Stopped::Depth));
        assert_eq!(drawing.shown.iter().any(|shown| shown.more), more);
        let found = drawn(at, &drawing);
        assert_eq!(found.len(), drawing.lines.len(), "one line for each pair and role");
        assert_eq!(found, lines(world, seq, &chosen, &places));
    });
}

#[test]
fn a_stopped_drawing_is_a_prefix_and_reports_it() {
    over_worlds(|world, seq, choices| {
        let Some(chosen) = Chosen::of(world, seq, choices) else { return };
        let at = At::new(&world.index, seq);
        let fold = 1 + usize::from(choices[5] % 4);
        let whole = draw(at, &chosen, fold, (usize::MAX, usize::MAX, u64::MAX));
        for limit in chosen.starts.len()..whole.shown.len() + 2 {
            let some = draw(at, &chosen, fold, (limit, usize::MAX, u64::MAX));
            let places = check(world, seq, &chosen, &some, fold);
            let versions = |drawing: &Drawing| -> Vec<_> {
                drawing.shown.iter().map(|shown| shown.versions.clone()).collect()
            };
            assert!(versions(&whole).starts_with(&versions(&some)));
            assert_eq!(some.shown.len(), whole.shown.len().min(limit));
            assert_eq!(some.stopped == Some(Stopped::Nodes), limit < whole.shown.len());
            assert_eq!(some.stopped.is_some(), some.shown.iter().any(|shown| shown.more));
            assert_eq!(drawn(at, &some), lines(world, seq, &chosen, &places));
        }
        for limit in 0..30 {
            let some = draw(at, &chosen, fold, (usize::MAX, usize::MAX, limit));
            check(world, seq, &chosen, &some, fold);
            assert!(some.stopped == Some(Stopped::Edges) || some == whole);
        }
        for limit in 0..whole.lines.len() {
            let some = draw(at, &chosen, fold, (usize::MAX, limit, u64::MAX));
            assert_eq!(some.stopped, Some(Stopped::Edges));
            assert_eq!((some.shown, some.lines.len()), (whole.shown.clone(), limit));
        }
    });
}

#[test]
fn wrong_versions_can_be_kept_out_of_groups() {
    let (kept_out, mixed) = (Cell::new(0), Cell::new(0));
    in_any_world(200, 10, |index: &Index| {
        let at = At::new(index, index.seq());
        let draw = |start, direction, fold_above, fold_wrong| {
            let frame = Frame {
                direction,
                roles: None,
                max_depth: None,
                stop_at: &|_, _| false,
                fold_above,
                fold_wrong,
                max_nodes: usize::MAX,
                max_lines: usize::MAX,
            };
            at.walker().drawing(&[start], &frame, &mut EdgeBudget::edges(u64::MAX))
        };
        for start in versions(at) {
            for (direction, fold) in [(Direction::Up, 1), (Direction::Down, 1), (Direction::Both, 2)] {
                let [plain, apart] = [true, false].map(|fold_wrong| draw(start, direction, fold, fold_wrong));
                let depths = |drawing: &Drawing| -> BTreeMap<VersionNo, u32> {
                    let each = |shown: &Shown| {
                        shown.versions.iter().map(|version| (*version, shown.depth)).collect()
                    };
                    drawing.shown.iter().flat_map(|shown: &Shown| -> Vec<_> { each(shown) }).collect()
                };
                assert_eq!(depths(&plain), depths(&apart), "the same versions at the same depths");
                let edges = |drawing: &Drawing| drawing.lines.iter().map(|line| line.count).sum::<u64>();
                assert_eq!((apart.stopped, edges(&plain)), (plain.stopped, edges(&apart)));
                for shown in &apart.shown {
                    assert_eq!(shown.group.is_some(), shown.versions.len() > 1);
                    let is_group = shown.group.is_some();
                    assert!(!is_group || shown.versions.iter().all(|version| !at.is_wrong(*version)));
                    assert!(!is_group || shown.versions.len() > fold);
                }
                for group in plain.shown.iter().filter(|shown| shown.group.is_some()) {
                    let wrong = group.versions.iter().filter(|version| at.is_wrong(**version)).count();
                    kept_out.set(kept_out.get() + wrong);
                    mixed.set(mixed.get() + usize::from(wrong > 0 && group.versions.len() - wrong > fold));
                }
            }
        }
    });
    assert!(kept_out.get() > 0 && mixed.get() > 0, "{kept_out:?} wrong versions in groups, {mixed:?} mixed");
}
