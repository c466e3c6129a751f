//! The HTML file: complete in itself, readable on paper, without scripts. It is well-formed XML.

mod table;

use std::fmt::Write as _;

use self::table::{Cell, Column, table};
use super::markup::{Escaped, Foreign};
use super::{Report, VERSION};
use crate::cli::shared::affected::answer::{AffectedRow, Consumer, NotWrongSubject};
use crate::cli::shared::affected::report::{built, fixed, percent, seen};
use crate::cli::shared::output::{count, counted};
use crate::cli::shared::version::{NamedVersion, VersionStatement};
use crate::cli::trace::allow::AllowEntry;
use crate::cli::trace::finding::{self, Finding};

const STYLE: &str = include_str!("report.css");

/// The most findings in the file. Browsers become slow with more.
const MOST_FINDINGS: usize = 20_000;

const SETS: &[Column] = &[
    Column::text("training set"),
    Column::number("members"),
    Column::number("wrong"),
    Column::number("share"),
    Column::number("accepted"),
    Column::text("built"),
    Column::text("fixed in"),
    Column::text("seen by"),
    Column::text("tags"),
];

const CONSUMERS: &[Column] = &[
    Column::text("seen by"),
    Column::number("wrong versions"),
    Column::number("accepted"),
    Column::text("built"),
    Column::text("fixed in"),
    Column::text("through"),
    Column::text("tags"),
];

const FINDINGS: &[Column] = &[
    Column::text("wrong version"),
    Column::text("in"),
    Column::text("was"),
    Column::text("is"),
    Column::text("statement"),
    Column::text("reason"),
    Column::text("said by"),
];

const ACCEPTED: &[Column] = &[
    Column::text("wrong version"),
    Column::text("in"),
    Column::text("accepted because"),
    Column::text("until"),
    Column::text("statement"),
    Column::text("reason"),
];

pub(super) fn write(report: &Report<'_>, made_by: Option<&str>) -> String {
    let question = Escaped(&report.facts.question);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"generator\" content=\"stemma {VERSION}\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
         <title>{question} As of seq {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<p>Lineage report</p>\n<h1>{question}</h1>\n{}</header>\n<main>\n",
        Escaped(&report.facts.read_at.seq),
        verdict(report)
    );
    page.push_str(&facts(report, made_by));
    let mut left = MOST_FINDINGS;
    if report.facts.by_set {
        sets(&mut page, report, &mut left);
    }
    consumers(&mut page, report, &mut left);
    accepted(&mut page, report, &mut left);
    warnings(&mut page, report);
    let _ = write!(
        page,
        "<section aria-labelledby=\"repeat\">\n<h2 id=\"repeat\">Repeat it</h2>\n\
         <p>This command gives the same answer again. Settings that it does not name are those of the \
         environment and of the settings file; accepted findings expire.</p>\n<pre><code>{}</code></pre>\n</section>\n\
         </main>\n<footer>\n<p>Made by <code>stemma {VERSION}</code> at {}.</p>\n</footer>\n</body>\n</html>\n",
        Escaped(&report.facts.command),
        Escaped(&report.facts.made_at)
    );
    page
}

