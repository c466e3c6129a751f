//! Counts of versions upstream or downstream.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use tokio::sync::OnceCell;

use super::super::grouped::{GroupValues, owned};
use super::super::{AttributePaths, AttributeValue, Version};
use super::graph::SAMPLES;
use crate::api::cursor::List;
use crate::api::enums::{IncompleteReason, ItemKind};
use crate::api::errors;
use crate::api::inputs::GroupOrder;
use crate::api::loaders::Pieces;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::{ByteSize, int};
use crate::api::scope::Scope;
use crate::domain::id::{Digest, VersionId};
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::ledger::{LedgerError, Weight};
use crate::lineage::query::summary::{SharedProperties, Summary};
use crate::lineage::walk::closure::Stopped;

/// The maximum number of versions whose payloads are looked up for one answer: two records are read
/// for each.
const MAX_PAYLOADS: usize = 100_000;

/// The payload of each version that has one, and its size.
type VersionPayloads = HashMap<VersionNo, (Digest, u64)>;

/// A summary, shared by the objects that show it.
#[derive(Clone)]
pub struct LineageSummary {
    scope: Scope,
    list: List,
    counted: Arc<Counted>,
}

struct Counted {
    paths: AttributePaths,
    groups: Vec<(LineageShared, Vec<VersionNo>)>,
    versions: Vec<VersionNo>,
    stopped: Option<Stopped>,
    /// Read for the first field that needs them.
    payloads: OnceCell<VersionPayloads>,
}

/// The properties that the versions of a group have in common.
#[derive(Clone, Default)]
struct LineageShared {
    kind: Option<Kind>,
    namespace: Option<String>,
    depth: Option<u32>,
    tag: Option<String>,
    role: Option<String>,
    values: GroupValues,
}

impl From<SharedProperties<'_>> for LineageShared {
    fn from(shared: SharedProperties<'_>) -> Self {
        Self {
            kind: shared.kind,
            namespace: shared.namespace.map(str::to_owned),
            depth: shared.depth,
            tag: shared.tag.map(str::to_owned),
            role: shared.role.map(str::to_owned),
            values: owned(&shared.values),
        }
    }
}

impl LineageSummary {
    /// Returns this summary, grouped by the values at `paths`, as the result of the field of
    /// `list`; without groups if none were requested.
    #[must_use]
    pub fn new(scope: Scope, list: List, paths: AttributePaths, summary: Summary<'_>) -> Self {
        let groups = summary.groups.into_iter().map(|(shared, versions)| (shared.into(), versions)).collect();
        let (versions, stopped) = (summary.versions, summary.stopped);
        Self {
            scope,
            list,
            counted: Arc::new(Counted { paths, groups, versions, stopped, payloads: OnceCell::new() }),
        }
    }

    fn count(&self, group: Option<usize>) -> LineageCount {
        LineageCount { scope: self.scope.clone(), counted: Arc::clone(&self.counted), group }
    }
}

/// The amount of data upstream or downstream of the starts: in total and by group.
#[Object]
impl LineageSummary {
    /// Everything together, each version once.
    async fn total(&self) -> LineageCount {
        self.count(None)
    }

    /// The groups. Empty if there is nothing to group by.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "GroupOrder::Group", desc = "The order.")] order_by: GroupOrder,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<LineageCount>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let places = order_by.places(self.counted.groups.iter().map(|(_, versions)| versions.len()));
        Ok(page.of(&self.scope, &places, |place| self.count(Some(place))))
    }

    /// The moment that was read. If it is not complete, the counts are lower bounds.
    async fn info(&self) -> ReadInfo {
        ReadInfo::of_complete(&self.scope).stopped(self.counted.stopped.map(IncompleteReason::from), None)
    }
}

/// The number of versions, of items and of bytes.
#[derive(Clone)]
pub struct LineageCount {
    scope: Scope,
    counted: Arc<Counted>,
    /// The position of the group; `None` for the total.
    group: Option<usize>,
}

impl LineageCount {
    fn group(&self) -> Option<&LineageShared> {
        self.group.map(|place| &self.counted.groups[place].0)
    }

    fn versions(&self) -> &[VersionNo] {
        self.group.map_or(&self.counted.versions, |place| &self.counted.groups[place].1)
    }

    /// Returns the sizes of the payloads of the group, each once.
    async fn sizes(&self) -> Result<HashMap<Digest, u64>> {
        let payloads = self.counted.payloads.get_or_try_init(|| payloads(&self.scope, &self.counted)).await?;
        Ok(self.versions().iter().filter_map(|version| payloads.get(version)).copied().collect())
    }
}

