//! Tags: every move of every name, and the versions that names point to at a seq.

use std::collections::{BTreeMap, HashMap};

use super::names::NameNo;
use crate::domain::id::Seq;
use crate::domain::numbers::{ItemNo, VersionNo};

/// A tag that was put on a version or removed from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The commit.
    pub seq: Seq,
    /// The move's position among those of its commit, from 0.
    pub place: u32,
    /// The tag.
    pub name: NameNo,
    /// True if it is an alias.
    pub alias: bool,
    /// The item of the version.
    pub item: ItemNo,
    /// The version that it was put on or removed from.
    pub version: VersionNo,
    /// True if it was put, false if it was removed.
    pub set: bool,
}

/// All tags with their history.
#[derive(Debug, Default)]
pub struct Tags {
    moves: Vec<Move>,
    by_version: HashMap<VersionNo, Vec<u32>>,
    by_alias: HashMap<(ItemNo, NameNo), Vec<u32>>,
    by_item: HashMap<ItemNo, Vec<u32>>,
    /// Moves by namespace and tag name, sorted by name.
    by_name: BTreeMap<(Box<str>, Box<str>), Vec<u32>>,
}

impl Tags {
    /// Adds the next move.
    pub fn push(&mut self, moved: Move, namespace: &str, name: &str) {
        let place = u32::try_from(self.moves.len()).unwrap_or(u32::MAX);
        self.moves.push(moved);
        self.by_version.entry(moved.version).or_default().push(place);
        self.by_item.entry(moved.item).or_default().push(place);
        if moved.alias {
            self.by_alias.entry((moved.item, moved.name)).or_default().push(place);
        }
        self.by_name.entry((namespace.into(), name.into())).or_default().push(place);
    }

    /// Returns true if the name is an alias in the namespace; `None` if it was never used.
    #[must_use]
    pub fn form(&self, namespace: &str, name: &str) -> Option<bool> {
        let first = *self.by_name.get(&(namespace.into(), name.into()))?.first()?;
        Some(self.moves[first as usize].alias)
    }

    /// The move that put an item's alias where it is at `seq`.
    #[must_use]
    pub fn alias(&self, item: ItemNo, name: NameNo, seq: Seq) -> Option<&Move> {
        let last = self.listed(self.by_alias.get(&(item, name)), seq).last()?;
        last.set.then_some(last)
    }

    /// The move that put a label tag on a version, if it is on it at `seq`.
    #[must_use]
    pub fn label(&self, version: VersionNo, name: NameNo, seq: Seq) -> Option<&Move> {
        let moves = self.listed(self.by_version.get(&version), seq);
        let last = moves.filter(|moved| !moved.alias && moved.name == name).last()?;
        last.set.then_some(last)
    }

    /// The last commit that put a tag on a version or removed it.
    #[must_use]
    pub fn moved(&self, version: VersionNo, name: NameNo) -> Option<Seq> {
        let places = self.by_version.get(&version)?.iter().rev();
        places
            .map(|place| &self.moves[*place as usize])
            .find(|moved| moved.name == name)
            .map(|moved| moved.seq)
    }

    /// The moves that put tags on a version, for those that are on it at `seq`; in the order of the
    /// names' first use.
    #[must_use]
    pub fn on(&self, version: VersionNo, seq: Seq) -> Vec<&Move> {
        let mut current: BTreeMap<NameNo, &Move> = BTreeMap::new();
        for moved in self.listed(self.by_version.get(&version), seq) {
            current.insert(moved.name, moved);
        }
        let still = |moved: &&Move| {
            moved.set
                && (!moved.alias
                    || self.alias(moved.item, moved.name, seq).is_some_and(|at| at.version == version))
        };
        current.into_values().filter(still).collect()
    }

    /// The versions of an item that ever carried a tag, by number.
    #[must_use]
    pub fn versions_of(&self, item: ItemNo, seq: Seq) -> Vec<VersionNo> {
        let mut versions: Vec<VersionNo> =
            self.listed(self.by_item.get(&item), seq).map(|moved| moved.version).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    /// Every move of a name up to `seq`, oldest first.
    pub fn history(&self, namespace: &str, name: &str, seq: Seq) -> impl Iterator<Item = &Move> {
        self.listed(self.by_name.get(&(namespace.into(), name.into())), seq)
    }

    /// The names in use, with their namespaces, sorted.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.by_name.keys().map(|(namespace, name)| (&**namespace, &**name))
    }

    /// The moves of one commit, in the order of the commit.
    #[must_use]
    pub fn of_commit(&self, seq: Seq) -> &[Move] {
        let from = self.moves.partition_point(|moved| moved.seq < seq);
        let to = self.moves.partition_point(|moved| moved.seq <= seq);
        &self.moves[from..to]
    }

    fn listed<'a>(&'a self, places: Option<&'a Vec<u32>>, seq: Seq) -> impl Iterator<Item = &'a Move> {
        let places = places.map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| &self.moves[*place as usize]).take_while(move |moved| moved.seq <= seq)
    }
}
