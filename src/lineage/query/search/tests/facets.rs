//! Items by group, against a count of everything that is found.

use std::collections::{BTreeMap, BTreeSet};

use super::worlds::Filter;
use super::*;
use crate::lineage::Walker;
use crate::lineage::query::search::Search;
use crate::lineage::query::summary::items::MAX_GROUPS;
use crate::lineage::query::summary::{ItemAspect, ItemGrouping, ItemGroups};
use crate::lineage::walk::closure::Stopped;

/// Kind, namespace, tag, author and value; `None` for properties that were not requested.
type GroupName = (Option<Kind>, Option<String>, Option<String>, Option<String>, Option<Option<Vec<u8>>>);

fn grouping(choice: u8) -> ItemGrouping {
    let aspects = [ItemAspect::Kind, ItemAspect::Namespace, ItemAspect::Tag, ItemAspect::Author];
    let by = aspects.into_iter().enumerate().filter(|(n, _)| choice >> n & 1 == 1).map(|(_, a)| a).collect();
    ItemGrouping { by, paths: if choice & 16 == 16 { vec!["class".to_owned()] } else { Vec::new() } }
}

/// Counts the groups of all items that a scan finds, and the items.
fn expected(
    naive: &Naive,
    filter: &Filter,
    seq: Seq,
    by: &ItemGrouping,
) -> (BTreeMap<GroupName, usize>, usize) {
    let asks = |aspect| by.by.contains(&aspect);
    let described = naive.described(filter, seq);
    let mut groups: BTreeMap<GroupName, BTreeSet<usize>> = BTreeMap::new();
    for one in &described {
        let class = one.class.as_ref().map(|value| ValueKey::new(value).as_bytes().to_vec());
        let name = (
            asks(ItemAspect::Kind).then_some(one.kind),
            asks(ItemAspect::Namespace).then(|| one.namespace.clone()),
            asks(ItemAspect::Tag).then(|| one.tag.clone()).flatten(),
            asks(ItemAspect::Author).then(|| one.author.clone()),
            (!by.paths.is_empty()).then_some(class),
        );
        groups.entry(name).or_default().insert(one.item);
    }
    let items: BTreeSet<usize> = described.iter().map(|one| one.item).collect();
    (groups.into_iter().map(|(name, items)| (name, items.len())).collect(), items.len())
}

fn found(counted: &ItemGroups<'_>) -> Vec<(GroupName, usize)> {
    let groups = counted.groups.iter().map(|(shared, size)| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let value = shared.values.asked().first().map(|value| value.map(<[u8]>::to_vec));
        ((shared.kind, owned(shared.namespace), owned(shared.tag), owned(shared.author), value), size.items)
    });
    groups.collect()
}

fn count<'w>(
    walker: &'w mut Walker<'_>,
    search: &Search,
    by: &ItemGrouping,
    (most, edges): (usize, u64),
) -> (ItemGroups<'w>, u64) {
    let mut budget = EdgeBudget::edges(edges);
    let counted = walker.items_by(search, by, most, &mut budget);
    (counted, edges - budget.edges)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn groups_are_those_of_a_scan(
        world in world(),
        loaded in 0..20_usize,
        filters in prop::collection::vec(filter(), 1..4),
        choice in 0..32_u8,
    ) {
        let (index, naive) = built(&world, loaded);
        let by = grouping(choice);
        let filters: Vec<Filter> = filters.into_iter().chain([Filter::default()]).collect();
        for (seq, filter) in (0..=naive.seq().0).flat_map(|seq| filters.iter().map(move |filter| (Seq(seq), filter))) {
            let at = At::new(&index, seq);
            let (groups, items) = expected(&naive, filter, seq, &by);
            let mut walker = at.walker();
            let search = walker.search(&filter.selection(), &mut EdgeBudget::edges(u64::MAX)).unwrap();
            let (counted, edges) = count(&mut walker, &search, &by, (MAX_GROUPS, u64::MAX));
            prop_assert_eq!((counted.total, counted.stopped), (items, None));
            let names = found(&counted);
            prop_assert_eq!(names.iter().cloned().collect::<BTreeMap<_, _>>(), groups.clone());
            prop_assert_eq!(names.len(), groups.len(), "each group once");
            for (shared, size) in &counted.groups {
                prop_assert!(at.is_head(size.sample));
                prop_assert!(shared.kind.is_none_or(|kind| kind == at.kind(size.sample)));
            }
            cut(&mut walker, &search, &by, &groups, (items, edges))?;
        }
    }
}

/// With fewer edges or groups, counts are lower bounds, and the answer reports it.
fn cut(
    walker: &mut Walker<'_>,
    search: &Search,
    by: &ItemGrouping,
    groups: &BTreeMap<GroupName, usize>,
    (items, edges): (usize, u64),
) -> Result<(), TestCaseError> {
    for fewer in 0..edges {
        let (counted, taken) = count(walker, search, by, (MAX_GROUPS, fewer));
        prop_assert_eq!((counted.stopped, taken), (Some(Stopped::Edges), fewer));
        prop_assert!(counted.total <= items);
        prop_assert!(found(&counted).iter().all(|(name, size)| groups.get(name) >= Some(size)));
    }
    for fewer in 0..=groups.len() {
        let (counted, _) = count(walker, search, by, (fewer, u64::MAX));
        prop_assert_eq!((counted.groups.len(), counted.total), (fewer, items));
        prop_assert_eq!(counted.stopped, (fewer < groups.len()).then_some(Stopped::Nodes));
        prop_assert!(found(&counted).iter().all(|(name, size)| groups.get(name) == Some(size)));
    }
    Ok(())
}
