//! Requests the set to check out and its contents, page by page at one seq.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::cli::shared::client::Client;
use crate::cli::shared::failure::{Failure, Result};
use crate::cli::shared::moment::ReadAt;
use crate::cli::shared::page::PageEnd;
use crate::cli::shared::version::NamedItem;
use crate::domain::id::Digest;

const DOCUMENT: &str = include_str!("set.graphql");

/// Members per page, and sources of each: well below the cost limit of a request.
const MEMBERS: u32 = 500;
const SOURCES: u32 = 20;
/// Sources per page for the rest of a member.
const MORE_SOURCES: u32 = 1_000;

/// A training set version.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SetVersion {
    pub id: String,
    pub number: u64,
    pub seq: String,
    pub item: NamedItem,
    pub member_count: Option<u64>,
}

impl SetVersion {
    /// Returns `namespace/TRAINING_SET/key#number`.
    pub(super) fn reference(&self) -> String {
        format!("{}#{}", item_name(&self.item), self.number)
    }
}

/// A version in a set, with the fields that never change.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MemberVersion {
    pub id: String,
    pub number: u64,
    pub media_type: Option<String>,
    pub attributes: Value,
    pub payload: Option<MemberPayload>,
    pub item: NamedItem,
}

/// The bytes of a version.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct MemberPayload {
    #[serde(deserialize_with = "parsed")]
    pub digest: Digest,
    pub sha256: String,
    #[serde(deserialize_with = "parsed")]
    pub size: u64,
}

/// A member with its sources.
#[derive(Debug)]
pub(super) struct SetMember {
    pub split: String,
    pub weight: Option<f64>,
    pub version: MemberVersion,
    /// Roles and versions, without derivations that were asserted later: those may change.
    pub sources: Vec<(String, MemberVersion)>,
}

/// Returns `namespace/KIND/key`.
pub(super) fn item_name(item: &NamedItem) -> String {
    format!("{}/{}/{}", item.namespace, item.kind, item.key)
}

/// Resolves the name of a training set version.
pub(super) async fn find(client: &Client, at: &ReadAt, name: &str) -> Result<SetVersion> {
    #[derive(Deserialize)]
    struct ResolvedSet {
        resolve: SetVersion,
    }
    let found: AtView<ResolvedSet> = client.ask(DOCUMENT, "Set", json!({"seq": at.seq, "ref": name})).await?;
    let set = found.at.resolve;
    if set.item.kind != "TRAINING_SET" {
        return Err(Failure::usage(format!("expected a training set, found {}", set.reference()))
            .hint("name a version of a TRAINING_SET, such as birds/TRAINING_SET/garden@production"));
    }
    Ok(set)
}

/// Requests all members. The API replaces member sets by their members.
pub(super) async fn members(client: &Client, at: &ReadAt, set: &SetVersion) -> Result<Vec<SetMember>> {
    let mut members = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let variables =
            json!({"seq": at.seq, "id": set.id, "first": MEMBERS, "after": after, "sources": SOURCES});
        let page: AtView<WithMembers> = client.ask(DOCUMENT, "Members", variables).await?;
        let page = page.at.version.and_then(|version| version.members);
        let page = page.ok_or_else(|| Failure::new(format!("{} has no members", set.reference())))?;
        after = page.page_info.next();
        for node in page.nodes {
            let MemberWithSources { held, sources } = node.version;
            let sources = all_sources(client, at, &held, sources).await?;
            members.push(SetMember { split: node.split, weight: node.weight, version: held, sources });
        }
        if after.is_none() {
            break;
        }
    }
    if let Some(count) = set.member_count.filter(|count| *count != members.len() as u64) {
        let (name, received) = (set.reference(), members.len());
        let message = format!("expected {count} members of {name}, received {received}");
        return Err(Failure::new(message).hint("try again"));
    }
    Ok(members)
}

async fn all_sources(
    client: &Client,
    at: &ReadAt,
    held: &MemberVersion,
    first: Sources,
) -> Result<Vec<(String, MemberVersion)>> {
    let mut nodes = first.nodes;
    let mut after = first.page_info.next();
    while let Some(cursor) = after {
        let variables = json!({"seq": at.seq, "id": held.id, "first": MORE_SOURCES, "after": cursor});
        let page: AtView<WithSources> = client.ask(DOCUMENT, "Sources", variables).await?;
        let Some(WithSourcesVersion { sources }) = page.at.version else { break };
        after = sources.page_info.next();
        nodes.extend(sources.nodes);
    }
    Ok(nodes.into_iter().filter(|node| !node.asserted).map(|node| (node.role, node.source)).collect())
}

#[derive(Deserialize)]
struct AtView<T> {
    at: T,
}

#[derive(Deserialize)]
struct WithMembers {
    version: Option<WithMembersVersion>,
}

#[derive(Deserialize)]
struct WithMembersVersion {
    members: Option<MembersPage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MembersPage {
    page_info: PageEnd,
    nodes: Vec<MemberNode>,
}

#[derive(Deserialize)]
struct MemberNode {
    split: String,
    weight: Option<f64>,
    version: MemberWithSources,
}

#[derive(Deserialize)]
struct MemberWithSources {
    #[serde(flatten)]
    held: MemberVersion,
    sources: Sources,
}

#[derive(Deserialize)]
struct WithSources {
    version: Option<WithSourcesVersion>,
}

#[derive(Deserialize)]
struct WithSourcesVersion {
    sources: Sources,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sources {
    page_info: PageEnd,
    nodes: Vec<SourceNode>,
}

#[derive(Deserialize)]
struct SourceNode {
    role: String,
    asserted: bool,
    source: MemberVersion,
}

/// Deserializes a scalar from its text.
fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}
