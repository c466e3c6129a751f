//! Derivations asserted after a version was made, and the check that none closes a cycle. Pins
//! count as edges: nothing is made from a set that pins it.

use std::collections::HashMap;

use crate::domain::id::Seq;
use crate::domain::invalid::Invalid;
use crate::domain::log::entry::AssertedRecord;
use crate::domain::log::facts::{AssertedFact, Outcome};
use crate::domain::numbers::VersionNo;
use crate::domain::text;
use crate::domain::version::Source;
use crate::domain::write::proposal::Assert;
use crate::domain::write::world::World;

use super::Planner;
use super::versions::check_role;

/// The derivations that a commit asserts, by derived version.
#[derive(Debug, Default)]
pub(super) struct AssertedEdges {
    sources: HashMap<VersionNo, Vec<VersionNo>>,
    /// The roles asserted for a pair, and the position of the first change that asserted it.
    pairs: HashMap<(VersionNo, VersionNo), (Vec<String>, usize)>,
}

impl AssertedEdges {
    fn knows(&self, derived: VersionNo, source: VersionNo, role: &str) -> bool {
        self.pairs.get(&(derived, source)).is_some_and(|(roles, _)| roles.iter().any(|said| said == role))
    }

    fn add(&mut self, derived: VersionNo, source: VersionNo, role: &str, change: usize) {
        self.sources.entry(derived).or_default().push(source);
        self.pairs.entry((derived, source)).or_insert((Vec::new(), change)).0.push(role.to_owned());
    }
}

impl<W: World> Planner<'_, W> {
    pub(super) fn assert(&mut self, assert: &Assert) -> Result<Outcome, Invalid> {
        check_role(&assert.role)?;
        text::prose("reason", &assert.reason)?;
        let (derived, source) = (self.resolve(&assert.derived)?, self.resolve(&assert.source)?);
        if let Some(seq) = self.derivation(derived, source, &assert.role) {
            return Ok(Outcome { version: Some(derived), source: Some(source), seq, ..Outcome::default() });
        }
        let record = AssertedRecord {
            seq: self.given.seq,
            place: u32::try_from(self.draft.asserted.len()).unwrap_or(u32::MAX),
            derived: self.id_of(derived),
            source: self.id_of(source),
            role: assert.role.clone(),
            reason: assert.reason.clone(),
        };
        self.draft.asserted.push(record);
        self.draft.facts.asserted.push(AssertedFact { derived, source, role: assert.role.clone() });
        self.draft.edges.add(derived, source, &assert.role, self.index);
        let (version, source, seq) = (Some(derived), Some(source), self.given.seq);
        Ok(Outcome { version, source, seq, created: true, ..Outcome::default() })
    }

    fn derivation(&self, derived: VersionNo, source: VersionNo, role: &str) -> Option<Seq> {
        let born = self.draft.record(derived).is_some_and(|record| {
            let born = Source { role: role.to_owned(), version: self.id_of(source) };
            record.content.sources.binary_search(&born).is_ok()
        });
        if born || self.draft.edges.knows(derived, source, role) {
            return Some(self.given.seq);
        }
        if self.draft.is_new(derived) || self.draft.is_new(source) {
            return None;
        }
        self.world.derivation(derived, source, role)
    }

    /// Refuses derivations of this commit that close a cycle. Edges are only added, so one check at
    /// the end finds the same cycles as a check after each change, and visits every version once.
    pub(super) fn check_cycles(&self) -> Result<(), (usize, Invalid)> {
        let closing = match self.draft.facts.asserted.as_slice() {
            [] => None,
            // Faster with the indexes of the world than a walk.
            [one] if !self.draft.is_new(one.derived) && !self.draft.is_new(one.source) => {
                self.world.depends_on(one.source, one.derived).then_some((one.derived, one.source))
            }
            many => self.cycle(many),
        };
        let Some((derived, source)) = closing else { return Ok(()) };
        let change = self.draft.edges.pairs.get(&(derived, source)).map_or(self.index, |(_, change)| *change);
        Err((
            change,
            Invalid::refused(format!(
                "{} depends on {} already, so the derivation would be a cycle; leave it out or reverse it",
                self.id_of(source),
                self.id_of(derived)
            )),
        ))
    }

    /// Walks upstream, depth first. A version that is met while it is still open closes a cycle;
    /// the error names the derivation of the cycle that this commit asserted last.
    ///
    /// If only versions of this commit get derivations, no older one depends on them. So the older
    /// ones, which are the complete history of the sources, need no visit.
    fn cycle(&self, asserted: &[AssertedFact]) -> Option<(VersionNo, VersionNo)> {
        let from = asserted.iter().map(|edge| edge.derived);
        let are_new = from.clone().all(|derived| self.draft.is_new(derived));
        let upstream = |version: VersionNo| {
            let mut upstream = self.upstream(version);
            upstream.retain(|source| !are_new || self.draft.is_new(*source));
            upstream
        };
        // False while a version is open, true when it is done.
        let mut done: HashMap<VersionNo, bool> = HashMap::new();
        for start in from {
            if done.contains_key(&start) {
                continue;
            }
            done.insert(start, false);
            let mut trail = vec![(start, upstream(start))];
            while let Some((version, open)) = trail.last_mut() {
                let Some(source) = open.pop() else {
                    done.insert(*version, true);
                    trail.pop();
                    continue;
                };
                match done.get(&source) {
                    Some(true) => {}
                    Some(false) => return self.blamed(trail.iter().map(|(version, _)| *version), source),
                    None => {
                        done.insert(source, false);
                        trail.push((source, upstream(source)));
                    }
                }
            }
        }
        None
    }

    fn blamed(
        &self,
        trail: impl Iterator<Item = VersionNo>,
        closed: VersionNo,
    ) -> Option<(VersionNo, VersionNo)> {
        let around: Vec<VersionNo> = trail.skip_while(|version| *version != closed).chain([closed]).collect();
        let pairs = around.iter().copied().zip(around.iter().copied().skip(1));
        pairs.max_by_key(|pair| self.draft.edges.pairs.get(pair).map(|(_, change)| *change))
    }

    /// Returns the sources of a version, those asserted later and its pins included, of the world
    /// and of this commit.
    fn upstream(&self, version: VersionNo) -> Vec<VersionNo> {
        let mut upstream: Vec<VersionNo> = match self.draft.fact(version) {
            Some(fact) => {
                let pins = self.draft.members.get(&version).into_iter().flatten().map(|pin| pin.version);
                fact.sources.iter().map(|(_, source)| *source).chain(pins).collect()
            }
            None => self.world.upstream(version),
        };
        upstream.extend(self.draft.edges.sources.get(&version).into_iter().flatten());
        upstream
    }
}
