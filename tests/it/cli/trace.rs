//! `stemma trace` for auditors and jobs: by model, since a seq, reports, accepted findings.

mod allow;
mod markup;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use self::markup::Markup;
use super::import::{GARDEN, import};
use super::{Called, folder, refused, stemma};
use crate::http::server::Server;

/// A text that tries to leave the place where it is written.
const HOSTILE: &str = "=1+1</td></table></script><script>alert('x')</script><img src=x onerror=alert(1)> \"]]>-- &amp; \u{202e}evil";

fn trace(folder: &Path, more: &[&str]) -> Called {
    stemma(folder, &[&["trace"], more].concat())
}

#[track_caller]
fn answered(called: Called) -> String {
    assert_eq!(called.code, Some(0), "{}{}", called.out, called.err);
    called.out
}

/// The garden, with a hostile reason and hostile labels.
fn hostile(folder: &Path) {
    let text = Value::from(HOSTILE).to_string();
    let with_bell = Value::from(format!("{HOSTILE}\u{7}bell")).to_string();
    let garden = GARDEN
        .replace("\"red breast\"", &text)
        .replace("{\"class\":\"robin\"}", &format!("{{\"class\":\"robin\",\"note\":{text}}}"))
        .replace("{\"class\":\"wren\"}", &format!("{{\"class\":\"wren\",\"seen\":{with_bell}}}"));
    assert_eq!(import(folder, &garden, &[]).code, Some(0));
}

#[test]
fn models_are_answered_without_sets() {
    let folder = folder();
    let here = folder.path();
    import(here, GARDEN, &[]);
    let out = answered(trace(here, &["--all", "--models", "--members"]));
    for text in
        ["birds/MODEL/finder#1", "birds/TRAINING_SET/garden#1", "before the fix", "class wren", "red breast"]
    {
        assert!(out.contains(text), "{text}: {out}");
    }
    assert!(!out.contains("training set version") && !out.contains("members"), "{out}");
    refused_but_shown(
        &trace(here, &["--all", "--models", "--fail-if-affected"]),
        "error: affected: 1 consumer\n",
    );
    // A set alone is no answer by model.
    let garden: Vec<&str> = GARDEN.lines().filter(|line| !line.contains("MODEL")).collect();
    let folder = super::folder();
    import(folder.path(), &format!("{}\n", garden.join("\n")), &[]);
    assert_eq!(trace(folder.path(), &["--all", "--fail-if-affected"]).code, Some(1));
    let out = answered(trace(folder.path(), &["--all", "--models", "--fail-if-affected"]));
    assert!(out.starts_with("Nothing is affected: no model, evaluation or deployment, as of seq"), "{out}");
}

#[track_caller]
fn refused_but_shown(called: &Called, error: &str) {
    assert_eq!(called.code, Some(1), "{}{}", called.out, called.err);
    assert!(called.err.ends_with(error) && !called.out.is_empty(), "{}{}", called.out, called.err);
}

