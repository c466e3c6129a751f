//! Commits.

use async_graphql::{Context, ID, Object, Result};

use super::{Statement, TagMove, Version};
use crate::api::cursor::List;
use crate::api::engine::budget::Spending;
use crate::api::loaders::load;
use crate::api::page::{Connection, Page};
use crate::api::scalars::{Seq, Time};
use crate::api::scope::Scope;
use crate::domain::id;
use crate::domain::numbers::VersionNo;
use crate::lineage::At;

/// One atomic entry of the append-only log.
#[derive(Clone)]
pub struct Commit {
    scope: Scope,
    seq: id::Seq,
}

impl Commit {
    /// The commit of this number.
    #[must_use]
    pub const fn new(scope: Scope, seq: id::Seq) -> Self {
        Self { scope, seq }
    }

    /// Returns true if the commit is there at this moment, or known of: what is known may be later than what is read.
    fn is_known(&self, at: At<'_>) -> bool {
        self.seq <= at.seq().max(at.known())
    }
}

/// One atomic entry of the append-only log. Everything that ever changed, changed in a commit.
#[Object]
impl Commit {
    /// `commit:` and its number; with `@` and the seq read at where that is not the newest. One id has one truth.
    pub async fn id(&self) -> ID {
        self.scope.id(format_args!("commit:{}", self.seq))
    }

    /// Its number: one total order, from 1, without gaps.
    async fn seq(&self) -> Seq {
        Seq(self.seq)
    }

    /// Its position in the log: its number and the mark of its commit. Give it as `after` to go on from here; a store with
    /// another log refuses it.
    async fn cursor(&self) -> String {
        self.scope.view.position(self.seq).to_string()
    }

    /// When it was made. Never before the commit before it.
    async fn time(&self) -> Time {
        Time(self.scope.read(|at| at.index().time(self.seq)).unwrap_or(0))
    }

    /// Who made it.
    async fn author(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(load(ctx, self.seq).await?.author.clone())
    }

    /// What its author said of it.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let spending = Spending::of(ctx)?;
        Ok(load(ctx, self.seq).await?.message.as_deref().map(|message| spending.text(message)))
    }

    /// The versions it made.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<Version>> {
        let page = Page::new(List::of(ctx, self.seq)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| self.is_known(at))?;
        let made: Vec<u32> =
            scope.read(|at| at.made_by(self.seq).take_while(|made| *made < at.visible()).collect());
        Ok(page.of(&scope, &made, |version| Version::new(scope.clone(), VersionNo(version))))
    }

    /// The statements it made: what it found wrong, or not wrong after all. At most 10,000.
    async fn statements(&self) -> Vec<Statement> {
        let said: Vec<_> = self.scope.read(|at| {
            let said = at.statements_of(self.seq).iter();
            said.filter(|said| at.sees(said.fact.version)).copied().collect()
        });
        said.into_iter().map(|said| Statement::new(self.scope.clone(), said)).collect()
    }

    /// The tags it put on versions or took away.
    async fn tag_moves(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many entries from the start, or after `after`: at most 1,000. 50 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start after the entry with this cursor.")] after: Option<String>,
        #[graphql(desc = "How many entries from the end, or before `before`: at most 1,000.")] last: Option<
            i32,
        >,
        #[graphql(desc = "End before the entry with this cursor.")] before: Option<String>,
    ) -> Result<Connection<TagMove>> {
        let page = Page::new(List::of(ctx, self.seq)?, first, after, last, before)?;
        let scope = page.scope_of(&self.scope, |at| self.is_known(at))?;
        let moves = scope.read(|at| at.tag_moves_of(self.seq).to_vec());
        Ok(page.of(&scope, &moves, |moved| TagMove::new(scope.clone(), moved)))
    }
}
