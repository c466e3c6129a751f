//! Keys made from parts: those of today remain, and no two lists of parts share one.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::domain::item::ItemKey;
use crate::domain::names::key::{fitted, joined};

#[test]
fn keys_remain() {
    for (parts, key) in [
        (["postgres://db:5432", "shop.public.orders"], "postgres://db:5432/shop.public.orders"),
        (["s3://lake", "team-a/cats"], "s3://lake/team-a/cats"),
        (["hdfs://name:8020", "/user/a"], "hdfs://name:8020//user/a"),
        (["file", "/raw"], "file//raw"),
        (["bigquery", "a.b.c"], "bigquery/a.b.c"),
        (["100%", "a%2Fb"], "100%/a%2Fb"),
        (["a:", "b"], "a:/b"),
        (["run", "f69a6e9b-9bac-4c9a-9cf6-eacb70ecc9a9"], "run/f69a6e9b-9bac-4c9a-9cf6-eacb70ecc9a9"),
        (["run", "/a//b"], "run//a//b"),
    ] {
        assert_eq!(joined(parts), key, "{parts:?}");
        assert_eq!(fitted(key), key);
    }
    assert_eq!(joined(["job", "night", "crop"]), "job/night/crop");
    assert_eq!(joined(["dataset", "s3://lake", "a/b"]), "dataset/s3://lake/a/b");
    // Keys that end with a hash are made from the same text as before.
    let long = format!("s3://lake/{}", "x".repeat(600));
    assert_eq!(fitted(&long), format!("s3://lake/{}~6a1aef4c692f510d9fe36be9c30383e1", "x".repeat(469)),);
    assert_eq!(fitted("line\nbreak"), "line_break~de13bc57615c02cc9a8886773e66ccfe");
}

#[test]
fn a_part_with_the_delimiter_is_escaped() {
    for (parts, key) in [
        (["s3://lake/team-a", "cats"], "/s3:%2F%2Flake%2Fteam-a/cats"),
        (["a/b", "c"], "/a%2Fb/c"),
        (["a%2Fb/", "c/d"], "/a%252Fb%2F/c/d"),
        (["a:", "/b"], "/a://b"),
        (["/a", "b"], "/%2Fa/b"),
        (["", "b"], "//b"),
    ] {
        assert_eq!(joined(parts), key, "{parts:?}");
    }
    assert_eq!(joined(["job", "a/b", "c"]), "/job/a%2Fb/c");
}

/// Returns all texts of at most `length` of these characters.
fn texts(characters: &str, length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let to = all.len();
        for place in from..to {
            all.extend(characters.chars().map(|c| format!("{}{c}", all[place])).collect::<Vec<_>>());
        }
        from = to;
    }
    all
}

#[test]
fn short_lists_of_parts_have_different_keys() {
    let parts = texts("a:/%", 4);
    let mut keys = HashMap::new();
    for (a, b) in parts.iter().flat_map(|a| parts.iter().map(move |b| (a, b))) {
        let key = joined([a, b]);
        if !a.is_empty() && !a.contains('/') && !b.contains('/') {
            assert_eq!(key, format!("{a}/{b}"));
        }
        assert_eq!(keys.insert(key, (a, b)), None);
    }
    let parts = texts("a:/", 3);
    let mut keys = HashMap::new();
    for a in &parts {
        for (b, c) in parts.iter().flat_map(|b| parts.iter().map(move |c| (b, c))) {
            let key = joined([a, b, c]);
            if [a, b, c].iter().all(|part| !part.is_empty() && !part.contains('/')) {
                assert_eq!(key, format!("{a}/{b}/{c}"));
            }
            assert_eq!(keys.insert(key, (a, b, c)), None);
        }
    }
}

proptest! {
    #[test]
    fn the_border_between_parts_counts(
        text in "[ab:/%25F~]{2,24}",
        a in any::<prop::sample::Index>(),
        b in any::<prop::sample::Index>(),
    ) {
        // Two ways to take one character out as the delimiter, and the keys of these as parts.
        let cut = |at: usize| [text[..at].to_owned(), text[at + 1..].to_owned()];
        let (a, b) = (cut(a.index(text.len())), cut(b.index(text.len())));
        let key = |[a, b]: &[String; 2]| joined([a, b]);
        prop_assert_eq!(a == b, key(&a) == key(&b));
        let within = [key(&a), String::new()];
        prop_assert_eq!(a == within, key(&a) == key(&within));
        let within = [String::new(), key(&a)];
        prop_assert_eq!(a == within, key(&a) == key(&within));
    }

    #[test]
    fn texts_of_any_length_have_different_keys(
        text in "[ab ~\n]{0,6}(x{500,600})?[ab ~\n]{0,6}",
        other in "[ab ~\n]{0,6}(x{500,600})?[ab ~\n]{0,6}",
        hash in "[0-9a-f]{32}",
    ) {
        let key = fitted(&text);
        prop_assert!(ItemKey::is_valid_key(&key));
        prop_assert_eq!(text == other, key == fitted(&other));
        // A text that looks like the key of another.
        let hashed = format!("{text}~{hash}");
        prop_assert_ne!(fitted(&hashed), hashed.as_str());
        if key != text.as_str() {
            prop_assert_ne!(fitted(&key), key.as_ref());
        }
    }
}
