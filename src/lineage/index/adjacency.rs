//! Derivations: what each version was made from, and what was made from it.
//!
//! Sources are known when a version is made and never change, so they are one growing CSR array. Derivatives
//! are a list per version, ascending by number, so the visible ones are a prefix. Derivations said later stand
//! apart, each with the commit that said it.

use std::collections::HashMap;

use super::containers::small_lists::Short;
use super::names::Name;
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;

/// A derivation as seen from one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The version at the other end.
    pub other: VersionNo,
    /// The role of the source.
    pub role: Name,
    /// The commit that said it later and the assertion's place there; none for a derivation known at birth.
    pub asserted: Option<(Seq, u32)>,
}

/// All derivations.
#[derive(Debug)]
pub struct Adjacency {
    offsets: Vec<u32>,
    sources: Vec<VersionNo>,
    roles: Vec<Name>,
    derivatives: Short<VersionNo>,
    later_up: HashMap<VersionNo, Vec<Edge>>,
    later_down: HashMap<VersionNo, Vec<Edge>>,
    backward: Vec<Backward>,
    /// Derivations said later, in the order in which they were said.
    said: Vec<Said>,
}

/// How far derivations said up to a commit lead from a larger number to a smaller one.
#[derive(Debug, Clone, Copy)]
struct Backward {
    said: Seq,
    /// The smallest number of anything made from a version with a larger one.
    derived: VersionNo,
    /// The largest number of such a source.
    source: VersionNo,
}

/// A derivation said later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The commit that said it.
    pub seq: Seq,
    /// What was made.
    pub derived: VersionNo,
    /// From what.
    pub source: VersionNo,
}

impl Default for Adjacency {
    fn default() -> Self {
        Self {
            offsets: vec![0],
            sources: Vec::new(),
            roles: Vec::new(),
            derivatives: Short::default(),
            later_up: HashMap::new(),
            later_down: HashMap::new(),
            backward: Vec::new(),
            said: Vec::new(),
        }
    }
}

impl Adjacency {
    /// Adds the next version with its sources.
    pub fn push(&mut self, sources: impl Iterator<Item = (Name, VersionNo)>) {
        let derived = VersionNo(u32::try_from(self.derivatives.len()).unwrap_or(u32::MAX));
        for (role, source) in sources {
            self.sources.push(source);
            self.roles.push(role);
            // A source in two roles has one derivative.
            if self.derivatives.get(source.at()).last() != Some(&derived) {
                self.derivatives.push(source.at(), derived);
            }
        }
        self.offsets.push(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.derivatives.begin();
    }

    /// Adds a derivation said later.
    pub fn assert(&mut self, derived: VersionNo, source: VersionNo, role: Name, said: (Seq, u32)) {
        self.said.push(Said { seq: said.0, derived, source });
        let asserted = Some(said);
        self.later_up.entry(derived).or_default().push(Edge { other: source, role, asserted });
        self.later_down.entry(source).or_default().push(Edge { other: derived, role, asserted });
        if derived < source {
            let most = self.backward.last().map_or((derived, source), |last| (last.derived, last.source));
            let (derived, source) = (most.0.min(derived), most.1.max(source));
            self.backward.push(Backward { said: said.0, derived, source });
        }
    }

    /// The numbers, both included, among which every way down from one version to another keeps, as said up to `seq`.
    /// Sources and members exist before what is made from them; only a derivation said later may lead back.
    pub fn between(&self, above: VersionNo, below: VersionNo, seq: Seq) -> (VersionNo, VersionNo) {
        match self.backward[..self.backward.partition_point(|back| back.said <= seq)].last() {
            None => (above, below),
            Some(back) => (above.min(back.derived), below.max(back.source)),
        }
    }

    /// The derivations said by commits after one seq and up to another, in order.
    #[must_use]
    pub fn said_between(&self, after: Seq, to: Seq) -> &[Said] {
        let place = |seq: Seq| self.said.partition_point(|said| said.seq <= seq);
        self.said.get(place(after)..place(to)).unwrap_or_default()
    }

    /// What the version was made from at birth, without the roles.
    #[must_use]
    pub fn born(&self, version: VersionNo) -> &[VersionNo] {
        &self.sources[self.offsets[version.at()] as usize..self.offsets[version.at() + 1] as usize]
    }

    /// What the version was made from as said later, up to `seq`.
    pub fn said_above(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = VersionNo> {
        said_by(self.later_up.get(&version), seq).map(|edge| edge.other)
    }

    /// What was made from the version at birth, of the first `visible` versions, each once, by number.
    #[must_use]
    pub fn made(&self, version: VersionNo, visible: u32) -> &[VersionNo] {
        let all = self.derivatives.get(version.at());
        match all.last() {
            Some(last) if last.0 >= visible => &all[..all.partition_point(|derived| derived.0 < visible)],
            _ => all,
        }
    }

    /// What was made from the version as said later, up to `seq`.
    pub fn said_below(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = VersionNo> {
        said_by(self.later_down.get(&version), seq).map(|edge| edge.other)
    }

    /// What the version was made from: at birth, then as said later up to `seq`.
    pub fn sources(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = Edge> {
        let (from, to) = (self.offsets[version.at()] as usize, self.offsets[version.at() + 1] as usize);
        let born = (from..to).map(|i| Edge { other: self.sources[i], role: self.roles[i], asserted: None });
        born.chain(said_by(self.later_up.get(&version), seq))
    }

    /// What was made from the version, of the first `visible` versions and as said later up to `seq`. A derivative
    /// that was made from it in several roles comes once; said later it may come again.
    pub fn derivatives(&self, version: VersionNo, visible: u32, seq: Seq) -> impl Iterator<Item = VersionNo> {
        self.made(version, visible).iter().copied().chain(self.said_below(version, seq))
    }
}

fn said_by(edges: Option<&Vec<Edge>>, seq: Seq) -> impl Iterator<Item = Edge> {
    edges
        .into_iter()
        .flatten()
        .copied()
        .filter(move |edge| edge.asserted.is_some_and(|(said, _)| said <= seq))
}
