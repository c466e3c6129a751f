//! Consumers of something wrong, against a naive implementation that starts from each consumer.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::model::histories::{in_any_world, seqs, versions};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::query::impact::{
    ConsumerVersion, Consumers, ConsumersQuestion, ImpactPart, Inclusion, Question, Status,
};
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::inflow::Inflow;
use crate::lineage::{At, Index};

/// A consumer, and each wrong version that it saw.
type SeenWrong = BTreeMap<VersionNo, BTreeSet<VersionNo>>;

#[test]
fn consumers_equal_a_naive_implementation() {
    let (itself, direct, derived) = (Cell::new(0), Cell::new(0), Cell::new(0));
    in_any_world(300, 14, |index: &Index| {
        for seq in seqs(index).skip(1) {
            let at = At::new(index, seq);
            for through_models in [false, true] {
                let question =
                    Question { through_models, ..Question::plain(versions(at).collect(), u64::MAX) };
                let answer = at.affected_consumers(&ConsumersQuestion::plain(question), &ImpactPart::WHOLE);
                assert_eq!(answer.followed.stopped, None);
                assert_eq!(seen_wrong(at, &answer), naive(at, through_models));
                let order = |row: &ConsumerVersion| (at.kind(row.version), row.version);
                assert!(answer.consumers.is_sorted_by(|a, b| order(a) < order(b)), "models first, each once");
                for consumer in &answer.consumers {
                    check(at, &answer, consumer, through_models, [&itself, &direct, &derived]);
                }
            }
        }
    });
    assert!([itself, direct, derived].iter().all(|count| count.get() > 0), "every inclusion was met");
}

#[test]
fn parts_join_to_the_complete_answer() {
    let resumed = Cell::new(0);
    in_any_world(150, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        let asked = |edges| ConsumersQuestion::plain(Question::plain(versions(at).collect(), edges));
        let whole = seen_wrong(at, &at.affected_consumers(&asked(u64::MAX), &ImpactPart::WHOLE));
        for edges in [2, 5, 9, 16, 40] {
            let mut found: Vec<(VersionNo, VersionNo)> = Vec::new();
            let mut next = 0;
            loop {
                let part = ImpactPart { items: next..usize::MAX, stop: &|| false };
                let mut answer = at.affected_consumers(&asked(edges), &part);
                assert!(answer.followed.edges <= edges);
                let more = answer.followed.stopped.is_some();
                if more && answer.followed.items.is_empty() {
                    // One item alone exceeds the budget: this one needs more, and the others
                    // continue.
                    let alone = ImpactPart { items: next..next + 1, stop: &|| false };
                    answer = at.affected_consumers(&asked(u64::MAX), &alone);
                }
                next = answer.followed.items.end;
                let pairs = seen_wrong(at, &answer).into_iter();
                found.extend(pairs.flat_map(|(version, wrong)| wrong.into_iter().map(move |v| (version, v))));
                if !more {
                    break;
                }
                resumed.set(resumed.get() + 1);
            }
            let distinct: BTreeSet<_> = found.iter().copied().collect();
            assert_eq!(distinct.len(), found.len(), "each wrong version of a consumer comes in one part");
            let expected = whole.iter().flat_map(|(version, wrong)| wrong.iter().map(|v| (*version, *v)));
            assert_eq!(distinct, expected.collect(), "with {edges}");
        }
    });
    assert!(resumed.get() > 0, "nothing was ever resumed");
}

#[test]
fn a_selection_is_part_of_the_complete_answer() {
    in_any_world(150, 12, |index: &Index| {
        let at = At::new(index, index.seq());
        let plain = ConsumersQuestion::plain(Question::plain(versions(at).collect(), u64::MAX));
        let whole = at.affected_consumers(&plain, &ImpactPart::WHOLE);
        for inclusion in Inclusion::PLAIN {
            let question = Question { inclusion: BTreeSet::from([inclusion]), ..plain.question.clone() };
            let some =
                at.affected_consumers(&ConsumersQuestion { question, ..plain.clone() }, &ImpactPart::WHOLE);
            for consumer in &some.consumers {
                let seen = some.seen(at, consumer);
                assert!(!seen.is_empty() && seen.iter().all(|seen| seen.inclusion == inclusion));
            }
            let all = seen_wrong(at, &whole);
            for (consumer, wrong) in seen_wrong(at, &some) {
                assert!(all.get(&consumer).is_some_and(|all| wrong.is_subset(all)));
            }
        }
        for kind in [Kind::Model, Kind::Evaluation, Kind::Deployment] {
            let question = Question { only_heads: true, ..plain.question.clone() };
            let some = ConsumersQuestion { question, kinds: BTreeSet::from([kind]), only: None };
            let found: Vec<VersionNo> = at
                .affected_consumers(&some, &ImpactPart::WHOLE)
                .consumers
                .iter()
                .map(|row| row.version)
                .collect();
            let all = whole.consumers.iter().map(|row| row.version);
            let expected: Vec<VersionNo> =
                all.filter(|version| at.kind(*version) == kind && at.is_head(*version)).collect();
            assert_eq!(found, expected);
        }
        let all: Vec<VersionNo> = whole.consumers.iter().map(|row| row.version).collect();
        for some in [all.iter().step_by(2), all.iter().step_by(all.len().max(1))] {
            let only: BTreeSet<VersionNo> = some.copied().collect();
            let asked = ConsumersQuestion { only: Some(only.clone()), ..plain.clone() };
            let found = at.affected_consumers(&asked, &ImpactPart::WHOLE);
            let expected = seen_wrong(at, &whole).into_iter().filter(|(version, _)| only.contains(version));
            assert_eq!(seen_wrong(at, &found), expected.collect());
        }
    });
}

