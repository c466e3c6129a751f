//! The main question: which training set versions hold a wrong version, directly or through anything made from it.
//!
//! `AFFECTED(T, v) = wrong(v) ∧ pins(T, m) ∧ reach(v, m)`, a row for each (set version, member, wrong version).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::at::At;
use super::flow::{Budget, Flow, Tracer, Walls};
use super::names::Name;
use super::statements::Said;
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::id::Seq;
use crate::domain::item::Kind;

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

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The versions asked about. Those that are not wrong are passed over.
    pub versions: Vec<VersionNo>,
    /// The inclusions wanted.
    pub inclusion: BTreeSet<Inclusion>,
    /// Whether rows of status RESTORED are wanted.
    pub include_restored: bool,
    /// Whether labels with a class that changed its meaning count as wrong.
    pub include_ontology_stale: bool,
    /// Only sets whose current version is affected, and only that version.
    pub only_heads: bool,
    /// Only set versions with one of these tags.
    pub tagged: Option<Vec<String>>,
    /// Whether to follow models to what they made.
    pub through_models: bool,
    /// How many edges may be followed.
    pub edges: u64,
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
    place: u32,
}

/// An affected set version with its rows, by member and wrong version.
#[derive(Debug, Clone)]
pub struct AffectedSet {
    /// The set version.
    pub set: VersionNo,
    /// Its rows; never empty.
    pub rows: Vec<Row>,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub struct Impact {
    /// The affected set versions, by number.
    pub sets: Vec<AffectedSet>,
    /// Whether the budget was spent before all flows were followed.
    pub incomplete: bool,
    flows: HashMap<VersionNo, Flow>,
    /// For each set and each item with wrong versions: the spans of the set's history that hold any of them.
    spans: HashMap<(ItemNo, ItemNo), Vec<(u32, u32)>>,
}

impl AffectedSet {
    /// The members that are affected, each once, with their splits. Rows that are COARSE name no member of the set.
    #[must_use]
    pub fn members(&self) -> BTreeMap<VersionNo, Option<Name>> {
        self.rows.iter().filter(|r| r.inclusion != Inclusion::Coarse).map(|r| (r.pinned, r.split)).collect()
    }
}

impl Impact {
    /// The shortest way from a row's wrong version to its member; a COARSE row's goes on to the set.
    #[must_use]
    pub fn way(&self, row: &Row) -> Vec<VersionNo> {
        self.flows.get(&row.wrong).map_or_else(Vec::new, |flow| flow.way(row.place))
    }

    /// The first later version of the same set that holds no wrong version of these rows' items.
    #[must_use]
    pub fn fixed_in(&self, at: At<'_>, set: VersionNo, rows: &[Row]) -> Option<VersionNo> {
        let item = at.item_of(set);
        let items: BTreeSet<ItemNo> = rows
            .iter()
            .filter(|row| row.inclusion != Inclusion::Coarse)
            .map(|row| at.item_of(row.wrong))
            .collect();
        if items.is_empty() {
            return None;
        }
        let mut spans: Vec<(u32, u32)> =
            items.iter().filter_map(|wrong| self.spans.get(&(item, *wrong))).flatten().copied().collect();
        spans.sort_unstable();
        let mut candidate = at.number(set) + 1;
        for (from, to) in spans {
            if from <= candidate && candidate < to {
                candidate = to;
            }
        }
        at.history(item).get(candidate as usize - 1).copied()
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
        if matches!(cause, Cause::ClassList(_)) {
            return Status::OntologyStale;
        }
        match self.head(self.item_of(version)) {
            Some(head) if head == version => Status::Retracted,
            // A head that is wrong itself restores nothing.
            Some(head) if self.content(head) == self.content(version) && self.wrong(head).is_none() => {
                Status::Restored
            }
            _ => Status::Stale,
        }
    }

