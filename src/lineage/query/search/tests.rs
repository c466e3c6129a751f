//! Search against a scan of everything: small random worlds, random filters, every seq.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Effort, SearchOrder, Window};
use crate::domain::canonical::attributes::Attributes;
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::{ItemKey, Kind};
use crate::domain::log::facts::{Facts, MembershipFact, Pin, Stamp, StatementFact, TagFact, VersionFact};
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::domain::search::conditions::Conditions;
use crate::domain::search::searchable::ValueKey;
use crate::domain::search::selection::{Selection, Span, Words};
use crate::domain::statement::StatementKind;
use crate::lineage::query::search::SortKey;
use crate::lineage::walk::flow::EdgeBudget;
use crate::lineage::{At, Index, Loading};

mod facets;
mod naive;
mod worlds;

use naive::Naive;
use worlds::{SearchWorld, filter, world};

const ORDERS: [SortKey; 3] = [SortKey::Key, SortKey::Created, SortKey::Committed];

/// An index and a naive model of the same world; the first commits are loaded as at a start.
fn built(world: &SearchWorld, loaded: usize) -> (Index, Naive) {
    let (mut loading, mut naive) = (Loading::default(), Naive::default());
    let (first, then) = world.commits.split_at(loaded.min(world.commits.len()));
    for commit in first {
        let facts = naive.commit(commit);
        let (seq, time) = (naive.seq(), naive.time());
        loading.apply(Stamp { seq, time, author: &commit.author }, facts.pack()).unwrap();
    }
    let mut index = loading.settled().unwrap();
    for commit in then {
        let facts = naive.commit(commit);
        let (seq, time) = (naive.seq(), naive.time());
        index.apply(Stamp { seq, time, author: &commit.author }, &facts).unwrap();
    }
    (index, naive)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn search_finds_what_reading_everything_finds(
        world in world(),
        loaded in 0..20_usize,
        filters in prop::collection::vec(filter(), 1..6),
    ) {
        let (index, naive) = built(&world, loaded);
        for (seq, filter) in (0..=naive.seq().0).flat_map(|seq| filters.iter().map(move |filter| (Seq(seq), filter))) {
            let at = At::new(&index, seq);
            let selection = filter.selection();
            let mut expected = naive.select(filter, seq);
            let found = at.select(&selection, &mut EdgeBudget::edges(u64::MAX)).unwrap();
            prop_assert_eq!(sorted(found.clone()), sorted(expected.clone()), "at {} {:?}", seq, filter);
            expected.sort_by_key(|item| at.key(*item));
            prop_assert_eq!(&found, &expected, "in order of keys");
            pages(at, &selection, &expected)?;
            if let (Some(text), Some(words)) = (&filter.words, &selection.words) {
                let words = at.walker().version_words(words);
                for version in 0..at.visible() {
                    let found = words.are_in(at, VersionNo(version));
                    prop_assert_eq!(found, naive.has_words(version as usize, text), "{} in {}", text, version);
                }
            }
        }
    }
}

fn sorted(mut items: Vec<ItemNo>) -> Vec<ItemNo> {
    items.sort_unstable();
    items
}

/// The pages of every order and limit, forwards and backwards, concatenate to the complete list.
fn pages(at: At<'_>, selection: &Selection, expected: &[ItemNo]) -> Result<(), TestCaseError> {
    let efforts = [(1_000_000, 65_536), (1_000_000, 0), (1_000_000, 2), (3, 0), (3, 2), (1, 0)];
    for (candidates, short) in efforts {
        let mut walker = at.walker();
        let search = walker
            .search(selection, &mut EdgeBudget::edges(u64::MAX))
            .unwrap()
            .with_effort(Effort { candidates, short });
        let count = search.count(&mut walker);
        prop_assert!(count.number <= expected.len() && (!count.exact || count.number == expected.len()));
        prop_assert!(count.exact || candidates < 4);
        for (by, descending) in ORDERS.into_iter().flat_map(|by| [(by, false), (by, true)]) {
            let order = SearchOrder { by, descending };
            let mut whole = expected.to_vec();
            match by {
                SortKey::Key => {}
                SortKey::Created => whole.sort_unstable(),
                SortKey::Committed => whole.sort_unstable_by_key(|item| at.head(*item)),
            }
            if descending {
                whole.reverse();
            }
            for from_end in [false, true] {
                let mut paged = Vec::new();
                let mut window = Window { most: 2, from_end, ..Window::default() };
                loop {
                    let found = search.page(&mut walker, order, window);
                    prop_assert!(found.stopped.is_none() || candidates < 4, "there was no need to stop");
                    let mut items: Vec<ItemNo> = found.items.iter().map(|(_, item)| *item).collect();
                    prop_assert!(items.len() <= 2);
                    let end = if from_end { found.items.first() } else { found.items.last() };
                    let next = found.stopped.or(end.map(|(place, _)| *place));
                    if from_end {
                        items.reverse();
                    }
                    paged.extend(items);
                    let Some(next) = next.filter(|_| found.more) else { break };
                    match from_end {
                        true => window.before = Some(next),
                        false => window.after = Some(next),
                    }
                }
                if from_end {
                    paged.reverse();
                }
                prop_assert_eq!(&paged, &whole, "{:?} {} {}", order, from_end, candidates);
            }
        }
    }
    Ok(())
}

