//! The parser of scenario files. The format is described in `fixtures/scenarios/README.md`.

use std::collections::BTreeSet;

use serde_json::Value;

/// A scenario file.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) blocks: Vec<Block>,
}

/// One directive with the lines that belong to it.
#[derive(Debug)]
pub(super) struct Block {
    /// The line of the directive, from 1.
    pub(super) line: usize,
    /// The directive as written, without `#> `.
    pub(super) title: String,
    pub(super) verb: Verb,
    /// The `#=` lines.
    pub(super) expected: Vec<Expected>,
    /// The GraphQL text.
    pub(super) text: String,
}

#[derive(Debug, PartialEq)]
pub(super) enum Verb {
    /// A write that must succeed, and the head's seq after it.
    Step { seq: u64 },
    /// The affected sets, row by row.
    Affected { seqs: Vec<u64>, arguments: String },
    /// The affected sets, set by set.
    Sets { seqs: Vec<u64>, arguments: String },
    /// Any other query; at the head if no seqs are given.
    Ask { seqs: Vec<u64> },
    /// An operation that must fail and change nothing.
    Refuse { code: String, reason: Option<String> },
    /// Saves a value of the answer before as a variable.
    Save { name: String, path: String },
    /// Stores a payload.
    Blob { digest: String, bytes: String },
}

/// A hand-written expectation.
#[derive(Debug, PartialEq)]
pub(super) struct Expected {
    /// The seqs at which it holds; all if none are given.
    pub(super) seqs: Vec<u64>,
    pub(super) text: String,
}

impl Expected {
    pub(super) fn holds_at(&self, seq: Option<u64>) -> bool {
        self.seqs.is_empty() || seq.is_some_and(|seq| self.seqs.contains(&seq))
    }

    /// Returns the two sides of `path = json`.
    pub(super) fn equation(&self) -> Result<(&str, Value), String> {
        let (path, json) =
            self.text.split_once(" = ").ok_or_else(|| format!("`#= {}` is not `path = json`", self.text))?;
        let json = serde_json::from_str(json).map_err(|error| format!("`#= {}`: {error}", self.text))?;
        Ok((path.trim(), json))
    }
}

impl Verb {
    /// Returns the seqs of a query about the past.
    pub(super) fn seqs(&self) -> &[u64] {
        match self {
            Self::Affected { seqs, .. } | Self::Sets { seqs, .. } | Self::Ask { seqs } => seqs,
            _ => &[],
        }
    }

    fn parse(title: &str) -> Result<Self, String> {
        let (word, rest) = title.split_once(' ').unwrap_or((title, ""));
        let rest = rest.trim();
        match word {
            "step" => {
                let seq = rest.split(' ').next().unwrap_or_default();
                let seq =
                    seq.parse().map_err(|_| format!("`{title}`: a step begins with the seq it leads to"))?;
                Ok(Self::Step { seq })
            }
            "affected" | "sets" => {
                let (seqs, arguments) =
                    at(rest)?.ok_or_else(|| format!("`{title}`: say at which seqs, `at 1, 2: arguments`"))?;
                let arguments = arguments.to_owned();
                Ok(if word == "sets" {
                    Self::Sets { seqs, arguments }
                } else {
                    Self::Affected { seqs, arguments }
                })
            }
            "ask" => Ok(Self::Ask { seqs: at(rest)?.map_or_else(Vec::new, |(seqs, _)| seqs) }),
            "refuse" => {
                let mut words = rest.split(' ').map(str::to_owned);
                let code = words.next().filter(|code| !code.is_empty());
                let code = code.ok_or_else(|| format!("`{title}`: say with which code"))?;
                Ok(Self::Refuse { code, reason: words.next() })
            }
            "save" => {
                let (name, path) =
                    rest.split_once(" = ").ok_or_else(|| format!("`{title}` is not `save name = path`"))?;
                Ok(Self::Save { name: name.to_owned(), path: path.to_owned() })
            }
            "blob" => {
                let (digest, bytes) =
                    rest.split_once(' ').ok_or_else(|| format!("`{title}` is not `blob digest text`"))?;
                Ok(Self::Blob { digest: digest.to_owned(), bytes: bytes.to_owned() })
            }
            other => Err(format!("`{other}` is no directive")),
        }
    }
}

/// Parses `at 1, 2: rest`; `None` if it is not present.
fn at(text: &str) -> Result<Option<(Vec<u64>, &str)>, String> {
    let Some(text) = text.strip_prefix("at ") else { return Ok(None) };
    let (seqs, rest) = text.split_once(':').unwrap_or((text, ""));
    Ok(Some((numbers(seqs).ok_or_else(|| format!("`{seqs}` are not seqs"))?, rest.trim())))
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    text.split(',').map(|number| number.trim().parse().ok()).collect()
}

