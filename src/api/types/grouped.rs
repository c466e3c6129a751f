//! Groups of versions by attribute values, and members of training sets by group.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::{ItemKind, MemberGroup};
use crate::api::errors;
use crate::api::inputs::{GroupOrder, VersionFilter};
use crate::api::loaders::load;
use crate::api::page::{Connection, Page, ReadInfo};
use crate::api::scalars::{Json, int};
use crate::api::scope::Scope;
use crate::domain::canonical::attributes::split_path;
use crate::domain::invalid::Invalid;
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::domain::search::searchable::{path, whole_value};
use crate::ledger::LedgerError;
use crate::lineage::At;
use crate::lineage::query::summary::pins::Changed;
use crate::lineage::query::summary::{MAX_PATHS, PinAspect, PinGrouping, PinShared, Values};

/// The attribute paths by whose values versions are grouped. Clones share them.
#[derive(Clone, Default)]
pub struct AttributePaths(Arc<[AttributePath]>);

#[derive(Clone)]
struct AttributePath {
    given: String,
    names: Arc<[String]>,
}

/// The values that a group has in common, by path: bytes of keys, `None` if the path has no value.
pub(super) type GroupValues = Vec<Option<Box<[u8]>>>;

impl AttributePath {
    fn new(given: String) -> Self {
        let names = split_path(&given).into();
        Self { given, names }
    }

    /// Returns the path in the form of the index.
    fn key(&self) -> String {
        path(&self.names.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

impl AttributePaths {
    /// Parses the paths of an argument.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED for more than [`MAX_PATHS`].
    pub fn new(given: Option<Vec<String>>) -> Result<Self> {
        let given = given.unwrap_or_default();
        let what = "paths of attributes to group by in one answer";
        Invalid::limit(what, given.len(), MAX_PATHS).map_err(|error| errors::invalid(&error))?;
        Ok(Self(given.into_iter().map(AttributePath::new).collect()))
    }

    /// Returns the paths in the form of the index.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.0.iter().map(AttributePath::key).collect()
    }

    /// Returns the values of the group of a version.
    pub(super) fn values(&self, scope: &Scope, values: &GroupValues, of: VersionNo) -> Vec<AttributeValue> {
        let pairs = self.0.iter().zip(values);
        let value = |(path, key): (&AttributePath, &Option<Box<[u8]>>)| AttributeValue {
            scope: scope.clone(),
            path: path.clone(),
            key: key.clone(),
            of,
        };
        pairs.map(value).collect()
    }
}

/// Copies the values, to keep them with an answer.
pub(super) fn owned(values: &Values<'_>) -> GroupValues {
    values.asked().iter().map(|value| value.map(Into::into)).collect()
}

/// The value that a version, or each version of a group, has at a path of its attributes.
#[derive(Clone)]
pub struct AttributeValue {
    scope: Scope,
    path: AttributePath,
    key: Option<Box<[u8]>>,
    /// A version of the group.
    of: VersionNo,
}

impl AttributeValue {
    /// Returns the value of a version at a path.
    pub(super) fn at(scope: &Scope, given: String, of: VersionNo) -> Self {
        let path = AttributePath::new(given);
        let key = scope.read(|at| at.attribute(of, &path.key()).map(Into::into));
        Self { scope: scope.clone(), path, key, of }
    }
}

/// The value that a version, or each version of a group, has at a path of its attributes.
#[Object]
impl AttributeValue {
    /// The path as it was given.
    async fn path(&self) -> &str {
        &self.path.given
    }

    /// True if the path has a value, null included.
    async fn exists(&self) -> bool {
        self.key.is_some()
    }

    /// The complete value; null if it is null or if the path has no value.
    async fn value(&self, ctx: &Context<'_>) -> Result<Option<Json>> {
        let Some(key) = &self.key else { return Ok(None) };
        let budget = RequestBudget::of(ctx)?;
        if let Some(value) = whole_value(key) {
            return Ok(Some(budget.json(value)));
        }
        // Long texts, lists and objects are indexed by hash; their content is in the record.
        let id = self.scope.read(|at| at.id(self.of));
        let mut value = serde_json::Value::Object(load(ctx, id).await?.content.attributes.to_map());
        for name in &*self.path.names {
            value = value.get_mut(name.as_str()).map(serde_json::Value::take).ok_or_else(|| {
                errors::ledger(LedgerError::Corrupt("an attribute that the log names is missing".to_owned()))
            })?;
        }
        Ok(Some(budget.json(value)))
    }
}

/// The grouping of members.
pub(super) struct Grouped {
    by: Vec<MemberGroup>,
    paths: AttributePaths,
}

impl Grouped {
    /// Returns the grouping of the arguments.
    ///
    /// # Errors
    /// LIMIT_EXCEEDED for too many attributes.
    pub(super) fn new(by: Vec<MemberGroup>, attributes: Option<Vec<String>>) -> Result<Self> {
        Ok(Self { by, paths: AttributePaths::new(attributes)? })
    }

    pub(super) fn grouping(&self) -> PinGrouping {
        PinGrouping { by: self.by.iter().copied().map(PinAspect::from).collect(), paths: self.paths.keys() }
    }
}

/// The properties that the members of a group have in common.
#[derive(Clone, Default)]
pub(super) struct MemberShared {
    split: Option<String>,
    kind: Option<Kind>,
    namespace: Option<String>,
    values: GroupValues,
}

impl From<PinShared<'_>> for MemberShared {
    fn from(shared: PinShared<'_>) -> Self {
        Self {
            split: shared.split.map(str::to_owned),
            kind: shared.kind,
            namespace: shared.namespace.map(str::to_owned),
            values: owned(&shared.values),
        }
    }
}

/// The members of a training set version, counted by group.
#[derive(Clone)]
pub struct MemberSummary {
    scope: Scope,
    list: List,
    paths: AttributePaths,
    groups: Arc<[(MemberShared, Vec<VersionNo>)]>,
}

impl MemberSummary {
    /// Counts the members of a set version.
    pub(super) fn of(
        ctx: &Context<'_>,
        scope: &Scope,
        set: VersionNo,
        filter: Option<VersionFilter>,
        grouped: Grouped,
    ) -> Result<Self> {
        let (list, grouping) = (List::of(ctx, set.0)?, grouped.grouping());
        let filter = filter.map(|filter| filter.prepare(scope)).transpose()?;
        let mut groups: Vec<(MemberShared, Vec<VersionNo>)> =
            RequestBudget::of(ctx)?.walk(Purpose::Objects, |budget| {
                scope.walk(|walker| {
                    let groups = walker.held_by(set, &grouping, budget).unwrap_or_default();
                    groups.into_iter().map(|(shared, members)| (shared.into(), members)).collect()
                })
            })?;
        if let Some(filter) = filter {
            scope.walk(|walker| {
                for (_, members) in &mut groups {
                    walker.retain(members, |at, member| filter.finds(at, *member));
                }
            });
            groups.retain(|(_, members)| !members.is_empty());
        }
        let groups = groups.into();
        Ok(Self { scope: scope.clone(), list, paths: grouped.paths, groups })
    }
}

/// The members of a training set version, counted: each version once. A member that is a set counts
/// as the members it pins, in the split of its pin.
#[Object]
impl MemberSummary {
    /// All groups together.
    async fn total(&self) -> MemberCount {
        let all = self.groups.iter().flat_map(|(_, members)| members).copied().collect();
        MemberCount::new(&self.scope, &self.paths, &MemberShared::default(), all)
    }

