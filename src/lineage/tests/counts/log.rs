//! The log by section, against a loop over all commits.

use std::cell::Cell;

use super::super::model::histories::{in_any_world, seqs};
use crate::domain::id::Seq;
use crate::domain::search::selection::Span;
use crate::lineage::query::statements::{CommitAxis, CommitBucket, CommitSelection};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index};

fn counts(at: At<'_>, selection: &CommitSelection, axis: CommitAxis, buckets: usize) -> Vec<CommitBucket> {
    let mut budget = EdgeBudget::edges(u64::MAX);
    at.walker().commit_counts(selection, axis, buckets, &mut budget).unwrap()
}

#[test]
fn sections_divide_the_span_and_count_what_is_in_them() {
    let (several, empty) = (Cell::new(0), Cell::new(0));
    in_any_world(60, 10, |index: &Index| {
        for seq in seqs(index) {
            let at = At::new(index, seq);
            for (from, to) in [(None, None), (Some(Seq(2)), None), (Some(Seq(2)), Some(Seq(7)))] {
                let span: Vec<Seq> = (from.map_or(1, |from| from.0)
                    ..=to.map_or(seq.0, |to: Seq| to.0.min(seq.0)))
                    .map(Seq)
                    .collect();
                for with_statements in [None, Some(true), Some(false)] {
                    let committed = Span { from, to, ..Span::default() };
                    let selection = CommitSelection { authors: None, committed, with_statements };
                    for (axis, buckets) in [1, 2, 3, 7, 1_000]
                        .into_iter()
                        .flat_map(|n| [(CommitAxis::Seq, n), (CommitAxis::Time, n)])
                    {
                        let sections = counts(at, &selection, axis, buckets);
                        assert!(sections.len() <= buckets && sections.is_empty() == span.is_empty());
                        check(at, &selection, axis, &span, &sections);
                        several.set(several.get() + usize::from(sections.len() > 1));
                        empty.set(empty.get() + sections.iter().filter(|one| one.seqs.is_none()).count());
                    }
                }
            }
        }
    });
    assert!(several.get() > 0 && empty.get() > 0, "{several:?} with several sections, {empty:?} empty ones");
}

/// Each commit of the span is in the section that contains its seq and its time, and is counted there
/// if it is selected.
fn check(at: At<'_>, selection: &CommitSelection, axis: CommitAxis, span: &[Seq], sections: &[CommitBucket]) {
    let time = |seq: Seq| at.index().time(seq).unwrap();
    let mut places = Vec::new();
    for seq in span {
        let holds = |one: &CommitBucket| one.seqs.is_some_and(|(first, last)| first <= *seq && *seq <= last);
        let mut holding = sections.iter().enumerate().filter(|(_, one)| holds(one));
        let (place, section) = holding.next().unwrap();
        assert!(holding.next().is_none(), "in one section");
        assert!(section.since <= time(*seq) && time(*seq) <= section.until);
        places.push(place);
    }
    for (place, section) in sections.iter().enumerate() {
        let inside = span.iter().zip(&places).filter(|(_, other)| **other == place).map(|(seq, _)| *seq);
        let inside: Vec<Seq> = inside.collect();
        assert_eq!(section.seqs, inside.first().copied().zip(inside.last().copied()));
        let selected = inside.into_iter().filter(|seq| {
            selection.with_statements.is_none_or(|wanted| at.statements_of(*seq).is_empty() != wanted)
        });
        let mut expected = (0, 0, 0);
        for seq in selected {
            expected.0 += 1;
            expected.1 += at.statements_of(seq).len();
            expected.2 += at.made_by(seq).len();
        }
        assert_eq!((section.commits, section.statements, section.versions), expected);
    }
    let sizes = sections.iter().map(|section| match (axis, section.seqs) {
        (CommitAxis::Seq, seqs) => seqs.map_or(0, |(first, last)| last.0 - first.0 + 1),
        (CommitAxis::Time, _) => section.until.abs_diff(section.since) + 1,
    });
    let (least, most) = sizes.fold((u64::MAX, 0), |(least, most), size| (least.min(size), most.max(size)));
    assert!(sections.is_empty() || most - least <= 1, "sections are equal");
    if axis == CommitAxis::Time {
        assert!(sections.windows(2).all(|pair| pair[0].until + 1 == pair[1].since), "without gaps");
    }
}
