//! Statements: what was said about versions, and what follows for "wrong" at a seq.

mod sayings;

use std::collections::BTreeSet;

use crate::domain::id::Seq;
use crate::domain::log::facts::{Saying, StatementFact};
use crate::domain::numbers::VersionNo;
use crate::domain::statement::{StatementId, StatementKind};
use sayings::Sayings;

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

/// What of a statement makes wrong or not: few bytes, because all of them may be looked at.
#[derive(Debug, Clone, Copy)]
struct Brief {
    seq: Seq,
    /// The statement before it about the same version.
    before: u32,
    kind: StatementKind,
}

/// All statements.
#[derive(Debug, Default)]
pub struct Statements {
    said: Vec<Said>,
    /// The same in brief.
    brief: Vec<Brief>,
    /// The last statement about each version, as far as any was spoken of.
    last: Vec<u32>,
    /// The statements by what they say.
    sayings: Sayings,
    spoken_of: BTreeSet<VersionNo>,
}

impl Statements {
    /// Adds the next statement. `content` is that of the version which it says is right.
    pub fn push(&mut self, id: StatementId, fact: StatementFact, content: Option<[u8; 32]>) {
        let place = u32::try_from(self.said.len()).unwrap_or(NONE);
        if self.last.len() <= fact.version.at() {
            self.last.resize(fact.version.at() + 1, NONE);
        }
        let last = &mut self.last[fact.version.at()];
        let before = std::mem::replace(last, place);
        self.brief.push(Brief { seq: id.seq, before, kind: fact.kind });
        self.said.push(Said { id, fact });
        self.sayings.push(&saying(fact, content));
        self.spoken_of.insert(fact.version);
    }

    /// The places of what was said about a version up to `seq`, the newest first.
    fn backwards(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = (u32, Brief)> {
        let mut next = self.last.get(version.at()).copied().unwrap_or(NONE);
        let all = std::iter::from_fn(move || {
            let (place, brief) = (next, *self.brief.get(next as usize)?);
            next = brief.before;
            Some((place, brief))
        });
        all.skip_while(move |(_, brief)| brief.seq > seq)
    }

    /// What was said about a version up to `seq`, in order.
    pub fn about(&self, version: VersionNo, seq: Seq) -> impl DoubleEndedIterator<Item = &Said> {
        let said: Vec<&Said> = self.backwards(version, seq).map(|(place, _)| self.at(place)).collect();
        said.into_iter().rev()
    }

    fn standing_places(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = (u32, Brief)> {
        self.backwards(version, seq)
            .take_while(|(_, brief)| brief.kind != StatementKind::Reinstates)
            .filter(|(_, brief)| brief.kind.makes_wrong())
    }

    /// The statements that make a version wrong at `seq`, the newest first: those since the last REINSTATES. None
    /// where it is not wrong.
    pub fn standing(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = &Said> {
        self.standing_places(version, seq).map(|(place, _)| self.at(place))
    }

    /// The statement that made a version wrong: the first of those that stand.
    #[must_use]
    pub fn wrong(&self, version: VersionNo, seq: Seq) -> Option<&Said> {
        self.made_wrong(version, seq).map(|(place, _)| self.at(place))
    }

    /// The place of the statement that made a version wrong, and its commit.
    #[must_use]
    pub fn made_wrong(&self, version: VersionNo, seq: Seq) -> Option<(u32, Seq)> {
        self.standing_places(version, seq).last().map(|(place, brief)| (place, brief.seq))
    }

    /// The statement at a place.
    #[must_use]
    pub fn at(&self, place: u32) -> &Said {
        &self.said[place as usize]
    }

    /// The newest statement that says this; `content` gives the content of a version.
    #[must_use]
    pub fn saying(&self, sought: &Saying, content: impl Fn(VersionNo) -> [u8; 32]) -> Option<&Said> {
        let says = |place| {
            let fact = self.at(place).fact;
            saying(fact, fact.by.map(&content)) == *sought
        };
        self.sayings.newest(sought, says).map(|place| self.at(place))
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

const fn saying(fact: StatementFact, content: Option<[u8; 32]>) -> Saying {
    Saying { kind: fact.kind, version: fact.version, content, reason: fact.reason }
}
