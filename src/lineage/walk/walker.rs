//! Long traversals: between two steps, the index lock is released for as long as a writer needs it.
//!
//! A traversal reads the index through [`Walker::at`], whose borrow ends before [`Walker::step`],
//! so that no reference into the index can be held across a step. A traversal keeps numbers and
//! positions, which stay valid while the index grows: as of a seq, the index reads the same before
//! and after a step.

use std::ops::Range;

use crate::domain::id::Seq;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::at::At;
use crate::lineage::index::Index;
use crate::lineage::index::membership::{IntervalPosition, MembershipInterval};

/// A lock on the index that can be released for a moment.
pub trait IndexLock {
    /// The index.
    fn index(&self) -> &Index;

    /// Lets a waiting writer in, and returns when the lock is held again. Returns at once if no
    /// writer waits.
    fn pause(&mut self);

    /// Releases the lock while `work` runs.
    fn unlocked(&mut self, work: &mut dyn FnMut());
}

/// The number of edges or versions between two releases of the lock: a few milliseconds of the
/// slowest traversals.
const SLICE: usize = if cfg!(test) { 3 } else { 16_384 };

/// The number of elements of a long list between two steps.
pub(in crate::lineage) const PART: usize = if cfg!(test) { 2 } else { 4_096 };

/// The index as of one seq, held for a long traversal.
pub struct Walker<'h> {
    held: IndexSource<'h>,
    /// The seqs and totals, which are known without the index.
    bounds: AtBounds,
    left: RemainingWork<'h>,
}

/// The work that is left until the lock is released.
enum RemainingWork<'h> {
    Own(usize),
    /// The counter of the walker from which this one was made.
    Outer(&'h mut usize),
}

impl RemainingWork<'_> {
    #[inline]
    const fn get(&mut self) -> &mut usize {
        match self {
            Self::Own(left) => left,
            Self::Outer(left) => left,
        }
    }
}

/// The fields of an [`At`] except its index.
#[derive(Debug, Clone, Copy)]
struct AtBounds {
    seq: Seq,
    known: Seq,
    items: u32,
    versions: u32,
}

