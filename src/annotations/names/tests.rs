use proptest::prelude::*;

use super::{Found, How, Resolver};

fn resolver(paths: &[&str]) -> Resolver {
    Resolver::new(paths.iter().map(|path| (*path).to_owned()))
}

#[test]
fn a_name_is_found_in_the_spellings_of_other_systems() {
    let folder = resolver(&[
        "a.jpg",
        "images/a.jpg",
        "images/b c.jpg",
        "my photos/a b.jpg",
        "100%25.jpg",
        "Mixed/Case.JPG",
        "caf\u{e9}/n.png",
        "media/upload/7/0f9a-x.jpg",
        "deep/down/only.png",
        "a\\b.jpg",
        "end .jpg ",
    ]);
    for (name, path, how) in [
        ("images/a.jpg", "images/a.jpg", How::Exact),
        ("100%25.jpg", "100%25.jpg", How::Exact),
        ("a\\b.jpg", "a\\b.jpg", How::Exact),
        ("end .jpg ", "end .jpg ", How::Exact),
        ("./a.jpg", "a.jpg", How::Path),
        ("images\\a.jpg", "images/a.jpg", How::Path),
        ("images/../a.jpg", "a.jpg", How::Path),
        ("images//b c.jpg ", "images/b c.jpg", How::Path),
        ("/a.jpg", "a.jpg", How::Path),
        ("my%20photos/a%20b.jpg", "my photos/a b.jpg", How::Decoded),
        ("images%5Ca.jpg", "images/a.jpg", How::Decoded),
        ("/data/local-files/?d=my%20photos/a%20b.jpg", "my photos/a b.jpg", How::Decoded),
        ("/data/local-files/?d=images%5Cb c.jpg", "images/b c.jpg", How::Decoded),
        ("cafe\u{301}/n.png", "caf\u{e9}/n.png", How::NormalForm),
        ("mixed\\case.jpg", "Mixed/Case.JPG", How::Case),
        ("Deep/Down/only.png", "deep/down/only.png", How::Case),
        ("s3://bucket/prefix/images/a.jpg", "images/a.jpg", How::Tail),
        ("https://h.example/images/b%20c.jpg?X-Amz-Signature=1#top", "images/b c.jpg", How::Tail),
        ("../../media/a.jpg", "a.jpg", How::Tail),
        ("C:\\data\\Images\\a.jpg", "images/a.jpg", How::Tail),
        ("only.png", "deep/down/only.png", How::Tail),
        ("/data/upload/7/0f9a-x.jpg", "media/upload/7/0f9a-x.jpg", How::Tail),
        ("gs://b/DOWN/ONLY.PNG", "deep/down/only.png", How::Tail),
    ] {
        assert_eq!(folder.find(name), Found::One(path, how), "{name}");
    }
}

#[test]
fn an_address_is_found_by_its_tail_only_if_nothing_contradicts() {
    let folder =
        resolver(&["upload/7/x.jpg", "train/images/a.jpg", "y/b.jpg", "z/b.jpg", "c.jpg", "photos/c.jpg"]);
    for (name, found) in [
        ("/data/upload/7/x.jpg", Found::One("upload/7/x.jpg", How::Tail)),
        ("val/images/a.jpg", Found::None),
        ("s3://bucket/val/images/a.jpg", Found::None),
        ("images/a.jpg", Found::One("train/images/a.jpg", How::Tail)),
        ("b.jpg", Found::Several(vec!["y/b.jpg", "z/b.jpg"])),
        // The longest path that the address ends with.
        ("s3://bucket/photos/c.jpg", Found::One("photos/c.jpg", How::Tail)),
        ("s3://bucket/other/c.jpg", Found::One("c.jpg", How::Tail)),
        ("xc.jpg", Found::None),
        ("", Found::None),
        ("..", Found::None),
        ("?", Found::None),
        ("https://h.example/", Found::None),
    ] {
        assert_eq!(folder.find(name), found, "{name}");
    }
}

#[test]
fn other_case_counts_only_where_it_is_unique() {
    let folder = resolver(&["A.jpg", "a.JPG", "b.jpg", "sub/B.jpg"]);
    assert_eq!(folder.find("A.jpg"), Found::One("A.jpg", How::Exact));
    assert_eq!(folder.find("a.jpg"), Found::Several(vec!["A.jpg", "a.JPG"]));
    assert_eq!(folder.find("B.JPG"), Found::One("b.jpg", How::Case));
    assert_eq!(folder.find("x/sub/B.jpg"), Found::One("sub/B.jpg", How::Tail));
    assert!(Resolver::default().is_empty() && folder.len() == 4);
}

#[test]
fn invalid_encodings_stay_as_they_are() {
    let folder = resolver(&["50%.jpg", "%ff.jpg", "%zz.jpg", "a%2fb.jpg"]);
    for name in ["50%.jpg", "%ff.jpg", "%zz.jpg", "a%2fb.jpg"] {
        assert_eq!(folder.find(&format!("./{name}")), Found::One(name, How::Path));
    }
}

proptest! {
    #[test]
    fn every_path_is_found_by_its_own_spellings(
        paths in prop::collection::btree_set("[a-cA-C é%]{1,3}(/[a-c .]{1,3}){0,2}", 1..8),
        name in "[a-c/\\\\.% ?]{0,8}",
    ) {
        let folder = Resolver::new(paths.iter().cloned());
        for path in &paths {
            prop_assert_eq!(folder.find(path), Found::One(path.as_str(), How::Exact));
        }
        match folder.find(&name) {
            Found::One(path, how) => {
                prop_assert!(paths.contains(path));
                prop_assert_eq!(how == How::Exact, path == name.as_str());
            }
            Found::Several(several) => prop_assert!(several.len() > 1),
            Found::None => prop_assert!(!paths.contains(&name)),
        }
    }
}
