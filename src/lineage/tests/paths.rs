//! Paths, against a list of all of them.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::model::worlds::{LineageWorld, over_worlds};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::query::paths::Paths;
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;

const fn plenty() -> EdgeBudget {
    EdgeBudget::edges(1_000_000)
}

/// Every path from `above` down to `below`, shortest first.
fn every(world: &LineageWorld, seq: Seq, above: VersionNo, below: VersionNo) -> Vec<Vec<VersionNo>> {
    let mut found = Vec::new();
    let mut open = vec![vec![above]];
    while let Some(path) = open.pop() {
        let last = path[path.len() - 1];
        if last == below {
            found.push(path);
            continue;
        }
        let edges = world.edges.iter().filter(|edge| edge.seq <= seq && edge.above == last);
        let next: BTreeSet<VersionNo> = edges.map(|edge| edge.below).collect();
        open.extend(next.into_iter().map(|next| [path.clone(), vec![next]].concat()));
    }
    found.sort_by_key(Vec::len);
    found
}

fn lengths(paths: &[Vec<VersionNo>]) -> Vec<usize> {
    paths.iter().map(Vec::len).collect()
}

#[test]
fn paths_are_the_shortest_of_all_paths() {
    over_worlds(|world, seq, choices| {
        let at = At::new(&world.index, seq);
        let (Some(a), Some(b)) = (world.any(seq, choices[0]), world.any(seq, choices[1])) else { return };
        let mut all = every(world, seq, a, b);
        if all.is_empty() {
            all = every(world, seq, b, a);
        }
        let shortest = at.walker().shortest_path(a, b, &mut plenty());
        assert_eq!(shortest.stopped, None);
        assert_eq!(lengths(&shortest.paths), lengths(&all[..all.len().min(1)]));
        assert!(shortest.paths.iter().all(|path| all.contains(path)));
        for k in [1, 2, 1 + usize::from(choices[2] % 40)] {
            let found = at.walker().paths(a, b, k, &mut plenty());
            assert_eq!(lengths(&found.paths), lengths(&all[..all.len().min(k)]), "{a:?} {b:?} {k}");
            assert!(found.paths.iter().all(|path| all.contains(path)));
            assert_eq!(found.paths.first(), shortest.paths.first(), "one and many begin with the same");
            let more = at.walker().paths(a, b, k + 1, &mut plenty());
            assert!(more.paths.starts_with(&found.paths), "more of them go on where fewer end");
            assert_eq!(found.paths.iter().collect::<BTreeSet<_>>().len(), found.paths.len());
            assert_eq!((found.exhaustive, found.stopped), (all.len() <= k, None));
            assert_eq!(
                found,
                at.walker().paths(b, a, k, &mut plenty()),
                "the order of the ends does not matter"
            );
        }
    });
}

#[test]
fn a_stopped_search_reports_it_and_is_correct_so_far() {
    over_worlds(|world, seq, choices| {
        let at = At::new(&world.index, seq);
        let (Some(a), Some(b)) = (world.any(seq, choices[0]), world.any(seq, choices[1])) else { return };
        let k = 1 + usize::from(choices[2] % 8);
        let whole = at.walker().paths(a, b, k, &mut plenty());
        for edges in 0..40 {
            let found = at.walker().paths(a, b, k, &mut EdgeBudget::edges(edges));
            check_part(&found, &whole, Stopped::Edges);
        }
    });
}

#[test]
fn a_search_with_too_many_partial_paths_reports_it_and_is_correct_so_far() {
    let stopped = Cell::new(0);
    over_worlds(|world, seq, choices| {
        let at = At::new(&world.index, seq);
        let (Some(a), Some(b)) = (world.any(seq, choices[0]), world.any(seq, choices[1])) else { return };
        let k = 1 + usize::from(choices[2] % 8);
        let whole = at.walker().paths(a, b, k, &mut plenty());
        for most in 1..20 {
            let found = at.walker().paths_within(a, b, k, &mut plenty(), most);
            check_part(&found, &whole, Stopped::Nodes);
            stopped.set(stopped.get() + usize::from(found.stopped.is_some()));
        }
    });
    assert!(stopped.get() > 0, "no limit was ever met");
}

fn check_part(found: &Paths, whole: &Paths, reason: Stopped) {
    if found.stopped.is_some() {
        assert_eq!((found.stopped, found.exhaustive), (Some(reason), false));
        let count = found.paths.len();
        assert!(count <= whole.paths.len());
        assert_eq!(lengths(&found.paths), lengths(&whole.paths[..count]));
    } else {
        assert_eq!(lengths(&found.paths), lengths(&whole.paths));
        assert!(whole.exhaustive || !found.exhaustive);
    }
}