#[test]
fn a_job_learns_only_what_is_new() {
    let folder = folder();
    let here = folder.path();
    import(here, GARDEN, &[]);
    let new = trace(here, &["--all", "--since", "1", "--fail-if-affected"]);
    refused_but_shown(&new, "error: affected: 1 training set version, 1 consumer\n");
    assert!(new.out.contains("1 newly affected training set version, as of seq 2"), "{}", new.out);
    assert!(new.out.ends_with("Next time: --since 2\n"), "{}", new.out);
    let nothing = answered(trace(here, &["--all", "--since", "2", "--fail-if-affected"]));
    assert!(nothing.starts_with("Nothing became affected after seq 2: no training set, model"), "{nothing}");
    assert!(nothing.ends_with("Next time: --since 2\n"), "{nothing}");
    // A model that is made from a set that was affected before is new; the set is not.
    let late = r#"{"type":"version","item":"birds/MODEL/late","sources":[{"version":"birds/TRAINING_SET/garden#1","role":"TRAINED_ON"}]}"#;
    fs::write(here.join("late.ndjson"), format!("{late}\n")).unwrap();
    answered(stemma(here, &["import", "late.ndjson"]));
    let new = answered(trace(here, &["--all", "--since", "2"]));
    assert!(new.contains("No training set is newly affected") && new.contains("birds/MODEL/late#1"), "{new}");
    assert!(!new.contains("finder"), "{new}");
    let json: Value =
        serde_json::from_str(&answered(trace(here, &["--all", "--since", "2", "--json"]))).unwrap();
    assert_eq!((&json["since"], &json["readAt"]["seq"]), (&"2".into(), &"3".into()));
    assert_eq!(json["consumers"].as_array().unwrap().len(), 1);
    // Nothing is new at the moment itself, and nothing can be read before it.
    let then = answered(trace(here, &["--all", "--since", "2", "--as-of", "2"]));
    assert!(then.contains("Nothing became affected"), "{then}");
    refused(
        &trace(here, &["--all", "--since", "4"]),
        2,
        "expected --since up to 3, the seq that is read, found 4",
    );
    for wrong in [&["--since", "1", "birds/LABEL/photo"][..], &["--since", "1", "--all", "--known-at", "2"]] {
        assert_eq!(trace(here, wrong).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn reports_of_hostile_text_are_well_formed_and_hold_it_as_text() {
    let folder = folder();
    let here = folder.path();
    hostile(here);
    let files = ["--html", "r.html", "--csv", "r.csv", "--junit", "r.xml", "--made-by", HOSTILE];
    for by in [&["--all"][..], &["--all", "--models"]] {
        let called = trace(here, &[by, &files].concat());
        assert_eq!(called.code, Some(0), "{}", called.err);
        assert!(
            called.out.contains("birds/MODEL/finder#1") && called.err.contains("r.csv, as of seq 2"),
            "{}",
            called.err
        );

        let html = Markup::read(&fs::read_to_string(here.join("r.html")).unwrap());
        for hostile in ["script", "img", "a", "link", "iframe", "object", "form"] {
            assert_eq!(html.count(hostile), 0, "{hostile}");
        }
        for name in &html.attributes {
            assert!(!name.starts_with("on") && !["src", "href", "style"].contains(&name.as_str()), "{name}");
        }
        for landmark in ["header", "main", "footer", "h1", "title"] {
            assert_eq!(html.count(landmark), 1, "{landmark}");
        }
        assert!(html.count("table") >= 2 && html.count("table") == html.count("caption"));
        assert_eq!(html.scopes, html.count("th"), "each header says what it heads");
        // The reason, the label, and who made the report.
        assert!(html.text.matches(HOSTILE).count() >= 4, "{}", html.text);
        assert!(html.text.contains("\u{fffd}bell"), "{}", html.text);
        assert!(!html.text.contains("url(") && !html.text.contains("@import"), "{}", html.text);

        let junit = Markup::read(&fs::read_to_string(here.join("r.xml")).unwrap());
        let cases = if by.len() == 1 { 3 } else { 2 };
        assert_eq!(
            (junit.count("testcase"), junit.count("failure"), junit.count("error")),
            (cases, cases - 1, 0)
        );
        assert!(junit.text.contains(HOSTILE), "{}", junit.text);

        let mut csv = csv::Reader::from_path(here.join("r.csv")).unwrap();
        let reason = csv.headers().unwrap().iter().position(|name| name == "statement_reason").unwrap();
        let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), cases - 1);
        assert!(records.iter().all(|record| record[reason] == format!("'{HOSTILE}")), "{records:?}");
    }
}

#[test]
fn a_report_names_its_moment_and_the_command_that_repeats_it() {
    let folder = folder();
    let here = folder.path();
    hostile(here);
    let read = |name: &str| fs::read_to_string(here.join(name)).unwrap();
    let asked = ["--all", "--members", "--fail-if-affected", "--html", "it's a report.html"];
    assert_eq!(trace(here, &asked).code, Some(1));
    let first = read("it's a report.html");
    // Later commits change nothing in it.
    let late = r#"{"type":"statement","kind":"RETRACTS","version":"birds/MODEL/finder#1","reason":"late"}"#;
    fs::write(here.join("late.ndjson"), format!("{late}\n")).unwrap();
    answered(stemma(here, &["import", "late.ndjson"]));
    fs::remove_file(here.join("it's a report.html")).unwrap();
    let text = Markup::read(&first).text;
    let command = text.lines().find(|line| line.starts_with("stemma trace ")).unwrap().to_owned();
    assert!(command.contains("--as-of 2 ") && command.contains(r"'it'\''s a report.html'"), "{command}");
    let again = command.replacen("stemma", env!("CARGO_BIN_EXE_stemma"), 1);
    let again = Command::new("sh").args(["-c", &again]).current_dir(here).output().unwrap();
    assert_eq!(again.status.code(), Some(1), "{}", String::from_utf8_lossy(&again.stderr));
    // The lines that differ have the time at which it was made, or the command with its moment.
    let content = |html: &str| {
        let lines = html.lines().filter(|line| !line.contains("Report made") && !line.contains("Made by"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(content(&read("it's a report.html")), content(&first));

    // The digest is that of the log, also from a server.
    let digest = text.split("Digest of this commit").nth(1).unwrap().trim()[..64].to_owned();
    let server = Server::start(&here.join("stemma-data"));
    let (_, head) = server.send("GET", "/backup?at=2", "", "");
    let head: Value = serde_json::from_str(&head).unwrap();
    assert_eq!(head["digest"], digest.as_str());
    let out = answered(trace(here, &["--all", "--as-of", "2", "--server", &server.url, "--html", "-"]));
    assert!(out.starts_with("<!DOCTYPE html>") && out.ends_with("</html>\n"), "{out}");
    assert!(out.contains(&digest) && out.contains(&format!("--server {}", server.url)), "{out}");
}

#[test]
fn reports_are_refused_before_anything_is_asked() {
    let folder = folder();
    let here = folder.path();
    import(here, GARDEN, &[]);
    refused(
        &trace(here, &["--all", "--html", "a", "--csv", "a"]),
        2,
        "expected a file for each report, found a twice",
    );
    refused(
        &trace(here, &["--all", "--html", "-", "--csv", "-"]),
        2,
        "expected a file for each report, found - twice",
    );
    refused(&trace(here, &["--all", "--junit", "-", "--json"]), 2, "found --json and a report");
    refused(&trace(here, &["--all", "--csv", "gone/a.csv"]), 3, "cannot write gone/a.csv");
    fs::create_dir(here.join("folder")).unwrap();
    refused(&trace(here, &["--all", "--csv", "folder"]), 3, "expected a file or a new name, found folder");
    assert_eq!(trace(here, &["--all", "--made-by", "Ada"]).code, Some(2));
    // A question without an answer leaves no file, not even an unfinished one.
    refused(&trace(here, &["birds/LABEL/gone", "--csv", "a.csv"]), 3, "there is no item birds/LABEL/gone");
    let names: Vec<_> = fs::read_dir(here).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().contains("csv")), "{names:?}");
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".stemma")), "{names:?}");
    // A question about something that is not wrong is never one in which nothing is affected.
    for (question, message) in [
        (&["birds/LABEL/photo#2"][..], "nothing that was asked about is wrong: birds/LABEL/photo#2"),
        (
            &["birds/LABEL/photo#1", "birds/LABEL/photo#2"],
            "1 of what was asked about is not wrong: birds/LABEL/photo#2",
        ),
        (&["--commit", "1"], "nothing that was asked about is wrong"),
    ] {
        let called = trace(here, &[question, &["--junit", "a.xml", "--html", "a.html"]].concat());
        assert_eq!(called.code, Some(3), "{}", called.err);
        let [junit, html] =
            ["a.xml", "a.html"].map(|name| Markup::read(&fs::read_to_string(here.join(name)).unwrap()));
        assert_eq!(junit.count("error"), 1);
        assert!(html.text.contains(message) && !html.text.contains("Nothing is affected"), "{}", html.text);
    }
}

