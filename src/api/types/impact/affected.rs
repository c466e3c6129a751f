//! What the main question is answered with: set versions that hold something wrong, and their members.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::{Answer, Statement, Tag, Version};
use crate::api::cursor::List;
use crate::api::engine::budget::{Purpose, Spending};
use crate::api::enums::{AffectedStatus, Inclusion};
use crate::api::page::{Connection, Page};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::Name;
use crate::lineage::query::contents::Content;
use crate::lineage::query::impact::{AffectedSet, Cause, Row};
use crate::lineage::walk::flow::Budget;

/// How many affected members a split has.
#[derive(SimpleObject, Clone)]
pub struct SplitCount {
    /// The split.
    split: String,
    /// How many of its members are affected.
    affected_count: i32,
    /// How many members it has.
    member_count: i32,
}

/// The affected contents of a set version, and all of its contents.
type Contents = (Vec<Content>, Vec<Content>);

/// A training set version that holds something wrong.
#[derive(Clone)]
pub struct AffectedTrainingSet {
    answer: Answer,
    place: usize,
    /// Its rows, once a field has asked for them.
    rows: Arc<OnceLock<Vec<Row>>>,
    /// Its affected contents and all of them, once a field has asked for them.
    contents: Arc<OnceLock<Option<Contents>>>,
}

impl AffectedTrainingSet {
    /// The set version at a place of an answer.
    pub(in crate::api::types) fn new(answer: Answer, place: usize) -> Self {
        Self { answer, place, rows: Arc::default(), contents: Arc::default() }
    }

    /// The set version.
    pub(in crate::api) fn set(&self) -> VersionNo {
        self.affected().set
    }

    fn affected(&self) -> &AffectedSet {
        &self.answer.impact.sets[self.place]
    }

    fn scope(&self) -> &Scope {
        &self.answer.scope
    }

    fn rows(&self) -> &[Row] {
        self.rows.get_or_init(|| self.answer.rows(self.place))
    }

    /// What of the set version's contents is affected, and how many these are; `None` if it pins no sets, so that they are
    /// its members.
    fn contents(&self) -> Option<&Contents> {
        self.contents.get_or_init(|| self.find_contents()).as_ref()
    }

    fn find_contents(&self) -> Option<Contents> {
        let set = self.affected().set;
        if !self.scope().read(|at| at.pins_sets(set)) {
            return None;
        }
        let rows = self.rows();
        self.scope().walk(|walker| {
            // A count is answered completely: the walk is bounded by the sets in the set.
            let contents = walker.contents(set, &mut Budget::edges(u64::MAX)).unwrap_or_default();
            Some((self.answer.impact.affected_contents(walker, &contents, rows), contents))
        })
    }

    /// How many of its contents are affected, and how many it has.
    fn counts(&self) -> (u32, u32) {
        let count = |contents: &[Content]| u32::try_from(contents.len()).unwrap_or(u32::MAX);
        match self.contents() {
            Some((affected, contents)) => (count(affected), count(contents)),
            None => (self.affected().members, self.pins()),
        }
    }

    fn pins(&self) -> u32 {
        self.scope().read(|at| at.summary(self.affected().set)).map_or(0, |summary| summary.count)
    }
}

/// A training set version that holds something wrong, with a row for each member and wrong version.
#[Object]
impl AffectedTrainingSet {
    /// The training set version.
    async fn training_set(&self) -> Version {
        Version::new(self.scope().clone(), self.affected().set)
    }

    /// Whether it is the set's current version.
    async fn is_head(&self) -> bool {
        self.scope().read(|at| at.is_head(self.affected().set))
    }

    /// The tags that point at it.
    async fn tags(&self) -> Vec<Tag> {
        let moves =
            self.scope().read(|at| at.tags(self.affected().set).into_iter().copied().collect::<Vec<_>>());
        moves.into_iter().map(|moved| Tag::new(self.scope().clone(), moved)).collect()
    }

    /// How many of its members are affected, each counted once. A member that is a set stands for what it pins; if that set
    /// is wrong itself, for all of it. SELF and COARSE rows name no member and do not count.
    async fn affected_count(&self) -> i32 {
        int(self.counts().0)
    }

    /// How many wrong versions it holds or is, each counted once.
    async fn wrong_count(&self) -> i32 {
        int(self.affected().wrong)
    }

