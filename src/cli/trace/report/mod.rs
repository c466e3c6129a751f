//! Files for people and tools that do not ask themselves: HTML, CSV and JUnit, from one answer.

mod csv;
mod html;
mod junit;
mod markup;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::allow::Accepted;
use crate::cli::shared::affected::answer::{NotWrongSubject, TraceAnswer};
use crate::cli::shared::complete_file::{CompleteFile, unwritten};
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::moment::ReadAt;
use crate::cli::shared::output::{self, count};
use crate::domain::id::Seq;

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The files to write; `-` is the standard output.
#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// Write one HTML file for people: the question, the moment, the digest of the log, tables and
    /// the command that repeats it; - is the standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write a CSV file with one record for each wrong version in something affected
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a JUnit file with one test case for each affected version, for CI systems
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Name who makes the report, in the HTML file
    #[arg(long, value_name = "NAME", requires = "html")]
    made_by: Option<String>,
}

/// An answer and what is said about it.
#[derive(Clone, Copy)]
pub(super) struct Report<'a> {
    pub answer: &'a TraceAnswer,
    pub accepted: &'a Accepted<'a>,
    pub facts: &'a ReportFacts,
}

/// The question, the moment, and who asked with which program.
pub(super) struct ReportFacts {
    /// The question in words.
    pub question: String,
    /// True if the question is about everything that is wrong.
    pub about_all: bool,
    /// True if the question is about training sets, false if about consumers alone.
    pub by_set: bool,
    pub read_at: ReadAt,
    /// The digest of the commit that the answer is read at, in hex.
    pub digest: String,
    pub since: Option<Seq>,
    /// The seq up to which statements count, if it is another one.
    pub known_at: Option<String>,
    /// The time of the clock.
    pub made_at: String,
    /// The data directory, or the address of the server.
    pub store: String,
    /// The file of accepted findings.
    pub allow: Option<String>,
    /// The command that repeats the question.
    pub command: String,
}

impl Report<'_> {
    /// Returns true if the answer is complete.
    pub(super) const fn is_whole(&self) -> bool {
        self.answer.incomplete.is_none()
    }

    /// Returns the reason that the question is not answered completely.
    fn fault(&self) -> Option<String> {
        if let Some(reason) = &self.answer.incomplete {
            return Some(format!("the answer is not whole: the server stopped at its budget ({reason})"));
        }
        let asked = &self.answer.asked;
        let names: Vec<String> = asked.not_wrong.iter().take(3).map(NotWrongSubject::reference).collect();
        let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
        if asked.wrong_count == 0 && !self.facts.about_all {
            return Some(format!("nothing that was asked about is wrong{names}"));
        }
        (asked.not_wrong_count > 0)
            .then(|| format!("{} of what was asked about is not wrong{names}", count(asked.not_wrong_count)))
    }
}

/// The files of a report, created before the question is asked.
pub(super) struct ReportFiles<'a> {
    options: &'a ReportOptions,
    /// In the order of the options; `None` for the standard output.
    files: Vec<(&'a Path, Option<CompleteFile>)>,
}

impl ReportOptions {
    /// Returns true if a file is wanted.
    pub(super) fn is_any(&self) -> bool {
        self.paths().next().is_some()
    }

    /// Returns true if a report is written to the standard output.
    pub(super) fn is_on_stdout(&self) -> bool {
        self.paths().any(is_stdout)
    }

    fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.html, &self.csv, &self.junit].into_iter().flatten().map(PathBuf::as_path)
    }

    /// Returns the options as a command line has them.
    pub(super) fn arguments(&self) -> Vec<String> {
        let made_by = self.made_by.clone();
        let file = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let options = [
            ("--html", file(&self.html)),
            ("--csv", file(&self.csv)),
            ("--junit", file(&self.junit)),
            ("--made-by", made_by),
        ];
        options.into_iter().filter_map(|(name, value)| Some([name.to_owned(), value?])).flatten().collect()
    }

    /// Checks the options and creates the files under temporary names.
    pub(super) fn create(&self, is_json: bool) -> Result<ReportFiles<'_>> {
        let paths: Vec<&Path> = self.paths().collect();
        let is_twice = |path: &&Path| paths.iter().filter(|other| *other == path).count() > 1;
        if let Some(path) = paths.iter().find(|path| is_twice(path)) {
            return Err(Failure::usage(format!(
                "expected a file for each report, found {} twice",
                path.display()
            ))
            .hint("name different files; only one can be on the standard output"));
        }
        if is_json && self.is_on_stdout() {
            return Err(Failure::usage(
                "expected one result on the standard output, found --json and a report",
            )
            .hint("name a file for the report"));
        }
        let created = paths.into_iter().map(|path| {
            let file = if is_stdout(path) { None } else { Some(CompleteFile::create(path)?) };
            Ok((path, file))
        });
        Ok(ReportFiles { options: self, files: created.collect::<Result<_>>()? })
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

impl ReportFiles<'_> {
    /// Writes all files, and gives them their names when all are written. Returns their names.
    pub(super) fn write(self, report: &Report<'_>) -> Result<Vec<String>> {
        let options = self.options;
        let mut texts = Vec::new();
        if options.html.is_some() {
            texts.push(html::write(report, options.made_by.as_deref()));
        }
        if options.csv.is_some() {
            texts.push(csv::write(report)?);
        }
        if options.junit.is_some() {
            texts.push(junit::write(report));
        }
        let mut written = Vec::new();
        for ((path, file), text) in self.files.into_iter().zip(texts) {
            match file {
                None => output::text(&text)?,
                Some(mut file) => {
                    let done = file.as_file_mut().write_all(text.as_bytes());
                    done.map_err(|error| unwritten(path, &error))?;
                    written.push((path, file));
                }
            }
        }
        let mut names = Vec::new();
        for (path, file) in written {
            file.name(path)?;
            names.push(path.display().to_string());
        }
        Ok(names)
    }
}

/// Joins the words of a command, each quoted for a shell if necessary.
pub(super) fn shell(words: &[String]) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%#".contains(c);
    let quoted = words.iter().map(|word| {
        let is_plain = !word.is_empty() && !word.starts_with('#') && word.chars().all(is_plain);
        if is_plain { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    });
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
