//! Labels and their class lists: renames are followed, and undone versions make stale only the
//! labels that were made with them.

use crate::domain::canonical::attributes::Leaf;
use crate::domain::log::facts::ClassMoveFact;
use crate::domain::numbers::{ItemNo, VersionNo};
use crate::lineage::index::ontology::{NewList, Ontologies};

/// The only class list.
const LIST: ItemNo = ItemNo(0);
const EVERYTHING: u32 = u32::MAX;

/// One version of the class list: its content by a letter, and its changes.
#[derive(Default)]
struct ListVersion {
    content: u8,
    changed: &'static [Leaf],
    made: &'static [Leaf],
    renamed: &'static [(Leaf, Leaf)],
}

/// Versions of the list take the numbers 0, 10, 20…; a label of list n and class c takes the number
/// 1000 + 100 n + c.
fn world(lists: &[ListVersion]) -> Ontologies {
    let mut world = Ontologies::default();
    for (place, list) in (0..).zip(lists) {
        let version = VersionNo(10 * place);
        let moved = ClassMoveFact { list: version, made: list.made.to_vec(), renamed: list.renamed.to_vec() };
        let moved = Some(&moved).filter(|moved| !moved.made.is_empty() || !moved.renamed.is_empty());
        world
            .push_list(LIST, &NewList { version, content: [list.content; 32], changed: list.changed, moved });
    }
    for (place, _) in (0..).zip(lists) {
        for class in 0..10_u32 {
            world.push_use(
                VersionNo(1000 + 100 * place + class),
                LIST,
                VersionNo(10 * place),
                &[Leaf::from(class)],
            );
        }
    }
    world
}

/// The lists, from 1, that made a label stale, given by its list, from 1, and its class.
fn stale(world: &Ontologies, list: u32, class: u32, visible: u32) -> Vec<u32> {
    let by = world.made_stale_by(VersionNo(1000 + 100 * (list - 1) + class), |_| LIST, visible);
    assert_eq!(
        world.stale(VersionNo(1000 + 100 * (list - 1) + class), |_| LIST, visible),
        by.first().copied(),
        "the first of them is the answer"
    );
    by.into_iter().map(|version| version.0 / 10 + 1).collect()
}

#[test]
fn every_list_that_changed_the_class_made_the_label_stale() {
    let world = world(&[
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 2, changed: &[1], ..ListVersion::default() },
        ListVersion { content: 3, changed: &[1, 2], ..ListVersion::default() },
    ]);
    assert_eq!(stale(&world, 1, 1, EVERYTHING), [2, 3]);
    assert_eq!(stale(&world, 2, 1, EVERYTHING), [3]);
    assert_eq!(stale(&world, 1, 2, EVERYTHING), [3]);
    assert_eq!(stale(&world, 3, 1, EVERYTHING), [0; 0]);
    assert_eq!(stale(&world, 1, 1, 20), [2], "the third list is not visible yet");
    assert_eq!(stale(&world, 1, 1, 10), [0; 0]);
}

#[test]
fn renames_are_followed_and_a_swap_takes_effect_at_once() {
    let world = world(&[
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 2, renamed: &[(1, 2), (2, 1)], ..ListVersion::default() },
        ListVersion { content: 3, renamed: &[(2, 5)], ..ListVersion::default() },
        ListVersion { content: 4, changed: &[5], ..ListVersion::default() },
    ]);
    assert_eq!(stale(&world, 1, 1, EVERYTHING), [4], "1 became 2 and then 5");
    assert_eq!(stale(&world, 1, 2, EVERYTHING), [0; 0], "2 became 1");
    assert_eq!(stale(&world, 2, 2, EVERYTHING), [4]);
    assert_eq!(stale(&world, 3, 5, EVERYTHING), [4]);
    assert_eq!(stale(&world, 1, 5, EVERYTHING), [4], "the name was free, and is judged as it is");
    assert_eq!(stale(&world, 1, 1, 30), [0; 0], "a rename alone makes nothing stale");
    let last = |from, visible| world.last_rename(LIST, VersionNo(from), visible).map(|list| list.0);
    assert_eq!(
        [(0, 10), (0, 20), (0, EVERYTHING), (20, EVERYTHING)].map(|(from, visible)| last(from, visible)),
        [None, Some(10), Some(20), None]
    );
}

#[test]
fn an_undone_list_makes_stale_only_the_labels_that_were_made_with_it() {
    let world = world(&[
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 2, changed: &[1, 2], made: &[3], ..ListVersion::default() },
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 2, changed: &[1, 2], made: &[3], ..ListVersion::default() },
    ]);
    assert_eq!(stale(&world, 1, 1, 20), [2]);
    assert_eq!(stale(&world, 1, 1, 30), [0; 0], "undone");
    assert_eq!(stale(&world, 2, 3, 30), [3], "made with what was undone");
    assert_eq!(stale(&world, 2, 4, 30), [0; 0], "a class that no list changed");
    assert_eq!(stale(&world, 3, 1, 30), [0; 0]);
    assert_eq!(stale(&world, 1, 1, EVERYTHING), [4], "done again, by the fourth list");
    assert_eq!(stale(&world, 3, 1, EVERYTHING), [4]);
    assert_eq!(stale(&world, 2, 3, EVERYTHING), [0; 0], "its list is back");
    assert_eq!(stale(&world, 4, 3, EVERYTHING), [0; 0]);
}

#[test]
fn an_undone_rename_is_followed_back() {
    let world = world(&[
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 2, renamed: &[(1, 2)], ..ListVersion::default() },
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 4, changed: &[1], ..ListVersion::default() },
    ]);
    assert_eq!(stale(&world, 2, 2, EVERYTHING), [4]);
    assert_eq!(stale(&world, 2, 2, 30), [0; 0]);
    assert_eq!(stale(&world, 1, 1, EVERYTHING), [4]);
    assert_eq!(world.last_rename(LIST, VersionNo(0), EVERYTHING), None);
    assert_eq!(world.last_rename(LIST, VersionNo(10), EVERYTHING), Some(VersionNo(20)), "undone after it");
}

#[test]
fn a_return_past_several_lists_undoes_each_of_them() {
    let world = world(&[
        ListVersion { content: 1, ..ListVersion::default() },
        ListVersion { content: 2, changed: &[1], ..ListVersion::default() },
        ListVersion { content: 3, changed: &[2], ..ListVersion::default() },
        ListVersion { content: 2, changed: &[1], ..ListVersion::default() },
        ListVersion { content: 5, changed: &[4], ..ListVersion::default() },
    ]);
    assert_eq!(stale(&world, 1, 1, EVERYTHING), [2], "the second list has stayed all the time");
    assert_eq!(stale(&world, 1, 2, EVERYTHING), [0; 0]);
    assert_eq!(stale(&world, 3, 2, EVERYTHING), [4]);
    assert_eq!(stale(&world, 3, 1, EVERYTHING), [0; 0]);
    assert_eq!(stale(&world, 3, 4, EVERYTHING), [5]);
}
