//! Traversals that release the index between their steps, against the same traversals without
//! pauses.

mod impact;
mod questions;
mod searches;

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::model::histories::{GrowingIndex, versions, while_it_grows};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::{At, Walker};

/// A world at one seq, and the number of pauses of each traversal through it.
struct Paused<'p> {
    at: At<'p>,
    growing: &'p dyn Fn() -> GrowingIndex,
    pauses: &'p RefCell<BTreeMap<&'static str, usize>>,
}

impl Paused<'_> {
    /// Compares the results of a traversal with pauses and of one without.
    fn compare<T: PartialEq + std::fmt::Debug>(
        &self,
        walk: &'static str,
        ask: impl Fn(&mut Walker<'_>) -> T,
    ) {
        let at = self.at;
        let mut grown = (self.growing)();
        let paused = ask(&mut Walker::new(&mut grown, at.seq(), at.known()));
        *self.pauses.borrow_mut().entry(walk).or_default() += grown.pauses;
        assert_eq!(paused, ask(&mut at.walker()), "{walk} as of {} after {} pauses", at.seq(), grown.pauses);
    }

    /// The visible versions.
    fn all(&self) -> Vec<VersionNo> {
        versions(self.at).collect()
    }

    /// The visible training set versions.
    fn sets(&self) -> Vec<VersionNo> {
        let at = self.at;
        versions(at).filter(|version| at.kind(*version) == Kind::TrainingSet).collect()
    }
}

/// Compares traversals of many worlds, each of which must pause often.
fn in_worlds(cases: u32, commits: usize, compare: impl Fn(&Paused<'_>)) {
    let pauses = RefCell::default();
    while_it_grows(cases, commits, |at, growing| compare(&Paused { at, growing, pauses: &pauses }));
    let pauses = pauses.into_inner();
    assert!(pauses.values().all(|pauses| *pauses > 100), "{pauses:?}");
}
