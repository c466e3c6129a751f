//! Each name has one text and one parser.

use proptest::prelude::*;

use crate::domain::class_change::ClassChangeKind;
use crate::domain::id::{Digest, ItemId, Malformed, Seq, VersionId, hex, unhex};
use crate::domain::invalid::Invalid;
use crate::domain::item::{ItemKey, Kind, Namespace};
use crate::domain::names::reference::{Reference, VersionSelector};
use crate::domain::statement::{StatementId, StatementKind};
use crate::domain::text;

const SIXTY_FOUR: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fn ids() {
    let expected = "an item id: `item:` and 64 lower-case hex digits";
    for text in [
        String::new(),
        "item:".to_owned(),
        SIXTY_FOUR.to_owned(),
        format!("version:{SIXTY_FOUR}"),
        format!("ITEM:{SIXTY_FOUR}"),
        format!("item:{}", SIXTY_FOUR.to_uppercase()),
        format!("item:{SIXTY_FOUR} "),
        format!("item:{}", &SIXTY_FOUR[1..]),
        format!("item:{SIXTY_FOUR}0"),
        format!("item:{}g", &SIXTY_FOUR[1..]),
        format!("item:{}é", &SIXTY_FOUR[2..]),
    ] {
        assert_eq!(text.parse::<ItemId>(), Err(Malformed::new(&text, expected)), "{text:?}");
    }
    assert_eq!(format!("item:{SIXTY_FOUR}").parse::<ItemId>().unwrap().hex(), SIXTY_FOUR);
    assert_eq!(format!("{:?}", ItemId::from_hex(SIXTY_FOUR).unwrap()), "item:001122334455…");
    let long = "x".repeat(1_000).parse::<Digest>().unwrap_err().to_string();
    assert_eq!(
        long,
        format!("expected a digest: `b3:` and 64 lower-case hex digits, found {:?}", "x".repeat(80))
    );
}

