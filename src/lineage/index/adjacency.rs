//! Derivations: the sources of each version, and its derivatives.
//!
//! Sources are known when a version is made and never change, so they are one growing CSR array.
//! Derivatives are one list per version, ascending by number, so the visible ones are a prefix.
//! Asserted derivations are stored separately, each with its commit.

use std::collections::HashMap;

use super::containers::small_lists::SmallLists;
use super::names::NameNo;
use crate::domain::id::Seq;
use crate::domain::numbers::VersionNo;

/// A derivation as seen from one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DerivationEdge {
    /// The version at the other end.
    pub other: VersionNo,
    /// The role of the source.
    pub role: NameNo,
    /// The commit of the assertion and its position there; `None` for a derivation known at birth.
    pub asserted: Option<(Seq, u32)>,
}

/// All derivations.
#[derive(Debug)]
pub struct Adjacency {
    offsets: Vec<u32>,
    sources: Vec<VersionNo>,
    roles: Vec<NameNo>,
    derivatives: SmallLists<VersionNo>,
    later_up: HashMap<VersionNo, Vec<DerivationEdge>>,
    later_down: HashMap<VersionNo, Vec<DerivationEdge>>,
    backward: Vec<Backward>,
    /// Asserted derivations, in commit order.
    said: Vec<AssertedDerivation>,
}

/// The extent to which the derivations asserted up to a commit lead from a larger number to a
/// smaller one.
#[derive(Debug, Clone, Copy)]
struct Backward {
    said: Seq,
    /// The smallest number of any version made from a version with a larger one.
    derived: VersionNo,
    /// The largest number of such a source.
    source: VersionNo,
}

/// An asserted derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssertedDerivation {
    /// The commit of the assertion.
    pub seq: Seq,
    /// The derived version.
    pub derived: VersionNo,
    /// Its source.
    pub source: VersionNo,
}

impl Default for Adjacency {
    fn default() -> Self {
        Self {
            offsets: vec![0],
            sources: Vec::new(),
            roles: Vec::new(),
            derivatives: SmallLists::default(),
            later_up: HashMap::new(),
            later_down: HashMap::new(),
            backward: Vec::new(),
            said: Vec::new(),
        }
    }
}

impl Adjacency {
    /// Adds the next version with its sources.
    pub fn push(&mut self, sources: impl Iterator<Item = (NameNo, VersionNo)>) {
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

    /// Adds an asserted derivation.
    pub fn assert(&mut self, derived: VersionNo, source: VersionNo, role: NameNo, said: (Seq, u32)) {
        self.said.push(AssertedDerivation { seq: said.0, derived, source });
        let asserted = Some(said);
        self.later_up.entry(derived).or_default().push(DerivationEdge { other: source, role, asserted });
        self.later_down.entry(source).or_default().push(DerivationEdge { other: derived, role, asserted });
        if derived < source {
            let most = self.backward.last().map_or((derived, source), |last| (last.derived, last.source));
            let (derived, source) = (most.0.min(derived), most.1.max(source));
            self.backward.push(Backward { said: said.0, derived, source });
        }
    }

    /// The bounds, both included, on the numbers of all versions on paths between two versions,
    /// with the assertions up to `seq`. Sources and members exist before what is made from them;
    /// only an asserted derivation may lead back.
    pub fn between(&self, above: VersionNo, below: VersionNo, seq: Seq) -> (VersionNo, VersionNo) {
        match self.backward[..self.backward.partition_point(|back| back.said <= seq)].last() {
            None => (above, below),
            Some(back) => (above.min(back.derived), below.max(back.source)),
        }
    }

    /// The derivations asserted by commits after one seq and up to another, in commit order.
    #[must_use]
    pub fn said_between(&self, after: Seq, to: Seq) -> &[AssertedDerivation] {
        let place = |seq: Seq| self.said.partition_point(|said| said.seq <= seq);
        self.said.get(place(after)..place(to)).unwrap_or_default()
    }

    /// The sources known at birth, without the roles.
    #[must_use]
    pub fn born(&self, version: VersionNo) -> &[VersionNo] {
        &self.sources[self.offsets[version.at()] as usize..self.offsets[version.at() + 1] as usize]
    }

    /// The sources asserted up to `seq`.
    pub fn said_above(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = VersionNo> {
        said_by(self.later_up.get(&version), seq).map(|edge| edge.other)
    }

    /// The derivatives known at birth, of the first `visible` versions, each once, by number.
    #[must_use]
    pub fn made(&self, version: VersionNo, visible: u32) -> &[VersionNo] {
        let all = self.derivatives.get(version.at());
        match all.last() {
            Some(last) if last.0 >= visible => &all[..all.partition_point(|derived| derived.0 < visible)],
            _ => all,
        }
    }

    /// The derivatives asserted up to `seq`.
    pub fn said_below(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = VersionNo> {
        said_by(self.later_down.get(&version), seq).map(|edge| edge.other)
    }

    /// The sources: those known at birth, then those asserted up to `seq`.
    pub fn sources(&self, version: VersionNo, seq: Seq) -> impl Iterator<Item = DerivationEdge> {
        let (from, to) = (self.offsets[version.at()] as usize, self.offsets[version.at() + 1] as usize);
        let born = (from..to).map(|i| DerivationEdge {
            other: self.sources[i],
            role: self.roles[i],
            asserted: None,
        });
        born.chain(said_by(self.later_up.get(&version), seq))
    }

    /// The derivatives among the first `visible` versions, then those asserted up to `seq`. A
    /// derivative in several roles is given once; an assertion may repeat it.
    pub fn derivatives(&self, version: VersionNo, visible: u32, seq: Seq) -> impl Iterator<Item = VersionNo> {
        self.made(version, visible).iter().copied().chain(self.said_below(version, seq))
    }
}

fn said_by(edges: Option<&Vec<DerivationEdge>>, seq: Seq) -> impl Iterator<Item = DerivationEdge> {
    edges
        .into_iter()
        .flatten()
        .copied()
        .filter(move |edge| edge.asserted.is_some_and(|(said, _)| said <= seq))
}
