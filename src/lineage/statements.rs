//! Statements: what was said about versions, and what follows for "wrong" at a seq.

use std::collections::BTreeSet;

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

/// No statement, where a place is expected.
const NONE: u32 = u32::MAX;

/// All statements.
#[derive(Debug, Default)]
pub struct Statements {
    said: Vec<Said>,
    /// For each statement, the one before it about the same version.
    before: Vec<u32>,
    /// The last statement about each version, as far as any was spoken of.
    last: Vec<u32>,
    spoken_of: BTreeSet<VersionNo>,
}

impl Statements {
    /// Adds the next statement.
    pub fn push(&mut self, id: StatementId, fact: StatementFact) {
        let place = u32::try_from(self.said.len()).unwrap_or(NONE);
        if self.last.len() <= fact.version.at() {
            self.last.resize(fact.version.at() + 1, NONE);
        }
        let last = &mut self.last[fact.version.at()];
        self.before.push(std::mem::replace(last, place));
        self.said.push(Said { id, fact });
        self.spoken_of.insert(fact.version);
    }

    /// What was said about a version up to `seq`, the newest first.
    fn backwards(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = &Said> {
        let mut place = self.last.get(version.at()).copied().unwrap_or(NONE);
        let all = std::iter::from_fn(move || {
            let said = self.said.get(place as usize)?;
            place = self.before[place as usize];
            Some(said)
        });
        all.skip_while(move |said| said.id.seq > seq)
    }

    /// What was said about a version up to `seq`, in order.
    pub fn about(&self, version: VersionNo, seq: Seq) -> impl DoubleEndedIterator<Item = &Said> {
        let said: Vec<&Said> = self.backwards(version, seq).collect();
        said.into_iter().rev()
    }

    /// The statements that make a version wrong at `seq`, the newest first: those since the last REINSTATES. None
    /// where it is not wrong.
    pub fn standing(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = &Said> {
        self.backwards(version, seq)
            .take_while(|said| said.fact.kind != StatementKind::Reinstates)
            .filter(|said| said.fact.kind.makes_wrong())
    }

    /// The statement that made a version wrong: the first of those that stand.
    #[must_use]
    pub fn wrong(&self, version: VersionNo, seq: Seq) -> Option<&Said> {
        self.standing(version, seq).last()
    }

    /// About how many versions anything was ever said.
    #[must_use]
    pub fn spoken_of(&self) -> usize {
        self.spoken_of.len()
    }

    /// The versions about which anything was ever said, by number.
    pub fn versions(&self) -> impl Iterator<Item = VersionNo> {
        self.spoken_of.iter().copied()
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
