//! The main question and its consumers.

use std::collections::BTreeSet;

use super::{Paused, in_worlds};
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;
use crate::lineage::Walker;
use crate::lineage::query::impact::{ConsumersQuestion, Impact, ImpactPart, Inclusion, Question};
use crate::lineage::walk::flow::{EdgeBudget, OpenBarriers, Tracer};

fn unlimited() -> EdgeBudget {
    EdgeBudget::edges(u64::MAX)
}

/// All fields of an answer, read through the same walker.
fn described(w: &mut Walker<'_>, impact: &Impact) -> Vec<String> {
    let mut described = Vec::new();
    for affected in &impact.sets {
        let rows = impact.rows(&mut *w, affected);
        let fixed = impact.fixed_in(&mut *w, affected, &rows, &mut unlimited());
        let contents = w.contents(affected.set, &mut unlimited()).unwrap();
        let contents = impact.affected_contents(&mut *w, &contents, &rows).into_iter();
        let contents: Vec<VersionNo> = contents.map(|content| content.interval.member).collect();
        described.push(format!(
            "{:?} {} {} {fixed:?} {contents:?}",
            affected.set, affected.members, affected.wrong
        ));
        for row in rows {
            let fixed = impact.fixed_in(&mut *w, affected, &[row], &mut unlimited());
            let path = row.path(&impact.flow(&mut *w, row.wrong, &mut unlimited()));
            described
                .push(format!("{:?} {path:?} {fixed:?}", (row.pinned, row.wrong, row.inclusion, row.status)));
        }
    }
    described
}

/// The main question with several combinations of options.
fn questions(paused: &Paused<'_>) -> Vec<Question> {
    let plain = Question::plain(paused.all(), u64::MAX);
    let mut inclusion = BTreeSet::from(Inclusion::PLAIN);
    inclusion.insert(Inclusion::Coarse);
    let coarse =
        Question { inclusion, include_restored: true, include_ontology_stale: true, ..plain.clone() };
    let through_models = Question { through_models: true, only_heads: true, ..coarse.clone() };
    vec![plain, coarse, through_models]
}

#[test]
fn the_main_question_is_answered_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        for question in questions(paused) {
            paused.compare("main question", |w| {
                let impact = w.affected(&question);
                let sets: Vec<(VersionNo, u32, u32)> =
                    impact.sets.iter().map(|set| (set.set, set.members, set.wrong)).collect();
                (sets, impact.followed.items, impact.followed.asked)
            });
            paused.compare("rows", |w| {
                let impact = w.affected(&question);
                described(w, &impact)
            });
        }
    });
}

#[test]
fn a_path_is_found_after_the_index_grew() {
    in_worlds(60, 12, |paused| {
        for question in questions(paused) {
            paused.compare("ways", |w| {
                // The rows are of the index as it was, and the flow is of a later one.
                let impact = w.affected(&question);
                let rows: Vec<_> =
                    impact.sets.iter().flat_map(|affected| impact.rows(&mut *w, affected)).collect();
                w.unlocked(&mut || ());
                let mut ways = Vec::new();
                for row in rows {
                    let flow = impact.flow(&mut *w, row.wrong, &mut unlimited());
                    let (path, from) = (row.path(&flow), flow.nodes[0].version);
                    assert_eq!((path.first(), from), (Some(&row.wrong), row.wrong));
                    ways.push(path);
                }
                ways
            });
        }
    });
}

#[test]
fn newly_affected_rows_are_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        let newest = paused.at.seq().0;
        for since in [0, newest / 2, newest.saturating_sub(1)] {
            paused.compare("newly affected", |w| {
                let newly = w.newly_affected(Seq(since), u64::MAX, &ImpactPart::WHOLE);
                let impact = newly.into_impact();
                described(w, &impact)
            });
        }
    });
}

#[test]
fn consumers_are_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        for question in questions(paused) {
            let asked = ConsumersQuestion::plain(question);
            paused.compare("consumers", |w| {
                let answer = w.affected_consumers(&asked, &ImpactPart::WHOLE);
                let mut described = Vec::new();
                for consumer in &answer.consumers {
                    let seen = answer.seen(&mut *w, consumer);
                    let through = answer.through(&mut *w, consumer);
                    let fixed = answer.fixed_in(&mut *w, consumer, &seen, &mut unlimited());
                    described.push(format!("{:?} {seen:?} {through:?} {fixed:?}", consumer.version));
                }
                described
            });
        }
    });
}

#[test]
fn a_campaign_is_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        for commit in (1..=paused.at.seq().0).map(Seq) {
            let said = paused.at.statements_of(commit).iter().map(|said| said.fact.version);
            let wrong: Vec<VersionNo> = said.filter(|version| paused.at.is_wrong(*version)).collect();
            paused.compare("campaign", |w| w.campaign(commit, &wrong, &mut unlimited()));
        }
    });
}

#[test]
fn a_flow_is_the_same_while_the_index_grows() {
    in_worlds(80, 12, |paused| {
        for open_barriers in [OpenBarriers::default(), OpenBarriers { through_models: true, coarse: true }] {
            for version in paused.all() {
                paused.compare("flow", |w| {
                    let mut tracer = Tracer::new(&mut *w, open_barriers, unlimited());
                    let flow = tracer.flow(&[version]);
                    flow.nodes.iter().map(|node| (node.version, node.from, node.coarse)).collect::<Vec<_>>()
                });
            }
        }
    });
}
