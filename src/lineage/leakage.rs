//! Leakage: what two sets of members, such as train and test, have in common.
//!
//! Pairs are never listed to be found: members that share something are a group, with the members of either side and a
//! count of pairs, and the pairs of one group are listed when they are asked for. In a group, each member carries
//! **marks**, and two members that carry the same mark are no pair of that group, because they are one of another: two
//! crops of one frame are no pair of the video that the frame comes from. So a count is a product less what the marks
//! take away, and no group of a thousand and a million costs a thousand million.

mod ancestors;
mod group;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::at::At;
use super::names::Name;
use crate::domain::facts::VersionNo;
use ancestors::{Ancestors, Charge};
pub use group::Group;

/// What members have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leak {
    /// They are one version.
    CommonMember,
    /// They are versions of one item.
    SameItem,
    /// They are of two items and say the same.
    EqualContent,
    /// They are of two items, have the same bytes, and say something else besides.
    EqualPayload,
    /// They come from one version, and from none below it together; or one of them comes from the other.
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
    /// Only members of this split.
    pub split: Option<Name>,
}

/// A group of members with something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What they have in common.
    pub leak: Leak,
    /// The version that they share: the common member or ancestor.
    pub through: Option<VersionNo>,
    /// How many members of the first side are in a pair.
    pub in_a: u32,
    /// How many members of the second side are in a pair.
    pub in_b: u32,
    /// How many pairs there are.
    pub pairs: u64,
    /// Where the finding stands among all that could be; ascending, with gaps.
    pub place: usize,
    /// The members, where it is no ancestor that they share.
    listed: Range<usize>,
}

/// How far one request goes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Edges that may be followed up to the ancestors, and as many again to see which members share them.
    pub edges: u64,
    /// Findings before this place were paid for by earlier requests.
    pub from_place: usize,
}

/// What two sides have in common.
#[derive(Debug)]
pub struct Leakage {
    /// The groups, by what they have in common; then by number of the member or ancestor.
    pub findings: Vec<Finding>,
    /// Where to go on, if the budget was spent before all ancestors were looked at.
    pub stopped_before: Option<usize>,
    a: Vec<VersionNo>,
    b: Vec<VersionNo>,
    listed: Vec<VersionNo>,
    ancestors: Option<Ancestors>,
}

impl At<'_> {
    /// The members of one side, by number.
    #[must_use]
    pub fn side(self, side: Side) -> Vec<VersionNo> {
        let wanted = self.members(side.set).filter(|stay| side.split.is_none_or(|split| split == stay.split));
        let mut members: Vec<VersionNo> = wanted.map(|stay| stay.member).collect();
        members.sort_unstable();
        members
    }

    /// What two sides have in common, of these kinds. None where the way up to the ancestors, or what lies below one
    /// of them, is too long for any request.
    #[must_use]
    pub fn leakage(self, a: Side, b: Side, kinds: &BTreeSet<Leak>, limits: Limits) -> Option<Leakage> {
        let (a, b) = (self.side(a), self.side(b));
        let ancestors = match kinds.contains(&Leak::CommonAncestor) {
            true => Some(Ancestors::of(self, &a, &b, limits.edges)?),
            false => None,
        };
        let (findings, listed) = (Vec::new(), Vec::new());
        let mut leakage = Leakage { findings, stopped_before: None, a, b, listed, ancestors };
        let mut all: Vec<VersionNo> = leakage.a.iter().chain(&leakage.b).copied().collect();
        all.sort_unstable();
        all.dedup();
        for leak in kinds {
            match leak {
                Leak::CommonMember => leakage.list_common(),
                Leak::SameItem => {
                    leakage.list_by(self, *leak, &all, |version| self.item_of(version));
                }
                Leak::EqualContent => {
                    leakage.list_by(self, *leak, &all, |version| self.content(version));
                }
                Leak::EqualPayload => {
                    for same in self.equal_payloads(&all) {
                        leakage.list(self, *leak, &same);
                    }
                }
                Leak::CommonAncestor => leakage.look_up(limits)?,
            }
        }
        Some(leakage)
    }

    /// Those of these versions that have the same bytes, group by group, in the order of their numbers.
    fn equal_payloads(self, versions: &[VersionNo]) -> Vec<Vec<VersionNo>> {
        // No column says what a version's bytes are, so the bytes that several versions have are gone through.
        let shared = self.index.versions.by_payload.values().filter(|same| same.len() > 1);
        let here = |same: &[VersionNo]| -> Vec<VersionNo> {
            same.iter().copied().filter(|version| versions.binary_search(version).is_ok()).collect()
        };
        let mut groups: Vec<Vec<VersionNo>> = shared.map(here).filter(|same| same.len() > 1).collect();
        groups.sort_unstable();
        groups
    }
}

