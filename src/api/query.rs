//! The Query root: everything that can be asked, at the newest commit or, through `at`, at any moment.

use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, Result};

use super::enums::{Direction, Inclusion};
use super::errors;
use super::inputs::{AsOf, ItemFilter, ItemKey, ItemOrder, MAX_IDS, VersionFilter, WrongInput};
use super::page::{Connection, Page, ReadInfo};
use super::scalars::{Digest, Seq};
use super::scope::Scope;
use super::types::{
    AffectedTrainingSet, Answer, Blob, Commit, Item, LineageConnection, Node, Path, Statement, Tag, TagMove,
    TrainingSetDiff, TrainingSetUse, Version,
};
use super::{closure, types};
use crate::domain::facts::{ItemNo, VersionNo};
use crate::domain::id::{ItemId, VersionId};
use crate::domain::item::Kind;
use crate::domain::rules::Invalid;
use crate::lineage::impact::{self, Question};
use crate::lineage::tags::Move;

/// The most derivations that are followed for one answer.
pub const MAX_EDGES: u64 = 20_000_000;
/// The most paths in one answer.
const MAX_PATHS: usize = 100;
/// The most ids in `nodes` and `reachable`, where every id is answered.
const MAX_NODES: usize = 1_000;

/// Everything that can be asked, at one moment.
#[derive(Default)]
pub struct Query {
    /// The moment; where absent, the newest commit when the request came in.
    scope: Option<Scope>,
}

impl Query {
    fn scope(&self, ctx: &Context<'_>) -> Result<Scope> {
        match &self.scope {
            Some(scope) => Ok(scope.clone()),
            None => ctx.data::<Scope>().cloned(),
        }
    }
}

