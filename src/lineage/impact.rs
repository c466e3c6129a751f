//! The main question: which training set versions hold a wrong version, directly or through anything made from it.
//!
//! `AFFECTED(T, v) = wrong(v) ∧ pins(T, m) ∧ reach(v, m)`, a row for each (set version, member, wrong version).

mod count;
mod part;
mod question;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::at::At;
use super::closure::Stopped;
use super::flow::{Budget, Flow, Tracer, Walls};
use super::membership::Place;
use super::names::Name;
use super::statements::Said;
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::id::Seq;
use crate::domain::item::Kind;
pub use part::Part;
pub use question::Question;

/// How a set holds what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Inclusion {
    /// The wrong version is a member.
    Direct,
    /// A member was made from it.
    Derived,
    /// Only a derivation of the set as a whole connects them, and its manifest is incomplete.
    Coarse,
}

/// What became of the wrong version's item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Something else took its place.
    Stale,
    /// The item's head says the same again.
    Restored,
    /// Nothing took its place.
    Retracted,
    /// It is not wrong, but a class that it uses means something else now.
    OntologyStale,
}

/// Why a version counts as wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A statement says so.
    Said(Said),
    /// This version of its class list changed the meaning of a class it uses.
    ClassList(VersionNo),
}

/// One member of one set version, and one wrong version that it holds.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The member. In a COARSE row: the member of the set upstream through which it came.
    pub pinned: VersionNo,
    /// The wrong version.
    pub wrong: VersionNo,
    /// Why it is wrong.
    pub cause: Cause,
    /// How the set holds it.
    pub inclusion: Inclusion,
    /// What became of its item.
    pub status: Status,
    /// The member's split; none in a COARSE row whose upstream set does not pin the member.
    pub split: Option<Name>,
    /// Whether it was known to be wrong when the set version was made.
    pub stale_at_build: bool,
    /// The place of the member (COARSE: of the set) in the wrong version's flow.
    node: u32,
}

impl Row {
    /// The shortest way from the wrong version, whose flow this is, to the member; a COARSE row's goes on to the set.
    #[must_use]
    pub fn way(&self, flow: &Flow) -> Vec<VersionNo> {
        flow.way(self.node)
    }
}

/// An affected set version.
#[derive(Debug, Clone)]
pub struct AffectedSet {
    /// The set version.
    pub set: VersionNo,
    /// How many of its members are affected, each counted once. COARSE rows name no member and do not count.
    pub members: u32,
    /// How many wrong versions it holds, each counted once.
    pub wrong: u32,
    /// The hits of its item.
    hits: Range<usize>,
    /// Its rows, where they are not all that its hits give.
    chosen: Option<Box<[Row]>>,
}

impl AffectedSet {
    /// The same set version with some of its rows alone.
    #[must_use]
    pub fn with_rows(&self, rows: Vec<Row>) -> Self {
        let distinct = |versions: BTreeSet<VersionNo>| u32::try_from(versions.len()).unwrap_or(u32::MAX);
        let exact = rows.iter().filter(|row| row.inclusion != Inclusion::Coarse);
        Self {
            members: distinct(exact.map(|row| row.pinned).collect()),
            wrong: distinct(rows.iter().map(|row| row.wrong).collect()),
            chosen: Some(rows.into_boxed_slice()),
            ..self.clone()
        }
    }
}

/// A [`Cause`] before it is looked at.
#[derive(Debug, Clone, Copy)]
enum Why {
    /// The place of the statement.
    Said(u32),
    ClassList(VersionNo),
}

/// A wrong version that was followed.
#[derive(Debug, Clone, Copy)]
struct Wrong {
    version: VersionNo,
    why: Why,
    status: Status,
    /// The commit that made it wrong.
    known: Seq,
    /// Whether it yields rows: it was asked about, and is not left out for being restored. The others of its item
    /// count for what is fixed.
    wanted: bool,
}

/// That versions of a set hold a wrong version through one stay of a member: a row for each version that it covers.
///
/// Members stay in a set over many versions of it, so there are far fewer of these than rows.
#[derive(Debug, Clone, Copy)]
struct Hit {
    stay: Place,
    /// The place of the wrong version among those that were followed.
    wrong: u32,
    /// The place of the member in its flow.
    node: u32,
}

/// That a set version holds a wrong version, as far as a derivation through an incomplete manifest tells.
#[derive(Debug, Clone, Copy)]
struct CoarseHit {
    set: VersionNo,
    pinned: VersionNo,
    split: Option<Name>,
    wrong: u32,
    node: u32,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// The affected set versions, by number.
    pub sets: Vec<AffectedSet>,
    /// Why not all that was asked for was followed, where it was not.
    pub stopped: Option<Stopped>,
    /// The items that were followed, by place among those asked about in the order of their numbers.
    pub items: Range<usize>,
    /// How many items were asked about.
    pub asked: usize,
    /// How many edges were followed.
    pub edges: u64,
    /// In the order in which they were followed: by item, then by number.
    wrongs: Vec<Wrong>,
    /// By set, then by wrong version.
    hits: Vec<Hit>,
    /// By set version.
    coarse: Vec<CoarseHit>,
    /// The inclusions wanted.
    inclusion: BTreeSet<Inclusion>,
    walls: Walls,
}

