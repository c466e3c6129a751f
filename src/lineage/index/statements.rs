//! Statements about versions, and which versions they make wrong at a seq.

mod sayings;

use std::collections::BTreeSet;

use crate::domain::id::Seq;
use crate::domain::log::facts::{Saying, StatementFact};
use crate::domain::numbers::VersionNo;
use crate::domain::statement::{StatementId, StatementKind};
use sayings::Sayings;

/// A statement in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexedStatement {
    /// Its id, which contains its commit.
    pub id: StatementId,
    /// Its kind, version and reason.
    pub fact: StatementFact,
}

/// The position before the first statement.
const NONE: u32 = u32::MAX;

/// The part of a statement that decides if its version is wrong: small, because a search may read
/// all of them.
#[derive(Debug, Clone, Copy)]
struct Brief {
    seq: Seq,
    /// The position of the statement before it about the same version.
    before: u32,
    kind: StatementKind,
}

/// All statements.
#[derive(Debug, Default)]
pub struct Statements {
    said: Vec<IndexedStatement>,
    /// The brief form of each statement.
    brief: Vec<Brief>,
    /// The last statement about each version, up to the highest version with one.
    last: Vec<u32>,
    /// The statements by kind, version, reason and content.
    sayings: Sayings,
    spoken_of: BTreeSet<VersionNo>,
}

impl Statements {
    /// Adds the next statement. `content` is the content of the version that it declares correct.
    pub fn push(&mut self, id: StatementId, fact: StatementFact, content: Option<[u8; 32]>) {
        let place = u32::try_from(self.said.len()).unwrap_or(NONE);
        if self.last.len() <= fact.version.at() {
            self.last.resize(fact.version.at() + 1, NONE);
        }
        let last = &mut self.last[fact.version.at()];
        let before = std::mem::replace(last, place);
        self.brief.push(Brief { seq: id.seq, before, kind: fact.kind });
        self.said.push(IndexedStatement { id, fact });
        self.sayings.push(&saying(fact, content));
        self.spoken_of.insert(fact.version);
    }

    /// The positions of the statements about a version up to `seq`, newest first.
    fn backwards(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = (u32, Brief)> {
        let mut next = self.last.get(version.at()).copied().unwrap_or(NONE);
        let all = std::iter::from_fn(move || {
            let (place, brief) = (next, *self.brief.get(next as usize)?);
            next = brief.before;
            Some((place, brief))
        });
        all.skip_while(move |(_, brief)| brief.seq > seq)
    }

    /// The statements about a version up to `seq`, oldest first.
    pub fn about(&self, version: VersionNo, seq: Seq) -> impl DoubleEndedIterator<Item = &IndexedStatement> {
        let said: Vec<&IndexedStatement> =
            self.backwards(version, seq).map(|(place, _)| self.at(place)).collect();
        said.into_iter().rev()
    }

    fn standing_places(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = (u32, Brief)> {
        self.backwards(version, seq)
            .take_while(|(_, brief)| brief.kind != StatementKind::Reinstates)
            .filter(|(_, brief)| brief.kind.makes_wrong())
    }

    /// The statements that make a version wrong at `seq`, newest first: those after the last
    /// REINSTATES. None if it is not wrong.
    pub fn in_force(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = &IndexedStatement> {
        self.standing_places(version, seq).map(|(place, _)| self.at(place))
    }

    /// The statement that made a version wrong: the first of [`Statements::in_force`].
    #[must_use]
    pub fn wrong(&self, version: VersionNo, seq: Seq) -> Option<&IndexedStatement> {
        self.made_wrong(version, seq).map(|(place, _)| self.at(place))
    }

    /// The position of the statement that made a version wrong, and its commit.
    #[must_use]
    pub fn made_wrong(&self, version: VersionNo, seq: Seq) -> Option<(u32, Seq)> {
        self.standing_places(version, seq).last().map(|(place, brief)| (place, brief.seq))
    }

    /// The statement at a position.
    #[must_use]
    pub fn at(&self, place: u32) -> &IndexedStatement {
        &self.said[place as usize]
    }

    /// The newest statement equal to this one; `content` returns the content of a version.
    #[must_use]
    pub fn saying(
        &self,
        sought: &Saying,
        content: impl Fn(VersionNo) -> [u8; 32],
    ) -> Option<&IndexedStatement> {
        let says = |place| {
            let fact = self.at(place).fact;
            saying(fact, fact.by.map(&content)) == *sought
        };
        self.sayings.newest(sought, says).map(|place| self.at(place))
    }

    /// The number of versions with statements.
    #[must_use]
    pub fn spoken_of(&self) -> usize {
        self.spoken_of.len()
    }

    /// The versions with statements, by number.
    pub fn versions(&self) -> impl Iterator<Item = VersionNo> {
        self.spoken_of.iter().copied()
    }

    /// The statements of one commit, in the order of the commit.
    #[must_use]
    pub fn of_commit(&self, seq: Seq) -> &[IndexedStatement] {
        let from = self.said.partition_point(|said| said.id.seq < seq);
        let to = self.said.partition_point(|said| said.id.seq <= seq);
        &self.said[from..to]
    }

    /// The positions of the statements of the commits after `before`, up to `last`.
    #[must_use]
    pub fn places(&self, before: Seq, last: Seq) -> std::ops::Range<u32> {
        let place = |seq: Seq| self.said.partition_point(|said| said.id.seq <= seq);
        let narrow = |place: usize| u32::try_from(place).unwrap_or(NONE);
        narrow(place(before))..narrow(place(last))
    }

    /// The statement with this id.
    #[must_use]
    pub fn find(&self, id: StatementId) -> Option<&IndexedStatement> {
        self.of_commit(id.seq).get(id.place as usize)
    }
}

const fn saying(fact: StatementFact, content: Option<[u8; 32]>) -> Saying {
    Saying { kind: fact.kind, version: fact.version, content, reason: fact.reason }
}
