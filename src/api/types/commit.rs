//! Commits, and sections of the log.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use super::{Statement, TagMove, Version};
use crate::api::cursor::List;
use crate::api::engine::budget::RequestBudget;
use crate::api::loaders::load;
use crate::api::page::{Connection, Page};
use crate::api::scalars::{Seq, Time, int};
use crate::api::scope::Scope;
use crate::domain::id;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;
use crate::lineage::query::statements;

/// One atomic entry of the append-only log.
#[derive(Clone)]
pub struct Commit {
    scope: Scope,
    seq: id::Seq,
}

impl Commit {
    /// Returns the commit with this seq.
    #[must_use]
    pub const fn new(scope: Scope, seq: id::Seq) -> Self {
        Self { scope, seq }
    }

    /// Returns true if the commit exists at this moment, or is known: `knowledgeAt` may be later
    /// than the moment.
    fn is_known(&self, at: At<'_>) -> bool {
        self.seq <= at.seq().max(at.known())
    }
}

/// One atomic entry of the append-only log. Every change is part of a commit.
#[Object]
impl Commit {
    /// `commit:` and its number; with `@` and the seq of the moment if that is not the newest. One
    /// id always denotes the same content.
    pub async fn id(&self) -> ID {
        self.scope.id(format_args!("commit:{}", self.seq))
    }

    /// Its number: a total order, from 1, without gaps.
    async fn seq(&self) -> Seq {
        Seq(self.seq)
    }

    /// Its position in the log: its number and the mark of its commit. Give it as `after` to
    /// continue from here; a store with another log rejects it.
    async fn cursor(&self) -> String {
        self.scope.view.position(self.seq).to_string()
    }

    /// The time of the commit, never before that of the previous one.
    async fn time(&self) -> Time {
        Time(self.scope.read(|at| at.index().time(self.seq)).unwrap_or(0))
    }

    /// Its author.
    async fn author(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(load(ctx, self.seq).await?.author.clone())
    }

    /// The author's message.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let budget = RequestBudget::of(ctx)?;
        Ok(load(ctx, self.seq).await?.message.as_deref().map(|message| budget.text(message)))
    }

    /// The versions it created.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.seq)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| self.is_known(at))?;
        let made: Vec<u32> =
            scope.read(|at| at.made_by(self.seq).take_while(|made| *made < at.visible()).collect());
        Ok(page.of(&scope, &made, |version| Version::new(scope.clone(), VersionNo(version))))
    }

    /// The statements it made: that versions are wrong, or not wrong after all. At most 10,000.
    async fn statements(&self) -> Vec<Statement> {
        let said: Vec<_> = self.scope.read(|at| {
            let said = at.statements_of(self.seq).iter();
            said.filter(|said| at.sees(said.fact.version)).copied().collect()
        });
        said.into_iter().map(|said| Statement::new(self.scope.clone(), said)).collect()
    }

    /// The tags it set or removed.
    async fn tag_moves(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TagMove>> {
        let page = Page::new(List::of(ctx, self.seq)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| self.is_known(at))?;
        let moves = scope.read(|at| at.tag_moves_of(self.seq).to_vec());
        Ok(page.of(&scope, &moves, |moved| TagMove::new(scope.clone(), moved)))
    }
}

/// A section of the log, with the number of what was committed in it. Each of its spans can be given
/// as `committed` of a filter.
#[derive(SimpleObject, Clone)]
pub struct CommitBucket {
    /// The first commit of the section; null if the section has none.
    from_seq: Option<Seq>,
    /// The last commit of the section; null if the section has none.
    to_seq: Option<Seq>,
    /// The first moment of the section.
    since: Time,
    /// The last moment of the section.
    until: Time,
    /// The number of commits that match the filter.
    commit_count: i32,
    /// The number of statements in these commits.
    statement_count: i32,
    /// The number of versions that these commits made.
    version_count: i32,
}

impl From<&statements::CommitBucket> for CommitBucket {
    fn from(bucket: &statements::CommitBucket) -> Self {
        Self {
            from_seq: bucket.seqs.map(|(first, _)| Seq(first)),
            to_seq: bucket.seqs.map(|(_, last)| Seq(last)),
            since: Time(bucket.since),
            until: Time(bucket.until),
            commit_count: int(bucket.commits),
            statement_count: int(bucket.statements),
            version_count: int(bucket.versions),
        }
    }
}
