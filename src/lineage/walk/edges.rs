//! Edges of lineage from one version to the next, filtered by role.
//!
//! As in [`closure`](super::closure), a pin is an edge of role `MEMBER`, with the set below what it
//! pins. Here each edge has its role, and the number of edges is known before they are followed.

use std::sync::Arc;

use super::walker::Walker;
use crate::domain::numbers::VersionNo;
use crate::domain::role::MEMBER;
use crate::lineage::at::At;
use crate::lineage::index::names::NameNo;

/// The role of an edge; `None` for a pin, whose role is `MEMBER`.
pub type Role = Option<NameNo>;

/// Follows edges with some roles.
#[derive(Debug, Clone)]
pub struct FilteredEdges<'a> {
    at: At<'a>,
    filter: EdgeFilter,
}

/// The selected edges, without the index that holds them.
#[derive(Debug, Clone)]
pub struct EdgeFilter {
    /// Sorted, each once.
    roles: Option<Arc<[NameNo]>>,
    members: bool,
    /// The name of derivations whose role has the name that pins have.
    member: Option<NameNo>,
    /// Only versions with numbers in this range.
    within: (VersionNo, VersionNo),
}

impl EdgeFilter {
    /// Selects edges with these roles; all edges if there is no list, none if it is empty.
    #[must_use]
    pub fn new(at: At<'_>, roles: Option<&[String]>) -> Self {
        let named = |roles: &[String]| -> Arc<[NameNo]> {
            let mut named: Vec<NameNo> = roles.iter().filter_map(|role| at.name(role)).collect();
            named.sort_unstable();
            named.dedup();
            named.into()
        };
        Self {
            roles: roles.map(named),
            // A pin has no stored role; it is followed if its name is in the list, or there is no
            // list.
            members: roles.is_none_or(|roles| roles.iter().any(|role| role == MEMBER)),
            member: at.name(MEMBER),
            within: (VersionNo(0), VersionNo(u32::MAX)),
        }
    }

    /// Selects all edges that may be on a path from `above` down to `below`, and few others.
    #[must_use]
    pub fn between(at: At<'_>, above: VersionNo, below: VersionNo) -> Self {
        let within = at.index.adjacency.between(above, below, at.seq());
        Self { within, ..Self::new(at, None) }
    }

    /// Returns true if only edges with some roles are followed.
    #[must_use]
    pub const fn has_roles(&self) -> bool {
        self.roles.is_some()
    }
}

impl<'a> FilteredEdges<'a> {
    /// Follows the edges that a filter selects.
    #[must_use]
    pub const fn with(at: At<'a>, filter: EdgeFilter) -> Self {
        Self { at, filter }
    }

    fn fits(&self, role: NameNo) -> bool {
        self.filter.roles.as_ref().is_none_or(|roles| roles.binary_search(&role).is_ok())
    }

    /// Passes each source of a version, with the role, to `visit`, until that returns false.
    /// Returns false if `visit` did.
    pub fn sources(&self, version: VersionNo, mut visit: impl FnMut(VersionNo, Role) -> bool) -> bool {
        let mut edges = self.at.sources(version).filter(|edge| self.fits(edge.role));
        edges.all(|edge| visit(edge.other, Some(edge.role).filter(|role| Some(*role) != self.filter.member)))
    }

    /// The role of the first edge from a version up to one of its sources or members.
    #[must_use]
    pub fn role(&self, below: VersionNo, above: VersionNo) -> Role {
        self.derivation(below, above).filter(|role| Some(*role) != self.filter.member)
    }

    fn derivation(&self, derived: VersionNo, source: VersionNo) -> Option<NameNo> {
        let mut edges = self.at.sources(derived);
        edges.find(|edge| edge.other == source && self.fits(edge.role)).map(|edge| edge.role)
    }
}

