//! The sets that hold the versions that were followed, recorded flow by flow.

use std::collections::{BTreeSet, HashSet};

use super::notes::Notes;
use super::wrong::FollowedWrong;
use super::{Inclusion, Question};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::membership::IntervalPosition;
use crate::lineage::index::names::NameNo;
use crate::lineage::walk::flow::{Flow, OpenBarriers};
use crate::lineage::walk::walker::PART;
use crate::lineage::{At, Walker};

/// The versions of a set that hold a wrong version through one membership interval: a row for each
/// version that it covers.
///
/// Members are in many consecutive versions of a set, so there are far fewer hits than rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub interval: IntervalPosition,
    /// The position of the wrong version among those that were followed.
    pub wrong: u32,
    /// The position of the member in its flow.
    pub node: u32,
}

impl Hit {
    /// The start of a flow is the wrong version itself.
    pub(super) const fn inclusion(&self) -> Inclusion {
        if self.node == 0 { Inclusion::Direct } else { Inclusion::Derived }
    }
}

/// A set version that holds a wrong version only by a derivation through an incomplete manifest.
#[derive(Debug, Clone, Copy)]
pub(super) struct CoarseHit {
    pub set: VersionNo,
    pub pinned: VersionNo,
    pub split: Option<NameNo>,
    pub wrong: u32,
    pub node: u32,
}

/// A set version that is wrong itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct SelfHit {
    pub set: VersionNo,
    pub wrong: u32,
}

/// The sets that hold the wrong versions that were followed.
#[derive(Debug, Clone, Default)]
pub(super) struct Findings {
    /// In the order in which they were followed: by item, then by number.
    pub wrongs: Vec<FollowedWrong>,
    /// By set, then by wrong version.
    pub hits: Vec<Hit>,
    /// By set version.
    pub coarse: Vec<CoarseHit>,
    /// By set version.
    pub selves: Vec<SelfHit>,
    /// The wanted inclusions.
    pub inclusion: BTreeSet<Inclusion>,
    pub open_barriers: OpenBarriers,
    /// True if labels with a class that changed its meaning count as wrong.
    pub ontology_stale: bool,
}

impl Findings {
    /// Returns true if a hit yields rows.
    pub(super) fn wants(&self, hit: &Hit) -> bool {
        self.wrongs[hit.wrong as usize].wanted && self.inclusion.contains(&hit.inclusion())
    }

    /// The approximate size in bytes.
    pub(super) fn weight(&self) -> usize {
        size_of_val::<[FollowedWrong]>(&self.wrongs)
            + size_of_val::<[Hit]>(&self.hits)
            + size_of_val::<[CoarseHit]>(&self.coarse)
            + size_of_val::<[SelfHit]>(&self.selves)
    }

    /// Passes the hits that cover a set version to `give`.
    pub(super) fn each_hit_of(
        &self,
        walker: &mut Walker<'_>,
        set: VersionNo,
        mut give: impl FnMut(At<'_>, &Hit),
    ) {
        let at = walker.at();
        let number = at.number(set);
        let place = at.index().membership.place_of(at.item_of(set)).unwrap_or(u32::MAX);
        let first = self.hits.partition_point(|hit| hit.interval.set < place);
        let end = self.hits.partition_point(|hit| hit.interval.set <= place);
        let of_set = &self.hits[first..end];
        walker.by_parts(of_set.len(), |at, part| {
            for hit in &of_set[part] {
                let (from, to) = at.index().membership.run(hit.interval);
                if from <= number && number < to {
                    give(at, hit);
                }
            }
        });
    }

    /// The COARSE hits of a set version.
    pub(super) fn coarse_of(&self, set: VersionNo) -> &[CoarseHit] {
        let first = self.coarse.partition_point(|hit| hit.set < set);
        let end = self.coarse.partition_point(|hit| hit.set <= set);
        &self.coarse[first..end]
    }

    /// The hit of a set version that is wrong itself; at most one.
    pub(super) fn self_of(&self, set: VersionNo) -> Option<&SelfHit> {
        self.selves.binary_search_by_key(&set, |hit| hit.set).ok().map(|place| &self.selves[place])
    }
}

/// Records the sets that hold the versions that are followed.
pub(super) struct Survey {
    /// True if COARSE paths are wanted.
    coarse: bool,
    /// True if sets that are wrong themselves are wanted.
    itself: bool,
    pub hits: Vec<Hit>,
    pub coarse_hits: Vec<CoarseHit>,
    selves: Vec<SelfHit>,
}

/// The numbers of records before an item.
pub(super) struct SurveySavepoint {
    hits: usize,
    coarse: usize,
    selves: usize,
}

impl Survey {
    pub(super) fn new(question: &Question) -> Self {
        let asks = |inclusion| question.inclusion.contains(&inclusion);
        let (coarse, itself) = (asks(Inclusion::Coarse), asks(Inclusion::Itself));
        Self { coarse, itself, hits: Vec::new(), coarse_hits: Vec::new(), selves: Vec::new() }
    }

