//! Requests the affected models, evaluations and deployments, and a summary of the question.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::json;

use super::DOCUMENT;
use super::answer::{
    AnswerInfo, Consumer, QuestionSummary, SeenVersions, ThroughVersions, TraceAnswer, TraceQuestion,
};
use crate::cli::shared::client::Client;
use crate::cli::shared::failure::Result;
use crate::cli::shared::moment::{MomentArg, ReadAt};
use crate::cli::shared::page::PageEnd;
use crate::cli::shared::version::NamedVersion;

/// Consumers per page.
const CONSUMERS: u32 = 50;
/// Consumers per page with their wrong versions.
const FEW_CONSUMERS: u32 = 20;
/// Wrong versions per consumer.
const WRONG: u32 = 100;
/// Wrong versions per page for the rest of a consumer: the maximum of the API.
const MORE_WRONG: u32 = 1_000;

#[derive(Deserialize)]
struct ConsumersData {
    at: ConsumersView,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsumersView {
    affected_consumers: ConsumersPage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsumersPage {
    info: AnswerInfo,
    page_info: PageEnd,
    edges: Vec<ConsumerEdge>,
    asked: QuestionSummary,
}

#[derive(Deserialize)]
struct ConsumerEdge {
    cursor: String,
    node: Consumer,
}

/// Requests all pages of all parts and adds them to the answer. With `since`, only the consumers
/// that saw something new, with what is new: a consumer that was made since then is new as well.
pub(super) async fn ask(
    client: &Client,
    read_at: &ReadAt,
    question: &TraceQuestion,
    answer: &mut TraceAnswer,
) -> Result<()> {
    let wanted = question.wanted.wrong || question.since.is_some();
    let asking = ConsumersRequest { client, seq: &read_at.seq, question, wrong: wanted };
    asking.all(answer).await?;
    if let Some(since) = question.since {
        let mut before = TraceAnswer::default();
        ConsumersRequest { seq: &since.to_string(), ..asking }.all(&mut before).await?;
        if let Some(reason) = before.incomplete {
            answer.incomplete = Some(reason);
        }
        answer.consumers = without(std::mem::take(&mut answer.consumers), &before.consumers);
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct ConsumersRequest<'a> {
    client: &'a Client,
    seq: &'a str,
    question: &'a TraceQuestion,
    /// True to request the wrong versions of each consumer.
    wrong: bool,
}

impl ConsumersRequest<'_> {
    async fn all(&self, answer: &mut TraceAnswer) -> Result<()> {
        let mut after: Option<String> = None;
        loop {
            let first = if self.wrong { FEW_CONSUMERS } else { CONSUMERS };
            let page = self.page(first, after.as_deref(), None).await?;
            for ConsumerEdge { cursor, mut node } in page.edges {
                self.rest_of_wrong(&mut node.wrong, after.as_deref()).await?;
                answer.consumers.push(node);
                after = Some(cursor);
            }
            answer.asked = page.asked;
            if let Some(reason) = page.info.stopped() {
                answer.incomplete = Some(reason);
            }
            after = page.page_info.next().or(page.info.resume);
            if after.is_none() {
                answer.consumers = joined(std::mem::take(&mut answer.consumers));
                return Ok(());
            }
        }
    }

    async fn page(
        &self,
        first: u32,
        after: Option<&str>,
        wrong_after: Option<&str>,
    ) -> Result<ConsumersPage> {
        let variables = json!({
            "seq": self.seq,
            "wrong": self.question.wrong,
            "includeRestored": self.question.include_restored,
            "throughModels": self.question.through_models,
            "knowledgeAt": self.question.known_at.as_ref().map(MomentArg::to_input),
            "first": first,
            "after": after,
            "withWrong": self.wrong,
            "wrongFirst": if wrong_after.is_some() { MORE_WRONG } else { WRONG },
            "wrongAfter": wrong_after,
        });
        let data: ConsumersData = self.client.ask(DOCUMENT, "Consumers", variables).await?;
        Ok(data.at.affected_consumers)
    }

    /// Requests the consumer after the cursor `before` until all of its wrong versions are there.
    async fn rest_of_wrong(&self, wrong: &mut SeenVersions, before: Option<&str>) -> Result<()> {
        while let Some(next) = wrong.page_info.next() {
            let page = self.page(1, before, Some(&next)).await?;
            let Some(ConsumerEdge { node, .. }) = page.edges.into_iter().next() else { break };
            wrong.page_info = node.wrong.page_info;
            wrong.nodes.extend(node.wrong.nodes);
        }
        Ok(())
    }
}

/// Returns the consumers without the wrong versions that they had seen before. The other fields
/// are those of all that they saw.
fn without(mut consumers: Vec<Consumer>, before: &[Consumer]) -> Vec<Consumer> {
    let seen = |consumer: &Consumer| {
        let ids = consumer.wrong.nodes.iter().map(|seen| seen.version.id.clone());
        (consumer.consumer.id.clone(), ids.collect())
    };
    let before: HashMap<String, HashSet<String>> = before.iter().map(seen).collect();
    for consumer in &mut consumers {
        if let Some(seen) = before.get(&consumer.consumer.id) {
            consumer.wrong.nodes.retain(|wrong| !seen.contains(&wrong.version.id));
            consumer.wrong_count = consumer.wrong.nodes.len() as u64;
        }
    }
    consumers.retain(|consumer| consumer.wrong_count > 0);
    consumers
}

/// Joins the parts to one row per consumer. A consumer may come in several parts, each with other
/// wrong versions.
fn joined(parts: Vec<Consumer>) -> Vec<Consumer> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Consumer> = Vec::new();
    for part in parts {
        let Some(place) = places.get(&part.consumer.id) else {
            places.insert(part.consumer.id.clone(), rows.len());
            rows.push(part);
            continue;
        };
        let row = &mut rows[*place];
        row.wrong_count += part.wrong_count;
        row.wrong.nodes.extend(part.wrong.nodes);
        row.stale_at_build |= part.stale_at_build;
        if closeness(&part.inclusion) < closeness(&row.inclusion) {
            row.inclusion = part.inclusion;
        }
        // It is fixed only in a version that is right in every part. The later of two may have seen
        // again what is wrong in the other part.
        row.fixed_in = match (row.fixed_in.take(), part.fixed_in) {
            (Some(one), Some(other)) => {
                row.bounds.fixed |= one.number != other.number;
                Some(if one.number < other.number { other } else { one })
            }
            _ => None,
        };
        row.bounds.fixed &= row.fixed_in.is_some();
        let part_count = part.through.total_count;
        let is_complete = part.through.nodes.len() as u64 == part_count;
        let known = |version: &NamedVersion| row.through.nodes.iter().any(|other| other.id == version.id);
        let more: Vec<NamedVersion> =
            part.through.nodes.into_iter().filter(|version| !known(version)).collect();
        // The versions that a part does not list may be those of another part, or not.
        let is_listed = |through: &ThroughVersions| through.nodes.len() as u64 == through.total_count;
        row.bounds.through |= !is_listed(&row.through) || !is_complete;
        row.through.nodes.extend(more);
        let listed = row.through.nodes.len() as u64;
        row.through.total_count = row.through.total_count.max(part_count).max(listed);
    }
    let kinds = ["MODEL", "EVALUATION", "DEPLOYMENT"];
    rows.sort_by_key(|row| kinds.iter().position(|kind| *kind == row.consumer.item.kind));
    rows
}

fn closeness(inclusion: &str) -> Option<usize> {
    ["SELF", "DIRECT", "DERIVED", "COARSE"].iter().position(|other| *other == inclusion)
}

#[cfg(test)]
mod tests {
    use super::super::answer::ConsumerBounds;
    use super::*;