#[test]
fn seqs() {
    for (text, expected) in [
        ("0", Some(0)),
        ("1", Some(1)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("99999999999999999999", None),
        ("01", None),
        ("00", None),
        ("+1", None),
        ("-1", None),
        ("1.0", None),
        (" 1", None),
        ("", None),
        ("١", None),
    ] {
        assert_eq!(text.parse::<Seq>().ok(), expected.map(Seq), "{text:?}");
    }
    assert_eq!((Seq::ZERO.next(), Seq(u64::MAX).next()), (Seq(1), Seq(u64::MAX)));
}

#[test]
fn statement_ids() {
    let id = StatementId { seq: Seq(12), place: 3 };
    assert_eq!(id.to_string(), "statement:12.3");
    assert_eq!("statement:12.3".parse(), Ok(id));
    for text in
        ["", "statement:", "statement:12", "statement:12.", "statement:012.3", "statement:12.+3", "12.3"]
    {
        assert!(text.parse::<StatementId>().is_err(), "{text:?}");
    }
    assert!("statement:1.4294967296".parse::<StatementId>().is_err());
}

#[test]
fn namespaces() {
    let longest = "a".repeat(63);
    for text in ["a", "0", "team-a", "a.b_c", longest.as_str()] {
        assert_eq!(text.parse::<Namespace>().unwrap().to_string(), text);
    }
    let too_long = "a".repeat(64);
    for text in ["", "-a", ".a", "_a", "A", "a b", "ä", "a/b", "a\n", too_long.as_str()] {
        assert!(text.parse::<Namespace>().is_err(), "{text:?}");
    }
}

#[test]
fn item_keys() {
    let key = |key: &str| ItemKey::new("default".parse().unwrap(), Kind::Label, key);
    let longest = "k".repeat(512);
    for text in ["1", "tiles/berlin/0012", "a b", "ö@#:", longest.as_str()] {
        assert_eq!(key(text).unwrap().key(), text);
    }
    let too_long = "é".repeat(257);
    for text in ["", " a", "a ", "\u{a0}a", "a\nb", "a\0", "a\u{85}b", too_long.as_str()] {
        assert!(key(text).is_err(), "{text:?}");
    }
}

/// The limit of a key counts the key, without the suffix of a reference that names one of its
/// versions.
#[test]
fn references_to_the_longest_key() {
    let longest = format!("default/LABEL/{}", "k".repeat(512));
    let split = |end: &str| match format!("{longest}{end}").parse() {
        Ok(Reference::Item { whole: None, split: Some((key, which)) }) => {
            assert_eq!(key.to_string(), longest);
            Ok(which)
        }
        Ok(other) => panic!("{end}: {other:?}"),
        Err(Malformed { expected, .. }) => Err(expected),
    };
    let tag = "t".repeat(128);
    assert_eq!(split("#1"), Ok(VersionSelector::Number(1)));
    assert_eq!(split("#4294967295"), Ok(VersionSelector::Number(u32::MAX)));
    assert_eq!(split("@seq:18446744073709551615"), Ok(VersionSelector::Seq(Seq(u64::MAX))));
    assert_eq!(split(&format!("@{tag}")), Ok(VersionSelector::Tag(tag)));
    for end in ["k", "k#1", "#0", "#", "@", "@a b", "@a\n", &format!("@{}", "t".repeat(129))] {
        assert!(split(end).unwrap_err().starts_with("an item key: 1 to 512 bytes"), "{end:?}");
    }
    // A key at the limit is read in both ways.
    let both = format!("default/LABEL/{}#1", "k".repeat(510)).parse();
    assert!(
        matches!(both, Ok(Reference::Item { whole: Some(_), split: Some((_, VersionSelector::Number(1))) })),
        "{both:?}"
    );
    let whole = longest.parse();
    assert!(matches!(whole, Ok(Reference::Item { whole: Some(_), split: None })), "{whole:?}");
}

#[test]
fn codes_and_names() {
    for (code, kind) in (0..).zip(Kind::ALL) {
        assert_eq!((Kind::from_code(code), kind.code(), kind.name().parse()), (Some(kind), code, Ok(kind)));
    }
    for (code, kind) in (0..).zip(StatementKind::ALL) {
        assert_eq!(
            (StatementKind::from_code(code), kind.code(), kind.name().parse()),
            (Some(kind), code, Ok(kind))
        );
    }
    assert_eq!((Kind::from_code(9), StatementKind::from_code(4)), (None, None));
    assert!("label".parse::<Kind>().is_err() && "corrects".parse::<StatementKind>().is_err());
    let wrong = StatementKind::ALL.map(StatementKind::makes_wrong);
    assert_eq!(wrong, [true, true, false, false]);
    let stale = ClassChangeKind::ALL.map(|kind| (kind.name(), kind.makes_stale()));
    assert_eq!(stale, [("RENAME", false), ("MERGE", true), ("SPLIT", true), ("REDEFINE", true)]);
}

#[track_caller]
fn check(checked: Result<(), Invalid>, expected: &str) {
    assert_eq!(checked.map_or_else(|refused| refused.to_string(), |()| "fine".to_owned()), expected);
}

#[test]
fn names() {
    let name = |text: &str| text::name("role", text);
    let refusal = |text: &str| {
        format!(
            "expected a role of 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+` and `-`, starting with a letter or digit, found {text:?}"
        )
    };
    for text in ["INPUT", "0", "use-case:roofs", "a.b_c/d+e", &"n".repeat(128)] {
        check(name(text), "fine");
    }
    for text in ["", "-a", " a", "a b", "é", "a@b", "a\n"] {
        check(name(text), &refusal(text));
    }
    check(name(&"n".repeat(129)), &refusal(&"n".repeat(80)));
}

#[test]
fn prose() {
    let prose = |text: &str| text::prose("reason", text);
    check(prose("said:\n\ttwice, Größe\r\n"), "fine");
    check(prose(&"r".repeat(4_096)), "fine");
    check(prose(&"r".repeat(4_097)), "reason: 4097 is over the limit of 4096; make it smaller or split it");
    check(prose(" \n"), "the reason is empty; give a text or leave it out");
    check(prose("a\u{1b}[2J"), "the reason contains a control character; remove it");
}

#[test]
fn media_types() {
    let refusal = |text: &str| {
        let shown: String = text.chars().take(80).collect();
        format!("expected a media type such as `image/png`, at most 128 bytes, found {shown:?}")
    };
    for text in ["image/png", "text/csv; charset=utf-8", "application/vnd.apache.parquet"] {
        check(text::media_type(text), "fine");
    }
    for text in [
        "",
        "png",
        "/png",
        "image/",
        "image/pñg",
        "a/b\r\nc: d",
        " a/b",
        "a/b ",
        &format!("a/{}", "b".repeat(127)),
    ] {
        check(text::media_type(text), &refusal(text));
    }
}

#[test]
fn idempotency_keys() {
    check(text::idempotency_key("0f8fad5b-d9cb-469f-a165-70867728950e"), "fine");
    check(text::idempotency_key(&"k".repeat(256)), "fine");
    check(
        text::idempotency_key(&"k".repeat(257)),
        "bytes of an idempotency key: 257 is over the limit of 256; make it smaller or split it",
    );
    let refusal = |found: &str| {
        format!(
            "expected an idempotency key of 1 to 256 bytes without control characters, found {found}; use a UUID"
        )
    };
    check(text::idempotency_key(""), &refusal("an empty text"));
    check(text::idempotency_key("a\0"), &refusal("a control character"));
}

proptest! {
    #[test]
    fn names_come_back_from_their_text(bytes in any::<[u8; 32]>(), seq in any::<u64>(), place in any::<u32>()) {
        prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes));
        let (item, version, digest) = (ItemId::from_bytes(bytes), VersionId::from_bytes(bytes), Digest::from_bytes(bytes));
        prop_assert_eq!(item.to_string().parse(), Ok(item));
        prop_assert_eq!(version.to_string().parse(), Ok(version));
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        prop_assert_eq!(VersionId::from_hex(&version.hex()), Ok(version));
        let statement = StatementId { seq: Seq(seq), place };
        prop_assert_eq!(statement.to_string().parse(), Ok(statement));
    }

    /// A text that parses is the text of the parsed value, and nothing panics.
    #[test]
    fn nothing_else_is_a_name(text in "(item:|version:|b3:|statement:)?[0-9a-gA-F.]{0,70}|.{0,70}") {
        if let Ok(id) = text.parse::<ItemId>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(id) = text.parse::<StatementId>() { prop_assert_eq!(id.to_string(), text.clone()); }
        if let Ok(seq) = text.parse::<Seq>() { prop_assert_eq!(seq.to_string(), text.clone()); }
        if let Ok(name) = text.parse::<Namespace>() { prop_assert_eq!(name.as_str(), text.as_str()); }
        let _ = (text::name("role", &text), text::prose("reason", &text), text::media_type(&text));
        let _ = ItemKey::new("default".parse().unwrap(), Kind::Label, &text);
    }
}
