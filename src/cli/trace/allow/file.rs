//! Reads a file of accepted findings: TOML, one table `[[accepted]]` per entry.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use chrono::{Days, NaiveDate};
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::{AllowEntry, AllowList};
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::{Seq, VersionId};
use crate::domain::item::Kind;
use crate::domain::names::reference::{Reference, VersionSelector};

/// The largest file, in bytes.
const LARGEST: u64 = 1 << 20;
/// The most entries.
const MOST_ENTRIES: usize = 1_000;
/// The most different seqs. The answer at each of them is requested.
const MOST_SEQS: usize = 16;
/// The most days after today on which an entry can expire.
const MOST_DAYS: u64 = 366;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowDocument {
    #[serde(default)]
    accepted: Vec<Spanned<AllowTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowTable {
    #[serde(default)]
    affected: Vec<Spanned<String>>,
    #[serde(default)]
    wrong: Vec<Spanned<String>>,
    statement: Option<Spanned<String>>,
    seq: Spanned<u64>,
    reason: Spanned<String>,
    expires: Spanned<Datetime>,
}

/// An error at a byte of the text.
struct Fault {
    at: usize,
    message: String,
}

/// Reads the file. `today` is the date in UTC.
pub(super) fn read(path: &Path, today: NaiveDate) -> Result<AllowList> {
    let unreadable = |error: &std::io::Error| {
        Failure::because(format!("cannot read {}", path.display()), error)
            .hint("name the file with the accepted findings with --allow")
    };
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(|error| unreadable(&error))?;
    if text.len() as u64 > LARGEST {
        return Err(Failure::usage(format!(
            "{} is larger than {LARGEST} bytes, the limit of a file of accepted findings",
            path.display()
        ))
        .hint("correct or rebuild what is accepted so often, or name sets without their labels"));
    }
    match parse(&text, today) {
        Ok(entries) => Ok(AllowList { path: path.to_owned(), entries }),
        Err(Fault { at, message }) => {
            let line = line_of(&text, at);
            Err(Failure::usage(format!("{} line {line}: {message}", path.display()))
                .hint("docs/api/audit.md describes the file"))
        }
    }
}

/// Returns the line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

fn parse(text: &str, today: NaiveDate) -> Result<Vec<AllowEntry>, Fault> {
    let document: AllowDocument = toml::from_str(text).map_err(|error| Fault {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
    })?;
    if let Some(table) = document.accepted.get(MOST_ENTRIES) {
        return Err(Fault {
            at: table.span().start,
            message: format!("expected at most {MOST_ENTRIES} entries, found more"),
        });
    }
    let mut seqs = BTreeSet::new();
    let mut entries = Vec::with_capacity(document.accepted.len());
    for table in document.accepted {
        let line = line_of(text, table.span().start);
        let at = table.span().start;
        let seq = table.get_ref().seq.clone();
        let entry = entry(table.into_inner(), line, at, today)?;
        seqs.insert(entry.seq);
        if seqs.len() > MOST_SEQS {
            return Err(Fault {
                at: seq.span().start,
                message: format!(
                    "expected at most {MOST_SEQS} different seqs, found more; review older entries and give them one seq"
                ),
            });
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(table: AllowTable, line: usize, at: usize, today: NaiveDate) -> Result<AllowEntry, Fault> {
    if table.affected.is_empty() && table.wrong.is_empty() {
        let message = "the entry accepts everything; name sets or consumers in `affected`, or wrong versions in `wrong`";
        return Err(Fault { at, message: message.to_owned() });
    }
    let statement = table.statement.map(statement).transpose()?;
    let reason = table.reason.get_ref();
    if reason.trim().is_empty() {
        return Err(Fault { at: table.reason.span().start, message: "the reason is empty".to_owned() });
    }
    Ok(AllowEntry {
        line,
        affected: table.affected.iter().map(affected).collect::<Result<_, _>>()?,
        wrong: table.wrong.iter().map(|name| exact(name).map(|(name, _)| name)).collect::<Result<_, _>>()?,
        statement,
        seq: Seq(*table.seq.get_ref()),
        reason: reason.clone(),
        expires: expiry(&table.expires, today)?,
    })
}

/// Checks the name of a version that can be affected.
fn affected(name: &Spanned<String>) -> Result<String, Fault> {
    let (text, kind) = exact(name)?;
    match kind {
        None | Some(Kind::TrainingSet | Kind::Model | Kind::Evaluation | Kind::Deployment) => Ok(text),
        Some(kind) => Err(Fault {
            at: name.span().start,
            message: format!(
                "expected a TRAINING_SET, MODEL, EVALUATION or DEPLOYMENT in `affected`, found a {kind}; `wrong` names what is wrong in it"
            ),
        }),
    }
}

/// Returns the name of one version, and its kind if the name says it. A tag, a head or the start of
/// an id can mean another version tomorrow.
fn exact(name: &Spanned<String>) -> Result<(String, Option<Kind>), Fault> {
    match name.get_ref().parse() {
        Ok(Reference::Version(id)) => Ok((format!("{}{}", VersionId::PREFIX, id.hex()), None)),
        Ok(Reference::Item { split: Some((key, VersionSelector::Number(number))), .. }) => {
            Ok((format!("{key}#{number}"), Some(key.kind)))
        }
        _ => Err(Fault {
            at: name.span().start,
            message: format!(
                "expected one version, namespace/KIND/key#number or version:<64 hex>, found {:?}; a name without a number can mean another version tomorrow",
                name.get_ref()
            ),
        }),
    }
}

fn statement(name: Spanned<String>) -> Result<String, Fault> {
    let parts = name.get_ref().strip_prefix("statement:").and_then(|rest| rest.split_once('.'));
    let is_number = |text: &str| text.parse::<u64>().is_ok_and(|number| number.to_string() == text);
    match parts {
        Some((seq, place)) if is_number(seq) && is_number(place) => Ok(name.into_inner()),
        _ => Err(Fault {
            at: name.span().start,
            message: format!("expected a statement such as statement:25.0, found {:?}", name.get_ref()),
        }),
    }
}

fn expiry(given: &Spanned<Datetime>, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let fault = |message: String| Fault { at: given.span().start, message };
    let datetime = given.get_ref();
    let date = match (datetime.date, datetime.time) {
        (Some(date), None) => NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()),
        _ => None,
    };
    let date = date
        .ok_or_else(|| fault(format!("expected a date such as 2027-03-01 in `expires`, found {datetime}")))?;
    let last = today.checked_add_days(Days::new(MOST_DAYS)).unwrap_or(today);
    if date > last {
        return Err(fault(format!("`expires` is more than a year away; give a date up to {last}")));
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();

    fn parsed(text: &str) -> Result<Vec<AllowEntry>, String> {
        parse(text, TODAY).map_err(|fault| format!("line {}: {}", line_of(text, fault.at), fault.message))
    }

    /// An entry with this line instead of the one that begins with the same word.
    fn with(line: &str) -> String {
        let lines = [
            "# Agreed with the owner.",
            "[[accepted]]",
            r#"affected = ["mnist/TRAINING_SET/test-set#1"]"#,
            r#"wrong = ["mnist/LABEL/test/00947#1"]"#,
            "seq = 30",
            r#"reason = "frozen benchmark""#,
            "expires = 2027-03-01",
        ];
        let name = line.split(' ').next().unwrap();
        let is_known = lines.iter().any(|old| old.starts_with(name));
        let changed = lines.iter().map(|old| if old.starts_with(name) { line } else { old });
        let added = (!is_known).then_some(line);
        changed.chain(added).map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn an_entry_has_a_line_and_normal_names() {
        let id = format!("version:{}", "0a".repeat(32));
        let text = with(&format!(r#"affected = ["mnist/MODEL/a#1#007", "{id}"]"#));
        let entries = parsed(&text).unwrap();
        assert_eq!(entries[0].line, 2);
        let names: Vec<&str> = entries[0].affected.iter().map(String::as_str).collect();
        assert_eq!(names, ["mnist/MODEL/a#1#7", id.as_str()]);
        assert_eq!((entries[0].seq, entries[0].expires.to_string().as_str()), (Seq(30), "2027-03-01"));
        assert_eq!(parsed("").unwrap().len(), 0);
    }

    #[test]
    fn what_is_not_exact_is_refused_with_its_line() {
        for (line, message) in [
            (r#"affected = ["mnist/TRAINING_SET/test-set"]"#, "line 3: expected one version"),
            (r#"affected = ["mnist/TRAINING_SET/test-set@current"]"#, "line 3: expected one version"),
            (r#"affected = ["0123abcd"]"#, "line 3: expected one version"),
            (r#"affected = ["mnist/LABEL/test/00947#1"]"#, "line 3: expected a TRAINING_SET, MODEL"),
            (r#"wrong = ["*"]"#, "line 4: expected one version"),
            (r#"wrong = "mnist/LABEL/a#1""#, "line 4: "),
            ("seq = -1", "line 5: "),
            (r#"seq = "30""#, "line 5: "),
            (r#"reason = " ""#, "line 6: the reason is empty"),
            ("expires = 2027-03-01T12:00:00Z", "line 7: expected a date such as"),
            (
                "expires = 2028-01-01",
                "line 7: `expires` is more than a year away; give a date up to 2027-12-02",
            ),
            (r#"expires = "never""#, "line 7: "),
            (r#"statement = "25""#, "line 8: expected a statement such as statement:25.0"),
            ("label = 1", "line 8: unknown field `label`"),
            ("[other]", "line 8: unknown field `other`"),
        ] {
            let refused = parsed(&with(line)).map(|entries| entries.len());
            assert!(refused.as_ref().is_err_and(|error| error.starts_with(message)), "{line}: {refused:?}");
        }
    }

    #[test]
    fn what_is_required_cannot_be_left_out() {
        for name in ["seq", "reason", "expires"] {
            let text: String = with("seq = 30")
                .lines()
                .filter(|line| !line.starts_with(name))
                .map(|line| format!("{line}\n"))
                .collect();
            let refused = parsed(&text).map(|entries| entries.len());
            let expected = format!("line 2: missing field `{name}`");
            assert!(refused.as_ref().is_err_and(|error| *error == expected), "{name}: {refused:?}");
        }
        let all = "[[accepted]]\nseq = 1\nreason = \"r\"\nexpires = 2027-01-01\n";
        assert!(parsed(all).is_err_and(|error| error.starts_with("line 1: the entry accepts everything")));
        let many: String = (0..17).map(|seq| with(&format!("seq = {seq}"))).collect();
        assert!(parsed(&many).is_err_and(|error| error.contains("at most 16 different seqs")));
    }
}
