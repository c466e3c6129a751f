//! Dictionaries, lists and digests, against the maps of `std`.

use std::collections::BTreeMap;
use std::ops::Bound;

use proptest::prelude::*;

use crate::domain::id::Digest;
use crate::lineage::index::containers::dictionary::Dictionary;
use crate::lineage::index::containers::digests::Digests;
use crate::lineage::index::containers::flat_lists::FlatLists;
use crate::lineage::index::containers::small_lists::SmallLists;
use crate::lineage::index::containers::sorted::sort;

/// Strings with common prefixes, of different lengths, with the lowest byte.
fn string() -> impl Strategy<Value = Vec<u8>> {
    let start = prop_oneof![Just(""), Just("tiles/2026/0001"), Just("tiles/2026/00012345678901234567890")];
    let end = prop::collection::vec(prop::sample::select(vec![0_u8, b'a', b'b', 0xff]), 0..20);
    (start, end).prop_map(|(start, end)| [start.as_bytes(), &end].concat())
}

proptest! {
    #[test]
    fn strings_are_sorted(strings in prop::collection::btree_set(string(), 0..200)) {
        let expected: Vec<Vec<u8>> = strings.into_iter().collect();
        let mut shuffled = expected.clone();
        shuffled.sort_by_key(|string| *blake3::hash(string).as_bytes());
        let mut numbers: Vec<u32> = (0..).take(shuffled.len()).collect();
        sort(&mut numbers, |number| &shuffled[number as usize]);
        let sorted: Vec<&Vec<u8>> = numbers.iter().map(|number| &shuffled[*number as usize]).collect();
        prop_assert_eq!(sorted, expected.iter().collect::<Vec<_>>());
    }

    /// Settled after batches of any size: inserted one by one, and sorted again as one batch.
    #[test]
    fn a_dictionary_is_a_map(
        batches in prop::collection::vec(prop::collection::vec(string(), 0..20), 0..8),
        low in string(),
        high in string(),
    ) {
        let (mut dictionary, mut map) = (Dictionary::default(), BTreeMap::new());
        for batch in batches {
            for string in batch {
                let next = u32::try_from(map.len()).unwrap();
                let known = map.get(&string).copied();
                prop_assert_eq!(dictionary.find(&string), known);
                prop_assert_eq!(dictionary.intern(&string), (known.unwrap_or(next), known.is_none()));
                map.entry(string).or_insert(next);
            }
            dictionary.sort_new();
            prop_assert!(map.iter().all(|(string, number)| dictionary.get(*number) == string));
            let begins = map.iter().filter(|(string, _)| string.starts_with(&low)).map(|(_, number)| *number);
            prop_assert_eq!(dictionary.beginning(&low).collect::<Vec<_>>(), begins.collect::<Vec<_>>());
            let (low, high) = (low.as_slice().min(&high), low.as_slice().max(&high));
            let bounds = [Bound::Unbounded, Bound::Included(low), Bound::Excluded(low)].into_iter().zip(
                [Bound::Excluded(high), Bound::Included(high), Bound::Unbounded]);
            for (from, to) in bounds {
                let expected = map.range::<[u8], _>((from, to)).map(|(_, number)| *number);
                let found = dictionary.range(from, to);
                prop_assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn lists_hold_what_was_pushed(pushes in prop::collection::vec((0..5_usize, any::<u32>()), 0..30)) {
        let (mut short, mut lists) = (SmallLists::default(), vec![Vec::new(); 5]);
        (0..5).for_each(|_| short.begin());
        for (list, element) in pushes {
            short.push(list, element);
            lists[list].push(element);
        }
        prop_assert!(lists.iter().enumerate().all(|(list, expected)| short.get(list) == expected));
    }
}

proptest! {
    /// Filled one by one and in batches, alternately.
    #[test]
    fn flat_lists_hold_what_was_added(
        batches in prop::collection::vec(prop::collection::vec((0..6_usize, any::<u32>()), 0..40), 0..12),
    ) {
        let (mut flat, mut lists) = (FlatLists::default(), vec![Vec::new(); 6]);
        for (turn, batch) in batches.iter().enumerate() {
            if turn % 3 == 0 {
                flat.extend(batch.iter().copied());
            } else {
                batch.iter().for_each(|(list, element)| flat.push(*list, *element));
            }
            batch.iter().for_each(|(list, element)| lists[*list].push(*element));
            prop_assert!(lists.iter().enumerate().all(|(list, expected)| flat.get(list) == expected));
        }
        let len = batches.iter().map(Vec::len).sum::<usize>();
        prop_assert!(flat.is_large_batch(len / 8 + 1) && !flat.is_large_batch(len / 8));
    }
}

/// Digests with equal first eight bytes are distinguished.
#[test]
fn digests_have_numbers() {
    let mut digests = Digests::default();
    let digest = |n: u32| {
        let mut bytes = *Digest::of(&(n / 3).to_le_bytes()).as_bytes();
        bytes[8..12].copy_from_slice(&n.to_le_bytes());
        Digest::from_bytes(bytes)
    };
    for n in 0..1_000 {
        assert_eq!(digests.find(&digest(n)), None);
        assert_eq!(digests.push(digest(n)), n);
    }
    assert!((0..1_000).all(|n| digests.find(&digest(n)) == Some(n) && digests[n as usize] == digest(n)));
}
