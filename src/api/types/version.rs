//! Versions.

#![expect(clippy::too_many_arguments, reason = "they are the arguments of the API, four of them a page's")]

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::grouped::Grouped;
use super::lineage::derivation::WantedRoles;
use super::{
    Activity, AttributeValue, Blob, ClassChange, Commit, Derivation, Freshness, ImpactAnswer, Item, Member,
    MemberSummary, StaleMember, Statement, Tag, TrainingSetUse, member,
};
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::{Inclusion, MemberGroup};
use crate::api::inputs::{VersionFilter, names};
use crate::api::loaders::{Read, load};
use crate::api::page::{Connection, Page};
use crate::api::scalars::{Json, Seq, Time, int};
use crate::api::scope::Scope;
use crate::domain::id::{VersionId, hex};
use crate::domain::item::Kind;
use crate::domain::numbers::VersionNo;
use crate::domain::version::VersionRecord;

/// One immutable state of an item.
#[derive(Clone)]
pub struct Version {
    scope: Scope,
    no: VersionNo,
}

impl Version {
    /// Returns the version with this number.
    #[must_use]
    pub const fn new(scope: Scope, no: VersionNo) -> Self {
        Self { scope, no }
    }

    fn other(&self, no: VersionNo) -> Self {
        Self { scope: self.scope.clone(), no }
    }

    fn version_id(&self) -> VersionId {
        self.scope.read(|at| at.id(self.no))
    }

    async fn record(&self, ctx: &Context<'_>) -> Result<Read<Arc<VersionRecord>>> {
        load(ctx, self.version_id()).await
    }

    fn is_training_set(&self) -> bool {
        self.scope.read(|at| at.kind(self.no)) == Kind::TrainingSet
    }
}

/// One immutable state of an item. It is never changed and never deleted.
#[Object]
impl Version {
    /// `version:` and 64 hex digits; with `@` and the seq of the moment if that is not the newest,
    /// and `~` and the seq of `knowledgeAt` if that is another. One id always denotes the same
    /// content.
    pub async fn id(&self) -> ID {
        self.scope.id(self.version_id())
    }

    /// `version:` and 64 hex digits, the same at every moment: the hash of its item, its parent and
    /// its content.
    async fn hash(&self) -> ID {
        ID(self.version_id().to_string())
    }

    /// Its item.
    async fn item(&self) -> Item {
        Item::new(self.scope.clone(), self.scope.read(|at| at.item_of(self.no)))
    }

    /// Its number in the item's history, from 1.
    async fn number(&self) -> i32 {
        int(self.scope.read(|at| at.number(self.no)))
    }

    /// The parent version.
    async fn parent(&self) -> Option<Self> {
        self.scope.read(|at| at.parent(self.no)).map(|parent| self.other(parent))
    }

    /// True if it is the item's current version.
    async fn is_head(&self) -> bool {
        self.scope.read(|at| at.is_head(self.no))
    }

    /// The seq of the commit that created it.
    async fn seq(&self) -> Seq {
        Seq(self.scope.read(|at| at.seq_of(self.no)))
    }

    /// The commit that created it.
    async fn commit(&self) -> Commit {
        Commit::new(self.scope.clone(), self.scope.read(|at| at.seq_of(self.no)))
    }

    /// The time of that commit.
    async fn committed_at(&self) -> Time {
        Time(self.scope.read(|at| at.index().time(at.seq_of(self.no))).unwrap_or(0))
    }

    /// The author of that commit.
    async fn author(&self, ctx: &Context<'_>) -> Result<String> {
        let seq = self.scope.read(|at| at.seq_of(self.no));
        Ok(load(ctx, seq).await?.author.clone())
    }