fn check(
    at: At<'_>,
    answer: &Consumers,
    consumer: &ConsumerVersion,
    through_models: bool,
    met: [&Cell<usize>; 3],
) {
    let seen = answer.seen(at, consumer);
    for seen in &seen {
        let count = met[seen.inclusion as usize];
        count.set(count.get() + 1);
        assert_eq!(seen.inclusion, closest(at, consumer.version, seen.wrong));
        let late = at.cause(seen.wrong, false).is_some() && {
            let said = at.wrong(seen.wrong).expect("it is wrong");
            said.id.seq <= at.seq_of(consumer.version)
        };
        assert_eq!(seen.stale_at_build, late && seen.inclusion != Inclusion::Itself);
    }
    let through = answer.through(at, consumer);
    assert!(!through.is_empty() || seen.iter().all(|seen| is_own(at, consumer.version, seen.wrong)));
    assert!(!through.contains(&consumer.version));

    let itself = seen.iter().any(|seen| seen.inclusion == Inclusion::Itself);
    let items: BTreeSet<_> = seen.iter().map(|seen| at.item_of(seen.wrong)).collect();
    let later = &at.history(at.item_of(consumer.version))[at.number(consumer.version) as usize..];
    let is_clear = |version: &&VersionNo| {
        let bad = saw(at, **version, through_models);
        !at.is_wrong(**version)
            && !bad.iter().any(|bad| at.is_wrong(*bad) && (itself || items.contains(&at.item_of(*bad))))
    };
    let fixed = answer.fixed_in(at, consumer, &seen, &mut EdgeBudget::edges(u64::MAX));
    assert_eq!(fixed, later.iter().find(is_clear).copied());
}

/// The closest relation of a consumer to a wrong version that it saw. Its paths go up to the sets of
/// which it, or what it was made from, was made.
fn closest(at: At<'_>, consumer: VersionNo, wrong: VersionNo) -> Inclusion {
    if consumer == wrong {
        return Inclusion::Itself;
    }
    let (mut upstream, mut open) = (BTreeSet::from([consumer]), vec![consumer]);
    while let Some(version) = open.pop() {
        for source in at.sources(version).map(|edge| edge.other) {
            let is_set = at.kind(source) == Kind::TrainingSet;
            let is_made = source == wrong && at.kind(version).is_consumer();
            if is_made || (is_set && at.pinned(source, wrong).is_some()) {
                return Inclusion::Direct;
            }
            if !is_set && upstream.insert(source) {
                open.push(source);
            }
        }
    }
    Inclusion::Derived
}

/// Returns true if a wrong version is the consumer, or leads to it along derivations without a set
/// or another consumer.
fn is_own(at: At<'_>, consumer: VersionNo, wrong: VersionNo) -> bool {
    consumer == wrong
        || at.sources(consumer).any(|edge| {
            let kind = at.kind(edge.other);
            kind != Kind::TrainingSet && !kind.is_consumer() && is_own(at, edge.other, wrong)
        })
}

fn seen_wrong(at: At<'_>, answer: &Consumers) -> SeenWrong {
    let row = |consumer: &ConsumerVersion| {
        let seen = answer.seen(at, consumer);
        let wrong: BTreeSet<VersionNo> = seen.iter().map(|seen| seen.wrong).collect();
        assert_eq!(wrong.len(), seen.len(), "each wrong version once");
        assert!(!wrong.is_empty());
        (consumer.version, wrong)
    };
    answer.consumers.iter().map(row).collect()
}

fn saw(at: At<'_>, version: VersionNo, through_models: bool) -> BTreeSet<VersionNo> {
    let mut inflow = Inflow::new(at, through_models);
    inflow.through_consumer(version, &mut EdgeBudget::edges(u64::MAX));
    inflow.found().iter().copied().collect()
}

fn naive(at: At<'_>, through_models: bool) -> SeenWrong {
    let counts = |version: &VersionNo| {
        at.cause(*version, false).is_some_and(|cause| at.status(*version, cause) != Status::Restored)
    };
    let row = |version: VersionNo| {
        let mut wrong = saw(at, version, through_models);
        wrong.insert(version);
        wrong.retain(counts);
        (!wrong.is_empty()).then_some((version, wrong))
    };
    versions(at).filter(|version| at.kind(*version).is_consumer()).filter_map(row).collect()
}
