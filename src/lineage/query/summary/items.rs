//! Items that a search finds, counted by group: the facets of a search.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::Namespaces;
use super::values::{Grouping, Numbers, Values};
use crate::domain::item::Kind;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::names::NameNo;
use crate::lineage::query::search::Search;
use crate::lineage::walk::closure::Stopped;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Walker};

/// The most groups that are counted.
pub const MAX_GROUPS: usize = 100_000;

/// A property by which items are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemAspect {
    /// Their kind.
    Kind,
    /// Their namespace.
    Namespace,
    /// Each tag on their heads.
    Tag,
    /// The author of the commit of their heads.
    Author,
}

/// The common properties of the items of a group; `None` for properties that were not requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ItemShared<'a> {
    /// Their kind.
    pub kind: Option<Kind>,
    /// Their namespace.
    pub namespace: Option<&'a str>,
    /// The tag; `None` for items whose head has none.
    pub tag: Option<&'a str>,
    /// The author of the commit of their heads.
    pub author: Option<&'a str>,
    /// The values of the attributes of their heads.
    pub values: Values<'a>,
}

/// The grouping of items.
#[derive(Debug, Clone, Default)]
pub struct ItemGrouping {
    /// The first criteria.
    pub by: Vec<ItemAspect>,
    /// The paths of attributes whose values are the second criteria.
    pub paths: Vec<String>,
}

/// The size of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemGroupSize {
    /// The number of items, from 1.
    pub items: usize,
    /// The head of one of them.
    pub sample: VersionNo,
}

/// Items counted by group.
#[derive(Debug, Clone, Default)]
pub struct ItemGroups<'a> {
    /// The groups, in the order of the grouping. An item whose head has several tags is in several.
    pub groups: Vec<(ItemShared<'a>, ItemGroupSize)>,
    /// The number of all items.
    pub total: usize,
    /// The reason why the counts are lower bounds; `None` if they are exact.
    pub stopped: Option<Stopped>,
}

impl ItemShared<'_> {
    fn compare(&self, other: &Self, by: &[ItemAspect]) -> Ordering {
        let compared = by.iter().map(|aspect| match aspect {
            ItemAspect::Kind => self.kind.cmp(&other.kind),
            ItemAspect::Namespace => self.namespace.cmp(&other.namespace),
            ItemAspect::Tag => self.tag.cmp(&other.tag),
            ItemAspect::Author => self.author.cmp(&other.author),
        });
        compared.fold(Ordering::Equal, Ordering::then).then(self.values.cmp(&other.values))
    }
}

/// The common properties of the items of a group, by numbers that never change while the index
/// grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct ItemGroupKey {
    kind: Option<Kind>,
    /// An item in the namespace: the first that was met.
    namespace: Option<ItemNo>,
    tag: Option<NameNo>,
    author: Option<NameNo>,
    values: Numbers,
}

/// Counts items by group.
struct Counter<'g> {
    grouping: &'g ItemGrouping,
    values: Grouping,
    namespaces: Namespaces,
    sizes: HashMap<ItemGroupKey, ItemGroupSize>,
    most: usize,
    /// True if a group was not counted because there were too many.
    full: bool,
}

impl<'g> Counter<'g> {
    fn new(at: At<'_>, grouping: &'g ItemGrouping, most: usize) -> Self {
        let values = Grouping::new(at, &grouping.paths);
        Self { grouping, values, namespaces: Namespaces::default(), sizes: HashMap::new(), most, full: false }
    }

    fn asks(&self, aspect: ItemAspect) -> bool {
        self.grouping.by.contains(&aspect)
    }

    /// True if the groups depend on namespaces and kinds alone.
    fn is_by_identity(&self) -> bool {
        let identity = [ItemAspect::Kind, ItemAspect::Namespace];
        self.grouping.paths.is_empty() && self.grouping.by.iter().all(|aspect| identity.contains(aspect))
    }

    /// Adds an item to its groups: one for each tag if they are by tag.
    fn count(&mut self, at: At<'_>, item: ItemNo, head: VersionNo) {
        let key = ItemGroupKey {
            author: self
                .asks(ItemAspect::Author)
                .then(|| at.index.postings.author(at.seq_of(head)))
                .flatten(),
            values: self.values.numbers(at, head),
            ..self.identity(at, item)
        };
        let mut tags: Vec<NameNo> = match self.asks(ItemAspect::Tag) {
            true => at.tags(head).iter().map(|moved| moved.name).collect(),
            false => Vec::new(),
        };
        tags.dedup();
        match tags[..] {
            [] => self.add(key, 1, head),
            _ => tags.into_iter().for_each(|tag| self.add(ItemGroupKey { tag: Some(tag), ..key }, 1, head)),
        }
    }

    /// Counts the items of a search that is by identity, and returns their number.
    fn count_identities(&mut self, at: At<'_>, search: &Search) -> usize {
        let mut total = 0;
        for items in search.identities(at) {
            let Some((item, head)) = items.first().and_then(|item| Some((*item, at.head(*item)?))) else {
                continue;
            };
            total += items.len();
            let key = self.identity(at, item);
            self.add(key, items.len(), head);
        }
        total
    }

    fn identity(&mut self, at: At<'_>, item: ItemNo) -> ItemGroupKey {
        ItemGroupKey {
            kind: self.asks(ItemAspect::Kind).then(|| at.key(item).kind),
            namespace: self.asks(ItemAspect::Namespace).then(|| self.namespaces.of(at, item)),
            ..ItemGroupKey::default()
        }
    }

    fn add(&mut self, key: ItemGroupKey, items: usize, sample: VersionNo) {
        if let Some(size) = self.sizes.get_mut(&key) {
            size.items += items;
        } else if self.sizes.len() < self.most {
            self.sizes.insert(key, ItemGroupSize { items, sample });
        } else {
            self.full = true;
        }
    }

    fn in_order<'a>(&self, at: At<'a>) -> Vec<(ItemShared<'a>, ItemGroupSize)> {
        let shared = |key: &ItemGroupKey| ItemShared {
            kind: key.kind,
            namespace: key.namespace.map(|item| at.key(item).namespace.as_str()),
            tag: key.tag.map(|tag| at.index.text(tag)),
            author: key.author.map(|author| at.index.text(author)),
            values: self.values.values(at, &key.values),
        };
        let mut groups: Vec<_> = self.sizes.iter().map(|(key, size)| (shared(key), *size)).collect();
        groups.sort_unstable_by(|(a, _), (b, _)| a.compare(b, &self.grouping.by));
        groups
    }
}

impl Walker<'_> {
    /// Counts the items that a search finds, by group; at most `most` groups. Each candidate of the
    /// search takes one edge. If the search and the groups are about namespaces and kinds alone, no
    /// item is read.
    #[must_use]
    pub fn items_by(
        &mut self,
        search: &Search,
        grouping: &ItemGrouping,
        most: usize,
        budget: &mut EdgeBudget,
    ) -> ItemGroups<'_> {
        let mut counter = Counter::new(self.at(), grouping, most);
        let (mut total, mut stopped) = (0, None);
        if counter.is_by_identity() && search.is_by_identity() {
            total = counter.count_identities(self.at(), search);
        } else {
            stopped = search.each(self, budget, |at, item, head| {
                total += 1;
                counter.count(at, item, head);
            });
        }
        let stopped = stopped.or(counter.full.then_some(Stopped::Nodes));
        ItemGroups { groups: counter.in_order(self.at()), total, stopped }
    }
}