    /// The author's message.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let budget = RequestBudget::of(ctx)?;
        Ok(self.record(ctx).await?.message.as_deref().map(|message| budget.text(message)))
    }

    /// Its bytes.
    async fn payload(&self, ctx: &Context<'_>) -> Result<Option<Blob>> {
        let payload = self.record(ctx).await?.content.payload;
        Ok(payload.map(|digest| Blob::new(self.scope.clone(), digest)))
    }

    /// The media type of the bytes.
    async fn media_type(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.record(ctx).await?.content.media_type.clone())
    }

    /// Its attributes: a JSON object.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<Json> {
        Ok(RequestBudget::of(ctx)?.attributes(&self.record(ctx).await?.content.attributes))
    }

    /// The value at a path of its attributes, without the rest of them.
    async fn attribute(
        &self,
        #[graphql(desc = "Names from the outside in, separated by dots.")] path: String,
    ) -> AttributeValue {
        AttributeValue::at(&self.scope, path, self.no)
    }

    /// The class list that a label was made with.
    async fn ontology(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        let ontology = self.record(ctx).await?.content.ontology;
        let found = ontology.and_then(|id| self.scope.read(|at| at.version(&id)));
        Ok(found.map(|version| self.other(version)))
    }

    /// Class lists only: how this version changed the classes of its parent.
    async fn ontology_changes(&self, ctx: &Context<'_>) -> Result<Vec<ClassChange>> {
        Ok(self.record(ctx).await?.content.class_changes.iter().map(ClassChange::from).collect())
    }

    /// True if a class of the label was merged, split or redefined by a later version of its class
    /// list than the one it was made with.
    async fn ontology_stale(&self) -> bool {
        self.scope.read(|at| at.ontology_stale(self.no).is_some())
    }

    /// The digest of its content, as 64 hex digits: payload, media type, attributes, sources,
    /// members, class list and class changes. Versions with equal content have equal digests,
    /// whatever their items and parents.
    async fn content_digest(&self) -> String {
        self.scope.read(|at| hex(at.content(self.no)))
    }

    /// True if an import of the files of a tool made it: its activity has the name `import`.
    async fn imported(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.record(ctx).await?.is_imported())
    }

    /// The activity that made it.
    async fn activity(&self, ctx: &Context<'_>) -> Result<Option<Activity>> {
        let budget = RequestBudget::of(ctx)?;
        Ok(self.record(ctx).await?.activity.as_ref().map(|activity| Activity::new(activity, budget)))
    }

    /// The versions it was made from, as derivations.
    async fn sources(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only derivations in these roles; an empty list matches none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Derivation>> {
        names("roles of one question", roles.as_ref())?;
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees(self.no))?;
        let edges = scope.read(|at| WantedRoles::new(at, roles.as_deref()).above(at, self.no));
        Ok(page.of(&scope, &edges, |edge| Derivation::new(scope.clone(), self.no, edge)))
    }

    /// The versions made from it, as derivations, oldest first.
    async fn derivatives(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only derivations in these roles; an empty list matches none.")] roles: Option<
            Vec<String>,
        >,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Derivation>> {
        names("roles of one question", roles.as_ref())?;
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees(self.no))?;
        let edges = scope.read(|at| WantedRoles::new(at, roles.as_deref()).below(at, self.no));
        Ok(page.of(&scope, &edges, |(derived, edge)| Derivation::new(scope.clone(), derived, edge)))
    }

    /// The number of versions it was made from, each once, without the members of a set.
    async fn source_count(&self) -> i32 {
        int(self.scope.read(|at| at.source_count(self.no)))
    }

    /// The number of versions made from it, each once, without the sets that pin it.
    async fn derivative_count(&self) -> i32 {
        int(self.scope.read(|at| at.derivative_count(self.no)))
    }

    /// The number of training set versions that pin it.
    async fn member_of_count(&self) -> i32 {
        int(self.scope.read(|at| at.pin_count(self.no)))
    }

    /// The tags on it.
    async fn tags(&self) -> Vec<Tag> {
        let moves = self.scope.read(|at| at.tags(self.no).into_iter().copied().collect::<Vec<_>>());
        moves.into_iter().map(|moved| Tag::new(self.scope.clone(), moved)).collect()
    }

    /// The statements about it, oldest first.
    async fn statements(&self) -> Vec<Statement> {
        let said = self.scope.read(|at| at.said_about(self.no).copied().collect::<Vec<_>>());
        said.into_iter().map(|said| Statement::new(self.scope.clone(), said)).collect()
    }

    /// True if it is wrong: it was corrected or retracted, and not reinstated since.
    async fn wrong(&self) -> bool {
        self.scope.read(|at| at.wrong(self.no).is_some())
    }

    /// The item's head, if that is another version.
    async fn replacement(&self) -> Option<Self> {
        let head = self.scope.read(|at| at.head(at.item_of(self.no)));
        head.filter(|head| *head != self.no).map(|head| self.other(head))
    }

    /// Training sets only, null otherwise: the number of members it pins.
    async fn member_count(&self) -> Option<i32> {
        let count = self.scope.read(|at| at.summary(self.no))?.count;
        Some(int(count))
    }

    /// Training sets only, null otherwise: true if the members are all that the set holds.
    async fn complete_manifest(&self) -> Option<bool> {
        Some(self.scope.read(|at| at.summary(self.no))?.complete)
    }

    /// Training sets only, null otherwise: its members.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only members of this split, which the set must have.")] split: Option<String>,
        #[graphql(desc = "Only members that match this filter.")] filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Member>>> {
        if !self.is_training_set() {
            return Ok(None);
        }
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees(self.no))?;
        let members = scope.read(|at| at.members(self.no).collect());
        Ok(Some(Member::page(&scope, &page, self.no, members, split.as_deref(), filter)?))
    }

    /// Training sets only, null otherwise: the number of versions in `flatMembers`.
    async fn flat_member_count(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let contents = self.is_training_set().then(|| member::contents(&self.scope, ctx, self.no));
        Ok(contents.transpose()?.map(|contents| int(contents.len())))
    }

    /// Training sets only, null otherwise: its members, with the members of member sets in place of
    /// the sets; each version once, in the split of the outermost pin, its weights multiplied.
    async fn flat_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only members of this split, which the set must have.")] split: Option<String>,
        #[graphql(desc = "Only members that match this filter.")] filter: Option<VersionFilter>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Member>>> {
        if !self.is_training_set() {
            return Ok(None);
        }
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees(self.no))?;
        let contents = member::contents(&scope, ctx, self.no)?;
        Ok(Some(Member::page(&scope, &page, self.no, contents, split.as_deref(), filter)?))
    }

    /// Training sets only, null otherwise: its members, counted by split, kind, namespace and
    /// attribute values. A member that is a set counts as the members it pins.
    async fn member_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "vec![MemberGroup::Split]",
            desc = "The properties to group by; with an empty list, `attributes` alone."
        )]
        group_by: Vec<MemberGroup>,
        #[graphql(desc = "Groups also by the values at these paths of attributes: names from the outside \
                    in, separated by dots. At most 4.")]
        attributes: Option<Vec<String>>,
        #[graphql(desc = "Counts only members that match this filter.")] filter: Option<VersionFilter>,
    ) -> Result<Option<MemberSummary>> {
        if !self.is_training_set() {
            return Ok(None);
        }
        let grouped = Grouped::new(group_by, attributes)?;
        MemberSummary::of(ctx, &self.scope, self.no, filter, grouped).map(Some)
    }

    /// Training sets only, null otherwise: members that are wrong or were made from something
    /// wrong.
    async fn stale_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<StaleMember>>> {
        if !self.is_training_set() {
            return Ok(None);
        }
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees(self.no))?;
        let rows = ImpactAnswer::of_set(&scope, RequestBudget::of(ctx)?, self.no)?;
        Ok(Some(page.of(&scope, &rows, StaleMember)))
    }

    /// Training sets only, null otherwise: members that have become wrong or superseded.
    async fn freshness(&self, ctx: &Context<'_>) -> Result<Option<Freshness>> {
        if !self.is_training_set() {
            return Ok(None);
        }
        let overtaken = |budget: &mut _| self.scope.walk(|walker| walker.overtaken(self.no, budget));
        let overtaken = RequestBudget::of(ctx)?.walk(Purpose::Objects, overtaken)?.unwrap_or_default();
        Ok(Some(Freshness {
            member_count: int(overtaken.members),
            wrong_count: int(overtaken.wrong),
            superseded_count: int(overtaken.superseded),
            sound: overtaken.is_sound,
            fresh: overtaken.is_sound && overtaken.superseded == 0 && !overtaken.has_old_set,
        }))
    }

    /// The training set versions that pin it, oldest first.
    async fn member_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TrainingSetUse>> {
        let page = Page::new(List::of(ctx, self.no.0)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| at.sees(self.no))?;
        let uses: Vec<_> = scope.read(|at| {
            let pins = at.pins(self.no);
            let spans =
                pins.flat_map(|(item, stay)| at.span(item, stay).iter().map(move |set| (*set, stay.split)));
            let mut uses: Vec<_> =
                spans.map(|(set, split)| (set, self.no, Some(split), Inclusion::Direct)).collect();
            uses.sort_unstable_by_key(|(set, ..)| *set);
            uses
        });
        Ok(page.of(&scope, &uses, |used| TrainingSetUse::new(scope.clone(), used)))
    }
}
