//! Long walks: between two steps, the index is given away for as long as a writer needs it.
//!
//! A walk reads the index through [`Walker::at`], whose borrow ends before [`Walker::step`], so that the compiler keeps
//! every reference into the index from being held across a step. What a walk keeps are numbers and places, which stay
//! what they are while the index grows: as of a seq, the index says the same before and after a step.

use crate::domain::id::Seq;
use crate::lineage::at::At;
use crate::lineage::index::Index;

/// A lock on the index that can be given away for a moment.
pub trait Hold {
    /// The index.
    fn index(&self) -> &Index;

    /// Lets a waiting writer in, and returns when the index is held again. Returns at once if none waits.
    fn pause(&mut self);

    /// Gives the index away while `work` runs.
    fn without(&mut self, work: &mut dyn FnMut());
}

/// About how many edges are followed, or versions looked at, before the index is given away: a few milliseconds of the
/// slowest walks.
const SLICE: usize = if cfg!(test) { 3 } else { 16_384 };

/// The world at one seq, held for a long walk.
pub struct Walker<'h> {
    held: Held<'h>,
    /// The world as the index is not needed to know it.
    bounds: Bounds,
    left: usize,
}

/// What an [`At`] consists of beside its index.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    seq: Seq,
    known: Seq,
    items: u32,
    versions: u32,
}

enum Held<'h> {
    /// Given away between steps.
    Lock(&'h mut dyn Hold),
    /// Read for as long as it takes: nothing writes to it.
    Borrowed(&'h Index),
}

impl std::fmt::Debug for Walker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walker").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl<'h> Walker<'h> {
    /// The world at `seq`, judged by the statements up to `known`.
    #[must_use]
    pub fn new(hold: &'h mut dyn Hold, seq: Seq, known: Seq) -> Self {
        let bounds = At::new(hold.index(), seq).knowing(known).bounds();
        Self { held: Held::Lock(hold), bounds, left: SLICE }
    }

    /// The world as it is now. What is taken from it does not outlive the next step.
    #[inline]
    #[must_use]
    pub fn at(&self) -> At<'_> {
        let index = match &self.held {
            Held::Lock(hold) => hold.index(),
            Held::Borrowed(index) => index,
        };
        At::within(index, self.bounds)
    }

    /// How many versions are visible: those with a smaller number.
    #[must_use]
    pub const fn visible(&self) -> u32 {
        self.bounds.versions
    }

    /// Counts the edges that were followed, or versions that were looked at, since the last step, and gives the index
    /// away if they are many and a writer waits.
    #[inline]
    pub fn step(&mut self, work: usize) {
        match self.left.checked_sub(work + 1) {
            Some(left) => self.left = left,
            None => self.pause(),
        }
    }

    #[cold]
    fn pause(&mut self) {
        self.left = SLICE;
        if let Held::Lock(hold) = &mut self.held {
            hold.pause();
        }
    }

    /// Does what needs no index, such as putting a long list in order, while the index is given away.
    pub(in crate::lineage) fn without(&mut self, work: &mut dyn FnMut()) {
        match &mut self.held {
            Held::Lock(hold) => hold.without(work),
            Held::Borrowed(_) => work(),
        }
    }
}

impl<'a> At<'a> {
    /// A walker that gives nothing away.
    pub(in crate::lineage) fn walker(self) -> Walker<'a> {
        Walker { held: Held::Borrowed(self.index), bounds: self.bounds(), left: SLICE }
    }

    /// The world within these bounds.
    const fn within(index: &'a Index, bounds: Bounds) -> Self {
        let Bounds { seq, known, items, versions } = bounds;
        Self { index, seq, known, items, versions }
    }

    /// All of it but the index.
    const fn bounds(self) -> Bounds {
        Bounds { seq: self.seq, known: self.known, items: self.items, versions: self.versions }
    }
}

impl<'a> From<At<'a>> for Walker<'a> {
    fn from(at: At<'a>) -> Self {
        at.walker()
    }
}

impl<'a> From<&'a mut Walker<'_>> for Walker<'a> {
    /// The same walk, through the same lock.
    fn from(walker: &'a mut Walker<'_>) -> Self {
        let held = match &mut walker.held {
            Held::Lock(hold) => Held::Lock(&mut **hold),
            Held::Borrowed(index) => Held::Borrowed(index),
        };
        Walker { held, bounds: walker.bounds, left: walker.left }
    }
}
