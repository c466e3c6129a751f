//! Pins: members of a training set with their splits and weights.

use std::collections::BTreeMap;

use super::canonical::wire::{Broken, Reader, Writer};
use super::numbers::VersionNo;

/// A member with its split and weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    /// The pinned version.
    pub version: VersionNo,
    /// Its split.
    pub split: String,
    /// Its weight.
    pub weight: Option<f64>,
}

/// Pins with the same split and weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The split.
    pub split: String,
    /// The weight.
    pub weight: Option<f64>,
    /// The pinned versions, ascending.
    pub versions: Vec<VersionNo>,
}

/// Pins in groups: split and weight are stored once per group, so that a pin takes four bytes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pins {
    groups: Vec<Group>,
}

impl Pins {
    /// Returns the groups, by split and weight.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Returns the number of pins.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.versions.len()).sum()
    }

    /// Returns true if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the pinned versions with the indexes of their groups, by version.
    #[must_use]
    pub fn by_version(&self) -> Vec<(VersionNo, usize)> {
        let mut pins = Vec::with_capacity(self.len());
        for (place, group) in self.groups.iter().enumerate() {
            pins.extend(group.versions.iter().map(|version| (*version, place)));
        }
        // Each group is ascending, so this sort merges runs.
        pins.sort_by_key(|(version, _)| *version);
        pins
    }

    /// Returns the pins, by version.
    #[must_use]
    pub fn to_vec(&self) -> Vec<Pin> {
        let pin = |(version, place): (VersionNo, usize)| {
            let Group { split, weight, .. } = &self.groups[place];
            Pin { version, split: split.clone(), weight: *weight }
        };
        self.by_version().into_iter().map(pin).collect()
    }

    pub(super) fn pack(&self, w: &mut Writer) {
        w.list(&self.groups, |w, group| {
            w.text(&group.split);
            w.flag(group.weight.is_some());
            if let Some(weight) = group.weight {
                w.raw(&weight.to_le_bytes());
            }
            w.ascending(group.versions.iter().map(|version| version.0));
        });
    }

    pub(super) fn unpack(r: &mut Reader<'_>) -> Result<Self, Broken> {
        let groups = r.list(|r| {
            Ok(Group {
                split: r.text()?.to_owned(),
                weight: if r.flag()? { Some(f64::from_le_bytes(r.raw()?)) } else { None },
                versions: r.ascending(VersionNo)?,
            })
        })?;
        Ok(Self { groups })
    }
}

impl FromIterator<Pin> for Pins {
    fn from_iter<I: IntoIterator<Item = Pin>>(pins: I) -> Self {
        let mut groups: BTreeMap<(String, Option<u64>), Vec<VersionNo>> = BTreeMap::new();
        for pin in pins {
            groups.entry((pin.split, pin.weight.map(f64::to_bits))).or_default().push(pin.version);
        }
        let group = |((split, weight), mut versions): (_, Vec<VersionNo>)| {
            versions.sort_unstable();
            Group { split, weight: Option::map(weight, f64::from_bits), versions }
        };
        Self { groups: groups.into_iter().map(group).collect() }
    }
}
