//! Language: the rules of `docs/writing.md` that can be counted.
//!
//! Each count has a limit that may only fall: a test that finds fewer than its limit asks for the limit to be lowered.

use std::collections::BTreeMap;

use super::{Source, none, sources};

/// Doc comments that begin with a question word, in thousandths of all lines of doc comments.
const OPENINGS: usize = 30;
/// Private words in comments, in thousandths of all comment lines.
const PRIVATE_WORDS: usize = 3;
/// Names of types that are defined more than once, in thousandths of all names of types.
const REPEATED_TYPES: usize = 80;

/// Question words with which no doc comment begins.
const QUESTION_WORDS: &[&str] = &["What", "How", "Whether", "Where", "Who", "Which"];

/// Words of the left column of the table in `docs/writing.md`.
const WORDS: &[&str] = &[
    "stands", "stood", "told", "hears", "heard", "whoever", "nobody", "somebody", "anew", "beside", "errand",
    "errands", "spending", "tally", "pedigree", "walls", "hops", "keeper", "unfit", "misfit", "misfits",
    "untrue", "lies",
];
/// The same of more than one word.
const PHRASES: &[&str] =
    &["goes on", "comes to", "became of", "of its own", "is whole", "gives way", "leave to read", "so many"];

#[test]
fn doc_comments_begin_with_what_they_define() {
    let lines: Vec<&str> = sources_text();
    let docs = lines.iter().filter_map(|line| doc(line));
    let (all, openings) = count(docs, begins_with_question);
    none(over("doc comments begin with a question word", openings, all, OPENINGS));
}

#[test]
fn comments_use_the_words_of_the_field() {
    let lines: Vec<&str> = sources_text();
    let comments = lines.iter().filter_map(|line| comment(line));
    let (mut all, mut private) = (0, 0);
    for text in comments {
        all += 1;
        private += private_words(text);
    }
    none(over("private words in comments", private, all, PRIVATE_WORDS));
}

#[test]
fn names_of_types_say_what_they_are_without_their_module() {
    let (repeated, all) = repeated_types(all_sources());
    none(over(
        &format!("names of types are defined more than once: {}", repeated.join(", ")),
        repeated.len(),
        all,
        REPEATED_TYPES,
    ));
}

/// A predicate takes `&self` and returns `bool`; a method that changes something is a verb.
#[test]
fn predicates_return_a_bool_and_change_nothing() {
    none(predicates(all_sources()));
}

fn all_sources() -> &'static [Source] {
    use std::sync::OnceLock;
    static SOURCES: OnceLock<Vec<Source>> = OnceLock::new();
    SOURCES.get_or_init(sources)
}

fn sources_text() -> Vec<&'static str> {
    all_sources().iter().flat_map(|source| source.text.lines()).collect()
}

fn comment(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("//").map(|text| text.trim_start_matches(['/', '!']))
}

fn doc(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).map(str::trim_start)
}

fn begins_with_question(text: &str) -> bool {
    let first = text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    QUESTION_WORDS.contains(&first)
}

fn private_words(text: &str) -> usize {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| WORDS.contains(word));
    words.count() + PHRASES.iter().map(|phrase| lower.matches(phrase).count()).sum::<usize>()
}

fn count<'t>(texts: impl Iterator<Item = &'t str>, counts: impl Fn(&str) -> bool) -> (usize, usize) {
    let (mut all, mut counted) = (0, 0);
    for text in texts {
        all += 1;
        counted += usize::from(counts(text));
    }
    (all, counted)
}

fn over(what: &str, found: usize, all: usize, limit: usize) -> Vec<String> {
    let share = 1000 * found / all.max(1);
    match share > limit {
        true => {
            vec![format!("{what}: {found} of {all}, expected at most {limit} in 1,000 (docs/writing.md)")]
        }
        false => Vec::new(),
    }
}

/// The names of types that are defined more than once, and the number of all names.
fn repeated_types(sources: &[Source]) -> (Vec<String>, usize) {
    let mut defined: BTreeMap<&str, usize> = BTreeMap::new();
    for line in sources.iter().flat_map(|source| source.text.lines()) {
        if let Some(name) = type_name(line) {
            *defined.entry(name).or_default() += 1;
        }
    }
    let repeated = defined.iter().filter(|(_, times)| **times > 1).map(|(name, _)| (*name).to_owned());
    (repeated.collect(), defined.len())
}

/// The type that a line defines, if it does. An associated type is none.
fn type_name(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let code = match code.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')')?.1.trim_start(),
        Some(rest) => rest.trim_start(),
        None => code,
    };
    let is_alias = code.starts_with("type ") && !line.starts_with(' ');
    let rest = ["struct ", "enum ", "trait "].iter().find_map(|word| code.strip_prefix(word));
    let rest = rest.or_else(|| if is_alias { code.strip_prefix("type ") } else { None })?;
    let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    name.starts_with(char::is_uppercase).then_some(name)
}

fn predicates(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for (place, _) in source.text.match_indices("fn ") {
            let rest = &source.text[place + 3..];
            let Some((name, rest)) = rest.split_once('(') else { continue };
            let is_predicate = ["is_", "has_", "can_"].iter().any(|start| name.starts_with(start));
            if !is_predicate
                || name.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '<' | '>' | '\'')))
            {
                continue;
            }
            let signature = rest.split('{').next().unwrap_or_default();
            let answer = signature.split_once("->").map_or("", |(_, answer)| answer);
            if signature.contains("&mut self") || !answer.contains("bool") {
                let line = source.text[..place].lines().count();
                faults.push(format!(
                    "{}:{line}: {name} must take `&self` and return `bool`; name it by a verb if it changes something",
                    source.path
                ));
            }
        }
    }
    faults
}

/// The checks must be able to fail.
mod on_bad_sources {
    use super::*;

    fn source(text: &str) -> [Source; 1] {
        [Source { path: "src/a.rs".to_owned(), text: text.to_owned() }]
    }

    #[test]
    fn openings_words_and_limits_are_counted() {
        assert!(begins_with_question("What a caller hears."));
        assert!(!begins_with_question("Whatever the caller sends."));
        assert_eq!(private_words("It stands there; nobody is told, and so many goes on anew."), 6);
        assert_eq!(private_words("Understands standard errands."), 1);
        assert_eq!(over("a", 4, 1000, 3).len(), 1);
        assert_eq!(over("a", 3, 1000, 3).len(), 0);
    }

    #[test]
    fn repeated_types_are_counted() {
        let text = "struct Part;\npub(super) enum Part {}\n    type Error = E;\npub type Alias = u8;\nlet type_ = 1;";
        assert_eq!(repeated_types(&source(text)), (vec!["Part".to_owned()], 2));
    }

    #[test]
    fn predicates_that_are_none_are_found() {
        let good = "fn is_new(&self) -> bool { true } fn has_a(a: u8) -> bool { false }";
        assert_eq!(predicates(&source(good)), Vec::<String>::new());
        for bad in [
            "fn is_alone(&self) { }",
            "pub fn is_new(&mut self) -> bool {",
            "fn can_write(&self) -> Result<()> {",
        ] {
            assert_eq!(predicates(&source(bad)).len(), 1, "{bad}");
        }
    }
}