/// The number of versions, of items and of bytes. A property that was not grouped by is null.
#[Object]
impl LineageCount {
    /// The kind of their items.
    async fn kind(&self) -> Option<ItemKind> {
        self.group()?.kind.map(ItemKind::from)
    }

    /// The namespace of their items.
    async fn namespace(&self) -> Option<String> {
        self.group()?.namespace.clone()
    }

    /// The number of edges from the nearest start.
    async fn depth(&self) -> Option<i32> {
        self.group()?.depth.map(int)
    }

    /// The tag on them; when grouped by tag, null for those without one.
    async fn tag(&self) -> Option<String> {
        self.group()?.tag.clone()
    }

    /// The role of the edges by which they were reached; MEMBER for pins.
    async fn role(&self) -> Option<String> {
        self.group()?.role.clone()
    }

    /// The values at the paths of `attributes`, in that order. A list is one value.
    async fn values(&self) -> Vec<AttributeValue> {
        let of = self.group().zip(self.versions().first());
        of.map(|(group, of)| self.counted.paths.values(&self.scope, &group.values, *of)).unwrap_or_default()
    }

    /// The number of versions. One with several tags or roles is counted in the group of each.
    async fn version_count(&self) -> i32 {
        int(self.versions().len())
    }

    /// The number of their items.
    async fn item_count(&self) -> i32 {
        let mut items: Vec<_> =
            self.scope.read(|at| self.versions().iter().map(|version| at.item_of(*version)).collect());
        items.sort_unstable();
        items.dedup();
        int(items.len())
    }

    /// The number of versions that are wrong.
    async fn wrong_count(&self) -> i32 {
        let versions = self.versions().iter();
        let wrong = self.scope.read(|at| versions.filter(|version| at.wrong(**version).is_some()).count());
        int(wrong)
    }

    /// The number of different payloads. Null, with an error, if more than 100,000 versions were
    /// counted in total.
    async fn payload_count(&self) -> Result<Option<i32>> {
        Ok(Some(int(self.sizes().await?.len())))
    }

    /// The total size of these payloads in bytes, each counted once. Null, with an error, if more
    /// than 100,000 versions were counted in total.
    async fn payload_bytes(&self) -> Result<Option<ByteSize>> {
        Ok(Some(ByteSize(self.sizes().await?.values().sum())))
    }

    /// A few of the versions, nearest first.
    async fn samples(&self) -> Vec<Version> {
        self.versions()
            .iter()
            .take(SAMPLES)
            .map(|version| Version::new(self.scope.clone(), *version))
            .collect()
    }
}

/// Reads the payloads of everything that was counted.
async fn payloads(scope: &Scope, counted: &Counted) -> Result<VersionPayloads> {
    let what =
        "versions whose payloads are looked up for one answer; narrow it with `keepOnly` or `maxDepth`";
    Invalid::limit(what, counted.versions.len(), MAX_PAYLOADS).map_err(|error| errors::invalid(&error))?;
    let mut found = VersionPayloads::new();
    let mut pieces = Pieces::new();
    let mut rest = &counted.versions[..];
    while !rest.is_empty() {
        let (versions, later) = rest.split_at(rest.len().min(pieces.next));
        let ids: Vec<VersionId> = scope.read(|at| versions.iter().map(|version| at.id(*version)).collect());
        let records = scope.view.versions(&ids).await.map_err(errors::ledger)?;
        pieces.charge(records.iter().flatten().map(|record| record.weight()))?;
        let mut named: Vec<(VersionNo, Digest)> = Vec::new();
        for (version, record) in versions.iter().zip(records) {
            named.extend(record.ok_or_else(missing)?.content.payload.map(|digest| (*version, digest)));
        }
        let mut digests: Vec<Digest> = named.iter().map(|(_, digest)| *digest).collect();
        digests.sort_unstable();
        digests.dedup();
        let blobs = scope.view.blobs(&digests).await.map_err(errors::ledger)?;
        let sizes: HashMap<Digest, u64> =
            blobs.into_iter().flatten().map(|blob| (blob.digest, blob.size)).collect();
        for (version, digest) in named {
            found.insert(version, (digest, *sizes.get(&digest).ok_or_else(missing)?));
        }
        pieces.release();
        rest = later;
    }
    Ok(found)
}

fn missing() -> async_graphql::Error {
    errors::ledger(LedgerError::Corrupt("a record that the log names is missing".to_owned()))
}