    /// How many members it pins; a set among them is one.
    async fn member_count(&self) -> i32 {
        int(self.pins())
    }

    /// The share of its members that is affected, from 0 to 1. A member that is a set stands for what it pins.
    async fn affected_fraction(&self) -> f64 {
        let (affected, members) = self.counts();
        if members == 0 { 0.0 } else { f64::from(affected) / f64::from(members) }
    }

    /// The affected members by split, in the order of the splits' names. A member that is a set stands for what it pins, in
    /// the split of that set.
    async fn by_split(&self) -> Vec<SplitCount> {
        let set = self.affected().set;
        let exact = self.rows().iter().filter(|row| row.inclusion.is_of_member());
        // Rows are by member.
        let mut affected: Vec<_> = exact.map(|row| (row.pinned, row.split)).collect();
        affected.dedup();
        let contents = self.contents();
        self.scope().read(|at| {
            let mut counts = std::collections::BTreeMap::<&str, (i32, i32)>::new();
            let (affected, members): (Vec<Name>, Vec<Name>) = match contents {
                Some((affected, contents)) => {
                    let splits = |contents: &[Content]| contents.iter().map(|c| c.stay.split).collect();
                    (splits(affected), splits(contents))
                }
                None => {
                    let affected = affected.into_iter().filter_map(|(_, split)| split).collect();
                    (affected, at.members(set).map(|stay| stay.split).collect())
                }
            };
            for split in members {
                counts.entry(at.index().text(split)).or_default().1 += 1;
            }
            for split in affected {
                counts.entry(at.index().text(split)).or_default().0 += 1;
            }
            let counts = counts.into_iter().filter(|(_, (affected, _))| *affected > 0);
            counts
                .map(|(split, (affected_count, member_count))| SplitCount {
                    split: split.to_owned(),
                    affected_count,
                    member_count,
                })
                .collect()
        })
    }

    /// True if any row's wrong version was known to be wrong when the set version was made. SELF rows do not count.
    async fn stale_at_build(&self) -> bool {
        self.rows().iter().any(|row| row.stale_at_build)
    }

    /// The first later version of the same set that holds no wrong version of any of these rows' items, asked about or
    /// not. If there is a SELF row: that is not wrong and holds nothing wrong at all. COARSE rows do not count.
    async fn fixed_in(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let fixed = self.answer.fixed_in(Spending::of(ctx)?, self.place, self.rows())?;
        Ok(fixed.map(|version| Version::new(self.scope().clone(), version)))
    }

    /// A row for each member and wrong version.
    async fn members(
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
    ) -> Result<Connection<AffectedMember>> {
        let page = Page::new(
            List::of(ctx, format_args!("{}/{}", self.answer.list, self.affected().set.0))?,
            first,
            after,
            last,
            before,
        )?;
        page.pinned(self.scope())?;
        let member = |row| AffectedMember::new(self.answer.clone(), self.place, row);
        Ok(page.of(self.scope(), self.rows(), member))
    }

    /// The models, evaluations and deployments made from it, oldest first.
    async fn consumers(
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
        let page = Page::new(
            List::of(ctx, format_args!("{}/{}", self.answer.list, self.affected().set.0))?,
            first,
            after,
            last,
            before,
        )?;
        let set = self.affected().set;
        let scope = page.scope_of(self.scope(), |at| at.sees(set))?;
        let consumers = Spending::of(ctx)?.walk(Purpose::Objects, |budget| {
            scope.walk(|walker| walker.consumers(set, budget)).unwrap_or_default()
        })?;
        Ok(page.of(&scope, &consumers, |version| Version::new(scope.clone(), version)))
    }
}

/// A member of a training set version that is wrong, or was made from something wrong.
#[derive(Clone)]
pub struct AffectedMember {
    answer: Answer,
    /// The place of the set version in the answer.
    place: usize,
    row: Row,
}

impl AffectedMember {
    /// A row of the set version at a place of an answer.
    pub(in crate::api::types) const fn new(answer: Answer, place: usize, row: Row) -> Self {
        Self { answer, place, row }
    }

    fn version(&self, version: VersionNo) -> Version {
        Version::new(self.answer.scope.clone(), version)
    }
}

