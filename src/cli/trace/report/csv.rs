//! The CSV file: one record for each finding.

use super::Report;
use crate::cli::shared::affected::report::built;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::version::NamedVersion;
use crate::cli::trace::finding::{self, Finding};
use crate::domain::text::is_formula;

/// The columns. docs/api/audit.md describes them.
const COLUMNS: [&str; 25] = [
    "seq",
    "affected",
    "affected_id",
    "affected_kind",
    "affected_tags",
    "built",
    "fixed_in",
    "fixed_in_is_earliest",
    "wrong",
    "wrong_id",
    "pinned",
    "split",
    "inclusion",
    "status",
    "was",
    "is",
    "replacement",
    "statement",
    "statement_kind",
    "statement_reason",
    "statement_author",
    "statement_time",
    "accepted_reason",
    "accepted_until",
    "complete",
];

/// Writes RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe, as on the
/// pages.
pub(super) fn write(report: &Report<'_>) -> Result<String> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    let failed = |error: ::csv::Error| Failure::because("cannot write the CSV file", &error);
    writer.write_record(COLUMNS).map_err(failed)?;
    for row in &report.answer.rows {
        let subject = CsvSubject {
            tags: row.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(" "),
            built: built(row.stale_at_build),
            fixed_in: row.fixed_in.as_ref(),
            is_earliest: row.bounds.fixed,
        };
        for found in finding::of_set(row) {
            writer.write_record(record(report, &subject, &found)).map_err(failed)?;
        }
    }
    for row in &report.answer.consumers {
        let subject = CsvSubject {
            tags: row.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(" "),
            built: built(row.stale_at_build),
            fixed_in: row.fixed_in.as_ref(),
            is_earliest: row.bounds.fixed,
        };
        for found in finding::of_consumer(row) {
            writer.write_record(record(report, &subject, &found)).map_err(failed)?;
        }
    }
    let bytes =
        writer.into_inner().map_err(|error| Failure::because("cannot write the CSV file", error.error()))?;
    String::from_utf8(bytes).map_err(|error| Failure::because("cannot write the CSV file", &error))
}

/// The columns of an affected version.
struct CsvSubject<'a> {
    tags: String,
    built: &'static str,
    fixed_in: Option<&'a NamedVersion>,
    is_earliest: bool,
}

fn record(report: &Report<'_>, subject: &CsvSubject<'_>, found: &Finding<'_>) -> Vec<String> {
    let reference = |version: Option<&NamedVersion>| version.map(NamedVersion::reference).unwrap_or_default();
    let member = |text: fn(&crate::cli::shared::affected::answer::WrongMember) -> String| {
        found.member.map(text).unwrap_or_default()
    };
    let said = |text: fn(&crate::cli::shared::version::VersionStatement) -> String| {
        found.statement.map(text).unwrap_or_default()
    };
    let entry = report.accepted.entry(found);
    let (was, is) = found.change();
    let record: [String; COLUMNS.len()] = [
        report.facts.read_at.seq.clone(),
        found.affected.reference(),
        found.affected.id.clone(),
        found.affected.item.kind.clone(),
        subject.tags.clone(),
        subject.built.to_owned(),
        reference(subject.fixed_in),
        subject.is_earliest.to_string(),
        found.wrong.reference(),
        found.wrong.id.clone(),
        member(|member| member.pinned.reference()),
        member(|member| member.split.clone()),
        member(|member| member.inclusion.clone()),
        member(|member| member.status.clone()),
        was,
        is,
        reference(found.replacement),
        said(|said| said.id()),
        said(|said| said.kind.clone()),
        said(|said| said.reason.clone()),
        said(|said| said.author.clone()),
        said(|said| said.commit.time.clone()),
        entry.map(|entry| entry.reason.clone()).unwrap_or_default(),
        entry.map(|entry| entry.expires.to_string()).unwrap_or_default(),
        report.is_whole().to_string(),
    ];
    record.into_iter().map(safe).collect()
}

/// A cell that no spreadsheet runs.
fn safe(text: String) -> String {
    if is_formula(&text) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cases are those of the pages' writer.
    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(safe(formula.to_owned()), format!("'{formula}"));
        }
        assert_eq!(safe("a=1".to_owned()), "a=1");
    }

    #[test]
    fn the_document_describes_the_columns() {
        let document = include_str!("../../../../docs/api/audit.md");
        let (_, table) = document.split_once("| Column | Content |\n").unwrap();
        let rows = table.lines().skip(1).take_while(|line| line.starts_with("| "));
        let named: Vec<&str> = rows
            .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
            .map(|name| name.trim().trim_matches('`'))
            .collect();
        assert_eq!(named, COLUMNS);
    }
}
