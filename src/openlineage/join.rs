//! Data sets with several names, from the facet `symlinks`: all names are one item.
//!
//! The item of a data set is the one that is known under any of its names, else that of its own
//! name. The first version of the item of every other name is derived from it in the role SYMLINK,
//! by which later events find it. Items that were two until then remain; the newest version of one
//! becomes a source of the other.

use super::changes::{ChangeBuilder, below};
use super::describe;
use super::event::{BadEvent, Dataset, QualifiedName};
use super::names;
use crate::domain::item::ItemKey;
use crate::domain::write::proposal::Ref;

/// The role of the item of a data set as the source of another name of it.
const SYMLINK: &str = "SYMLINK";

/// The most joins from name to name that are followed. Each starts at an item that was the last
/// one, so only data sets that were joined repeatedly have more than one.
const MAX_FOLLOWED: usize = 64;

impl ChangeBuilder<'_> {
    /// Returns the item of a data set.
    pub(super) fn item(&self, name: &QualifiedName) -> Result<ItemKey, BadEvent> {
        Ok(self.last(names::dataset(name)?))
    }

    /// Follows joins from an item to the last one.
    fn last(&self, mut item: ItemKey) -> ItemKey {
        for _ in 0..MAX_FOLLOWED {
            match self.joined.get(&item).cloned().or_else(|| self.joined_before(&item)) {
                Some(next) => item = next,
                None => break,
            }
        }
        item
    }

    /// Returns the item to which an earlier event joined this one.
    fn joined_before(&self, item: &ItemKey) -> Option<ItemKey> {
        let role = self.at.name(SYMLINK)?;
        let first = self.at.history(self.at.item(&item.id())?).first()?;
        let edge = self.at.sources(*first).find(|edge| edge.role == role)?;
        Some(self.at.key(self.at.item_of(edge.other)).clone())
    }

    /// Joins the names of each data set.
    pub(super) fn join<'s>(&mut self, sets: impl IntoIterator<Item = &'s Dataset>) -> Result<(), BadEvent> {
        for set in sets.into_iter().filter(|set| !set.aliases.is_empty()) {
            let mut items: Vec<(ItemKey, &QualifiedName)> = Vec::new();
            for name in std::iter::once(&set.name).chain(&set.aliases) {
                let item = self.item(name)?;
                if !items.iter().any(|(known, _)| *known == item) {
                    items.push((item, name));
                }
            }
            let known = items.iter().filter(|(item, _)| self.exists(item));
            // The first of those with the most right to it: written, known, its own name.
            let chosen =
                known.clone().find(|(item, _)| self.is_written(item)).or_else(|| known.clone().next());
            let (to, name) = chosen.unwrap_or(&items[0]).clone();
            let first = self.begin(&to, &describe::dataset(name), None);
            for (item, name) in items.iter().filter(|(item, _)| *item != to) {
                self.join_to(item, name, &to, &first);
            }
        }
        Ok(())
    }

    /// Joins an item to another one, whose first version is given.
    fn join_to(&mut self, item: &ItemKey, name: &QualifiedName, to: &ItemKey, first: &Ref) {
        let mut source = first.clone();
        if self.exists(item) {
            self.messages
                .push(format!("{item} and {to} were two data sets until now; both names are {to} now"));
            source = self.newest_above(to, item).unwrap_or(source);
        }
        let alias = self.begin(item, &describe::dataset(name), None);
        self.say(&alias, &source, SYMLINK);
        self.joined.insert(item.clone(), to.clone());
    }

    /// Returns the newest version of `to` that does not derive from the first version of `item`.
    fn newest_above(&self, to: &ItemKey, item: &ItemKey) -> Option<Ref> {
        let history = |item: &ItemKey| self.at.item(&item.id()).map(|item| self.at.history(item));
        let below = below(self.at, *history(item)?.first()?)?;
        let newest = history(to)?.iter().rfind(|version| !below.contains(version))?;
        Some(Ref::Id(self.at.id(*newest)))
    }

    /// Returns true if an item has more than the version that identifies it.
    fn is_written(&self, item: &ItemKey) -> bool {
        self.at.item(&item.id()).is_some_and(|item| self.at.history(item).len() > 1)
    }
}