/// The answer in a sentence.
fn verdict(report: &Report<'_>) -> String {
    let answer = report.answer;
    let sets = answer.rows.iter().filter(|row| !report.accepted.is_set_accepted(row)).count();
    let seen = answer.consumers.iter().filter(|row| !report.accepted.is_consumer_accepted(row)).count();
    let excused = answer.rows.len() + answer.consumers.len() - sets - seen;
    let mut parts = Vec::new();
    if report.facts.by_set {
        parts.push(counted(sets as u64, "training set version"));
    }
    parts.push(counted(seen as u64, "model, evaluation or deployment version"));
    let (is, became) = match report.facts.since {
        Some(_) => ("became", "became affected"),
        None => ("is", "affected"),
    };
    let fault = report.fault();
    let mut text = match (sets + seen, report.is_whole()) {
        (0, true) if fault.is_some() => "There is no complete answer".to_owned(),
        (0, true) if excused > 0 => format!("Nothing {is} affected that is not accepted"),
        (0, true) => format!("Nothing {is} affected"),
        (0, false) => "Nothing affected was found before the answer ended".to_owned(),
        (_, true) => format!("{became}: {}", parts.join(" and ")),
        (_, false) => format!("{became}: at least {}", parts.join(" and at least ")),
    };
    if excused > 0 {
        let _ = write!(text, "; accepted: {}", counted(excused as u64, "affected version"));
    }
    let class = if sets + seen == 0 && fault.is_none() { "good" } else { "bad" };
    let mut html = format!("<p class=\"verdict {class}\">{}.</p>\n", Escaped(&capital(&text)));
    if let Some(fault) = fault {
        let _ = writeln!(html, "<p class=\"verdict bad\">Not complete: {}.</p>", Escaped(&fault));
    }
    html
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

fn facts(report: &Report<'_>, made_by: Option<&str>) -> String {
    let facts = report.facts;
    let asked = &report.answer.asked;
    let mut rows: Vec<(&str, String)> = vec![
        ("As of", format!("seq {}, {}", Escaped(&facts.read_at.seq), Escaped(&facts.read_at.time))),
        ("Digest of this commit", format!("<code>{}</code>", Escaped(&facts.digest))),
    ];
    if let Some(since) = facts.since {
        rows.push(("Only what is new since", format!("seq {since}")));
        if report.is_whole() {
            let seq = Escaped(&facts.read_at.seq);
            rows.push(("Next time", format!("<code>--since {seq}</code>")));
        }
    }
    if let Some(known_at) = &facts.known_at {
        rows.push(("Judged by what was known at", format!("seq {}", Escaped(known_at))));
    }
    rows.push((
        "Completeness",
        match &report.answer.incomplete {
            None => format!("complete: {} followed", counted(asked.wrong_count, "wrong version")),
            Some(reason) => format!(
                "<strong class=\"bad\">not complete</strong>: the server stopped at its budget ({}); there may be more",
                Escaped(reason)
            ),
        },
    ));
    if asked.not_wrong_count > 0 {
        let names = asked.not_wrong.iter().take(20).map(NotWrongSubject::reference);
        let names =
            names.map(|name| format!("<code>{}</code>", Foreign(&name))).collect::<Vec<_>>().join(", ");
        let more = asked.not_wrong_count.saturating_sub(20);
        let more = if more > 0 { format!(" and {} more", count(more)) } else { String::new() };
        rows.push(("Asked about and not wrong", format!("{names}{more}")));
    }
    rows.push(("Store", format!("<code>{}</code>", Foreign(&facts.store))));
    if let Some(allow) = &facts.allow {
        rows.push(("Accepted findings", format!("<code>{}</code>", Foreign(allow))));
    }
    let by = made_by.map(|name| format!(" by {}", Foreign(name))).unwrap_or_default();
    rows.push(("Report made", format!("{}{by}, stemma {VERSION}", Escaped(&facts.made_at))));
    let rows: String =
        rows.iter().map(|(name, value)| format!("<dt>{name}</dt><dd>{value}</dd>\n")).collect();
    format!(
        "<section aria-labelledby=\"about\">\n<h2 id=\"about\">About this report</h2>\n<dl>\n{rows}</dl>\n</section>\n"
    )
}

fn sets(page: &mut String, report: &Report<'_>, left: &mut usize) {
    page.push_str("<section aria-labelledby=\"sets\">\n<h2 id=\"sets\">Training sets</h2>\n");
    let rows = &report.answer.rows;
    if rows.is_empty() {
        page.push_str("<p>No training set is affected.</p>\n");
    } else {
        let caption = counted(rows.len() as u64, "affected training set version");
        table(page, &caption, SETS, rows.iter().map(|row| set(report, row)));
    }
    for row in rows {
        details(page, report, &row.training_set, finding::of_set(row), left);
    }
    page.push_str("</section>\n");
}

fn set(report: &Report<'_>, row: &AffectedRow) -> Vec<Cell> {
    let least = if row.bounds.affected { "at least " } else { "" };
    let itself = if row.training_set.wrong { ", and itself" } else { "" };
    vec![
        Cell::code(row.training_set.reference()),
        Cell::plain(count(row.member_count)),
        Cell::plain(format!("{least}{}{itself}", count(row.affected_count))),
        Cell::plain(percent(row.affected_fraction)),
        Cell::plain(count(report.accepted.in_set(row))),
        Cell::plain(built(row.stale_at_build)),
        fixed_cell(row.fixed_in.as_ref(), row.bounds.fixed),
        Cell::versions(&row.consumers.nodes, row.consumers.total_count, false),
        Cell::text(row.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(", ")),
    ]
}

fn fixed_cell(version: Option<&NamedVersion>, is_earliest: bool) -> Cell {
    let later = if is_earliest { " or later" } else { "" };
    match version {
        None => Cell::plain(fixed(None, false)),
        Some(version) => Cell::code_and(version.reference(), later),
    }
}

fn consumers(page: &mut String, report: &Report<'_>, left: &mut usize) {
    page.push_str(
        "<section aria-labelledby=\"seen\">\n<h2 id=\"seen\">Models, evaluations and deployments</h2>\n",
    );
    let rows = &report.answer.consumers;
    if rows.is_empty() {
        page.push_str("<p>No model, evaluation or deployment saw any of it.</p>\n");
    } else {
        let caption =
            format!("{} that saw something wrong or are wrong", counted(rows.len() as u64, "version"));
        table(page, &caption, CONSUMERS, rows.iter().map(|row| consumer(report, row)));
    }
    // The sets list the same wrong versions already.
    for row in rows.iter().filter(|_| !report.facts.by_set) {
        details(page, report, &row.consumer, finding::of_consumer(row), left);
    }
    page.push_str("</section>\n");
}

fn consumer(report: &Report<'_>, row: &Consumer) -> Vec<Cell> {
    vec![
        Cell::code(row.consumer.reference()),
        Cell::plain(seen(row)),
        Cell::plain(count(report.accepted.in_consumer(row))),
        Cell::plain(built(row.stale_at_build)),
        fixed_cell(row.fixed_in.as_ref(), row.bounds.fixed),
        Cell::versions(&row.through.nodes, row.through.total_count, row.bounds.through),
        Cell::text(row.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(", ")),
    ]
}

/// Takes findings within the limit of the file. Returns them and the number that is left out.
fn within<T>(findings: impl Iterator<Item = T>, left: &mut usize) -> (Vec<T>, usize) {
    let mut all: Vec<T> = findings.collect();
    let omitted = all.len().saturating_sub(*left);
    all.truncate(*left);
    *left -= all.len();
    (all, omitted)
}

fn omission(page: &mut String, omitted: usize) {
    if omitted > 0 {
        let _ = writeln!(
            page,
            "<p class=\"note\">{} not shown: this file has at most {}. The CSV file (--csv) has all of them.</p>",
            counted(omitted as u64, "finding"),
            count(MOST_FINDINGS as u64)
        );
    }
}

/// The findings of one affected version that are not accepted.
fn details<'a>(
    page: &mut String,
    report: &Report<'_>,
    affected: &NamedVersion,
    findings: impl Iterator<Item = Finding<'a>>,
    left: &mut usize,
) {
    let open = findings.filter(|found| report.accepted.entry(found).is_none());
    let (open, omitted) = within(open, left);
    let reference = affected.reference();
    let _ = writeln!(page, "<h3><code>{}</code></h3>", Foreign(&reference));
    if open.is_empty() && omitted == 0 {
        page.push_str("<p>Every finding is accepted.</p>\n");
        return;
    }
    let caption = format!("{} in {reference}", counted(open.len() as u64, "finding"));
    table(page, &caption, FINDINGS, open.iter().map(finding));
    omission(page, omitted);
}

