//! Scenarios: files of GraphQL operations with their expected answers, written by hand from the
//! semantics.
//!
//! `fixtures/scenarios/README.md` describes the format. Every case has a separate store. Expected
//! rows are compared, and every answer is added to a log that is compared with the snapshot next to
//! the file. A query about an earlier seq runs as soon as that seq exists, at its position in the
//! file, after the store was closed and opened, and on a store that was restored from its log: the
//! answer at a seq never changes.

#![expect(clippy::expect_used, reason = "a test stops at its first failure")]

mod rows;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::support::{World, block_on};
use script::{Block, Script, Verb};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios");

macro_rules! topics {
    ($($topic:ident)*) => {
        const TOPICS: &[&str] = &[$(stringify!($topic)),*];
        $(
            #[test]
            fn $topic() {
                run_topic(stringify!($topic));
            }
        )*
    };
}

topics! {
    direct derived ontology campaign newly leakage clocks arguments lineage pedigree sets writes snapshots time pages search
}

#[test]
fn no_scenario_is_forgotten() {
    let mut faults = Vec::new();
    for folder in entries(Path::new(ROOT)).into_iter().filter(|path| path.is_dir()) {
        let topic = name(&folder);
        if !TOPICS.contains(&topic.as_str()) {
            faults.push(format!("the topic {topic} has no test; add it to `topics!`"));
        }
        let (cases, others): (Vec<_>, Vec<_>) =
            entries(&folder).into_iter().partition(|path| path.extension().is_some_and(|e| e == "graphql"));
        let cases: BTreeSet<PathBuf> = cases.into_iter().collect();
        for case in &cases {
            faults.extend(read(case).err());
            if !case.with_extension("snap").exists() {
                faults.push(format!("{} has no snapshot", case.display()));
            }
        }
        for other in others {
            let of_a_case = cases.contains(&other.with_extension("graphql"));
            if !(of_a_case && other.extension().is_some_and(|e| e == "snap")) {
                faults.push(format!("{} belongs to no scenario", other.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn run_topic(topic: &str) {
    let cases: Vec<PathBuf> = entries(&Path::new(ROOT).join(topic))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "graphql"))
        .collect();
    assert!(!cases.is_empty(), "the topic {topic} has no scenarios");
    let mut failed = Vec::new();
    for case in &cases {
        // All cases are run, so that one failure does not hide another.
        if catch_unwind(AssertUnwindSafe(|| run_case(topic, case))).is_err() {
            failed.push(name(case));
        }
    }
    assert!(failed.is_empty(), "{topic}: failed: {}", failed.join(", "));
}

fn run_case(topic: &str, case: &Path) {
    let script = read(case).unwrap_or_else(|why| panic!("{why}"));
    let (recorded, faults) = block_on(Run::complete(case, &script));
    assert!(faults.is_empty(), "{}:\n{}", case.display(), faults.join("\n"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(ROOT).join(topic));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name(&case.with_extension("")), recorded));
}

fn read(case: &Path) -> Result<Script, String> {
    let text = std::fs::read_to_string(case).expect("a scenario can be read");
    Script::parse(&text).map_err(|why| format!("{}: {why}", case.display()))
}

/// A query at a seq: the position of its block, and the seq.
type Place = (usize, u64);

struct Run<'a> {
    case: &'a Path,
    script: &'a Script,
    world: World,
    head: u64,
    /// Times of commits, and saved values.
    variables: Map<String, Value>,
    times: BTreeMap<u64, Value>,
    early: BTreeMap<Place, Value>,
    /// Answers at their position in the file, to be compared later: of queries at a seq, and at the
    /// last head.
    asked: Vec<(usize, Option<u64>, u64, Value)>,
    last: Value,
    recorded: String,
    faults: Vec<String>,
}

impl<'a> Run<'a> {
    async fn complete(case: &'a Path, script: &'a Script) -> (String, Vec<String>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut run = Self {
            case,
            script,
            world: World::open(folder.path()).await,
            head: 0,
            variables: Map::new(),
            times: BTreeMap::new(),
            early: BTreeMap::new(),
            asked: Vec::new(),
            last: Value::Null,
            recorded: String::new(),
            faults: Vec::new(),
        };
        for (place, block) in script.blocks.iter().enumerate() {
            run.block(place, block).await;
        }
        run.world.close().await;
        run.world = World::open(folder.path()).await;
        run.again().await;
        let elsewhere = tempfile::tempdir().expect("a temporary folder");
        run.world = run.world.restored(elsewhere.path()).await;
        run.again().await;
        run.world.close().await;
        (run.recorded, run.faults)
    }

    async fn block(&mut self, place: usize, block: &Block) {
        match &block.verb {
            Verb::Step { seq } => self.step(block, *seq).await,
            Verb::Refuse { code, reason } => self.refuse(block, code, reason.as_deref()).await,
            Verb::Save { name, path } => {
                self.variables.insert(name.clone(), rows::at_path(&self.last, path));
            }
            Verb::Blob { digest, bytes } => {
                let stored = self.world.put_blob(bytes.as_bytes()).await;
                assert_eq!(&stored, digest, "{}: the digest of the blob", self.place(block));
            }
            Verb::Ask { seqs } if seqs.is_empty() => self.question(place, block, None).await,
            Verb::Affected { seqs, .. } | Verb::Sets { seqs, .. } | Verb::Ask { seqs } => {
                for seq in seqs {
                    self.question(place, block, Some(*seq)).await;
                }
            }
        }
    }

    /// Runs a write. The rest of the case is meaningless if it fails.
    async fn step(&mut self, block: &Block, seq: u64) {
        let answer = self.world.execute(&block.text, self.given(&block.text, None)).await;
        let where_ = self.place(block);
        assert!(answer["errors"].is_null(), "{where_}: `{}` failed: {}", block.title, answer["errors"]);
        self.head = self.read_head().await;
        assert_eq!(self.head, seq, "{where_}: the seq after `{}`", block.title);
        self.compare(block, None, &answer);
        self.note(&block.title, &answer);
        self.last = answer;
        self.ask_early().await;
    }

    async fn refuse(&mut self, block: &Block, code: &str, reason: Option<&str>) {
        let answer = self.world.execute(&block.text, self.given(&block.text, None)).await;
        let found = &answer["errors"][0]["extensions"];
        if found["code"] != code || found["reason"].as_str() != reason {
            let found = if answer["errors"].is_null() { &answer } else { &answer["errors"] };
            self.fault(
                block,
                &format!("expected a refusal with {code} {}, found {found}", reason.unwrap_or("")),
            );
        }
        if self.read_head().await != self.head {
            self.fault(block, "was refused, but something was written");
        }
        self.note(&block.title, &answer);
    }

    async fn question(&mut self, place: usize, block: &Block, seq: Option<u64>) {
        let answer = self.ask(block, seq).await;
        let title = match seq {
            Some(seq) => format!("{} → {seq}", block.title),
            None => block.title.clone(),
        };
        self.note(&title, &answer);
        if !answer["errors"].is_null() {
            return self.fault(block, &format!("{}: {}", moment(seq), answer["errors"]));
        }
        if let Some(early) = seq.and_then(|seq| self.early.get(&(place, seq)).cloned())
            && early != answer
        {
            let (place, what) = (moment(seq), "another answer before later commits");
            self.fault(block, &format!("{place}: {what}\n  - {early}\n  + {answer}"));
        }
        self.compare(block, seq, &answer);
        self.asked.push((place, seq, self.head, answer.clone()));
        self.last = answer;
    }

    /// Runs all queries about seqs that exist by now, independent of their position in the file.
    async fn ask_early(&mut self) {
        let script = self.script;
        for (place, block) in script.blocks.iter().enumerate() {
            for seq in block.verb.seqs().iter().copied() {
                if seq > self.head || self.early.contains_key(&(place, seq)) || !self.is_given(&block.text) {
                    continue;
                }
                let answer = self.ask(block, Some(seq)).await;
                // A query that names a later seq cannot be answered yet.
                if answer["errors"][0]["extensions"]["reason"] != "AS_OF_UNAVAILABLE" {
                    self.early.insert((place, seq), answer);
                }
            }
        }
    }

    /// Runs every query again after the store was opened again.
    async fn again(&mut self) {
        if self.read_head().await != self.head {
            self.faults.push("after opening again the head is another one".to_owned());
        }
        let script = self.script;
        for (place, seq, head, before) in std::mem::take(&mut self.asked) {
            let block = &script.blocks[place];
            if seq.is_none() && head != self.head {
                continue;
            }
            let now = self.ask(block, seq).await;
            if now != before {
                let (place, what) = (moment(seq), "another answer after opening again");
                self.fault(block, &format!("{place}: {what}\n  - {before}\n  + {now}"));
            }
        }
    }

    async fn ask(&mut self, block: &Block, seq: Option<u64>) -> Value {
        let text = match &block.verb {
            Verb::Affected { arguments, .. } | Verb::Sets { arguments, .. } => {
                include_str!("scenarios/affected.graphql").replace("ARGUMENTS", arguments)
            }
            _ => block.text.clone(),
        };
        if let Some(seq) = seq
            && !self.times.contains_key(&seq)
        {
            let query = "query($seq: Seq!) { at(asOf: {seq: $seq}) { view { time } } }";
            let answer = self.world.execute(query, json!({"seq": seq.to_string()})).await;
            self.times.insert(seq, answer["data"]["at"]["view"]["time"].clone());
        }
        self.world.execute(&text, self.given(&text, seq)).await
    }

    /// Returns the variables that an operation names: `seq`, `time` and `commit` of the seq that is
    /// read, and saved ones.
    fn given(&self, text: &str, seq: Option<u64>) -> Value {
        let mut given = self.variables.clone();
        if let Some(seq) = seq {
            given.insert("seq".to_owned(), json!(seq.to_string()));
            given.insert("commit".to_owned(), json!(format!("commit:{seq}")));
            given.insert("time".to_owned(), self.times.get(&seq).cloned().unwrap_or_default());
        }
        given.retain(|name, _| names_variable(text, name));
        Value::Object(given)
    }

    /// Returns true if all variables that the text names and the file saves are saved by now.
    fn is_given(&self, text: &str) -> bool {
        self.script.blocks.iter().all(|block| match &block.verb {
            Verb::Save { name, .. } => !names_variable(text, name) || self.variables.contains_key(name),
            _ => true,
        })
    }

    async fn read_head(&self) -> u64 {
        let answer = self.world.execute("{ view { seq } }", json!({})).await;
        let seq = answer["data"]["view"]["seq"].as_str().and_then(|seq| seq.parse().ok());
        seq.unwrap_or_else(|| panic!("{}: the view has no seq: {answer}", self.case.display()))
    }

    /// Compares an answer with the expectation in the file.
    fn compare(&mut self, block: &Block, seq: Option<u64>, answer: &Value) {
        let expected = block.expected.iter().filter(|expected| expected.holds_at(seq));
        let found = match &block.verb {
            Verb::Affected { .. } => rows::members(answer),
            Verb::Sets { .. } => rows::sets(answer),
            _ => {
                let faults: Vec<String> = expected.filter_map(|expected| differs(answer, expected)).collect();
                faults.iter().for_each(|fault| self.fault(block, &format!("{}: {fault}", moment(seq))));
                return;
            }
        };
        let mut wanted: Vec<String> =
            expected.map(|expected| expected.text.clone()).filter(|row| row != "none").collect();
        wanted.sort();
        match found {
            Ok(found) if found == wanted => {}
            Ok(found) => self.fault(block, &difference(seq, &wanted, &found)),
            Err(why) => self.fault(block, &format!("{}: {why}", moment(seq))),
        }
    }

    fn note(&mut self, title: &str, answer: &Value) {
        let pretty = serde_json::to_string_pretty(answer).expect("JSON can be written");
        let _ = write!(self.recorded, "#> {title}\n{pretty}\n\n");
    }

    fn fault(&mut self, block: &Block, what: &str) {
        self.faults.push(format!("line {}: `{}`\n{what}", block.line, block.title));
    }

    fn place(&self, block: &Block) -> String {
        format!("{}:{}", self.case.display(), block.line)
    }
}

fn differs(answer: &Value, expected: &script::Expected) -> Option<String> {
    match expected.equation() {
        Err(why) => Some(why),
        Ok((path, wanted)) => {
            let found = rows::at_path(answer, path);
            (found != wanted).then(|| format!("{path} is {found}, not {wanted}"))
        }
    }
}

fn difference(seq: Option<u64>, wanted: &[String], found: &[String]) -> String {
    let mut text = format!("{}: rows that differ (- by hand, + answered)", moment(seq));
    for row in wanted.iter().filter(|row| !found.contains(row)) {
        let _ = write!(text, "\n  - {row}");
    }
    for row in found.iter().filter(|row| !wanted.contains(row)) {
        let _ = write!(text, "\n  + {row}");
    }
    if wanted.len() != found.len() {
        let _ = write!(text, "\n  {} rows by hand, {} answered", wanted.len(), found.len());
    }
    text
}

fn moment(seq: Option<u64>) -> String {
    seq.map_or_else(|| "at the head".to_owned(), |seq| format!("at {seq}"))
}

/// Returns true if an operation names `$name`, and not only `$name…`.
fn names_variable(text: &str, name: &str) -> bool {
    text.match_indices(&format!("${name}")).any(|(start, found)| {
        text[start + found.len()..].chars().next().is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '_'))
    })
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
