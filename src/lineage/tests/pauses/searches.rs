//! Searches over all items.

use serde_json::json;

use super::in_worlds;
use crate::domain::id::Seq;
use crate::domain::item::Kind;
use crate::domain::numbers::ItemNo;
use crate::domain::search::conditions::Conditions;
use crate::domain::search::selection::{Selection, Span, Words};
use crate::lineage::Walker;
use crate::lineage::query::search::{Effort, Search, SearchOrder, SortKey, Window};
use crate::lineage::query::statements::{CommitAxis, CommitSelection};
use crate::lineage::query::summary::{ItemAspect, ItemGrouping};
use crate::lineage::walk::flow::EdgeBudget;

/// One filter of each type.
fn selections() -> Vec<Selection> {
    let equals = Conditions { equals: Some(json!(1)), ..Conditions::default() };
    let plain = Selection::default();
    vec![
        plain.clone(),
        Selection { kinds: Some(vec![Kind::Source, Kind::Derived]), ..plain.clone() },
        Selection { key_prefix: Some("item-1".to_owned()), ..plain.clone() },
        Selection { attributes: Some(equals.predicates("says").unwrap()), ..plain.clone() },
        Selection { words: Words::new("item "), ..plain.clone() },
        Selection { words: Words::new("it"), wrong: Some(false), ..plain.clone() },
        Selection { wrong: Some(true), ..plain.clone() },
        Selection { stale: Some(true), ..plain.clone() },
        Selection { authors: Some(vec!["ada".to_owned()]), stale: Some(false), ..plain.clone() },
        Selection { committed: Span { from: Some(Seq(2)), ..Span::default() }, ..plain.clone() },
        Selection { created: Span { to: Some(Seq(4)), ..Span::default() }, ..plain },
    ]
}

/// All results of a search in each order, page by page.
fn pages(w: &mut Walker<'_>, search: &Search) -> Vec<(u32, ItemNo)> {
    let mut all = Vec::new();
    for by in [SortKey::Key, SortKey::Created, SortKey::Committed] {
        for (descending, from_end) in [(false, false), (true, false), (false, true), (true, true)] {
            let order = SearchOrder { by, descending };
            let mut window = Window { most: 3, from_end, ..Window::default() };
            loop {
                let found = search.page(w, order, window);
                let end = if from_end { found.items.first() } else { found.items.last() };
                let next = found.stopped.or(end.map(|(place, _)| *place));
                let (more, mut items) = (found.more, found.items);
                if from_end {
                    items.reverse();
                }
                all.extend(items);
                let Some(next) = next.filter(|_| more) else { break };
                *(if from_end { &mut window.before } else { &mut window.after }) = Some(next);
            }
        }
    }
    all
}

#[test]
fn searches_are_the_same_while_the_index_grows() {
    let names = [
        "all",
        "kinds",
        "prefix",
        "attribute",
        "word",
        "beginning",
        "wrong",
        "stale",
        "author",
        "committed",
        "created",
    ];
    in_worlds(30, 10, |paused| {
        for (name, selection) in names.into_iter().zip(selections()) {
            let by = vec![ItemAspect::Kind, ItemAspect::Namespace, ItemAspect::Tag, ItemAspect::Author];
            let grouping = ItemGrouping { by, paths: vec!["says".to_owned()] };
            paused.compare("facets", |w| {
                let budget = &mut EdgeBudget::edges(u64::MAX);
                let search = w.search(&selection, budget).unwrap();
                format!("{:?}", w.items_by(&search, &grouping, 1_000, budget))
            });
            for (candidates, short) in [(1_000_000, 65_536), (1_000_000, 2), (3, 0)] {
                paused.compare(name, |w| {
                    let search = w.search(&selection, &mut EdgeBudget::edges(u64::MAX)).unwrap();
                    let search = search.with_effort(Effort { candidates, short });
                    // With a low limit, the candidates that a search reads depend on the lengths of
                    // lists, in later commits, too.
                    let count = Some(search.count(w)).filter(|_| candidates > 3);
                    (count, search.all(w), pages(w, &search))
                });
            }
        }
    });
}

#[test]
fn counts_and_words_are_the_same_while_the_index_grows() {
    in_worlds(60, 12, |paused| {
        for with_statements in [Some(true), Some(false)] {
            let selection = CommitSelection { with_statements, ..CommitSelection::default() };
            paused.compare("histogram", |w| {
                w.commit_counts(&selection, CommitAxis::Time, 3, &mut EdgeBudget::edges(u64::MAX))
            });
        }
        for text in ["it", "item 1"] {
            let words = Words::new(text).unwrap();
            paused.compare("words", |w| {
                let sought = w.version_words(&words);
                let mut all = paused.all();
                w.retain(&mut all, |at, version| sought.are_in(at, *version));
                all
            });
        }
    });
}