/// A member of a training set version that is wrong, or was made from something wrong.
#[Object]
impl AffectedMember {
    /// What the set pins. In a SELF row: the set version itself. In a COARSE row: the member of this set through which the
    /// wrong version came, or that of the nearest set on the way that pins what is before it.
    async fn pinned(&self) -> Version {
        self.version(self.row.pinned)
    }

    /// What is wrong: the set version itself, the member, or what the member was made from.
    async fn wrong(&self) -> Version {
        self.version(self.row.wrong)
    }

    /// The statement that made it wrong: the first since it was last reinstated. Null only in rows of status
    /// ONTOLOGY_STALE, where nothing was said of the label itself.
    async fn statement(&self) -> Option<Statement> {
        match self.row.cause {
            Cause::Said(said) => Some(Statement::new(self.answer.scope.clone(), said)),
            Cause::ClassList(_) => None,
        }
    }

    /// Rows of status ONTOLOGY_STALE only: the version of the class list that changed the meaning of the label's class.
    async fn class_list(&self) -> Option<Version> {
        match self.row.cause {
            Cause::Said(_) => None,
            Cause::ClassList(version) => Some(self.version(version)),
        }
    }

    /// The head of the wrong version's item, where that is another version.
    async fn replacement(&self) -> Option<Version> {
        let head = self.answer.scope.read(|at| at.head(at.item_of(self.row.wrong)));
        head.filter(|head| *head != self.row.wrong).map(|head| self.version(head))
    }

    /// How the set holds it.
    async fn inclusion(&self) -> Inclusion {
        self.row.inclusion.into()
    }

    /// What became of the wrong version's item.
    async fn status(&self) -> AffectedStatus {
        self.row.status.into()
    }

    /// True if it was known to be wrong when the set version was made. False in a SELF row.
    async fn stale_at_build(&self) -> bool {
        self.row.stale_at_build
    }

    /// The first later version of the same set that holds no wrong version of this item, asked about or not. In a SELF
    /// row: that is not wrong and holds nothing wrong at all. Null in a COARSE row.
    async fn fixed_in(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let fixed = self.answer.fixed_in(Spending::of(ctx)?, self.place, &[self.row])?;
        Ok(fixed.map(|version| self.version(version)))
    }

    /// A shortest way from the wrong version to the member, both included. In a COARSE row it goes on to the set; in a SELF
    /// row it is the set version alone.
    async fn path(&self, ctx: &Context<'_>) -> Result<Vec<Version>> {
        let way = self.answer.way(Spending::of(ctx)?, &self.row)?;
        Ok(way.into_iter().map(|version| self.version(version)).collect())
    }

    /// The member's split. Empty in a SELF row, and in a COARSE row if no set on the way pins the member.
    async fn split(&self) -> String {
        let text = |split| self.answer.scope.read(|at| at.index().text(split).to_owned());
        self.row.split.map(text).unwrap_or_default()
    }
}

/// A member of this training set version that is wrong, or was made from something wrong.
#[derive(Clone)]
pub struct StaleMember(pub AffectedMember);

/// A member of this training set version that is wrong, or was made from something wrong.
#[Object]
impl StaleMember {
    /// What the set pins.
    async fn pinned(&self) -> Version {
        self.0.version(self.0.row.pinned)
    }

    /// What is wrong: the member itself, or what it was made from.
    async fn wrong(&self) -> Version {
        self.0.version(self.0.row.wrong)
    }

    /// The statement that made it wrong.
    async fn statement(&self) -> Option<Statement> {
        match self.0.row.cause {
            Cause::Said(said) => Some(Statement::new(self.0.answer.scope.clone(), said)),
            Cause::ClassList(_) => None,
        }
    }

    /// How the set holds it.
    async fn inclusion(&self) -> Inclusion {
        self.0.row.inclusion.into()
    }

    /// What became of the wrong version's item.
    async fn status(&self) -> AffectedStatus {
        self.0.row.status.into()
    }

    /// The head of the member's item, where that is another version: what a refresh would pin, if it is sound.
    async fn replacement(&self) -> Option<Version> {
        let head = self.0.answer.scope.read(|at| at.head(at.item_of(self.0.row.pinned)));
        head.filter(|head| *head != self.0.row.pinned).map(|head| self.0.version(head))
    }
}
