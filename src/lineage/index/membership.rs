//! Membership: the versions that a training set version pins, as intervals over the set's history.
//!
//! An interval says "this member, with this split and weight, from this version of the set up to
//! (not including) that one". A thousand snapshots of a large set cost what changed between them.
//! An interval never changes for past versions: its end is after every version that it already
//! covered.
//!
//! Intervals outnumber everything else, so one takes 16 bytes here, 8 more at its member and 4 more
//! while it is open; [`MembershipInterval`] is the public form.

mod set;

use std::collections::HashMap;
use std::ops::Range;

use super::containers::flat_lists::FlatLists;
use super::names::NameNo;
use crate::domain::numbers::{ItemNo, VersionNo};
use set::{SetHistory, StoredInterval};

/// One membership interval of a member in a training set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MembershipInterval {
    /// The member.
    pub member: VersionNo,
    /// Its split.
    pub split: NameNo,
    /// Its weight.
    pub weight: Option<f64>,
    /// The first version of the set that pins it, by position in the set's history, from 1.
    pub from: u32,
    /// The first later version that does not; `u32::MAX` if there is none.
    pub to: u32,
}

impl MembershipInterval {
    /// Returns true if the set's version of this number pins the member.
    #[must_use]
    pub const fn covers(&self, number: u32) -> bool {
        self.from <= number && number < self.to
    }
}

/// The member count and completeness of one training set version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MembershipSummary {
    /// The number of pinned members.
    pub count: u32,
    /// True if the manifest is complete.
    pub complete: bool,
}

/// The splits and weights in use, each pair once.
#[derive(Debug, Default)]
struct TermTable {
    all: Vec<(NameNo, Option<f64>)>,
    places: HashMap<(NameNo, Option<u64>), u32>,
}

impl TermTable {
    fn intern(&mut self, split: NameNo, weight: Option<f64>) -> u32 {
        *self.places.entry((split, weight.map(f64::to_bits))).or_insert_with(|| {
            self.all.push((split, weight));
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// The position of a membership interval: a set, and an interval in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::lineage) struct IntervalPosition {
    pub set: u32,
    pub index: u32,
}

/// A removed member that is not in the set, an added one that is, or members that do not ascend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("membership facts are inconsistent with the set's last version")]
pub struct InconsistentMembership;

/// Pins with one split and weight; the pinned versions ascend.
#[derive(Debug, Clone, Copy)]
pub struct PinGroup<'a> {
    /// Their split.
    pub split: NameNo,
    /// Their weight.
    pub weight: Option<f64>,
    /// The pinned versions.
    pub members: &'a [VersionNo],
}

/// The members of all training sets.
#[derive(Debug, Default)]
pub struct Membership {
    sets: Vec<SetHistory>,
    places: HashMap<ItemNo, u32>,
    terms: TermTable,
    /// The intervals of each version.
    intervals_of: FlatLists<IntervalPosition>,
    /// The sets with intervals that are not in `intervals_of` yet, with the ranges of these, oldest
    /// first.
    unlisted: Vec<(u32, Range<u32>)>,
}

impl Membership {
    /// Adds the next version of a training set as the difference from the one before. Removed
    /// members ascend. The new intervals are found by member from the next [`Membership::sort_new`]
    /// on.
    ///
    /// # Errors
    /// [`InconsistentMembership`] if a removed member is not in the set, or an added one is.
    pub fn push<'a>(
        &mut self,
        item: ItemNo,
        complete: bool,
        removed: &[VersionNo],
        added: impl Iterator<Item = PinGroup<'a>>,
    ) -> Result<(), InconsistentMembership> {
        let place = *self.places.entry(item).or_insert_with(|| {
            self.sets.push(SetHistory::new(item));
            u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)
        });
        let set = &mut self.sets[place as usize];
        let number = u32::try_from(set.versions.len()).unwrap_or(u32::MAX) + 1;
        let first = set.intervals.len();
        for group in added {
            let terms = self.terms.intern(group.split, group.weight);
            let interval =
                |member: &VersionNo| StoredInterval { member: *member, terms, from: number, to: u32::MAX };
            set.intervals.extend(group.members.iter().map(interval));
        }
        // Each group ascends, so this merges runs.
        set.intervals[first..].sort_by_key(|interval| interval.member);
        set.advance(number, removed, first)?;
        let count = u32::try_from(set.open.len()).unwrap_or(u32::MAX);
        set.versions.push(MembershipSummary { count, complete });
        let interval = |place: usize| u32::try_from(place).map_err(|_| InconsistentMembership);
        self.unlisted.push((place, interval(first)?..interval(set.intervals.len())?));
        Ok(())
    }