enum IndexSource<'h> {
    /// Released between steps.
    Lock(&'h mut dyn IndexLock),
    /// Read without pauses: no writer uses it.
    Borrowed(&'h Index),
}

impl std::fmt::Debug for Walker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walker").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl<'h> Walker<'h> {
    /// The index as of `seq`, judged by the statements up to `known`.
    #[must_use]
    pub fn new(hold: &'h mut dyn IndexLock, seq: Seq, known: Seq) -> Self {
        let bounds = At::new(hold.index(), seq).knowing(known).bounds();
        Self { held: IndexSource::Lock(hold), bounds, left: RemainingWork::Own(SLICE) }
    }

    /// The index as it is now. References from it do not outlive the next step.
    #[inline]
    #[must_use]
    pub fn at(&self) -> At<'_> {
        let index = match &self.held {
            IndexSource::Lock(hold) => hold.index(),
            IndexSource::Borrowed(index) => index,
        };
        At::within(index, self.bounds)
    }

    /// The number of visible versions: a version is visible if its number is smaller.
    #[must_use]
    pub const fn visible(&self) -> u32 {
        self.bounds.versions
    }

    /// Counts the edges that were followed, or versions that were read, since the last step, and
    /// releases the lock if they are many and a writer waits.
    #[inline]
    pub fn step(&mut self, work: usize) {
        let left = self.left.get();
        match left.checked_sub(work.saturating_add(1)) {
            Some(rest) => *left = rest,
            None => self.pause(),
        }
    }

    #[cold]
    fn pause(&mut self) {
        *self.left.get() = SLICE;
        if let IndexSource::Lock(hold) = &mut self.held {
            hold.pause();
        }
    }

    /// Runs work that needs no index, such as sorting a long list, with the lock released.
    pub(in crate::lineage) fn unlocked(&mut self, work: &mut dyn FnMut()) {
        match &mut self.held {
            IndexSource::Lock(hold) => hold.unlocked(work),
            IndexSource::Borrowed(_) => work(),
        }
    }

    /// Runs work that needs no index on this many elements, with the lock released if they are
    /// many.
    pub(in crate::lineage) fn unlocked_if_many(&mut self, elements: usize, mut work: impl FnMut()) {
        if elements > SLICE { self.unlocked(&mut work) } else { work() }
    }

    /// Reads a list of this many elements part by part, with a step after each part.
    pub(in crate::lineage) fn by_parts(
        &mut self,
        elements: usize,
        mut read: impl FnMut(At<'_>, Range<usize>),
    ) {
        let mut from = 0;
        while from < elements {
            let to = elements.min(from + PART);
            read(self.at(), from..to);
            self.step(to - from);
            from = to;
        }
    }

    /// Keeps the elements of a list for which `keep` returns true.
    pub fn retain<T>(&mut self, list: &mut Vec<T>, mut keep: impl FnMut(At<'_>, &T) -> bool) {
        let mut kept = 0;
        self.by_parts(list.len(), |at, part| {
            for place in part {
                if keep(at, &list[place]) {
                    list.swap(kept, place);
                    kept += 1;
                }
            }
        });
        list.truncate(kept);
    }

    /// Passes the derivatives of a version to `visit`, part by part, possibly repeated, until that
    /// returns false; with a step between the parts of a long list. Returns false if `visit` did.
    #[inline]
    pub(in crate::lineage) fn each_made(
        &mut self,
        version: VersionNo,
        mut visit: impl FnMut(At<'_>, &[VersionNo]) -> bool,
    ) -> bool {
        let mut from = 0;
        loop {
            let at = self.at();
            let made = &at.index.adjacency.made(version, at.versions)[from..];
            let is_last = made.len() <= PART;
            if !visit(at, &made[..made.len().min(PART)]) {
                return false;
            }
            if is_last {
                return at.index.adjacency.said_below(version, at.seq).all(|derived| visit(at, &[derived]));
            }
            from += PART;
            self.step(PART);
        }
    }

    /// Passes the position of each interval of a version to `visit`, which returns the amount of
    /// its work, or `None` to stop; with a step between parts of a long list. Returns false if
    /// `visit` stopped. Intervals of later commits may be among them.
    #[inline]
    pub(in crate::lineage) fn each_place(
        &mut self,
        version: VersionNo,
        mut visit: impl FnMut(At<'_>, IntervalPosition) -> Option<usize>,
    ) -> bool {
        let mut next = 0;
        'parts: loop {
            let (at, mut work) = (self.at(), 0);
            for place in &at.index.membership.places_of(version)[next..] {
                let Some(looked_at) = visit(at, *place) else { return false };
                next += 1;
                work += looked_at + 1;
                if work > PART {
                    self.step(work);
                    continue 'parts;
                }
            }
            return true;
        }
    }

    /// Reads the next members of a training set version into an empty list, and advances a position
    /// in its intervals. Returns false if there are no more.
    pub(in crate::lineage) fn next_members(
        &mut self,
        set: VersionNo,
        position: &mut usize,
        members: &mut Vec<VersionNo>,
    ) -> bool {
        members.clear();
        let mut is_more = true;
        while is_more && members.is_empty() {
            let at = self.at();
            let version = (at.item_of(set), at.number(set));
            is_more = at.index.membership.gather_part(version, position, PART, members);
            self.step(members.len());
        }
        !members.is_empty()
    }

    /// Adds the members of a training set version to a list, with a step between parts of a long
    /// list.
    pub(in crate::lineage) fn gather_members(&mut self, set: VersionNo, members: &mut Vec<VersionNo>) {
        let mut position = 0;
        loop {
            let at = self.at();
            let version = (at.item_of(set), at.number(set));
            if !at.index.membership.gather_part(version, &mut position, PART, members) {
                return;
            }
            self.step(PART);
        }
    }

    /// Passes the members of a training set version to `give`, in the order in which they were
    /// added, until that returns false; with a step between parts of a long list. Returns false if
    /// `give` did.
    pub(in crate::lineage) fn each_member(
        &mut self,
        set: VersionNo,
        mut give: impl FnMut(At<'_>, MembershipInterval) -> bool,
    ) -> bool {
        let (mut position, mut whole) = (0, true);
        loop {
            let at = self.at();
            let version = (at.item_of(set), at.number(set));
            let mut given = 0;
            at.index.membership.next_members(version, &mut position, PART, |interval| {
                given += 1;
                whole = give(at, interval);
                whole
            });
            self.step(given);
            if !whole || given < PART {
                return whole;
            }
        }
    }

    /// The membership intervals that one version of a training set has and another has not, and the
    /// reverse; by number.
    pub(in crate::lineage) fn changes_within(
        &mut self,
        set: ItemNo,
        first: u32,
        second: u32,
    ) -> (Vec<MembershipInterval>, Vec<MembershipInterval>) {
        let (earlier, later) = (first.min(second), first.max(second));
        let (ended, begun) = self.at().index.membership.changed(set, earlier, later);
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        self.by_parts(ended.len(), |at, part| {
            let places = ended.start + part.start..ended.start + part.end;
            gone.extend(at.index.membership.removed_intervals(set, places, earlier));
        });
        self.by_parts(begun.len(), |at, part| {
            let places = begun.start + part.start..begun.start + part.end;
            come.extend(at.index.membership.added_intervals(set, places, later));
        });
        if first <= second { (gone, come) } else { (come, gone) }
    }

    /// The index as of another seq, judged by the statements up to it, through the same lock.
    pub(in crate::lineage) fn at_seq(&mut self, seq: Seq) -> Walker<'_> {
        let bounds = At::new(self.at().index, seq).bounds();
        Walker { bounds, ..Walker::from(self) }
    }
}

impl<'a> At<'a> {
    /// A walker that never releases a lock.
    pub(in crate::lineage) fn walker(self) -> Walker<'a> {
        Walker {
            held: IndexSource::Borrowed(self.index),
            bounds: self.bounds(),
            left: RemainingWork::Own(SLICE),
        }
    }

    /// The index within these bounds.
    const fn within(index: &'a Index, bounds: AtBounds) -> Self {
        let AtBounds { seq, known, items, versions } = bounds;
        Self { index, seq, known, items, versions }
    }

    /// Everything except the index.
    const fn bounds(self) -> AtBounds {
        AtBounds { seq: self.seq, known: self.known, items: self.items, versions: self.versions }
    }
}

impl<'a> From<At<'a>> for Walker<'a> {
    fn from(at: At<'a>) -> Self {
        at.walker()
    }
}

impl<'a> From<&'a mut Walker<'_>> for Walker<'a> {
    /// The same traversal, through the same lock.
    fn from(walker: &'a mut Walker<'_>) -> Self {
        let held = match &mut walker.held {
            IndexSource::Lock(hold) => IndexSource::Lock(&mut **hold),
            IndexSource::Borrowed(index) => IndexSource::Borrowed(index),
        };
        Walker { held, bounds: walker.bounds, left: RemainingWork::Outer(walker.left.get()) }
    }
}
