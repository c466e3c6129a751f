//! The main question in parts, against the complete answer.

use std::collections::BTreeSet;

use super::model::histories::{in_any_world, seqs, versions};
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::{Impact, ImpactPart, Inclusion, Question};
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

/// A row, with all of its fields.
type RowFields = (VersionNo, VersionNo, VersionNo, Inclusion, String);

#[test]
fn parts_join_to_the_complete_answer_without_repeated_rows() {
    in_any_world(250, 12, |index: &Index| {
        for (place, seq) in seqs(index).enumerate().skip(1).step_by(2) {
            let at = At::new(index, seq);
            let question = question(at, place, u64::MAX);
            let whole = at.affected(&question);
            assert_eq!(
                (whole.followed.stopped, whole.followed.items.clone()),
                (None, 0..whole.followed.asked)
            );
            let expected = all_rows(at, &whole);
            for edges in [1, 3, 7, 12, 30] {
                let question = Question { edges, ..question.clone() };
                let mut found: Vec<RowFields> = Vec::new();
                let mut next = 0;
                loop {
                    let part = ImpactPart { items: next..usize::MAX, stop: &|| false };
                    let impact = at.affected_part(&question, &part);
                    assert_eq!(
                        (impact.followed.items.start, impact.followed.asked),
                        (next, whole.followed.asked)
                    );
                    assert!(impact.followed.edges <= edges);
                    found.extend(all_rows(at, &impact));
                    // A part that is requested again by its bounds is the same.
                    let part = ImpactPart { items: impact.followed.items.clone(), stop: &|| false };
                    let unlimited = Question { edges: u64::MAX, ..question.clone() };
                    assert_eq!(all_rows(at, &at.affected_part(&unlimited, &part)), all_rows(at, &impact));
                    next = match impact.followed.stopped {
                        None => break,
                        Some(Stopped::Edges) if !impact.followed.items.is_empty() => {
                            impact.followed.items.end
                        }
                        // One item alone exceeds the budget: this one needs more, and the others
                        // continue.
                        Some(Stopped::Edges) => {
                            let alone = ImpactPart { items: next..next + 1, stop: &|| false };
                            found.extend(all_rows(at, &at.affected_part(&unlimited, &alone)));
                            next + 1
                        }
                        Some(other) => panic!("{other:?}"),
                    };
                }
                assert_eq!(found.len(), expected.len(), "each row once with {edges}");
                let found: BTreeSet<RowFields> = found.into_iter().collect();
                assert_eq!(found, expected.iter().cloned().collect(), "with {edges} at {seq}");
            }
        }
    });
}

#[test]
fn a_stopped_traversal_ends_after_an_item() {
    in_any_world(150, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        let question = question(at, 0, u64::MAX);
        let whole = at.affected(&question);
        let (mut parts, mut found) = (0, Vec::new());
        loop {
            let impact =
                at.affected_part(&question, &ImpactPart { items: parts..usize::MAX, stop: &|| true });
            found.extend(all_rows(at, &impact));
            if impact.followed.stopped.is_none() {
                break;
            }
            assert_eq!(
                (impact.followed.stopped, impact.followed.items.clone()),
                (Some(Stopped::Time), parts..parts + 1)
            );
            parts += 1;
        }
        let found: BTreeSet<RowFields> = found.into_iter().collect();
        assert_eq!(found, all_rows(at, &whole).into_iter().collect());
    });
}

/// A question about everything, with some of the options.
fn question(at: At<'_>, path: usize, edges: u64) -> Question {
    let mut inclusion = BTreeSet::from(Inclusion::PLAIN);
    if path.is_multiple_of(3) {
        inclusion.insert(Inclusion::Coarse);
    }
    Question {
        versions: versions(at).collect(),
        inclusion,
        include_restored: path.is_multiple_of(2),
        include_ontology_stale: false,
        only_heads: path % 5 == 4,
        tagged: None,
        through_models: path % 4 == 1,
        edges,
    }
}

fn all_rows(at: At<'_>, impact: &Impact) -> Vec<RowFields> {
    let mut all_rows = Vec::new();
    for affected in &impact.sets {
        let rows = impact.rows(at, affected);
        assert!(!rows.is_empty());
        for row in rows {
            let fixed = impact.fixed_in(at, affected, &[row], &mut EdgeBudget::edges(u64::MAX));
            let path = row.path(&impact.flow(at, row.wrong, &mut EdgeBudget::edges(u64::MAX)));
            let more = format!("{:?} {fixed:?} {path:?} {:?}", row.status, row.split);
            all_rows.push((affected.set, row.pinned, row.wrong, row.inclusion, more));
        }
    }
    all_rows
}
