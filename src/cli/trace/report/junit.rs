//! The JUnit file: one test case for each affected version, and one for the answer.
//!
//! What is affected has failed, what is accepted was skipped, and an answer that is not whole is an
//! error. A file without test cases would be an error to many readers, so the answer is always one.

use std::fmt::Write as _;

use super::Report;
use super::markup::Escaped;
use crate::cli::shared::output::{count, counted};
use crate::cli::trace::allow::AllowEntry;
use crate::cli::trace::finding::{self, Finding};

/// The most findings in the text of a test case.
const LISTED: usize = 100;

/// A test suite while it is written.
#[derive(Default)]
struct JunitSuite {
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl JunitSuite {
    /// Adds a test case with this content.
    fn add(&mut self, class: &str, name: &str, content: &str) {
        self.tests += 1;
        let (class, name) = (Escaped(class), Escaped(name));
        // Writing to a string does not fail.
        let _ = writeln!(
            self.cases,
            "    <testcase classname=\"stemma.{class}\" name=\"{name}\" time=\"0\">{content}</testcase>"
        );
    }

    /// Adds a test case of an affected version with its findings.
    fn add_affected<'a>(
        &mut self,
        report: &Report<'a>,
        reference: &str,
        what: &str,
        findings: impl Iterator<Item = Finding<'a>>,
    ) {
        let (accepted, open): (Vec<_>, Vec<_>) = findings
            .map(|found| (report.accepted.entry(&found), found))
            .partition(|(entry, _)| entry.is_some());
        let class = reference.split('/').nth(1).unwrap_or_default().to_lowercase();
        let content = if open.is_empty() && !accepted.is_empty() {
            self.skipped += 1;
            let reasons = reasons(accepted.iter().filter_map(|(entry, _)| *entry));
            format!("<skipped message=\"{}\"/>", Escaped(&reasons))
        } else {
            self.failures += 1;
            let message = match accepted.len() {
                0 => what.to_owned(),
                some => format!("{what}; {} of them accepted", count(some as u64)),
            };
            let mut text = String::new();
            for (_, found) in open.iter().take(LISTED) {
                let (was, is) = found.change();
                let _ = writeln!(text, "{}: {was} -> {is}: {}", found.wrong.reference(), found.reason());
            }
            if open.len() > LISTED {
                let _ = writeln!(text, "and {} more", count((open.len() - LISTED) as u64));
            }
            format!(
                "<failure message=\"{}\" type=\"affected\">{}</failure>",
                Escaped(&message),
                Escaped(&text)
            )
        };
        self.add(&class, reference, &content);
    }

    fn write(&self, name: &str, report: &Report<'_>, properties: &str) -> String {
        format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\" timestamp=\"{}\">\n{properties}{}  </testsuite>\n",
            Escaped(name),
            self.tests,
            self.failures,
            self.errors,
            self.skipped,
            Escaped(report.facts.made_at.trim_end_matches('Z')),
            self.cases
        )
    }
}

/// The reasons of entries, each once.
fn reasons<'a>(entries: impl Iterator<Item = &'a AllowEntry>) -> String {
    let mut texts: Vec<String> = Vec::new();
    for entry in entries {
        let text = format!("accepted until {}: {}", entry.expires, entry.reason);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("; ")
}

pub(super) fn write(report: &Report<'_>) -> String {
    let mut question = JunitSuite::default();
    let content = match report.fault() {
        None => String::new(),
        Some(fault) => {
            question.errors += 1;
            format!("<error message=\"{}\" type=\"incomplete\"/>", Escaped(&fault))
        }
    };
    question.add("question", "the answer is whole", &content);
    let mut suites = vec![("question", question)];
    if report.facts.by_set {
        let mut sets = JunitSuite::default();
        for row in &report.answer.rows {
            let least = if row.bounds.affected { "at least " } else { "" };
            let mut what = format!(
                "{least}{} of {} wrong",
                count(row.affected_count),
                counted(row.member_count, "member")
            );
            if row.training_set.wrong {
                what.push_str(", and the set itself");
            }
            sets.add_affected(report, &row.training_set.reference(), &what, finding::of_set(row));
        }
        suites.push(("training sets", sets));
    }
    let mut consumers = JunitSuite::default();
    for row in &report.answer.consumers {
        let what = format!("saw or is wrong: {}", counted(row.wrong_count, "version"));
        consumers.add_affected(report, &row.consumer.reference(), &what, finding::of_consumer(row));
    }
    suites.push(("models, evaluations and deployments", consumers));

    let sum = |number: fn(&JunitSuite) -> usize| suites.iter().map(|(_, suite)| number(suite)).sum::<usize>();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"stemma trace\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\">\n",
        sum(|suite| suite.tests),
        sum(|suite| suite.failures),
        sum(|suite| suite.errors),
        sum(|suite| suite.skipped)
    );
    let properties = properties(report);
    for (name, suite) in &suites {
        text.push_str(&suite.write(name, report, &properties));
    }
    text.push_str("</testsuites>\n");
    text
}

fn properties(report: &Report<'_>) -> String {
    let facts = report.facts;
    let mut text = "    <properties>\n".to_owned();
    for (name, value) in [
        ("question", facts.question.as_str()),
        ("seq", &facts.read_at.seq),
        ("digest", &facts.digest),
        ("command", &facts.command),
        ("version", super::VERSION),
    ] {
        let _ = writeln!(text, "      <property name=\"{name}\" value=\"{}\"/>", Escaped(value));
    }
    text.push_str("    </properties>\n");
    text
}