impl Script {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut about = false;
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(title) = line.strip_prefix("#> ") {
                let title = title.trim();
                let verb = Verb::parse(title).map_err(|why| format!("line {number}: {why}"))?;
                let title = title.to_owned();
                blocks.push(Block { line: number, title, verb, expected: Vec::new(), text: String::new() });
            } else if let Some(block) = blocks.last_mut() {
                match line.strip_prefix("#= ") {
                    Some(expected) => block.expected.push(expectation(expected)),
                    None => block.text.extend([line, "\n"]),
                }
            } else {
                about |= line.starts_with("# ");
                if !line.is_empty() && !line.starts_with('#') {
                    return Err(format!("line {number} is before the first directive"));
                }
            }
        }
        if !about {
            return Err("the file does not begin by saying what the case shows".to_owned());
        }
        blocks.iter_mut().for_each(|block| block.text = block.text.trim().to_owned());
        blocks.iter().try_for_each(check)?;
        Ok(Self { blocks })
    }
}

fn expectation(text: &str) -> Expected {
    let split = text.split_once(':').and_then(|(seqs, rest)| Some((numbers(seqs)?, rest)));
    match split {
        Some((seqs, rest)) => Expected { seqs, text: rest.trim().to_owned() },
        None => Expected { seqs: Vec::new(), text: text.trim().to_owned() },
    }
}

/// Refuses a block that expects nothing, or something at a seq that it does not read: it would pass
/// by mistake.
fn check(block: &Block) -> Result<(), String> {
    let fault = |why: &str| Err(format!("line {}: {why}", block.line));
    let asked: BTreeSet<u64> = block.verb.seqs().iter().copied().collect();
    let expected: BTreeSet<u64> = block.expected.iter().flat_map(|expected| expected.seqs.clone()).collect();
    if !expected.is_subset(&asked) {
        return fault("expects something at a seq that is not asked about");
    }
    let in_rows = matches!(block.verb, Verb::Affected { .. } | Verb::Sets { .. });
    if !in_rows && let Some(Err(why)) = block.expected.iter().map(Expected::equation).find(Result::is_err) {
        return fault(&why);
    }
    let wants_text = match block.verb {
        Verb::Affected { .. } | Verb::Sets { .. } => {
            if expected != asked || block.expected.iter().any(|expected| expected.seqs.is_empty()) {
                return fault("give the rows of every seq that is asked about, or `none`");
            }
            false
        }
        Verb::Ask { .. } if block.expected.is_empty() => {
            return fault("a question without an expected answer");
        }
        Verb::Step { .. } | Verb::Ask { .. } | Verb::Refuse { .. } => true,
        Verb::Save { .. } | Verb::Blob { .. } => false,
    };
    match (wants_text, block.text.is_empty()) {
        (true, true) => fault("has no operation"),
        (false, false) => fault("takes no operation"),
        _ => Ok(()),
    }
}

/// An empty or misspelt file must not pass.
mod on_bad_files {
    use super::Script;

    fn refused(text: &str, expected: &str) {
        let why = Script::parse(&format!("# A case.\n{text}")).expect_err(text);
        assert!(why.contains(expected), "{why:?} does not say {expected:?}");
    }

    #[test]
    fn are_refused() {
        refused("#> stop 1", "`stop` is no directive");
        refused("#> step one\n{ view { seq } }", "begins with the seq");
        refused("#> step 1", "has no operation");
        refused("{ view { seq } }", "before the first directive");
        refused("#> affected wrong: {all: {}}", "say at which seqs");
        refused("#> affected at 1, 2: wrong: {all: {}}\n#= 1: none", "every seq");
        refused("#> affected at 1: wrong: {all: {}}\n#= 1: none\n#= 2: none", "not asked about");
        refused("#> affected at 1: wrong: {all: {}}\n#= 1: none\n{ view { seq } }", "takes no operation");
        refused("#> ask at 1\n{ view { seq } }", "without an expected answer");
        refused("#> ask\n#= view.seq: 1\n{ view { seq } }", "is not `path = json`");
        refused("#> ask\n#= view.seq = one\n{ view { seq } }", "expected value");
        refused("#> refuse\n{ view { seq } }", "with which code");
        assert!(
            Script::parse("#> step 1\nmutation { a }").expect_err("no words").contains("what the case shows")
        );
    }
}