    /// The groups that are not empty.
    async fn groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "GroupOrder::Group", desc = "The order.")] order_by: GroupOrder,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<MemberCount>> {
        let page = Page::new(List::of(ctx, self.list)?, first, after, last, before)?;
        page.pinned(&self.scope)?;
        let count = |place: usize| {
            let (shared, members) = &self.groups[place];
            MemberCount::new(&self.scope, &self.paths, shared, members.clone())
        };
        let places = order_by.places(self.groups.iter().map(|(_, members)| members.len()));
        Ok(page.of(&self.scope, &places, count))
    }

    /// The moment that was read. The answer is always complete.
    async fn info(&self) -> ReadInfo {
        ReadInfo::of_complete(&self.scope)
    }
}

/// The number of members of a group. A property that was not grouped by is null.
#[derive(SimpleObject, Clone)]
pub struct MemberCount {
    /// The split of the pins.
    split: Option<String>,
    /// The kind of their items.
    kind: Option<ItemKind>,
    /// The namespace of their items.
    namespace: Option<String>,
    /// The values at the paths of `attributes`, in that order.
    values: Vec<AttributeValue>,
    /// The number of versions.
    version_count: i32,
    /// The number of their items.
    item_count: i32,
    /// The number of versions that are wrong themselves.
    wrong_count: i32,
}

impl MemberCount {
    fn new(scope: &Scope, paths: &AttributePaths, shared: &MemberShared, members: Vec<VersionNo>) -> Self {
        let (items, wrong) = scope.read(|at| (items(at, &members), wrong(at, &members)));
        let sample = members.first().copied();
        Self {
            split: shared.split.clone(),
            kind: shared.kind.map(ItemKind::from),
            namespace: shared.namespace.clone(),
            values: sample.map(|of| paths.values(scope, &shared.values, of)).unwrap_or_default(),
            version_count: int(members.len()),
            item_count: int(items),
            wrong_count: int(wrong),
        }
    }
}

fn items(at: At<'_>, members: &[VersionNo]) -> usize {
    let mut items: Vec<_> = members.iter().map(|member| at.item_of(*member)).collect();
    items.sort_unstable();
    items.dedup();
    items.len()
}

fn wrong(at: At<'_>, members: &[VersionNo]) -> usize {
    members.iter().filter(|member| at.is_wrong(**member)).count()
}

/// The number of pins of a group that only one of two training set versions has. A property that
/// was not grouped by is null.
#[derive(SimpleObject, Clone)]
pub struct MemberChange {
    /// The split of the pins.
    split: Option<String>,
    /// The kind of their items.
    kind: Option<ItemKind>,
    /// The namespace of their items.
    namespace: Option<String>,
    /// The values at the paths of `attributes`, in that order.
    values: Vec<AttributeValue>,
    /// The number of pins that only the second version has.
    added_count: i32,
    /// The number of pins that only the first version has.
    removed_count: i32,
}

/// Returns a page of a difference by group.
pub(super) fn changes(
    scope: &Scope,
    page: &Page,
    grouped: &Grouped,
    groups: &[(MemberShared, Changed)],
) -> Connection<MemberChange> {
    let change = |(shared, (gone, come)): (MemberShared, Changed)| {
        let sample = gone.first().or(come.first()).copied();
        MemberChange {
            values: sample.map(|of| grouped.paths.values(scope, &shared.values, of)).unwrap_or_default(),
            split: shared.split,
            kind: shared.kind.map(ItemKind::from),
            namespace: shared.namespace,
            added_count: int(come.len()),
            removed_count: int(gone.len()),
        }
    };
    page.of(scope, groups, change)
}