    /// All records of these wrong versions.
    pub(super) fn findings(
        self,
        walker: &mut Walker<'_>,
        question: &Question,
        wrongs: Vec<FollowedWrong>,
    ) -> Findings {
        let Self { mut hits, coarse_hits: mut coarse, mut selves, .. } = self;
        walker.unlocked_if_many(hits.len() + coarse.len() + selves.len(), || {
            coarse.sort_unstable_by_key(|hit| (hit.set, hit.wrong, hit.node));
            selves.sort_unstable_by_key(|hit| hit.set);
            hits = by_set(std::mem::take(&mut hits));
        });
        Findings {
            wrongs,
            hits,
            coarse,
            selves,
            inclusion: question.inclusion.clone(),
            open_barriers: question.open_barriers(),
            ontology_stale: question.include_ontology_stale,
        }
    }
}

/// A set version that holds the start of a flow only by a path through an incomplete manifest.
#[derive(Debug, Clone, Copy)]
pub(in crate::lineage) struct CoarseWay {
    pub set: VersionNo,
    /// The member on the path, of this set or of one upstream.
    pub pinned: VersionNo,
    pub split: Option<NameNo>,
    /// The position in the flow.
    pub node: u32,
}

impl Walker<'_> {
    /// Reports the sets that hold the versions of a flow: each membership interval of a node that
    /// was reached exactly and, if COARSE paths are wanted, each set version that none of these
    /// intervals covers and a COARSE path leads to. `interval` returns the amount of its work.
    pub(in crate::lineage) fn held(
        &mut self,
        flow: &Flow,
        with_coarse: bool,
        interval: &mut impl FnMut(At<'_>, IntervalPosition, u32) -> usize,
        coarse: &mut impl FnMut(CoarseWay),
    ) {
        // The set versions that hold it by their pins, needed for COARSE paths only. Exact nodes
        // come first in a flow.
        let mut holders: HashSet<VersionNo> = HashSet::new();
        let (mut node, mut next) = (0_u32, 0);
        while (node as usize) < flow.nodes.len() {
            let (at, mut work) = (self.at(), 0);
            while let Some(reached) = flow.nodes.get(node as usize).filter(|_| work < PART) {
                work += 1;
                if reached.coarse {
                    work += at.coarse_ways(flow, node, &holders, coarse);
                    node += 1;
                    continue;
                }
                let membership = &at.index().membership;
                let places = &membership.places_of(reached.version)[next..];
                let part = &places[..places.len().min(PART)];
                for place in part {
                    work += 1 + interval(at, *place, node);
                    if with_coarse {
                        let span = at.span(membership.item(place.set), membership.at(*place));
                        holders.extend(span);
                        work += span.len();
                    }
                }
                (node, next) = if part.len() == places.len() { (node + 1, 0) } else { (node, next + PART) };
            }
            self.step(work);
        }
    }
}

impl At<'_> {
    /// The sets that only a path through an incomplete manifest connects: the node itself, and
    /// those that pin it. Returns the amount of work.
    fn coarse_ways(
        self,
        flow: &Flow,
        node: u32,
        holders: &HashSet<VersionNo>,
        coarse: &mut impl FnMut(CoarseWay),
    ) -> usize {
        let mut work = 0;
        let version = flow.nodes[node as usize].version;
        for (item, interval) in self.pins(version) {
            let span = self.span(item, interval);
            work += 1 + span.len();
            for set in span.iter().filter(|set| !holders.contains(set)) {
                coarse(CoarseWay { set: *set, pinned: version, split: Some(interval.split), node });
            }
        }
        // A set that pins the node before it has its row from that pin.
        let before = flow.nodes[flow.nodes[node as usize].from as usize].version;
        let entered = self.kind(version) == Kind::TrainingSet && self.pinned(version, before).is_none();
        if entered && !holders.contains(&version) {
            let (pinned, split) = self.upstream_member(flow, node);
            coarse(CoarseWay { set: version, pinned, split, node });
        }
        work
    }

    /// The member through which an incomplete set was reached, and its split in the last set on the
    /// path that pins the version before it. If none does, the last version on the path that is no
    /// set (or the wrong set itself).
    fn upstream_member(self, flow: &Flow, node: u32) -> (VersionNo, Option<NameNo>) {
        let path = flow.path_to(node);
        let pins = path.windows(2).rev().map(|step| (step[0], self.pinned(step[1], step[0])));
        for (member, interval) in pins {
            if let Some(interval) = interval {
                return (member, Some(interval.split));
            }
        }
        let last = path.iter().rposition(|version| self.kind(*version) != Kind::TrainingSet).unwrap_or(0);
        (path[last], None)
    }
}

/// The hits by set, in a stable order.
fn by_set(hits: Vec<Hit>) -> Vec<Hit> {
    let sets = hits.iter().map(|hit| hit.interval.set as usize + 1).max().unwrap_or(0);
    let mut next = vec![0_usize; sets + 1];
    for hit in &hits {
        next[hit.interval.set as usize + 1] += 1;
    }
    for set in 0..sets {
        next[set + 1] += next[set];
    }
    let mut sorted = hits.clone();
    for hit in hits {
        let place = &mut next[hit.interval.set as usize];
        sorted[*place] = hit;
        *place += 1;
    }
    sorted
}

impl Notes for Survey {
    type Savepoint = SurveySavepoint;

    fn savepoint(&self) -> SurveySavepoint {
        let Self { hits, coarse_hits, selves, .. } = self;
        SurveySavepoint { hits: hits.len(), coarse: coarse_hits.len(), selves: selves.len() }
    }

    fn note(&mut self, walker: &mut Walker<'_>, wrong: u32, followed: &FollowedWrong, flow: &Flow) {
        if self.itself && followed.wanted && walker.at().kind(followed.version) == Kind::TrainingSet {
            self.selves.push(SelfHit { set: followed.version, wrong });
        }
        let Self { coarse, hits, coarse_hits, .. } = self;
        walker.held(
            flow,
            *coarse,
            &mut |_, interval, node| {
                hits.push(Hit { interval, wrong, node });
                0
            },
            &mut |CoarseWay { set, pinned, split, node }| {
                if followed.wanted {
                    coarse_hits.push(CoarseHit { set, pinned, split, wrong, node });
                }
            },
        );
    }

    fn undo(&mut self, SurveySavepoint { hits, coarse, selves }: SurveySavepoint) {
        self.hits.truncate(hits);
        self.coarse_hits.truncate(coarse);
        self.selves.truncate(selves);
    }
}