impl Leakage {
    /// The members of a finding, with what keeps some of them apart.
    #[must_use]
    pub fn group(&self, at: At<'_>, finding: &Finding) -> Group {
        match (&self.ancestors, finding.through, finding.leak) {
            (Some(ancestors), Some(through), Leak::CommonAncestor) => {
                ancestors.group(through, &mut Charge::nothing()).unwrap_or_default()
            }
            _ => self.group_of(at, finding.leak, &self.listed[finding.listed.clone()]),
        }
    }

    /// Members of both sides, each a group of its own.
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

    /// Makes groups of versions that have the same `shared`.
    fn list_by<K: Ord>(
        &mut self,
        at: At<'_>,
        leak: Leak,
        all: &[VersionNo],
        shared: impl Fn(VersionNo) -> K,
    ) {
        let mut sorted = all.to_vec();
        sorted.sort_by_cached_key(|version| shared(*version));
        let mut groups: Vec<&[VersionNo]> =
            sorted.chunk_by(|a, b| shared(*a) == shared(*b)).filter(|same| same.len() > 1).collect();
        // The sort is stable, so each group begins with its lowest number.
        groups.sort_unstable_by_key(|same| same[0]);
        for same in groups {
            self.list(at, leak, same);
        }
    }

    fn list(&mut self, at: At<'_>, leak: Leak, members: &[VersionNo]) {
        let group = self.group_of(at, leak, members);
        let (in_a, in_b, pairs) = group.counts();
        if pairs > 0 {
            let place = self.findings.len();
            let listed = self.listed.len()..self.listed.len() + members.len();
            self.listed.extend(members);
            self.findings.push(Finding { leak, through: None, in_a, in_b, pairs, place, listed });
        }
    }

    /// A group whose marks say what is no pair of its kind: a version with itself, versions of one item, equal content.
    fn group_of(&self, at: At<'_>, leak: Leak, members: &[VersionNo]) -> Group {
        let mut contents: HashMap<&[u8; 32], u32> = HashMap::new();
        let mut group = Group::default();
        for member in members {
            let item = at.item_of(*member).0;
            let marks = match leak {
                Leak::CommonMember | Leak::CommonAncestor => Vec::new(),
                Leak::SameItem => vec![u64::from(member.0)],
                Leak::EqualContent => vec![u64::from(item)],
                Leak::EqualPayload => {
                    let next = u32::try_from(contents.len()).unwrap_or(u32::MAX);
                    let content = *contents.entry(at.content(*member)).or_insert(next);
                    // Numbers of items end where those of contents begin.
                    vec![u64::from(item), (1 << 32) + u64::from(content)]
                }
            };
            if self.a.binary_search(member).is_ok() {
                group.a.push(*member, &marks);
            }
            if self.b.binary_search(member).is_ok() {
                group.b.push(*member, &marks);
            }
        }
        group
    }

    /// Looks at one shared ancestor after the other. None where one alone is too much.
    fn look_up(&mut self, limits: Limits) -> Option<()> {
        let Some(ancestors) = &self.ancestors else { return Some(()) };
        let listed = self.findings.len();
        let mut charge = Charge::edges(limits.edges);
        let mut is_first = true;
        for through in ancestors.shared() {
            let place = listed + through.at();
            let is_paid = place < limits.from_place;
            let mut free = Charge::nothing();
            let Some(group) = ancestors.group(through, if is_paid { &mut free } else { &mut charge }) else {
                self.stopped_before = Some(place);
                return (!is_first).then_some(());
            };
            is_first &= is_paid;
            let (in_a, in_b, pairs) = group.counts();
            if pairs > 0 {
                let (leak, through) = (Leak::CommonAncestor, Some(through));
                self.findings.push(Finding { leak, through, in_a, in_b, pairs, place, listed: 0..0 });
            }
        }
        Some(())
    }
}
