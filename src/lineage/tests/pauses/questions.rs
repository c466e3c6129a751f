//! Questions about lineage and about training sets.

use std::collections::BTreeSet;

use super::in_worlds;
use crate::lineage::index::membership::Stay;
use crate::lineage::query::contents::Content;
use crate::lineage::query::impact::Inclusion;
use crate::lineage::query::leakage::{Leak, Limits, Side};
use crate::lineage::walk::closure::{Direction, Walk};
use crate::lineage::walk::flow::Budget;

fn unlimited() -> Budget {
    Budget::edges(u64::MAX)
}

#[test]
fn closures_are_the_same_while_the_index_grows() {
    in_worlds(120, 12, |paused| {
        let all = paused.all();
        for direction in [Direction::Up, Direction::Down, Direction::Both] {
            for roles in [None, Some(vec!["INPUT".to_owned(), "MEMBER".to_owned()])] {
                let walk = Walk { roles, ..Walk::whole(direction) };
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
                let limits = Limits { budget, from_place: 0, again, time_up: &|| false };
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
                // An interval that is still open may have an end later.
                let open = |stay: Stay| Stay { to: 0, ..stay };
                contents.map(|content| Content { stay: open(content.stay), ..content }).collect::<Vec<_>>()
            });
        }
    });
}