    /// Answers the main question.
    #[must_use]
    pub fn affected(self, question: &Question) -> Impact {
        let walls = Walls {
            through_models: question.through_models,
            coarse: question.inclusion.contains(&Inclusion::Coarse),
        };
        let tracer = Tracer::new(self, walls, Budget::edges(question.edges));
        let mut survey =
            Survey { at: self, question, tracer, sets: BTreeMap::new(), impact: Impact::default() };
        let asked: BTreeSet<VersionNo> = question.versions.iter().copied().collect();
        let items: BTreeSet<ItemNo> = asked.iter().map(|version| self.item_of(*version)).collect();
        for item in items {
            for version in self.history(item) {
                if let Some(cause) = self.cause(*version, question.include_ontology_stale) {
                    survey.follow(*version, cause, asked.contains(version));
                }
            }
        }
        survey.finish()
    }
}

/// The state of answering.
struct Survey<'a, 'q> {
    at: At<'a>,
    question: &'q Question,
    tracer: Tracer<'a>,
    sets: BTreeMap<VersionNo, Vec<Row>>,
    impact: Impact,
}

/// A wrong version that is being followed.
struct Followed {
    wrong: VersionNo,
    item: ItemNo,
    cause: Cause,
    status: Status,
    /// The commit that made it wrong.
    known: Seq,
    /// Whether it yields rows: it was asked about, and is not left out for being restored.
    wanted: bool,
}

impl Followed {
    fn row(&self, at: At<'_>, set: VersionNo, pinned: VersionNo, inclusion: Inclusion, place: u32) -> Row {
        Row {
            pinned,
            wrong: self.wrong,
            cause: self.cause,
            inclusion,
            status: self.status,
            split: None,
            stale_at_build: self.known <= at.seq_of(set),
            place,
        }
    }
}

impl Survey<'_, '_> {
    /// Follows one wrong version. One that was not asked about yields no rows, but a set that holds it is not fixed.
    fn follow(&mut self, wrong: VersionNo, cause: Cause, asked: bool) {
        if self.tracer.budget.spent {
            return;
        }
        let flow = self.tracer.flow(&[wrong]);
        let status = self.at.status(wrong, cause);
        let known = match cause {
            Cause::Said(said) => said.id.seq,
            Cause::ClassList(version) => self.at.seq_of(version),
        };
        let wanted = asked && (status != Status::Restored || self.question.include_restored);
        let followed = Followed { wrong, item: self.at.item_of(wrong), cause, status, known, wanted };
        // The sets that hold it by their pins. Exact nodes come first in a flow.
        let mut holders = BTreeSet::new();
        for (place, node) in (0_u32..).zip(&flow.nodes) {
            match node.coarse {
                false => self.pins(&followed, node.version, place, &mut holders),
                true => self.coarse_ways(&followed, &flow, place, &holders),
            }
        }
        if wanted {
            self.impact.flows.insert(wrong, flow);
        }
    }

    /// The sets that pin a version which the wrong one flowed into.
    fn pins(
        &mut self,
        followed: &Followed,
        member: VersionNo,
        place: u32,
        holders: &mut BTreeSet<VersionNo>,
    ) {
        let inclusion = if member == followed.wrong { Inclusion::Direct } else { Inclusion::Derived };
        let coarse_is_asked = self.question.inclusion.contains(&Inclusion::Coarse);
        for (item, stay) in self.at.pins(member) {
            self.impact.spans.entry((item, followed.item)).or_default().push((stay.from, stay.to));
            for set in self.at.span(item, stay) {
                if coarse_is_asked {
                    holders.insert(*set);
                }
                if followed.wanted && self.wants(*set, inclusion) {
                    let row = followed.row(self.at, *set, member, inclusion, place);
                    self.sets.entry(*set).or_default().push(Row { split: Some(stay.split), ..row });
                }
            }
        }
    }

    /// The sets that only a way through an incomplete manifest connects: the node itself, and those that pin it.
    fn coarse_ways(&mut self, followed: &Followed, flow: &Flow, place: u32, holders: &BTreeSet<VersionNo>) {
        let version = flow.nodes[place as usize].version;
        let wanted = |survey: &Self, set: VersionNo| {
            followed.wanted && !holders.contains(&set) && survey.wants(set, Inclusion::Coarse)
        };
        for (item, stay) in self.at.pins(version) {
            for set in self.at.span(item, stay) {
                if wanted(self, *set) {
                    let row = followed.row(self.at, *set, version, Inclusion::Coarse, place);
                    self.sets.entry(*set).or_default().push(Row { split: Some(stay.split), ..row });
                }
            }
        }
        // A set that pins the node before it has its row from that pin.
        let before = flow.nodes[flow.nodes[place as usize].from as usize].version;
        let entered = self.at.kind(version) == Kind::TrainingSet && self.at.pinned(version, before).is_none();
        if entered && wanted(self, version) {
            let (upstream, member) = self.upstream_member(flow, place);
            let row = followed.row(self.at, version, member, Inclusion::Coarse, place);
            let split = self.at.pinned(upstream, member).map(|stay| stay.split);
            self.sets.entry(version).or_default().push(Row { split, ..row });
        }
    }

    fn wants(&self, set: VersionNo, inclusion: Inclusion) -> bool {
        self.question.inclusion.contains(&inclusion)
            && (!self.question.only_heads || self.at.is_head(set))
            && self.question.tagged.as_ref().is_none_or(|tags| self.at.carries(set, tags))
    }

    /// The set upstream through which an incomplete set was reached, and its member on the way.
    fn upstream_member(&self, flow: &Flow, place: u32) -> (VersionNo, VersionNo) {
        let way = flow.way(place);
        let last = way.iter().rposition(|version| self.at.kind(*version) != Kind::TrainingSet).unwrap_or(0);
        (way.get(last + 1).copied().unwrap_or(way[last]), way[last])
    }

    fn finish(self) -> Impact {
        let mut impact = self.impact;
        impact.incomplete = self.tracer.budget.spent;
        impact.sets = self
            .sets
            .into_iter()
            .map(|(set, mut rows)| {
                rows.sort_by_key(|row| (row.pinned, row.wrong, row.inclusion));
                rows.dedup_by_key(|row| (row.pinned, row.wrong));
                AffectedSet { set, rows }
            })
            .collect();
        impact
    }
}