/// Everything that can be asked. At the root it is answered at the newest commit when the request came in; inside `at`
/// at an earlier moment.
#[Object]
impl Query {
    /// The whole API at an earlier moment. Inside it, only further back.
    async fn at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment: a seq, a time, or a commit.")] as_of: AsOf,
    ) -> Result<Self> {
        let scope = self.scope(ctx)?;
        let view = scope.view.back_to(as_of.moment()?).map_err(errors::ledger)?;
        Ok(Self { scope: Some(Scope { view }) })
    }

    /// The moment that is read here.
    async fn view(&self, ctx: &Context<'_>) -> Result<ReadInfo> {
        Ok(ReadInfo::whole(&self.scope(ctx)?))
    }

    /// The object with a global id; null where there is none.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`item:…`, `version:…`, `commit:…` or `statement:…`.")] id: ID,
    ) -> Result<Option<Node>> {
        find_node(&self.scope(ctx)?, &id)
    }

    /// The objects with these global ids, in order; null where there is none. At most 1,000.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        let scope = self.scope(ctx)?;
        Invalid::limit("ids", ids.len(), MAX_NODES).map_err(|error| errors::invalid(&error))?;
        ids.iter().map(|id| find_node(&scope, id)).collect()
    }

    /// An item; null where there is none. Give `id` or `key`.
    async fn item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`item:…`, or `namespace/KIND/key`.")] id: Option<ID>,
        #[graphql(desc = "Its identity.")] key: Option<ItemKey>,
    ) -> Result<Option<Item>> {
        let scope = self.scope(ctx)?;
        let found = match (id, key) {
            (Some(id), None) => absent(scope.item(&id))?,
            (None, Some(key)) => {
                let id = key.identity()?.id();
                scope.read(|at| at.item(&id))
            }
            _ => return Err(errors::bad_input("give `id` or `key`, not both")),
        };
        Ok(found.map(|item| Item::new(scope, item)))
    }

    /// The items that a filter finds.
    async fn items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items; all where left out.")] filter: Option<ItemFilter>,
        #[graphql(desc = "The order; by namespace, kind and key where left out.")] order_by: Option<ItemOrder>,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Item>> {
        let page = Page::new(first, after, last, before)?;
        let scope = page.scope(&self.scope(ctx)?)?;
        let selection = filter.unwrap_or_default().selection()?;
        let items: Vec<ItemNo> = scope.read(|at| {
            let mut items: Vec<ItemNo> = at.select(&selection).collect();
            order_by.unwrap_or_default().sort(&mut items);
            items
        });
        Ok(page.of(&scope, &items, |item| Item::new(scope.clone(), item)))
    }

    /// A version by id or reference; null where there is none.
    async fn version(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`version:…`, or anything that `resolve` takes.")] id: ID,
    ) -> Result<Option<Version>> {
        let scope = self.scope(ctx)?;
        Ok(absent(scope.version(&id))?.map(|version| Version::new(scope, version)))
    }

    /// The version that a reference names: `namespace/KIND/key` for the head, `…#3` for the third version, `…@tag`,
    /// `…@seq:120` for the head at a seq, `version:…`, or a unique prefix of its hex digits (at least 8).
    async fn resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "ref", desc = "The reference.")] reference: String,
    ) -> Result<Version> {
        let scope = self.scope(ctx)?;
        let version = scope.version(&ID(reference))?;
        Ok(Version::new(scope, version))
    }

    /// The versions whose payload has this digest, oldest first.
    async fn versions_with_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BLAKE3 of the bytes.")] digest: Digest,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(first, after, last, before)?;
        let scope = page.scope(&self.scope(ctx)?)?;
        let having = scope.read(|at| at.with_payload(&digest.0).to_vec());
        Ok(page.of(&scope, &having, |version| Version::new(scope.clone(), version)))
    }

    /// A payload that a version names; null where no version does.
    async fn blob(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BLAKE3 of the bytes.")] digest: Digest,
    ) -> Result<Option<Blob>> {
        let scope = self.scope(ctx)?;
        let named = scope.read(|at| !at.with_payload(&digest.0).is_empty());
        Ok(named.then(|| Blob::new(scope, digest.0)))
    }

    /// The tags that point somewhere, by namespace, name and version.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this namespace.")] namespace: Option<String>,
        #[graphql(desc = "Only of this name.")] name: Option<String>,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        let page = Page::new(first, after, last, before)?;
        let scope = page.scope(&self.scope(ctx)?)?;
        let moves: Vec<Move> = scope.read(|at| at.standing_tags(namespace.as_deref(), name.as_deref()));
        Ok(page.of(&scope, &moves, |moved| Tag::new(scope.clone(), moved)))
    }

    /// Every move of a tag, oldest first.
    async fn tag_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = "default", desc = "The namespace.")] namespace: String,
        #[graphql(desc = "The tag.")] name: String,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<TagMove>> {
        let page = Page::new(first, after, last, before)?;
        let scope = page.scope(&self.scope(ctx)?)?;
        let moves: Vec<Move> = scope.read(|at| at.tag_history(&namespace, &name).copied().collect());
        Ok(page.of(&scope, &moves, |moved| TagMove::new(scope.clone(), moved)))
    }

    /// A commit by number; null where there is none.
    async fn commit(&self, ctx: &Context<'_>, #[graphql(desc = "Its number.")] seq: Seq) -> Result<Option<Commit>> {
        let scope = self.scope(ctx)?;
        let exists = seq.0 > crate::domain::id::Seq::ZERO && seq.0 <= scope.view.seq();
        Ok(exists.then(|| Commit::new(scope, seq.0)))
    }

    /// The change feed: every commit after a seq, in order, without gaps.
    async fn commits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A seq, such as the cursor of an earlier page; from the first commit where left out.")]
        after: Option<Seq>,
        #[graphql(desc = "How many commits: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
    ) -> Result<Connection<Commit>> {
        let scope = self.scope(ctx)?;
        // A feed goes on past the seq at which its last page was read, so its cursors are plain seqs.
        let newest = usize::try_from(scope.view.seq().0).unwrap_or(usize::MAX);
        let start = after.map_or(0, |seq| usize::try_from(seq.0.0).unwrap_or(usize::MAX)).min(newest);
        let size = Page::new(first, None, None, None)?.range(newest - start);
        let range = start + size.start..start + size.end;
        let nodes = range.clone().map(|place| Commit::new(scope.clone(), crate::domain::id::Seq(place as u64 + 1)));
        let mut connection = Page::default().slice(&scope, newest, range.clone(), nodes);
        for (place, edge) in range.zip(&mut connection.edges) {
            edge.cursor = (place + 1).to_string();
        }
        connection.page_info.start_cursor = connection.edges.first().map(|edge| edge.cursor.clone());
        connection.page_info.end_cursor = connection.edges.last().map(|edge| edge.cursor.clone());
        Ok(connection)
    }

    /// Everything upstream or downstream of some versions, nearest first. A pin is followed as an edge of role MEMBER:
    /// upstream of a model are the members of the set it was trained on.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the API")]
    async fn lineage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to start: versions by id or reference. They are not in the answer.")] from: Vec<ID>,
        #[graphql(desc = "Which way to walk.")] direction: Direction,
        #[graphql(desc = "Follow only edges of these roles; an empty list follows none.")] roles: Option<Vec<String>>,
        #[graphql(desc = "How many derivations away at most; more beyond makes the answer incomplete.")] max_depth: Option<i32>,
        #[graphql(desc = "Versions that are reached but not gone beyond.")] stop_at: Option<VersionFilter>,
        #[graphql(desc = "Show only these; what lies beyond the others is still reached.")] keep_only: Option<VersionFilter>,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<LineageConnection> {
        let page = Page::new(first, after, last, before)?;
        let scope = page.scope(&self.scope(ctx)?)?;
        let asked = closure::Asked {
            from: scope.versions(&from, MAX_IDS)?,
            direction: direction.into(),
            roles,
            max_depth,
            stop_at: stop_at.map(VersionFilter::prepare).transpose()?,
            keep_only: keep_only.map(VersionFilter::prepare).transpose()?,
        };
        closure::answer(&scope, &page, asked)
    }

    /// Shortest ways between two versions, whichever of them is upstream; none where there is no way.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One end.")] from: ID,
        #[graphql(desc = "The other end.")] to: ID,
        #[graphql(default = 1, desc = "How many, shortest first: 1 to 100.")] k: i32,
    ) -> Result<Vec<Path>> {
        let scope = self.scope(ctx)?;
        let k = usize::try_from(k).ok().filter(|k| *k > 0).ok_or_else(|| errors::bad_input("`k` is a number from 1"))?;
        Invalid::limit("k", k, MAX_PATHS).map_err(|error| errors::invalid(&error))?;
        let (from, to) = (scope.version(&from)?, scope.version(&to)?);
        let found = scope.read(|at| at.paths(from, to, k, MAX_EDGES));
        if found.incomplete {
            return Err(types::too_far());
        }
        Ok(found.paths.into_iter().map(|versions| Path::new(scope.clone(), versions)).collect())
    }

    /// For each `from`, whether each `to` is the same version, or lies downstream of it along derivations and pins.
    async fn reachable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Versions upstream: one row each. At most 1,000.")] from: Vec<ID>,
        #[graphql(desc = "Versions downstream: one column each. At most 1,000.")] to: Vec<ID>,
    ) -> Result<Vec<Vec<bool>>> {
        let scope = self.scope(ctx)?;
        let (from, to) = (scope.versions(&from, MAX_NODES)?, scope.versions(&to, MAX_NODES)?);
        closure::reachable(&scope, &from, &to)
    }

    /// The question this server exists for: which training sets hold a version that is wrong, directly or through
    /// anything made from it. A row for each set version, member and wrong version, as of this moment.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the API")]
    async fn affected_training_sets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What may be wrong.")] wrong: WrongInput,
        #[graphql(
            default_with = "vec![Inclusion::Direct, Inclusion::Derived]",
            desc = "How the set holds it; an empty list selects nothing."
        )]
        inclusion: Vec<Inclusion>,
        #[graphql(default = false, desc = "Also rows of status RESTORED, whose item says the same again.")]
        include_restored: bool,
        #[graphql(default = false, desc = "Also labels with a class that was merged, split or redefined after they were made.")]
        include_ontology_stale: bool,
        #[graphql(default = false, desc = "Only sets whose current version is affected, and only that version.")]
        only_heads: bool,
        #[graphql(desc = "Only set versions that carry one of these tags; an empty list selects nothing.")]
        tagged: Option<Vec<String>>,
        #[graphql(default = false, desc = "Also through models: set, model, pseudo-label, set.")]
        through_models: bool,
        #[graphql(desc = "Judge by what was said up to this moment, which may be later than the one read; the same where left out.")]
        knowledge_at: Option<AsOf>,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<AffectedTrainingSet>> {
        let page = Page::new(first, after, last, before)?;
        let mut scope = self.scope(ctx)?;
        if let Some(known) = knowledge_at {
            scope = Scope { view: scope.view.knowing(known.moment()?).map_err(errors::ledger)? };
        }
        let scope = page.scope(&scope)?;
        let question = Question {
            versions: wrong.versions(&scope, include_ontology_stale)?,
            inclusion: inclusion.into_iter().map(impact::Inclusion::from).collect(),
            include_restored,
            include_ontology_stale,
            only_heads,
            tagged,
            through_models,
            edges: MAX_EDGES,
        };
        let answer = Answer::to(&scope, &question)?;
        let range = page.range(answer.len());
        Ok(page.slice(&scope, answer.len(), range.clone(), answer.sets(range)))
    }

    /// The training set versions that hold some versions, whether these are wrong or not. Give one of `versions`,
    /// `items` (all their versions) and `digest` (all versions with that payload).
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the API")]
    async fn training_sets_containing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "These versions.")] versions: Option<Vec<ID>>,
        #[graphql(desc = "All versions of these items.")] items: Option<Vec<ID>>,
        #[graphql(desc = "All versions with this payload.")] digest: Option<Digest>,
        #[graphql(desc = "How the set holds them; DIRECT and DERIVED where left out.")] inclusion: Option<Vec<Inclusion>>,
        #[graphql(desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<i32>,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<TrainingSetUse>> {
        let page = Page::new(first, after, last, before)?;
        let scope = page.scope(&self.scope(ctx)?)?;
        let asked: Vec<VersionNo> = match (versions, items, digest) {
            (Some(versions), None, None) => scope.versions(&versions, MAX_IDS)?,
            (None, Some(items), None) => WrongInput::Items(items).versions(&scope, false)?,
            (None, None, Some(digest)) => scope.read(|at| at.with_payload(&digest.0).to_vec()),
            _ => return Err(errors::bad_input("give exactly one of `versions`, `items` and `digest`")),
        };
        let inclusion = inclusion.unwrap_or_else(|| vec![Inclusion::Direct, Inclusion::Derived]);
        let inclusion: BTreeSet<impact::Inclusion> = inclusion.into_iter().map(Into::into).collect();
        let held = scope.read(|at| at.holders(&asked, &inclusion, MAX_EDGES)).ok_or_else(types::too_far)?;
        Ok(page.of(&scope, &held, |held| {
            TrainingSetUse::new(scope.clone(), (held.set, held.pinned, Some(held.split), held.inclusion.into()))
        }))
    }

    /// How the members of two training set versions differ.
    async fn training_set_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first set version.")] a: ID,
        #[graphql(desc = "The second set version.")] b: ID,
    ) -> Result<TrainingSetDiff> {
        let scope = self.scope(ctx)?;
        let set = |id: &ID| {
            let version = scope.version(id)?;
            match scope.read(|at| at.kind(version)) {
                Kind::TrainingSet => Ok(version),
                _ => Err(errors::bad_input(format!("{} is not a training set version", id.as_str()))),
            }
        };
        let (a, b) = (set(&a)?, set(&b)?);
        let difference = scope.read(|at| at.difference(a, b));
        Ok(TrainingSetDiff::new(scope, difference))
    }
}