#[test]
fn the_reports_of_the_demo_have_the_numbers_of_the_readme() {
    let folder = folder();
    let here = folder.path();
    answered(stemma(here, &["demo", "--no-serve"]));
    let files = ["--data", "stemma-demo", "--html", "r.html", "--csv", "r.csv", "--junit", "r.xml"];
    answered(trace(here, &[&["--all", "--as-of", "30"][..], &files].concat()));
    let html = Markup::read(&fs::read_to_string(here.join("r.html")).unwrap()).text;
    for text in [
        "Affected: 2 training set versions and 4 model, evaluation or deployment versions.",
        "13 findings in mnist/TRAINING_SET/test-set#1",
        "22 findings in cifar10/TRAINING_SET/test-set#1",
        "complete: 35 wrong versions followed",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let mut csv = csv::Reader::from_path(here.join("r.csv")).unwrap();
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for record in csv.records().map(Result::unwrap) {
        *counts.entry(record[1].to_owned()).or_default() += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    assert_eq!(
        counts,
        [
            ("cifar10/EVALUATION/baseline/accuracy#1", 22),
            ("cifar10/MODEL/baseline#1", 22),
            ("cifar10/TRAINING_SET/test-set#1", 22),
            ("mnist/EVALUATION/baseline/accuracy#1", 13),
            ("mnist/MODEL/baseline#1", 13),
            ("mnist/TRAINING_SET/test-set#1", 13),
        ]
    );
    let junit = fs::read_to_string(here.join("r.xml")).unwrap();
    assert!(
        junit.contains("message=\"13 of 10,000 members wrong\"") && junit.contains("22 of 10,000"),
        "{junit}"
    );
    // Only one data set was corrected after seq 25.
    let since = answered(trace(
        here,
        &["--all", "--since", "25", "--as-of", "26", "--models", "--data", "stemma-demo"],
    ));
    assert_eq!((since.contains("cifar10/MODEL"), since.contains("mnist/MODEL")), (true, false), "{since}");
}