impl Walker<'_> {
    /// Passes each version one edge upstream, with the role, to `visit`, until that returns false;
    /// with a step between parts of a long list and after it. Returns false if `visit` did.
    pub(in crate::lineage) fn each_above(
        &mut self,
        filter: &EdgeFilter,
        version: VersionNo,
        mut visit: impl FnMut(At<'_>, VersionNo, Role) -> bool,
    ) -> bool {
        self.each_source(filter, version, &mut visit)
            && (!filter.members || self.each_member(version, |at, interval| visit(at, interval.member, None)))
    }

    /// As [`Walker::each_above`], along derivations alone.
    pub(in crate::lineage) fn each_source(
        &mut self,
        filter: &EdgeFilter,
        version: VersionNo,
        mut visit: impl FnMut(At<'_>, VersionNo, Role) -> bool,
    ) -> bool {
        let (at, mut sources) = (self.at(), 0);
        let whole = FilteredEdges::with(at, filter.clone()).sources(version, |source, role| {
            sources += 1;
            visit(at, source, role)
        });
        self.step(sources);
        whole
    }

    /// Passes each version one edge downstream to `visit`, as [`Walker::each_above`] does.
    pub(in crate::lineage) fn each_below(
        &mut self,
        filter: &EdgeFilter,
        version: VersionNo,
        mut visit: impl FnMut(At<'_>, VersionNo) -> bool,
    ) -> bool {
        let mut work = 0;
        let whole = self.each_made(version, |at, made| {
            work += made.len();
            let edges = FilteredEdges::with(at, filter.clone());
            let linked = |derived: VersionNo| {
                edges.filter.roles.is_none() || edges.derivation(derived, version).is_some()
            };
            made.iter().copied().filter(|derived| linked(*derived)).all(|derived| visit(at, derived))
        });
        self.step(work);
        whole && self.each_pinning_set(filter, version, visit)
    }

    /// As [`Walker::each_below`], along pins alone.
    pub(in crate::lineage) fn each_pinning_set(
        &mut self,
        filter: &EdgeFilter,
        version: VersionNo,
        mut visit: impl FnMut(At<'_>, VersionNo) -> bool,
    ) -> bool {
        let mut work = 0;
        let whole = !filter.members
            || self.each_place(version, |at, place| {
                let membership = &at.index.membership;
                let span = at.span(membership.item(place.set), membership.at(place));
                work += 1 + span.len();
                span.iter().all(|set| visit(at, *set)).then_some(span.len())
            });
        self.step(work);
        whole
    }

    /// Passes each version one edge away to `visit`, as [`Walker::each_above`] does. Leaves out
    /// versions that are on no path between two ends, if the filter has these.
    pub(in crate::lineage) fn each_neighbour(
        &mut self,
        filter: &EdgeFilter,
        version: VersionNo,
        up: bool,
        mut visit: impl FnMut(VersionNo) -> bool,
    ) -> bool {
        let (first, last) = filter.within;
        let mut visit = |next| first > next || next > last || visit(next);
        match up {
            true => self.each_above(filter, version, |_, source, _| visit(source)),
            false => self.each_below(filter, version, |_, next| visit(next)),
        }
    }
}

impl At<'_> {
    /// An estimate of the number of edges of a version in one direction, whatever their roles.
    #[must_use]
    pub fn fan(self, version: VersionNo, up: bool) -> u64 {
        if up {
            let members = self.summary(version).map_or(0, |set| u64::from(set.count));
            members + self.sources(version).size_hint().0 as u64
        } else {
            let sets: usize =
                self.pins(version).map(|(item, interval)| self.span(item, interval).len()).sum();
            (sets + self.flow_from(version).size_hint().0) as u64
        }
    }
}

/// Counts of direct neighbours, without a traversal.
impl At<'_> {
    /// The number of versions that a version was made from, each once.
    #[must_use]
    pub fn source_count(self, version: VersionNo) -> usize {
        let mut sources: Vec<VersionNo> = self.sources(version).map(|edge| edge.other).collect();
        sources.sort_unstable();
        sources.dedup();
        sources.len()
    }

    /// The number of versions that were made from a version, each once.
    #[must_use]
    pub fn derivative_count(self, version: VersionNo) -> usize {
        self.derivatives(version).len()
    }

    /// The number of training set versions that pin a version.
    #[must_use]
    pub fn pin_count(self, version: VersionNo) -> usize {
        self.pins(version).map(|(item, interval)| self.span(item, interval).len()).sum()
    }
}
