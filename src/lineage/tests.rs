//! Tests of the index, as a world for the rules and as the base of queries.

mod model;
mod ancestry;
mod campaign;
mod consumers;
mod contents;
mod counts;
mod differences;
mod drawing;
mod leakage;
mod members;
mod newly;
mod ontologies;
mod orders;
mod parts;
mod paths;
mod pauses;
mod refresh;
mod uses;
mod walks;

use super::index::Index;
use crate::domain::log::entry::Entry;
use crate::domain::log::facts::Stamp;
use crate::domain::tests::desk::GrowingWorld;
use crate::domain::tests::rules::agree::agrees;

impl GrowingWorld for Index {
    fn apply(&mut self, entry: &Entry) {
        let stamp = Stamp { seq: entry.commit.seq, time: entry.commit.time, author: &entry.commit.author };
        self.apply(stamp, &entry.facts).unwrap();
    }
}

#[test]
fn the_rules_over_the_index_agree_with_a_naive_implementation() {
    agrees::<Index>();
}