impl Impact {
    /// About how many bytes it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let chosen = |set: &AffectedSet| set.chosen.as_ref().map_or(0, |rows| size_of_val::<[Row]>(rows));
        size_of_val::<[AffectedSet]>(&self.sets)
            + self.sets.iter().map(chosen).sum::<usize>()
            + size_of_val::<[Wrong]>(&self.wrongs)
            + size_of_val::<[Hit]>(&self.hits)
            + size_of_val::<[CoarseHit]>(&self.coarse)
    }

    /// The rows of an affected set version, by member and wrong version; never empty.
    #[must_use]
    pub fn rows(&self, at: At<'_>, affected: &AffectedSet) -> Vec<Row> {
        if let Some(chosen) = &affected.chosen {
            return chosen.to_vec();
        }
        let (number, built) = (at.number(affected.set), at.seq_of(affected.set));
        let membership = &at.index().membership;
        let row = |wrong: u32, node: u32, pinned: VersionNo, split: Option<Name>, inclusion: Inclusion| {
            let wrong = &self.wrongs[wrong as usize];
            let stale_at_build = wrong.known <= built;
            let Wrong { version: wrong, why, status, .. } = *wrong;
            let cause = match why {
                Why::Said(place) => Cause::Said(*at.index().statements.at(place)),
                Why::ClassList(list) => Cause::ClassList(list),
            };
            Row { pinned, wrong, cause, inclusion, status, split, stale_at_build, node }
        };
        let hits = self.hits[affected.hits.clone()].iter().filter(|hit| self.wants(hit));
        let covered = hits.map(|hit| (hit, membership.at(hit.stay))).filter(|(_, stay)| stay.covers(number));
        let exact = covered.map(|(hit, stay)| {
            row(hit.wrong, hit.node, stay.member, Some(stay.split), self.inclusion_of(hit))
        });
        let first = self.coarse.partition_point(|hit| hit.set < affected.set);
        let coarse = self.coarse[first..].iter().take_while(|hit| hit.set == affected.set);
        let coarse = coarse.map(|hit| row(hit.wrong, hit.node, hit.pinned, hit.split, Inclusion::Coarse));
        let mut rows: Vec<Row> = exact.chain(coarse).collect();
        rows.sort_by_key(|row| (row.pinned, row.wrong, row.inclusion));
        rows.dedup_by_key(|row| (row.pinned, row.wrong));
        rows
    }

    /// A flow begins with what was found wrong.
    fn inclusion_of(&self, hit: &Hit) -> Inclusion {
        if hit.node == 0 { Inclusion::Direct } else { Inclusion::Derived }
    }

    /// Whether a hit yields rows.
    fn wants(&self, hit: &Hit) -> bool {
        self.wrongs[hit.wrong as usize].wanted && self.inclusion.contains(&self.inclusion_of(hit))
    }

    /// What a row's wrong version flows into; [`Row::way`] finds its way there. Not whole where the budget is spent.
    #[must_use]
    pub fn flow(&self, at: At<'_>, wrong: VersionNo, budget: &mut Budget) -> Flow {
        // Walked again rather than kept: few ways are looked at, and thousands of flows may be followed for an answer.
        let mut tracer = Tracer::new(at, self.walls, *budget);
        let flow = tracer.flow(&[wrong]);
        *budget = tracer.budget;
        flow
    }

    /// The first later version of the same set that holds no wrong version of these rows' items.
    #[must_use]
    pub fn fixed_in(&self, at: At<'_>, affected: &AffectedSet, rows: &[Row]) -> Option<VersionNo> {
        let exact = rows.iter().filter(|row| row.inclusion != Inclusion::Coarse);
        let mut items: Vec<ItemNo> = exact.map(|row| at.item_of(row.wrong)).collect();
        items.sort_unstable();
        items.dedup();
        if items.is_empty() {
            return None;
        }
        let of_items = |hit: &&Hit| {
            let wrong = self.wrongs[hit.wrong as usize].version;
            items.binary_search(&at.item_of(wrong)).is_ok()
        };
        let hits = self.hits[affected.hits.clone()].iter().filter(of_items);
        let span = |hit: &Hit| at.index().membership.at(hit.stay);
        let mut spans: Vec<(u32, u32)> = hits.map(span).map(|stay| (stay.from, stay.to)).collect();
        spans.sort_unstable();
        let mut candidate = at.number(affected.set) + 1;
        for (from, to) in spans {
            if from <= candidate && candidate < to {
                candidate = to;
            }
        }
        at.history(at.item_of(affected.set)).get(candidate as usize - 1).copied()
    }
}

