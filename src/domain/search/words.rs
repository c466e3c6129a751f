//! Words: the units that a search compares texts by.
//!
//! A text is normalised (NFKC) and case-folded first, so that a key in decomposed form, as macOS
//! writes it, is found by its usual spelling. A word is a run of letters and digits with their
//! combining marks. In scripts without spaces between words (Han, kana, Thai and others) each pair
//! of adjacent characters is a word, and so is the last character. Folding is idempotent, so words
//! stored by an earlier release can be folded when they are read.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word, in bytes; a longer one is found by its beginning.
const MAX_WORD: usize = 40;

/// Returns the words of a text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let plain = text.is_ascii().then(|| plain(text));
    let folded = if plain.is_some() { Vec::new() } else { folded(text) };
    plain.into_iter().flatten().chain(folded.into_iter().map(Cow::Owned))
}

/// Returns the words to search for in a text: the complete words in order, and the beginning of the
/// last one if nothing follows it.
pub(in crate::domain) fn sought(text: &str) -> (Vec<String>, Option<String>) {
    let text = fold(text);
    let (mut whole, mut begun) = (Vec::new(), None);
    let mut runs = runs(&text).peekable();
    while let Some(run) = runs.next() {
        if run.is_unspaced {
            let units = units(run.text);
            match units.as_slice() {
                [one] => whole.push(cut(one).to_owned()),
                several => whole.extend(several.windows(2).map(|pair| cut(&pair.concat()).to_owned())),
            }
        } else if runs.peek().is_none() && text.ends_with(is_in_word) {
            begun = Some(cut(run.text).to_owned());
        } else {
            whole.push(cut(run.text).to_owned());
        }
    }
    (whole, begun)
}

/// Returns true if a search word is one character of a script without spaces, which is found as the
/// beginning of a pair.
#[must_use]
pub fn is_one_unspaced(word: &str) -> bool {
    word.starts_with(is_unspaced) && units(word).len() == 1
}

/// Returns the words of a text by the rule that was used before texts were normalised. Idempotency
/// keys are compared by these, so that a request is the same to every release.
pub(in crate::domain) fn sought_before(text: &str) -> (Vec<String>, Option<String>) {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut whole: Vec<String> = words.map(|word| cut(&word.to_lowercase()).to_owned()).collect();
    let begun = if text.ends_with(char::is_alphanumeric) { whole.pop() } else { None };
    (whole, begun)
}

/// Returns the words of an ASCII text.
fn plain(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let word = &word[..word.len().min(MAX_WORD)];
        if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(word.to_ascii_lowercase())
        } else {
            Cow::Borrowed(word)
        }
    })
}

fn folded(text: &str) -> Vec<String> {
    let text = fold(text);
    let mut words = Vec::new();
    for run in runs(&text) {
        if !run.is_unspaced {
            words.push(cut(run.text).to_owned());
            continue;
        }
        let units = units(run.text);
        words.extend(units.windows(2).map(|pair| cut(&pair.concat()).to_owned()));
        words.extend(units.last().map(|last| cut(last).to_owned()));
    }
    words
}

/// Returns the text in normal form: NFKC, case-folded, without invisible characters.
fn fold(text: &str) -> String {
    let seen = text.nfkc().filter(|c| !is_unseen(*c));
    // Letters with the same capital are one letter: ß and ss, σ and ς. ẞ is not the capital of ß.
    let folded = seen.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded.nfkc().collect()
}

/// A run of characters that are all of scripts with spaces, or all of scripts without.
struct Run<'t> {
    text: &'t str,
    is_unspaced: bool,
}

fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        // A combining mark belongs to the letter before it; one that follows nothing is no word.
        let start = rest.find(char::is_alphanumeric)?;
        rest = &rest[start..];
        let is_unspaced = rest.starts_with(is_unspaced);
        let belongs =
            |c: char| is_in_word(c) && (is_combining_mark(c) || self::is_unspaced(c) == is_unspaced);
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some(Run { text: run, is_unspaced })
    })
}

/// Returns the characters of a text, each with its combining marks.
fn units(text: &str) -> Vec<&str> {
    let starts = text.char_indices().filter(|(at, c)| *at == 0 || !is_combining_mark(*c)).map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([text.len()]).collect();
    starts.windows(2).map(|ends| &text[ends[0]..ends[1]]).collect()
}

fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(MAX_WORD)]
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Returns true for soft hyphens, joiners, byte order marks and variation selectors.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns true for letters of scripts that put no spaces between words: Thai, Lao, Myanmar, Khmer,
/// kana, Bopomofo and Han.
fn is_unspaced(c: char) -> bool {
    let of_these = matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}');
    of_these && c.is_alphanumeric()
}
