//! Membership: the versions that a training set version pins, as intervals over the set's history.
//!
//! An interval says "this member, with this split and weight, from this version of the set up to
//! (not including) that one". A thousand snapshots of a large set cost what changed between them.
//! An interval never changes for past versions: its end is after every version that it already
//! covered.
//!
//! Intervals outnumber everything else, so one takes 16 bytes here, 8 more at its member and 4 more
//! while it is open; [`Stay`] is the public form.

mod set;

use std::collections::HashMap;
use std::ops::Range;

use super::containers::flat::Flat;
use super::names::Name;
use crate::domain::numbers::{ItemNo, VersionNo};
use set::{Kept, Set};

/// One membership interval of a member in a training set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay {
    /// The member.
    pub member: VersionNo,
    /// Its split.
    pub split: Name,
    /// Its weight.
    pub weight: Option<f64>,
    /// The first version of the set that pins it, by position in the set's history, from 1.
    pub from: u32,
    /// The first later version that does not; `u32::MAX` if there is none.
    pub to: u32,
}

impl Stay {
    /// Returns true if the set's version of this number pins the member.
    #[must_use]
    pub const fn covers(&self, number: u32) -> bool {
        self.from <= number && number < self.to
    }
}

/// The member count and completeness of one training set version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// The number of pinned members.
    pub count: u32,
    /// True if the manifest is complete.
    pub complete: bool,
}

/// The splits and weights in use, each pair once.
#[derive(Debug, Default)]
struct Terms {
    all: Vec<(Name, Option<f64>)>,
    places: HashMap<(Name, Option<u64>), u32>,
}

impl Terms {
    fn intern(&mut self, split: Name, weight: Option<f64>) -> u32 {
        *self.places.entry((split, weight.map(f64::to_bits))).or_insert_with(|| {
            self.all.push((split, weight));
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        })
    }
}

/// The position of a membership interval: a set, and an interval in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::lineage) struct Place {
    pub set: u32,
    pub stay: u32,
}

/// A removed member that is not in the set, an added one that is, or members that do not ascend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("membership facts do not fit the set before them")]
pub struct Unfit;

/// Pins with one split and weight; the pinned versions ascend.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// Their split.
    pub split: Name,
    /// Their weight.
    pub weight: Option<f64>,
    /// The pinned versions.
    pub members: &'a [VersionNo],
}

/// The members of all training sets.
#[derive(Debug, Default)]
pub struct Membership {
    sets: Vec<Set>,
    places: HashMap<ItemNo, u32>,
    terms: Terms,
    /// The intervals of each version.
    stays_of: Flat<Place>,
    /// The sets with intervals that are not in `stays_of` yet, with the ranges of these, oldest
    /// first.
    unlisted: Vec<(u32, Range<u32>)>,
}