impl<'a> At<'a> {
    /// Why a version counts as wrong; none where it does not.
    #[must_use]
    pub fn cause(self, version: VersionNo, include_ontology_stale: bool) -> Option<Cause> {
        match self.wrong(version) {
            Some(said) => Some(Cause::Said(*said)),
            None if include_ontology_stale => self.ontology_stale(version).map(Cause::ClassList),
            None => None,
        }
    }

    /// What became of a wrong version's item.
    #[must_use]
    pub fn status(self, version: VersionNo, cause: Cause) -> Status {
        match cause {
            Cause::Said(_) => self.status_of_said(version),
            Cause::ClassList(_) => Status::OntologyStale,
        }
    }

    /// What became of the item of a version that a statement made wrong.
    fn status_of_said(self, version: VersionNo) -> Status {
        match self.head(self.item_of(version)) {
            Some(head) if head == version => Status::Retracted,
            // A head that is wrong itself restores nothing.
            Some(head) if self.content(head) == self.content(version) && !self.is_wrong(head) => {
                Status::Restored
            }
            _ => Status::Stale,
        }
    }

    /// Answers the main question.
    #[must_use]
    pub fn affected(self, question: &Question) -> Impact {
        self.affected_part(question, &Part::WHOLE)
    }
}

impl Wrong {
    /// What makes a version wrong; none where nothing does.
    fn new(at: At<'_>, question: &Question, version: VersionNo, is_asked: impl Fn() -> bool) -> Option<Self> {
        let said = at.index().statements.made_wrong(version, at.known());
        let (why, known, status) = match said {
            Some((place, seq)) => (Why::Said(place), seq, at.status_of_said(version)),
            None if question.include_ontology_stale => {
                let list = at.ontology_stale(version)?;
                (Why::ClassList(list), at.seq_of(list), Status::OntologyStale)
            }
            None => return None,
        };
        let wanted = is_asked() && (status != Status::Restored || question.include_restored);
        Some(Self { version, why, status, known, wanted })
    }
}

/// Notes which sets hold what was followed.
struct Survey<'a> {
    at: At<'a>,
    /// Whether COARSE ways are asked about.
    coarse: bool,
    hits: Vec<Hit>,
    coarse_hits: Vec<CoarseHit>,
}

impl Survey<'_> {
    /// The sets that hold a wrong version, whose place this is and which flows so.
    fn hit(&mut self, wrong: u32, followed: &Wrong, flow: &Flow) {
        let membership = &self.at.index().membership;
        // The set versions that hold it by their pins; only COARSE ways ask. Exact nodes come first in a flow.
        let mut holders: HashSet<VersionNo> = HashSet::new();
        for (node, reached) in (0_u32..).zip(&flow.nodes) {
            if reached.coarse {
                if followed.wanted {
                    self.coarse_ways(wrong, flow, node, &holders);
                }
                continue;
            }
            let stays = membership.places_of(reached.version);
            self.hits.extend(stays.iter().map(|stay| Hit { stay: *stay, wrong, node }));
            if self.coarse {
                for (set, stay) in self.at.pins(reached.version) {
                    holders.extend(self.at.span(set, stay));
                }
            }
        }
    }

    /// The sets that only a way through an incomplete manifest connects: the node itself, and those that pin it.
    fn coarse_ways(&mut self, wrong: u32, flow: &Flow, node: u32, holders: &HashSet<VersionNo>) {
        let version = flow.nodes[node as usize].version;
        for (item, stay) in self.at.pins(version) {
            for set in self.at.span(item, stay).iter().filter(|set| !holders.contains(set)) {
                let split = Some(stay.split);
                self.coarse_hits.push(CoarseHit { set: *set, pinned: version, split, wrong, node });
            }
        }
        // A set that pins the node before it has its row from that pin.
        let before = flow.nodes[flow.nodes[node as usize].from as usize].version;
        let entered = self.at.kind(version) == Kind::TrainingSet && self.at.pinned(version, before).is_none();
        if entered && !holders.contains(&version) {
            let (upstream, pinned) = self.upstream_member(flow, node);
            let split = self.at.pinned(upstream, pinned).map(|stay| stay.split);
            self.coarse_hits.push(CoarseHit { set: version, pinned, split, wrong, node });
        }
    }

    /// The set upstream through which an incomplete set was reached, and its member on the way.
    fn upstream_member(&self, flow: &Flow, node: u32) -> (VersionNo, VersionNo) {
        let way = flow.way(node);
        let last = way.iter().rposition(|version| self.at.kind(*version) != Kind::TrainingSet).unwrap_or(0);
        (way.get(last + 1).copied().unwrap_or(way[last]), way[last])
    }
}
