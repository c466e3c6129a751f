//! Hops: the edges of lineage from one version to the next, with the roles they are followed under.
//!
//! As in [`closure`](super::closure), a pin is an edge of role `MEMBER`: the set lies below what it pins. Here each hop
//! can say its role, and how many hops there are is known before they are made.

use std::sync::Arc;

use crate::domain::numbers::VersionNo;
use crate::domain::role::MEMBER;
use crate::lineage::at::At;
use crate::lineage::index::names::Name;

/// The role of a hop; none for a pin, whose role is `MEMBER`.
pub type Role = Option<Name>;

/// Follows edges of some roles.
#[derive(Debug, Clone)]
pub struct Hops<'a> {
    at: At<'a>,
    filter: HopFilter,
}

/// Which edges are followed, without the index that holds them.
#[derive(Debug, Clone)]
pub struct HopFilter {
    /// In order, each once.
    roles: Option<Arc<[Name]>>,
    members: bool,
    /// The name of derivations that call their role as pins do.
    member: Option<Name>,
    /// Only versions with these numbers.
    within: (VersionNo, VersionNo),
}

impl HopFilter {
    /// Selects edges of these roles; all of them if there is no list, none if it is empty.
    #[must_use]
    pub fn new(at: At<'_>, roles: Option<&[String]>) -> Self {
        let named = |roles: &[String]| -> Arc<[Name]> {
            let mut named: Vec<Name> = roles.iter().filter_map(|role| at.name(role)).collect();
            named.sort_unstable();
            named.dedup();
            named.into()
        };
        Self {
            roles: roles.map(named),
            // A pin has no stored role; it is followed where its name is asked for, or nothing is.
            members: roles.is_none_or(|roles| roles.iter().any(|role| role == MEMBER)),
            member: at.name(MEMBER),
            within: (VersionNo(0), VersionNo(u32::MAX)),
        }
    }

    /// Returns true if only edges of some roles are followed.
    #[must_use]
    pub const fn has_roles(&self) -> bool {
        self.roles.is_some()
    }
}

impl<'a> Hops<'a> {
    /// Follows edges of these roles; all of them where nothing is said, none where the list is empty.
    #[must_use]
    pub fn new(at: At<'a>, roles: Option<&[String]>) -> Self {
        Self::with(at, HopFilter::new(at, roles))
    }

    /// Follows the edges that a filter selects.
    #[must_use]
    pub const fn with(at: At<'a>, filter: HopFilter) -> Self {
        Self { at, filter }
    }

    fn fits(&self, role: Name) -> bool {
        self.filter.roles.as_ref().is_none_or(|roles| roles.binary_search(&role).is_ok())
    }

    /// Gives each version upstream by one hop, with the role, to `visit`, until it says stop; false where it did.
    pub fn up(&self, version: VersionNo, mut visit: impl FnMut(VersionNo, Role) -> bool) -> bool {
        self.sources(version, &mut visit)
            && (!self.filter.members || self.at.members(version).all(|stay| visit(stay.member, None)))
    }

    /// As [`up`](Self::up), along derivations alone.
    pub fn sources(&self, version: VersionNo, mut visit: impl FnMut(VersionNo, Role) -> bool) -> bool {
        let mut edges = self.at.sources(version).filter(|edge| self.fits(edge.role));
        edges.all(|edge| visit(edge.other, Some(edge.role).filter(|role| Some(*role) != self.filter.member)))
    }

    /// Gives each version downstream by one hop to `visit`, until it says stop; false where it did.
    pub fn down(&self, version: VersionNo, mut visit: impl FnMut(VersionNo) -> bool) -> bool {
        let (at, adjacency) = (self.at, &self.at.index.adjacency);
        let linked =
            |derived: VersionNo| self.filter.roles.is_none() || self.derivation(derived, version).is_some();
        let made = adjacency.made(version, at.visible()).iter().copied();
        let said = adjacency.said_below(version, at.seq());
        made.chain(said).filter(|derived| linked(*derived)).all(&mut visit) && self.sets(version, visit)
    }

    /// As [`down`](Self::down), along pins alone.
    pub fn sets(&self, version: VersionNo, mut visit: impl FnMut(VersionNo) -> bool) -> bool {
        let mut spans = self.at.pins(version).map(|(item, stay)| self.at.span(item, stay));
        !self.filter.members || spans.all(|sets| sets.iter().all(|set| visit(*set)))
    }

    /// Gives each version that is one hop away to `visit`, until it says stop; false where it did. Leaves out what lies
    /// on no way between two ends, where these are given.
    pub fn each(&self, version: VersionNo, up: bool, mut visit: impl FnMut(VersionNo) -> bool) -> bool {
        let (first, last) = self.filter.within;
        let mut visit = |next| first > next || next > last || visit(next);
        if up { self.up(version, |source, _| visit(source)) } else { self.down(version, &mut visit) }
    }

    /// The role of the first hop from a version up to one of its sources or members.
    #[must_use]
    pub fn role(&self, below: VersionNo, above: VersionNo) -> Role {
        self.derivation(below, above).filter(|role| Some(*role) != self.filter.member)
    }

    fn derivation(&self, derived: VersionNo, source: VersionNo) -> Option<Name> {
        let mut edges = self.at.sources(derived);
        edges.find(|edge| edge.other == source && self.fits(edge.role)).map(|edge| edge.role)
    }

    /// Follows all edges that may lie on a way from `above` down to `below`, and few others.
    #[must_use]
    pub fn between(at: At<'a>, above: VersionNo, below: VersionNo) -> Self {
        let within = at.index.adjacency.between(above, below, at.seq());
        Self::with(at, HopFilter { within, ..HopFilter::new(at, None) })
    }

    /// About how many hops lead away from a version, whatever their roles.
    #[must_use]
    pub fn fan(&self, version: VersionNo, up: bool) -> u64 {
        let at = self.at;
        if up {
            let members = at.summary(version).map_or(0, |set| u64::from(set.count));
            members + at.sources(version).size_hint().0 as u64
        } else {
            let sets: usize = at.pins(version).map(|(item, stay)| at.span(item, stay).len()).sum();
            (sets + at.flow_from(version).size_hint().0) as u64
        }
    }
}

/// How many versions stand one hop away: what can be said without a walk.
impl At<'_> {
    /// How many versions a version was made from, each once.
    #[must_use]
    pub fn source_count(self, version: VersionNo) -> usize {
        let mut sources: Vec<VersionNo> = self.sources(version).map(|edge| edge.other).collect();
        sources.sort_unstable();
        sources.dedup();
        sources.len()
    }

    /// How many versions were made from a version, each once.
    #[must_use]
    pub fn derivative_count(self, version: VersionNo) -> usize {
        self.derivatives(version).len()
    }

    /// How many training set versions pin a version.
    #[must_use]
    pub fn pin_count(self, version: VersionNo) -> usize {
        self.pins(version).map(|(item, stay)| self.span(item, stay).len()).sum()
    }
}