impl Membership {
    /// Adds the next version of a training set as the difference from the one before. Removed
    /// members ascend. The new intervals are found by member from the next [`Membership::settle`]
    /// on.
    ///
    /// # Errors
    /// [`Unfit`] if a removed member is not in the set, or an added one is.
    pub fn push<'a>(
        &mut self,
        item: ItemNo,
        complete: bool,
        removed: &[VersionNo],
        added: impl Iterator<Item = Group<'a>>,
    ) -> Result<(), Unfit> {
        let place = *self.places.entry(item).or_insert_with(|| {
            self.sets.push(Set::new(item));
            u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)
        });
        let set = &mut self.sets[place as usize];
        let number = u32::try_from(set.versions.len()).unwrap_or(u32::MAX) + 1;
        let first = set.stays.len();
        for group in added {
            let terms = self.terms.intern(group.split, group.weight);
            let stay = |member: &VersionNo| Kept { member: *member, terms, from: number, to: u32::MAX };
            set.stays.extend(group.members.iter().map(stay));
        }
        // Each group ascends, so this merges runs.
        set.stays[first..].sort_by_key(|stay| stay.member);
        set.turn(number, removed, first)?;
        let count = u32::try_from(set.open.len()).unwrap_or(u32::MAX);
        set.versions.push(Summary { count, complete });
        let stay = |place: usize| u32::try_from(place).map_err(|_| Unfit);
        self.unlisted.push((place, stay(first)?..stay(set.stays.len())?));
        Ok(())
    }

    /// Adds the new intervals to the lists of their members.
    pub fn settle(&mut self) {
        let unlisted = std::mem::take(&mut self.unlisted);
        let sets = &self.sets;
        let new = unlisted.iter().flat_map(|(set, stays)| {
            let kept = &sets[*set as usize].stays[stays.start as usize..stays.end as usize];
            let place = |(stay, kept): (u32, &Kept)| (kept.member.at(), Place { set: *set, stay });
            stays.clone().zip(kept).map(place)
        });
        if self.stays_of.is_few_beside(unlisted.iter().map(|(_, stays)| stays.len()).sum()) {
            self.stays_of.extend(new);
        } else {
            new.for_each(|(member, place)| self.stays_of.push(member, place));
        }
    }

    fn set(&self, item: ItemNo) -> Option<&Set> {
        self.places.get(&item).map(|place| &self.sets[*place as usize])
    }

    fn shown(&self, stay: &Kept) -> Stay {
        let (split, weight) = self.terms.all[stay.terms as usize];
        Stay { member: stay.member, split, weight, from: stay.from, to: stay.to }
    }

    /// The members of the set's version of this number, in the order in which they were added.
    pub fn members(&self, item: ItemNo, number: u32) -> impl Iterator<Item = Stay> {
        let stays = self.set(item).map_or(&[][..], |set| set.begun(number));
        stays.iter().filter(move |stay| number < stay.to).map(|stay| self.shown(stay))
    }

    /// The members of the set's version of this number without their terms, in the order in which
    /// they were added.
    pub fn member_numbers(&self, item: ItemNo, number: u32) -> impl Iterator<Item = VersionNo> {
        let stays = self.set(item).map_or(&[][..], |set| set.begun(number));
        stays.iter().filter(move |stay| number < stay.to).map(|stay| stay.member)
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
        for stay in part {
            if number < stay.to {
                members.push(stay.member);
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
        mut give: impl FnMut(Stay) -> bool,
    ) -> bool {
        let begun = self.set(item).map_or(&[][..], |set| set.begun(number));
        let mut given = 0;
        for stay in begun.get(*position..).unwrap_or_default() {
            *position += 1;
            if number < stay.to {
                given += 1;
                if !give(self.shown(stay)) || given == most {
                    break;
                }
            }
        }
        given > 0
    }

    /// The candidate positions for [`Membership::gone`] (intervals that an earlier version of a set
    /// has and a later one has not) and for [`Membership::come`] (the reverse). Positions stay
    /// valid while the index grows.
    pub(in crate::lineage) fn changed(
        &self,
        item: ItemNo,
        earlier: u32,
        later: u32,
    ) -> (Range<usize>, Range<usize>) {
        let Some(set) = self.set(item) else { return (0..0, 0..0) };
        let ended = |number: u32| set.ended.partition_point(|place| set.stays[*place as usize].to <= number);
        (ended(earlier)..ended(later), set.begun(earlier).len()..set.begun(later).len())
    }

    /// The intervals at these positions, from the first range of [`Membership::changed`], that the
    /// earlier version has.
    pub(in crate::lineage) fn gone(
        &self,
        item: ItemNo,
        places: Range<usize>,
        earlier: u32,
    ) -> impl Iterator<Item = Stay> {
        let set = self.set(item);
        let stays = set
            .into_iter()
            .flat_map(move |set| set.ended[places.clone()].iter().map(|place| &set.stays[*place as usize]));
        stays.filter(move |stay| stay.from <= earlier).map(|stay| self.shown(stay))
    }

    /// The intervals at these positions, from the second range of [`Membership::changed`], that the
    /// later version has.
    pub(in crate::lineage) fn come(
        &self,
        item: ItemNo,
        places: Range<usize>,
        later: u32,
    ) -> impl Iterator<Item = Stay> {
        let stays = self.set(item).map_or(&[][..], |set| &set.stays[places]);
        stays.iter().filter(move |stay| later < stay.to).map(|stay| self.shown(stay))
    }

    /// The interval of a member in the set's version of this number.
    #[must_use]
    pub fn stay(&self, item: ItemNo, number: u32, member: VersionNo) -> Option<Stay> {
        let place = *self.places.get(&item)?;
        let stays = &self.sets[place as usize].stays;
        let here = self.places_of(member).iter().filter(|at| at.set == place);
        let mut stays = here.map(|at| &stays[at.stay as usize]);
        stays.find(|stay| stay.covers(number)).map(|stay| self.shown(stay))
    }

    /// The sets that pin or pinned a version, with the intervals.
    pub fn stays_of(&self, member: VersionNo) -> impl Iterator<Item = (ItemNo, Stay)> {
        self.places_of(member).iter().map(|place| (self.sets[place.set as usize].item, self.at(*place)))
    }

    /// The positions of the intervals of a version.
    pub(in crate::lineage) fn places_of(&self, member: VersionNo) -> &[Place] {
        self.stays_of.get(member.at())
    }

    /// The interval at a position.
    pub(in crate::lineage) fn at(&self, Place { set, stay }: Place) -> Stay {
        self.shown(&self.sets[set as usize].stays[stay as usize])
    }

    /// The numbers of the set's versions that the interval at a position covers: the first one, and
    /// the one after the last.
    pub(in crate::lineage) fn run(&self, Place { set, stay }: Place) -> (u32, u32) {
        let kept = &self.sets[set as usize].stays[stay as usize];
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
    pub fn summary(&self, item: ItemNo, number: u32) -> Option<Summary> {
        let place = number.checked_sub(1)? as usize;
        self.set(item)?.versions.get(place).copied()
    }
}
