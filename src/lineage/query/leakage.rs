//! Leakage: common properties of the members of two sides, such as train and test.
//!
//! Pairs are never enumerated to be found: members with a common property are a group, with the
//! members of either side and a count of pairs, and the pairs of one group are listed on request.
//! In a group, each member has **exclusion keys**, and two members with a common key are no pair of
//! that group, because they are a pair of another: two crops of one frame are no pair of the video
//! that the frame comes from. So a count is a product less the excluded pairs, and a group of a
//! thousand and a million members does not cost a thousand million.

mod ancestors;
mod group;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::domain::numbers::VersionNo;
use crate::lineage::at::At;
use crate::lineage::index::names::NameNo;
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::walk::walker::Walker;
use ancestors::Ancestors;
pub use group::{KeyedMembers, LeakageGroup};

/// The common property of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leak {
    /// They are one version.
    CommonMember,
    /// They are versions of one item.
    SameItem,
    /// They are of two items and have equal content.
    EqualContent,
    /// They are of two items and have the same bytes, but different content.
    EqualPayload,
    /// They have a common ancestor, and none below it; or one of them is an ancestor of the other.
    CommonAncestor,
}

impl Leak {
    /// All of them, in the order of findings.
    pub const ALL: [Self; 5] =
        [Self::CommonMember, Self::SameItem, Self::EqualContent, Self::EqualPayload, Self::CommonAncestor];
}

/// One side: a set version, or the members of one of its splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// The set version.
    pub set: VersionNo,
    /// Only members in this split.
    pub split: Option<NameNo>,
}

/// A group of members with a common property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The common property.
    pub leak: Leak,
    /// The common member or ancestor.
    pub through: Option<VersionNo>,
    /// The number of members of the first side that are in a pair.
    pub in_a: u32,
    /// The number of members of the second side that are in a pair.
    pub in_b: u32,
    /// The number of pairs.
    pub pairs: u64,
    /// The position of the finding among all possible ones; ascending, with gaps.
    pub place: usize,
    /// The members, unless they have a common ancestor.
    listed: Range<usize>,
}

/// The limits of one request.
pub struct LeakageLimits<'l> {
    /// Edges that may be followed to find ancestors, and the members that share them.
    pub budget: &'l mut EdgeBudget,
    /// Findings before this position were paid for by earlier requests.
    pub from_place: usize,
    /// Edges that may be followed to repeat these.
    pub again: &'l mut EdgeBudget,
    /// Returns true if it is time to stop.
    pub time_up: &'l dyn Fn() -> bool,
}

impl std::fmt::Debug for LeakageLimits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeakageLimits").field("from_place", &self.from_place).finish_non_exhaustive()
    }
}

/// The reason why a request stopped early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeakageStop {
    /// `Edges` or `Time`.
    pub reason: Stopped,
    /// The position at which to continue.
    pub before: usize,
}

/// The common properties of two sides.
#[derive(Debug)]
pub struct Leakage {
    /// The groups, by property; then by number of the member or ancestor.
    pub findings: Vec<Finding>,
    /// The position at which to continue, if not all ancestors were processed.
    pub stopped: Option<LeakageStop>,
    a: Vec<VersionNo>,
    b: Vec<VersionNo>,
    listed: Vec<VersionNo>,
    ancestors: Option<Ancestors>,
}

impl At<'_> {
    /// As [`Walker::leakage`], without pauses.
    ///
    /// # Errors
    /// As [`Walker::leakage`].
    pub fn leakage(
        self,
        a: Side,
        b: Side,
        kinds: &BTreeSet<Leak>,
        limits: LeakageLimits<'_>,
    ) -> Result<Leakage, Stopped> {
        self.walker().leakage(a, b, kinds, limits)
    }
}