    /// Adds the new intervals to the lists of their members.
    pub fn sort_new(&mut self) {
        let unlisted = std::mem::take(&mut self.unlisted);
        let sets = &self.sets;
        let new = unlisted.iter().flat_map(|(set, intervals)| {
            let kept = &sets[*set as usize].intervals[intervals.start as usize..intervals.end as usize];
            let place = |(interval, kept): (u32, &StoredInterval)| {
                (kept.member.at(), IntervalPosition { set: *set, index: interval })
            };
            intervals.clone().zip(kept).map(place)
        });
        if self.intervals_of.is_large_batch(unlisted.iter().map(|(_, intervals)| intervals.len()).sum()) {
            self.intervals_of.extend(new);
        } else {
            new.for_each(|(member, place)| self.intervals_of.push(member, place));
        }
    }

    fn set(&self, item: ItemNo) -> Option<&SetHistory> {
        self.places.get(&item).map(|place| &self.sets[*place as usize])
    }

    fn shown(&self, interval: &StoredInterval) -> MembershipInterval {
        let (split, weight) = self.terms.all[interval.terms as usize];
        MembershipInterval { member: interval.member, split, weight, from: interval.from, to: interval.to }
    }

    /// The intervals that began up to the set's version of this number, in the order in which they
    /// began; also those that have ended since.
    /// Only those at these places.
    pub fn begun(
        &self,
        item: ItemNo,
        number: u32,
        places: Range<usize>,
    ) -> impl Iterator<Item = MembershipInterval> {
        let intervals = self.set(item).map_or(&[][..], |set| set.begun(number));
        let end = places.end.min(intervals.len());
        let intervals = intervals.get(places.start.min(end)..end).unwrap_or_default();
        intervals.iter().map(|interval| self.shown(interval))
    }

    /// The members of the set's version of this number, in the order in which they were added.
    pub fn members(&self, item: ItemNo, number: u32) -> impl Iterator<Item = MembershipInterval> {
        let intervals = self.set(item).map_or(&[][..], |set| set.begun(number));
        intervals.iter().filter(move |interval| number < interval.to).map(|interval| self.shown(interval))
    }

    /// The members of the set's version of this number without their terms, in the order in which
    /// they were added.
    pub fn member_numbers(&self, item: ItemNo, number: u32) -> impl Iterator<Item = VersionNo> {
        let intervals = self.set(item).map_or(&[][..], |set| set.begun(number));
        intervals.iter().filter(move |interval| number < interval.to).map(|interval| interval.member)
    }

    /// Adds members of the set's version of this number to a list, and advances a position in the
    /// set's intervals by at most `most`. Returns false if there are no more. Positions stay valid
    /// while the index grows.
    pub(in crate::lineage) fn gather_part(
        &self,
        (item, number): (ItemNo, u32),
        position: &mut usize,
        most: usize,
        members: &mut Vec<VersionNo>,
    ) -> bool {
        let begun = self.set(item).map_or(&[][..], |set| set.begun(number));
        let rest = begun.get(*position..).unwrap_or_default();
        let part = &rest[..rest.len().min(most)];
        members.reserve(part.len());
        for interval in part {
            if number < interval.to {
                members.push(interval.member);
            }
        }
        *position += part.len();
        rest.len() > part.len()
    }

    /// Passes at least one and at most `most` members of the set's version of this number to
    /// `give`, and advances a position in the set's intervals; ends if `give` returns false.
    /// Returns false if there are no more. Positions stay valid while the index grows.
    pub(in crate::lineage) fn next_members(
        &self,
        (item, number): (ItemNo, u32),
        position: &mut usize,
        most: usize,
        mut give: impl FnMut(MembershipInterval) -> bool,
    ) -> bool {
        let begun = self.set(item).map_or(&[][..], |set| set.begun(number));
        let mut given = 0;
        for interval in begun.get(*position..).unwrap_or_default() {
            *position += 1;
            if number < interval.to {
                given += 1;
                if !give(self.shown(interval)) || given == most {
                    break;
                }
            }
        }
        given > 0
    }