/// Later commits do not change the results as of earlier ones.
#[test]
fn a_value_of_later_is_not_found_before() {
    let put = |name: &str, class: &str| worlds::WorldStep::Put {
        item: name.len() as u8,
        attributes: json!({ "class": class }),
        sources: Vec::new(),
    };
    let commit = |steps| worlds::WorldCommit { author: "ann".into(), steps };
    let world = SearchWorld { commits: vec![commit(vec![put("a", "owl")]), commit(vec![put("a", "lark")])] };
    let (index, _) = built(&world, 0);
    let having = |class: &str, at: u64| {
        let one = Conditions { equals: Some(json!(class)), ..Conditions::default() };
        let selection =
            Selection { attributes: Some(one.predicates("class").unwrap()), ..Selection::default() };
        At::new(&index, Seq(at)).select(&selection, &mut EdgeBudget::edges(u64::MAX)).unwrap().len()
    };
    assert_eq!([having("owl", 0), having("owl", 1), having("owl", 2)], [0, 1, 0]);
    assert_eq!([having("lark", 1), having("lark", 2)], [0, 1]);
}

/// Keys, short texts and stored words are found in any form of Unicode, whatever form was
/// committed.
#[test]
fn words_are_found_in_any_form() {
    let (mut index, at) = (Index::default(), Seq(1));
    let mut facts = Facts::default();
    let words = ["ku\u{308}ste", "東京都の夜景", "STRASSE", "ｶﾞﾗｽ"];
    for (place, word) in (0_u32..).zip(words) {
        // In the key, in a short text, and as words that were stored before texts were normalised.
        for (kind, part) in [Kind::Source, Kind::Label, Kind::Derived].into_iter().zip(0..) {
            let item = ItemNo(place * 3 + part);
            let key = if part == 0 { format!("tiles/{word}") } else { format!("{place}") };
            facts.items.push(ItemKey::new("a".parse().unwrap(), kind, &key).unwrap());
            let text = ("caption".to_owned(), ValueKey::new(&json!(word)));
            facts.versions.push(VersionFact {
                id: VersionId::from_bytes([u8::try_from(item.0).unwrap(); 32]),
                item,
                parent: None,
                content: [0; 32],
                payload: None,
                sources: Vec::new(),
                ontology: None,
                attributes: if part == 1 { vec![text] } else { Vec::new() },
                words: if part == 2 { vec![word.to_lowercase()] } else { Vec::new() },
                classes: Vec::new(),
                stale_classes: Vec::new(),
            });
        }
    }
    index.apply(Stamp { seq: at, time: 1, author: "ann" }, &facts).unwrap();
    let found = |text: &str| {
        let selection = Selection { words: Words::new(text), ..Selection::default() };
        let found = At::new(&index, at).select(&selection, &mut EdgeBudget::edges(u64::MAX)).unwrap();
        found.into_iter().map(|item| item.0).collect::<std::collections::BTreeSet<u32>>()
    };
    for (place, sought) in [
        (0, ["küste", "KÜST", "Ku\u{308}ste "]),
        (1, ["京都", "東京都 夜景", "夜"]),
        (2, ["straße", "Strasse", "stras"]),
        (3, ["ガラス", "ｶﾞﾗｽ", "ラス"]),
    ] {
        for text in sought {
            assert_eq!(found(text), (place * 3..place * 3 + 3).collect(), "{text}");
        }
    }
    assert!(["kuste", "北京", "京東", "夜東"].iter().all(|text| found(text).is_empty()));
}