impl Walker<'_> {
    /// The contents of one side, by number. `None` if the budget is spent.
    #[must_use]
    pub fn side(&mut self, side: Side, budget: &mut EdgeBudget) -> Option<Vec<VersionNo>> {
        let contents = self.contents(side.set, budget)?;
        let mut members: Vec<VersionNo> = Vec::new();
        self.unlocked_if_many(contents.len(), || {
            let contents = contents.iter().map(|content| content.interval);
            let wanted = contents.filter(|interval| side.split.is_none_or(|split| split == interval.split));
            members = wanted.map(|interval| interval.member).collect();
            members.sort_unstable();
        });
        Some(members)
    }

    /// The common properties of two sides, of these kinds.
    ///
    /// # Errors
    /// The reason why the request cannot get further than earlier ones: the traversal to the
    /// ancestors, or below one of them, is too long for any request; or the findings before the
    /// position are too many to repeat.
    pub fn leakage(
        &mut self,
        a: Side,
        b: Side,
        kinds: &BTreeSet<Leak>,
        mut limits: LeakageLimits<'_>,
    ) -> Result<Leakage, Stopped> {
        let a = self.side(a, limits.budget).ok_or(Stopped::Edges)?;
        let b = self.side(b, limits.budget).ok_or(Stopped::Edges)?;
        let ancestors = match kinds.contains(&Leak::CommonAncestor) {
            true => Some(Ancestors::of(self, &a, &b, limits.budget).ok_or(Stopped::Edges)?),
            false => None,
        };
        let (findings, listed) = (Vec::new(), Vec::new());
        let mut leakage = Leakage { findings, stopped: None, a, b, listed, ancestors };
        let mut all: Vec<VersionNo> = leakage.a.iter().chain(&leakage.b).copied().collect();
        self.unlocked(&mut || {
            all.sort_unstable();
            all.dedup();
        });
        for leak in kinds {
            let budget = &mut *limits.budget;
            let listed = match leak {
                Leak::CommonMember => {
                    self.unlocked_if_many(leakage.a.len(), || leakage.list_common());
                    Some(())
                }
                Leak::SameItem => {
                    leakage.list_by(self, *leak, &all, |at, version| at.item_of(version), budget)
                }
                Leak::EqualContent => {
                    leakage.list_by(self, *leak, &all, |at, version| *at.content(version), budget)
                }
                Leak::EqualPayload => leakage.list_payloads(self, &all, budget),
                Leak::CommonAncestor => {
                    // Needs the graph of ancestors alone.
                    let mut looked = Ok(());
                    self.unlocked(&mut || looked = leakage.look_up(&mut limits));
                    looked?;
                    Some(())
                }
            };
            listed.ok_or(Stopped::Edges)?;
        }
        Ok(leakage)
    }
}

impl Walker<'_> {
    /// The groups of these versions that have the same bytes, in the order of their numbers.
    fn equal_payloads(&mut self, versions: &[VersionNo]) -> Vec<Vec<VersionNo>> {
        let mut groups: Vec<Vec<VersionNo>> = Vec::new();
        // No column has the payload of a version, so all payloads with several versions are read.
        self.by_parts(self.at().index.versions.by_payload.len(), |at, part| {
            let shared = part.map(|number| at.index.versions.by_payload.of(number));
            let here = |same: &[VersionNo]| -> Vec<VersionNo> {
                same.iter().copied().filter(|version| versions.binary_search(version).is_ok()).collect()
            };
            let shared = shared.filter(|same| same.len() > 1).map(here);
            groups.extend(shared.filter(|same| same.len() > 1));
        });
        self.unlocked_if_many(groups.len(), || groups.sort_unstable());
        groups
    }
}

impl Leakage {
    /// The members of a finding, with their exclusion keys. `None` if the budget is spent.
    #[must_use]
    pub fn group(&self, at: At<'_>, finding: &Finding, budget: &mut EdgeBudget) -> Option<LeakageGroup> {
        match (&self.ancestors, finding.through, finding.leak) {
            (Some(ancestors), Some(through), Leak::CommonAncestor) => ancestors.group(through, budget),
            _ => Some(self.group_of(at, finding.leak, &self.listed[finding.listed.clone()])),
        }
    }

    /// Members of both sides, each a separate group.
    fn list_common(&mut self) {
        let both = self.a.iter().filter(|member| self.b.binary_search(member).is_ok());
        for (place, member) in both.enumerate() {
            self.listed.push(*member);
            self.findings.push(Finding {
                leak: Leak::CommonMember,
                through: Some(*member),
                in_a: 1,
                in_b: 1,
                pairs: 1,
                place,
                listed: place..place + 1,
            });
        }
    }

