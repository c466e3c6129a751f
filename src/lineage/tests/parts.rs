//! The main question in parts, against the complete answer.

use std::collections::BTreeSet;

use super::model::histories::{in_any_world, seqs, versions};
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::{Impact, Inclusion, Part, Question};
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::Budget;
use crate::lineage::{At, Index};

/// A row, with all of its fields.
type Told = (VersionNo, VersionNo, VersionNo, Inclusion, String);

#[test]
fn parts_together_are_the_whole_and_no_row_comes_twice() {
    in_any_world(250, 12, |index: &Index| {
        for (place, seq) in seqs(index).enumerate().skip(1).step_by(2) {
            let at = At::new(index, seq);
            let question = question(at, place, u64::MAX);
            let whole = at.affected(&question);
            assert_eq!(
                (whole.followed.stopped, whole.followed.items.clone()),
                (None, 0..whole.followed.asked)
            );
            let expected = told(at, &whole);
            for edges in [1, 3, 7, 12, 30] {
                let question = Question { edges, ..question.clone() };
                let mut found: Vec<Told> = Vec::new();
                let mut next = 0;
                loop {
                    let part = Part { items: next..usize::MAX, stop: &|| false };
                    let impact = at.affected_part(&question, &part);
                    assert_eq!(
                        (impact.followed.items.start, impact.followed.asked),
                        (next, whole.followed.asked)
                    );
                    assert!(impact.followed.edges <= edges);
                    found.extend(told(at, &impact));
                    // A part that is requested again by its bounds is the same.
                    let part = Part { items: impact.followed.items.clone(), stop: &|| false };
                    let unlimited = Question { edges: u64::MAX, ..question.clone() };
                    assert_eq!(told(at, &at.affected_part(&unlimited, &part)), told(at, &impact));
                    next = match impact.followed.stopped {
                        None => break,
                        Some(Stopped::Edges) if !impact.followed.items.is_empty() => {
                            impact.followed.items.end
                        }
                        // One item alone exceeds the budget: this one needs more, and the others
                        // continue.
                        Some(Stopped::Edges) => {
                            let alone = Part { items: next..next + 1, stop: &|| false };
                            found.extend(told(at, &at.affected_part(&unlimited, &alone)));
                            next + 1
                        }
                        Some(other) => panic!("{other:?}"),
                    };
                }
                assert_eq!(found.len(), expected.len(), "each row once with {edges}");
                let found: BTreeSet<Told> = found.into_iter().collect();
                assert_eq!(found, expected.iter().cloned().collect(), "with {edges} at {seq}");
            }
        }
    });
}

#[test]
fn a_walk_that_is_told_to_stop_ends_after_an_item() {
    in_any_world(150, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        let question = question(at, 0, u64::MAX);
        let whole = at.affected(&question);
        let (mut parts, mut found) = (0, Vec::new());
        loop {
            let impact = at.affected_part(&question, &Part { items: parts..usize::MAX, stop: &|| true });
            found.extend(told(at, &impact));
            if impact.followed.stopped.is_none() {
                break;
            }
            assert_eq!(
                (impact.followed.stopped, impact.followed.items.clone()),
                (Some(Stopped::Time), parts..parts + 1)
            );
            parts += 1;
        }
        let found: BTreeSet<Told> = found.into_iter().collect();
        assert_eq!(found, told(at, &whole).into_iter().collect());
    });
}

/// A question about everything, with some of the options.
fn question(at: At<'_>, way: usize, edges: u64) -> Question {
    let mut inclusion = BTreeSet::from(Inclusion::PLAIN);
    if way.is_multiple_of(3) {
        inclusion.insert(Inclusion::Coarse);
    }
    Question {
        versions: versions(at).collect(),
        inclusion,
        include_restored: way.is_multiple_of(2),
        include_ontology_stale: false,
        only_heads: way % 5 == 4,
        tagged: None,
        through_models: way % 4 == 1,
        edges,
    }
}

fn told(at: At<'_>, impact: &Impact) -> Vec<Told> {
    let mut told = Vec::new();
    for affected in &impact.sets {
        let rows = impact.rows(at, affected);
        assert!(!rows.is_empty());
        for row in rows {
            let fixed = impact.fixed_in(at, affected, &[row], &mut Budget::edges(u64::MAX));
            let way = row.way(&impact.flow(at, row.wrong, &mut Budget::edges(u64::MAX)));
            let more = format!("{:?} {fixed:?} {way:?} {:?}", row.status, row.split);
            told.push((affected.set, row.pinned, row.wrong, row.inclusion, more));
        }
    }
    told
}
