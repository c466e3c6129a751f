//! Statements: what was said about versions, and what follows for "wrong" at a seq.

use std::collections::BTreeMap;

use crate::domain::facts::{StatementFact, VersionNo};
use crate::domain::id::Seq;
use crate::domain::statement::{StatementId, StatementKind};

/// A statement in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Its name, which holds its commit.
    pub id: StatementId,
    /// What it says, of which version.
    pub fact: StatementFact,
}

/// All statements.
#[derive(Debug, Default)]
pub struct Statements {
    said: Vec<Said>,
    by_version: BTreeMap<VersionNo, Vec<u32>>,
}

impl Statements {
    /// Adds the next statement.
    pub fn push(&mut self, id: StatementId, fact: StatementFact) {
        let place = u32::try_from(self.said.len()).unwrap_or(u32::MAX);
        self.said.push(Said { id, fact });
        self.by_version.entry(fact.version).or_default().push(place);
    }

    /// What was said about a version up to `seq`, in order.
    pub fn about(&self, version: VersionNo, seq: Seq) -> impl DoubleEndedIterator<Item = &Said> {
        let places = self.by_version.get(&version).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.said[*place as usize]).filter(move |said| said.id.seq <= seq)
    }

    /// The statements that make a version wrong at `seq`: those since the last REINSTATES, the first of which
    /// made it wrong. None where it is not wrong.
    pub fn wrong(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = &Said> {
        let mut standing: Vec<&Said> = self
            .about(version, seq)
            .rev()
            .take_while(|said| said.fact.kind != StatementKind::Reinstates)
            .filter(|said| said.fact.kind.makes_wrong())
            .collect();
        standing.reverse();
        standing.into_iter()
    }

    /// About how many versions anything was ever said.
    #[must_use]
    pub fn spoken_of(&self) -> usize {
        self.by_version.len()
    }

    /// The versions about which anything was ever said, by number.
    pub fn versions(&self) -> impl Iterator<Item = VersionNo> {
        self.by_version.keys().copied()
    }

    /// The statements of one commit, in order.
    #[must_use]
    pub fn of_commit(&self, seq: Seq) -> &[Said] {
        let from = self.said.partition_point(|said| said.id.seq < seq);
        let to = self.said.partition_point(|said| said.id.seq <= seq);
        &self.said[from..to]
    }

    /// The statement with this name.
    #[must_use]
    pub fn find(&self, id: StatementId) -> Option<&Said> {
        self.of_commit(id.seq).get(id.place as usize)
    }
}