    /// Groups versions that have the same `shared`.
    fn list_by<K: Ord>(
        &mut self,
        walker: &mut Walker<'_>,
        leak: Leak,
        all: &[VersionNo],
        shared: impl Fn(At<'_>, VersionNo) -> K,
        budget: &mut EdgeBudget,
    ) -> Option<()> {
        let mut sorted: Vec<(K, VersionNo)> = Vec::with_capacity(all.len());
        walker.by_parts(all.len(), |at, part| {
            sorted.extend(all[part].iter().map(|version| (shared(at, *version), *version)));
        });
        let mut groups: Vec<Vec<VersionNo>> = Vec::new();
        walker.unlocked_if_many(all.len(), || {
            sorted.sort_unstable();
            let same = sorted.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1);
            groups = same.map(|same| same.iter().map(|(_, version)| *version).collect()).collect();
            // Each group begins with its lowest number.
            groups.sort_unstable_by_key(|same| same[0]);
        });
        groups.iter().try_for_each(|same| self.list(walker, leak, same, budget))
    }

    /// Groups versions that have the same bytes.
    fn list_payloads(
        &mut self,
        walker: &mut Walker<'_>,
        all: &[VersionNo],
        budget: &mut EdgeBudget,
    ) -> Option<()> {
        for same in walker.equal_payloads(all) {
            let at = walker.at();
            // If all have equal content, none is a pair of this kind.
            if same.iter().any(|member| at.content(*member) != at.content(same[0])) {
                self.list(walker, Leak::EqualPayload, &same, budget)?;
            }
        }
        Some(())
    }

    fn list(
        &mut self,
        walker: &mut Walker<'_>,
        leak: Leak,
        members: &[VersionNo],
        budget: &mut EdgeBudget,
    ) -> Option<()> {
        let group = self.group_of(walker.at(), leak, members);
        walker.step(members.len());
        let (in_a, in_b, pairs) = group.counts(budget)?;
        if pairs > 0 {
            let place = self.findings.len();
            let listed = self.listed.len()..self.listed.len() + members.len();
            self.listed.extend(members);
            self.findings.push(Finding { leak, through: None, in_a, in_b, pairs, place, listed });
        }
        Some(())
    }

    /// A group whose keys exclude pairs of another kind: a version with itself, versions of one
    /// item, equal content.
    fn group_of(&self, at: At<'_>, leak: Leak, members: &[VersionNo]) -> LeakageGroup {
        let mut contents: HashMap<&[u8; 32], u32> = HashMap::new();
        let mut group = LeakageGroup::default();
        for member in members {
            let item = at.item_of(*member).0;
            let keys = match leak {
                Leak::CommonMember | Leak::CommonAncestor => Vec::new(),
                Leak::SameItem => vec![u64::from(member.0)],
                Leak::EqualContent => vec![u64::from(item)],
                Leak::EqualPayload => {
                    let next = u32::try_from(contents.len()).unwrap_or(u32::MAX);
                    let content = *contents.entry(at.content(*member)).or_insert(next);
                    // The keys of items are below those of contents.
                    vec![u64::from(item), (1 << 32) + u64::from(content)]
                }
            };
            if self.a.binary_search(member).is_ok() {
                group.a.push(*member, &keys);
            }
            if self.b.binary_search(member).is_ok() {
                group.b.push(*member, &keys);
            }
        }
        group
    }

    /// Processes one common ancestor after the other.
    fn look_up(&mut self, limits: &mut LeakageLimits<'_>) -> Result<(), Stopped> {
        let Some(ancestors) = &self.ancestors else { return Ok(()) };
        let listed = self.findings.len();
        let mut is_first = true;
        for through in ancestors.shared() {
            let place = listed + through.at();
            let is_paid = place < limits.from_place;
            let budget = if is_paid { &mut *limits.again } else { &mut *limits.budget };
            let time_up = (limits.time_up)();
            let mut counted = || ancestors.group(through, budget)?.counts(budget);
            let Some((in_a, in_b, pairs)) = (if time_up { None } else { counted() }) else {
                let reason = if time_up { Stopped::Time } else { Stopped::Edges };
                self.stopped = Some(LeakageStop { reason, before: place });
                return if is_first { Err(reason) } else { Ok(()) };
            };
            is_first &= is_paid;
            if pairs > 0 {
                let (leak, through) = (Leak::CommonAncestor, Some(through));
                self.findings.push(Finding { leak, through, in_a, in_b, pairs, place, listed: 0..0 });
            }
        }
        Ok(())
    }
}
