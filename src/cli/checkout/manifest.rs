//! The two manifests: a table with one line per member, and a summary with the hash of the table.
//!
//! They contain only what never changes, so a set version always has the same manifests.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::names::{SUMMARY, TABLE};
use super::plan::CheckoutPlan;
use super::set::{MemberVersion, SetVersion, item_name};
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::id::Digest;

/// Both manifests.
pub(super) struct CheckoutManifest {
    /// `namespace/TRAINING_SET/key#number`.
    pub name: String,
    table: String,
    summary: String,
}

/// A version in a line of the table.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionEntry<'a> {
    version: &'a str,
    item: String,
    number: u64,
    media_type: Option<&'a str>,
    digest: Option<String>,
    sha256: Option<&'a str>,
    size: Option<u64>,
    path: Option<&'a str>,
    attributes: &'a Value,
}

#[derive(Serialize)]
struct MemberLine<'a> {
    split: &'a str,
    weight: Option<f64>,
    #[serde(flatten)]
    entry: VersionEntry<'a>,
    sources: Vec<SourceEntry<'a>>,
}

#[derive(Serialize)]
struct SourceEntry<'a> {
    role: &'a str,
    #[serde(flatten)]
    entry: VersionEntry<'a>,
}

impl CheckoutManifest {
    pub(super) fn of(set: &SetVersion, plan: &CheckoutPlan) -> Result<Self> {
        let unwritten = |error| Failure::because("cannot write the manifest", &error);
        let mut table = String::new();
        let mut splits: BTreeMap<&str, u64> = BTreeMap::new();
        for member in &plan.members {
            *splits.entry(&member.split).or_default() += 1;
            let entry = |held| entry(plan, &member.split, held);
            let sources = member.sources.iter();
            let line = MemberLine {
                split: &member.split,
                weight: member.weight,
                entry: entry(&member.version),
                sources: sources.map(|(role, source)| SourceEntry { role, entry: entry(source) }).collect(),
            };
            table.push_str(&serde_json::to_string(&line).map_err(unwritten)?);
            table.push('\n');
        }
        let summary = json!({
            "format": 1,
            "set": set.reference(),
            "version": set.id,
            "seq": set.seq,
            "members": plan.members.len(),
            "splits": splits,
            "files": plan.files.len(),
            "bytes": plan.files.iter().map(|file| file.size).sum::<u64>(),
            "manifest": { "path": TABLE, "digest": Digest::of(table.as_bytes()).to_string() },
        });
        let mut summary = serde_json::to_string_pretty(&summary).map_err(unwritten)?;
        summary.push('\n');
        Ok(Self { name: set.reference(), table, summary })
    }

    /// Returns the files and their texts, in the order in which they are written.
    pub(super) fn files(&self) -> [(&'static str, &str); 2] {
        [(TABLE, &self.table), (SUMMARY, &self.summary)]
    }
}

fn entry<'a>(plan: &'a CheckoutPlan, split: &str, held: &'a MemberVersion) -> VersionEntry<'a> {
    let payload = held.payload.as_ref();
    VersionEntry {
        version: &held.id,
        item: item_name(&held.item),
        number: held.number,
        media_type: held.media_type.as_deref(),
        digest: payload.map(|payload| payload.digest.to_string()),
        sha256: payload.map(|payload| payload.sha256.as_str()),
        size: payload.map(|payload| payload.size),
        path: plan.path(split, held),
        attributes: &held.attributes,
    }
}
