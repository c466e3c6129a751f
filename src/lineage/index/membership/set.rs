//! The membership intervals of one training set, and the open ones of its newest version.

use super::{InconsistentMembership, MembershipSummary};
use crate::domain::numbers::{ItemNo, VersionNo};

/// A membership interval as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredInterval {
    pub member: VersionNo,
    pub terms: u32,
    pub from: u32,
    pub to: u32,
}

impl StoredInterval {
    pub(super) const fn covers(&self, number: u32) -> bool {
        self.from <= number && number < self.to
    }
}

/// The history of one training set's members.
#[derive(Debug)]
pub(super) struct SetHistory {
    pub item: ItemNo,
    /// In the order in which they begin.
    pub intervals: Vec<StoredInterval>,
    /// The positions of the intervals of the newest version, by member.
    pub open: Vec<u32>,
    /// The positions of the intervals that ended, in the order of their ends.
    pub ended: Vec<u32>,
    pub versions: Vec<MembershipSummary>,
    /// True if any of its versions is or was a member of a set.
    pub nested: bool,
    /// True if any of its versions pins a set.
    pub outer: bool,
}

impl SetHistory {
    pub(super) const fn new(item: ItemNo) -> Self {
        Self {
            item,
            intervals: Vec::new(),
            open: Vec::new(),
            ended: Vec::new(),
            versions: Vec::new(),
            nested: false,
            outer: false,
        }
    }

    /// The intervals that began up to the version of this number.
    pub(super) fn begun(&self, number: u32) -> &[StoredInterval] {
        match number as usize {
            newest if newest >= self.versions.len() => &self.intervals,
            _ => &self.intervals[..self.intervals.partition_point(|interval| interval.from <= number)],
        }
    }

    /// Ends the intervals of `removed`, and opens those from `first` on: one merge of three lists
    /// by member.
    ///
    /// Most open intervals do not change. So the next change is found by an exponential search, and
    /// everything before it is copied.
    pub(super) fn advance(
        &mut self,
        number: u32,
        removed: &[VersionNo],
        first: usize,
    ) -> Result<(), InconsistentMembership> {
        let Self { intervals, open, ended, .. } = self;
        let new = u32::try_from(first).map_err(|_| InconsistentMembership)?
            ..u32::try_from(intervals.len()).map_err(|_| InconsistentMembership)?;
        if removed.is_empty() && new.is_empty() {
            return Ok(());
        }
        let ascend = |members: &[StoredInterval]| members.is_sorted_by(|a, b| a.member < b.member);
        if !ascend(&intervals[first..]) || !removed.is_sorted_by(|a, b| a < b) {
            return Err(InconsistentMembership);
        }
        let mut updated = Vec::with_capacity((open.len() + new.len()).saturating_sub(removed.len()));
        let (mut gone, mut come) = (removed.iter().copied().peekable(), new.peekable());
        let mut rest = open.as_slice();
        while !rest.is_empty() || gone.peek().is_some() {
            let next = come.peek().map(|place| intervals[*place as usize].member);
            // If one interval of a member ends and another begins, the end is processed first.
            let leaves = gone.peek().copied().filter(|gone| next.is_none_or(|next| *gone <= next));
            let Some(member) = leaves.or(next) else { break };
            let (before, after) =
                rest.split_at(below(rest, |place| intervals[place as usize].member < member));
            updated.extend_from_slice(before);
            rest = after;
            let here = rest.first().copied().filter(|place| intervals[*place as usize].member == member);
            match (leaves.is_some(), here) {
                (true, Some(place)) => {
                    intervals[place as usize].to = number;
                    ended.push(place);
                    rest = &rest[1..];
                    gone.next();
                }
                (false, None) => updated.extend(come.next()),
                // A removed member is not there, or an added one is there already.
                _ => return Err(InconsistentMembership),
            }
        }
        updated.extend_from_slice(rest);
        updated.extend(come);
        *open = updated;
        Ok(())
    }
}

/// The number of leading entries for which `is_below` returns true, by an exponential search.
fn below(places: &[u32], is_below: impl Fn(u32) -> bool) -> usize {
    let mut step = 1;
    while step <= places.len() && is_below(places[step - 1]) {
        step *= 2;
    }
    let (from, to) = (step / 2, step.min(places.len()));
    from + places[from..to].partition_point(|place| is_below(*place))
}