fn finding(found: &Finding<'_>) -> Vec<Cell> {
    let (was, is) = found.change();
    let place = found.member.map_or_else(Cell::none, |member| match member.inclusion.as_str() {
        "SELF" => Cell::plain("the set itself"),
        _ if member.pinned.id == member.wrong.id => Cell::text(member.split.clone()),
        _ => Cell::code_and(member.pinned.reference(), &format!(", {}", member.split)),
    });
    vec![
        Cell::code(found.wrong.reference()),
        place,
        Cell::text(was),
        Cell::text(is),
        statement(found.statement),
        Cell::text(found.reason().to_owned()),
        found.statement.map_or_else(Cell::none, |said| Cell::text(said.author.clone())),
    ]
}

fn statement(said: Option<&VersionStatement>) -> Cell {
    said.map_or_else(
        || Cell::plain("a class list changed its meaning"),
        |said| Cell::code_and(said.id(), &format!(", {}, {}", said.kind, said.commit.time)),
    )
}

fn accepted(page: &mut String, report: &Report<'_>, left: &mut usize) {
    let Some(file) = &report.facts.allow else { return };
    page.push_str("<section aria-labelledby=\"accepted\">\n<h2 id=\"accepted\">Accepted findings</h2>\n");
    let all = finding::all(report.answer).filter_map(|found| Some((report.accepted.entry(&found)?, found)));
    let (all, omitted) = within(all, left);
    if all.is_empty() && omitted == 0 {
        let _ = writeln!(
            page,
            "<p>The file <code>{}</code> accepts no finding of this answer.</p>",
            Foreign(file)
        );
    } else {
        let caption = format!("{} accepted in {file}", counted(all.len() as u64, "finding"));
        table(page, &caption, ACCEPTED, all.iter().map(|(entry, found)| excused(entry, found)));
    }
    omission(page, omitted);
    page.push_str("</section>\n");
}

fn excused(entry: &AllowEntry, found: &Finding<'_>) -> Vec<Cell> {
    vec![
        Cell::code(found.wrong.reference()),
        Cell::code(found.affected.reference()),
        Cell::text(format!("{} (line {}, known at seq {})", entry.reason, entry.line, entry.seq)),
        Cell::plain(entry.expires.to_string()),
        statement(found.statement),
        Cell::text(found.reason().to_owned()),
    ]
}

fn warnings(page: &mut String, report: &Report<'_>) {
    if report.accepted.warnings.is_empty() {
        return;
    }
    page.push_str("<section aria-labelledby=\"review\">\n<h2 id=\"review\">Entries to review</h2>\n<ul>\n");
    for warning in &report.accepted.warnings {
        let _ = writeln!(page, "<li class=\"note\">{}</li>", Foreign(warning));
    }
    page.push_str("</ul>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_above_the_limit_are_counted() {
        let mut left = 5;
        assert_eq!(within(0..3, &mut left), (vec![0, 1, 2], 0));
        assert_eq!(within(0..3, &mut left), (vec![0, 1], 1));
        assert_eq!(within(0..3, &mut left), (vec![], 3));
        let mut page = String::new();
        omission(&mut page, 1_500);
        assert!(page.contains("1,500 findings not shown: this file has at most 20,000."), "{page}");
    }
}
