//! Membership: which versions a training set version pins, as intervals over the set's history.
//!
//! An interval says "this member, with this split and weight, from this version of the set up to before that
//! one". A thousand snapshots of a large set cost what changed between them. An interval never changes what it
//! says of the past: closing one adds an end that lies after every version it already covered.

use std::collections::HashMap;

use super::names::Name;
use crate::domain::facts::{ItemNo, VersionNo};

/// One stay of a member in a training set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay {
    /// The member.
    pub member: VersionNo,
    /// Its split.
    pub split: Name,
    /// Its weight.
    pub weight: Option<f64>,
    /// The first version of the set that pins it, by number in the set's history, from 1.
    pub from: u32,
    /// The first later version that does not; `u32::MAX` while there is none.
    pub to: u32,
}

impl Stay {
    /// Whether the set's version of this number pins the member.
    #[must_use]
    pub const fn covers(&self, number: u32) -> bool {
        self.from <= number && number < self.to
    }
}

/// What one training set version is, beside its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many members it pins.
    pub count: u32,
    /// Whether these are all that it holds.
    pub complete: bool,
}

/// The history of one training set's members.
#[derive(Debug, Default)]
struct Set {
    stays: Vec<Stay>,
    open: HashMap<VersionNo, u32>,
    versions: Vec<Summary>,
}

/// Members that come or go and are not known as the facts say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("membership facts do not fit the set before them")]
pub struct Unfit;

/// The members of all training sets.
#[derive(Debug, Default)]
pub struct Membership {
    sets: HashMap<ItemNo, Set>,
    /// The stays of each member: the set and the stay's place in it.
    stays_of: HashMap<VersionNo, Vec<(ItemNo, u32)>>,
}

impl Membership {
    /// Adds the next version of a training set as the difference from the one before.
    ///
    /// # Errors
    /// [`Unfit`] where a removed member is not there, or an added one is.
    pub fn push(
        &mut self,
        item: ItemNo,
        complete: bool,
        removed: &[VersionNo],
        added: impl Iterator<Item = (VersionNo, Name, Option<f64>)>,
    ) -> Result<(), Unfit> {
        let set = self.sets.entry(item).or_default();
        let number = u32::try_from(set.versions.len()).unwrap_or(u32::MAX) + 1;
        for member in removed {
            let stay = set.open.remove(member).ok_or(Unfit)?;
            set.stays[stay as usize].to = number;
        }
        for (member, split, weight) in added {
            let place = u32::try_from(set.stays.len()).unwrap_or(u32::MAX);
            set.stays.push(Stay { member, split, weight, from: number, to: u32::MAX });
            if set.open.insert(member, place).is_some() {
                return Err(Unfit);
            }
            self.stays_of.entry(member).or_default().push((item, place));
        }
        let count = u32::try_from(set.open.len()).unwrap_or(u32::MAX);
        set.versions.push(Summary { count, complete });
        Ok(())
    }

    /// The members of the set's version of this number, in the order in which they came.
    pub fn members(&self, item: ItemNo, number: u32) -> impl Iterator<Item = &Stay> {
        self.sets.get(&item).into_iter().flat_map(|set| &set.stays).filter(move |stay| stay.covers(number))
    }

    /// The stay of a member in the set's version of this number.
    #[must_use]
    pub fn stay(&self, item: ItemNo, number: u32, member: VersionNo) -> Option<&Stay> {
        self.stays_of(member).find(|(set, stay)| *set == item && stay.covers(number)).map(|(_, stay)| stay)
    }

    /// Where a version is or was a member.
    pub fn stays_of(&self, member: VersionNo) -> impl Iterator<Item = (ItemNo, &Stay)> {
        let places = self.stays_of.get(&member).map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .filter_map(|(item, place)| self.sets.get(item).map(|set| (*item, &set.stays[*place as usize])))
    }

    /// Whether a version is or was a member of anything.
    #[must_use]
    pub fn is_member(&self, version: VersionNo) -> bool {
        self.stays_of.contains_key(&version)
    }

    /// What the set's version of this number is.
    #[must_use]
    pub fn summary(&self, item: ItemNo, number: u32) -> Option<Summary> {
        let place = number.checked_sub(1)? as usize;
        self.sets.get(&item)?.versions.get(place).copied()
    }
}