    fn part(key: &str, kind: &str, inclusion: &str, fixed: Option<u64>, through: &[&str]) -> Consumer {
        let version = |kind: &str, key: &str, number: u64| {
            json!({"id": format!("{key}{number}"), "number": number,
                   "item": {"namespace": "n", "kind": kind, "key": key}})
        };
        let object = json!({
            "consumer": version(kind, key, 1), "isHead": true, "tags": [], "inclusion": inclusion,
            "wrongCount": 2, "staleAtBuild": false, "fixedIn": fixed.map(|number| version(kind, key, number)),
            "through": {
                "totalCount": through.len(),
                "nodes": through.iter().map(|key| version("TRAINING_SET", key, 1)).collect::<Vec<_>>(),
            },
        });
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn parts_of_one_consumer_are_one_row_and_models_come_first() {
        let rows = joined(vec![
            part("m", "MODEL", "DERIVED", Some(3), &["s"]),
            part("d", "DEPLOYMENT", "DERIVED", None, &["s"]),
            part("m", "MODEL", "DIRECT", Some(5), &["s", "t"]),
            part("z", "MODEL", "SELF", None, &[]),
        ]);
        let keys: Vec<_> = rows.iter().map(|row| row.consumer.item.key.as_str()).collect();
        assert_eq!(keys, ["m", "z", "d"]);
        let model = &rows[0];
        assert_eq!(
            (model.wrong_count, model.inclusion.as_str(), model.through.nodes.len()),
            (4, "DIRECT", 2)
        );
        assert_eq!(model.fixed_in.as_ref().map(|fixed| fixed.number), Some(5));
        assert_eq!(model.bounds, ConsumerBounds { through: false, fixed: true }, "all versions are listed");
        assert_eq!(model.through.total_count, 2);
        assert_eq!(rows[1].bounds, ConsumerBounds::default(), "it came in one part");
        let again = joined(vec![
            part("m", "MODEL", "DIRECT", Some(3), &[]),
            part("m", "MODEL", "DERIVED", None, &[]),
        ]);
        assert!(again[0].fixed_in.is_none() && again[0].inclusion == "DIRECT");
        assert_eq!(again[0].bounds, ConsumerBounds::default());
    }

    #[test]
    fn the_number_of_versions_that_parts_do_not_list_is_a_lower_bound() {
        let long = |total: u64, through: &[&str]| {
            let mut part = part("m", "MODEL", "DERIVED", Some(3), through);
            part.through.total_count = total;
            part
        };
        for (parts, count, is_least) in [
            (vec![long(7, &["a", "b"])], 7, false),
            (vec![long(7, &["a", "b"]), long(2, &["b", "c"])], 7, true),
            (vec![long(2, &["b", "c"]), long(7, &["a", "b"])], 7, true),
            (vec![long(3, &["a", "b"]), long(3, &["c", "d"])], 4, true),
            (vec![long(2, &["a", "b"]), long(2, &["b", "c"]), long(9, &["d"])], 9, true),
            (vec![long(2, &["a", "b"]), long(2, &["b", "c"]), long(1, &["d"])], 4, false),
        ] {
            let rows = joined(parts);
            assert_eq!((rows[0].through.total_count, rows[0].bounds.through), (count, is_least), "{rows:?}");
        }
    }

    fn saw(key: &str, wrong: &[&str]) -> Consumer {
        let mut consumer = part(key, "MODEL", "DIRECT", Some(3), &["s"]);
        consumer.wrong_count = wrong.len() as u64;
        let seen = wrong.iter().map(|id| {
            json!({"id": id, "number": 1, "item": {"namespace": "n", "kind": "LABEL", "key": id}, "replacement": null})
        });
        consumer.wrong.nodes = seen.map(|seen| serde_json::from_value(seen).unwrap()).collect();
        consumer
    }

    /// As many as before can be other versions: one was reinstated and another retracted.
    #[test]
    fn what_a_consumer_saw_is_compared_by_version_and_not_by_number() {
        let before = [saw("a", &["v", "w"]), saw("b", &["v"]), saw("d", &["v"])];
        let now = vec![saw("a", &["w", "x"]), saw("b", &["v"]), saw("c", &["v"])];
        let rows = without(now, &before);
        let new: Vec<_> = rows
            .iter()
            .map(|row| {
                let ids = row.wrong.nodes.iter().map(|seen| seen.version.id.as_str());
                (row.consumer.item.key.as_str(), row.wrong_count, ids.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(new, [("a", 1, vec!["x"]), ("c", 1, vec!["v"])]);
    }
}
