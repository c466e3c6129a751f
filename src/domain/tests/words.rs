//! Words of texts in any script and any Unicode form.

use proptest::prelude::*;

use crate::domain::search::selection::Words;
use crate::domain::search::words::{is_one_unspaced, words};

fn of(text: &str) -> Vec<String> {
    words(text).map(std::borrow::Cow::into_owned).collect()
}

fn sought(text: &str) -> (Vec<String>, Option<String>) {
    Words::new(text).map(|words| (words.whole, words.begun)).unwrap_or_default()
}

/// Returns true if a text with these words is found by the query, by the rule of the index.
fn finds(text: &str, query: &str) -> bool {
    let (held, (whole, begun)) = (of(text), sought(query));
    let begins = |word: &str| held.iter().any(|held| held.starts_with(word));
    whole.iter().all(|word| held.contains(word) || (is_one_unspaced(word) && begins(word)))
        && begun.is_none_or(|begun| begins(&begun))
}

#[test]
fn words_are_runs_of_letters_and_digits_in_one_case() {
    assert_eq!(of("Übung_2, ein-FALL"), ["übung", "2", "ein", "fall"]);
    assert_eq!(of("tiles/Berlin_0012.PNG"), ["tiles", "berlin", "0012", "png"]);
    assert_eq!(of(&"a".repeat(99)), ["a".repeat(40)]);
    assert_eq!(of(&"é".repeat(99)), ["é".repeat(20)]);
    assert_eq!(of(" -/ \u{301}\u{fe0f}❤️"), [""; 0], "marks alone are no word");
}

#[test]
fn one_text_in_several_forms_is_one() {
    for (a, b) in [
        ("Küste", "Ku\u{308}ste"),
        ("STRASSE", "straße"),
        ("Ｔｏｋｙｏ１", "tokyo1"),
        ("ﬁsh", "FISH"),
        ("ΟΔΟΣ", "οδος"),
        ("ΟΔΟΣ", "οδοσ"),
        ("co\u{ad}operate", "cooperate"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("葛\u{e0100}城", "葛城"),
        ("한국어", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{110b}\u{1165}"),
    ] {
        assert_eq!(of(a), of(b), "{a} and {b}");
        assert!(finds(a, b) && finds(b, a), "{a} and {b}");
    }
    assert_eq!(of("हिन्दी"), ["हिन्दी"], "a vowel sign does not end a word");
}

#[test]
fn scripts_without_spaces_are_found_by_their_parts() {
    assert_eq!(of("東京都"), ["東京", "京都", "都"]);
    assert_eq!(sought("東京都"), (vec!["京都".into(), "東京".into()], None));
    for query in ["東", "京", "都", "東京", "京都", "東京都", "東京 ", "都 "] {
        assert!(finds("tiles/東京都Tower2.png", query), "{query}");
    }
    assert!(finds("東京都Tower2", "tow") && finds("東京都Tower2", "都tower2"));
    for query in ["北", "京東", "東都", "北京", "東京市"] {
        assert!(!finds("東京都", query), "{query}");
    }
    assert!(finds("กรุงเทพมหานคร", "เทพ") && !finds("กรุงเทพมหานคร", "เชียง"));
    assert!(finds("まどのそと", "そと") && finds("カメラ", "メラ"));
    assert_eq!(sought("東"), (vec!["東".into()], None));
    assert!(
        is_one_unspaced("東") && !is_one_unspaced("東京") && !is_one_unspaced("a") && !is_one_unspaced("")
    );
}

#[test]
fn words_that_were_stored_are_folded_again_without_change() {
    for c in ('\u{80}'..'\u{20000}').chain('\u{2f800}'..'\u{2fa20}') {
        for text in [format!("{c}"), format!("a{c}b"), format!("{c}\u{301}{c}")] {
            for word in of(&text) {
                let again = of(&word);
                assert_eq!(again.first(), Some(&word), "{c:?} in {text:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn a_text_is_found_by_itself_and_by_its_beginnings(text in "[aBéßΣ東京 \u{308}\u{e33}กั-]{1,12}", end in 1..12_usize) {
        prop_assert!(finds(&text, &text), "{text:?}");
        let begun: String = text.chars().take(end).collect();
        // A character without its combining mark is another character.
        let next = text.chars().nth(end);
        if next.is_none_or(|next| !unicode_normalization::char::is_combining_mark(next) && next != '\u{e33}') {
            prop_assert!(finds(&text, &begun), "{begun:?} of {text:?}");
        }
    }
}