/// Absence as null: an error of reason NOT_FOUND is none.
fn absent<T>(found: Result<T>) -> Result<Option<T>> {
    let missing = |error: &async_graphql::Error| {
        let reason = error.extensions.as_ref().and_then(|extensions| extensions.get("reason"));
        reason == Some(&async_graphql::Value::from(super::code::Reason::NotFound.as_str()))
    };
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn find_node(scope: &Scope, id: &ID) -> Result<Option<Node>> {
    if id.starts_with(ItemId::PREFIX) {
        return Ok(absent(scope.item(id))?.map(|item| Node::Item(Item::new(scope.clone(), item))));
    }
    if id.starts_with(VersionId::PREFIX) {
        return Ok(absent(scope.version(id))?.map(|version| Node::Version(Version::new(scope.clone(), version))));
    }
    if id.starts_with("commit:") {
        return Ok(absent(scope.commit(id))?.map(|seq| Node::Commit(Commit::new(scope.clone(), seq))));
    }
    if id.starts_with("statement:") {
        let id = id.parse().map_err(|error| errors::malformed(&error))?;
        let said = scope.read(|at| at.statement(id).copied());
        return Ok(said.map(|said| Node::Statement(Statement::new(scope.clone(), said))));
    }
    Err(errors::bad_input("a global id starts with `item:`, `version:`, `commit:` or `statement:`"))
}