    /// The candidate positions for [`Membership::removed_intervals`] (intervals that an earlier
    /// version of a set has and a later one has not) and for [`Membership::added_intervals`] (the
    /// reverse). Positions stay valid while the index grows.
    pub(in crate::lineage) fn changed(
        &self,
        item: ItemNo,
        earlier: u32,
        later: u32,
    ) -> (Range<usize>, Range<usize>) {
        let Some(set) = self.set(item) else { return (0..0, 0..0) };
        let ended =
            |number: u32| set.ended.partition_point(|place| set.intervals[*place as usize].to <= number);
        (ended(earlier)..ended(later), set.begun(earlier).len()..set.begun(later).len())
    }

    /// The intervals at these positions, from the first range of [`Membership::changed`], that the
    /// earlier version has.
    pub(in crate::lineage) fn removed_intervals(
        &self,
        item: ItemNo,
        places: Range<usize>,
        earlier: u32,
    ) -> impl Iterator<Item = MembershipInterval> {
        let set = self.set(item);
        let intervals = set.into_iter().flat_map(move |set| {
            set.ended[places.clone()].iter().map(|place| &set.intervals[*place as usize])
        });
        intervals.filter(move |interval| interval.from <= earlier).map(|interval| self.shown(interval))
    }

    /// The intervals at these positions, from the second range of [`Membership::changed`], that the
    /// later version has.
    pub(in crate::lineage) fn added_intervals(
        &self,
        item: ItemNo,
        places: Range<usize>,
        later: u32,
    ) -> impl Iterator<Item = MembershipInterval> {
        let intervals = self.set(item).map_or(&[][..], |set| &set.intervals[places]);
        intervals.iter().filter(move |interval| later < interval.to).map(|interval| self.shown(interval))
    }

    /// The interval of a member in the set's version of this number.
    #[must_use]
    pub fn interval(&self, item: ItemNo, number: u32, member: VersionNo) -> Option<MembershipInterval> {
        let place = *self.places.get(&item)?;
        let intervals = &self.sets[place as usize].intervals;
        let here = self.places_of(member).iter().filter(|at| at.set == place);
        let mut intervals = here.map(|at| &intervals[at.index as usize]);
        intervals.find(|interval| interval.covers(number)).map(|interval| self.shown(interval))
    }

    /// The sets that pin or pinned a version, with the intervals.
    pub fn intervals_of(&self, member: VersionNo) -> impl Iterator<Item = (ItemNo, MembershipInterval)> {
        self.places_of(member).iter().map(|place| (self.sets[place.set as usize].item, self.at(*place)))
    }

    /// The positions of the intervals of a version.
    pub(in crate::lineage) fn places_of(&self, member: VersionNo) -> &[IntervalPosition] {
        self.intervals_of.get(member.at())
    }

    /// The interval at a position.
    pub(in crate::lineage) fn at(
        &self,
        IntervalPosition { set, index }: IntervalPosition,
    ) -> MembershipInterval {
        self.shown(&self.sets[set as usize].intervals[index as usize])
    }

    /// The numbers of the set's versions that the interval at a position covers: the first one, and
    /// the one after the last.
    pub(in crate::lineage) fn run(&self, IntervalPosition { set, index }: IntervalPosition) -> (u32, u32) {
        let kept = &self.sets[set as usize].intervals[index as usize];
        (kept.from, kept.to)
    }

    /// The item of the set at a position.
    pub(in crate::lineage) fn item(&self, set: u32) -> ItemNo {
        self.sets[set as usize].item
    }

    /// The position of a set; `None` if no version of the item pins anything.
    pub(in crate::lineage) fn place_of(&self, item: ItemNo) -> Option<u32> {
        self.places.get(&item).copied()
    }

    /// Records that a version of a set is a member of another.
    pub fn nest(&mut self, item: ItemNo) {
        if let Some(place) = self.places.get(&item) {
            self.sets[*place as usize].nested = true;
        }
    }

    /// Records that a version of a set pins a set.
    pub fn wrap(&mut self, item: ItemNo) {
        if let Some(place) = self.places.get(&item) {
            self.sets[*place as usize].outer = true;
        }
    }

    /// Returns true if any version of a set pins a set.
    #[must_use]
    pub fn is_outer(&self, item: ItemNo) -> bool {
        self.set(item).is_some_and(|set| set.outer)
    }

    /// Returns true if any version of the set at a position is or was a member of another; if not,
    /// no flow continues through it.
    pub(in crate::lineage) fn is_nested(&self, set: u32) -> bool {
        self.sets[set as usize].nested
    }

    /// The summary of the set's version of this number.
    #[must_use]
    pub fn summary(&self, item: ItemNo, number: u32) -> Option<MembershipSummary> {
        let place = number.checked_sub(1)? as usize;
        self.set(item)?.versions.get(place).copied()
    }
}
