//! Affected training set versions and their affected members.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Object, Result, SimpleObject};

use super::super::{ImpactAnswer, Statement, Tag, Version};
use crate::api::cursor::List;
use crate::api::edges::FollowEdges;
use crate::api::engine::budget::{Purpose, RequestBudget};
use crate::api::enums::{AffectedStatus, Inclusion};
use crate::api::page::{Connection, Page};
use crate::api::scalars::int;
use crate::api::scope::Scope;
use crate::domain::numbers::VersionNo;
use crate::lineage::index::names::NameNo;
use crate::lineage::query::contents::ContentEntry;
use crate::lineage::query::impact::{AffectedSet, Cause, ImpactRow};
use crate::lineage::walk::flow::EdgeBudget;

/// The number of affected members of a split.
#[derive(SimpleObject, Clone)]
pub struct SplitCount {
    /// The split.
    split: String,
    /// The number of its members that are affected.
    affected_count: i32,
    /// The number of its members.
    member_count: i32,
}

/// The affected contents of a set version, and all of its contents.
type Contents = (Vec<ContentEntry>, Vec<ContentEntry>);

/// A training set version that holds something wrong.
#[derive(Clone)]
pub struct AffectedTrainingSet {
    answer: ImpactAnswer,
    place: usize,
    /// Its rows, computed for the first field that needs them.
    rows: Arc<OnceLock<Vec<ImpactRow>>>,
    /// Its affected contents and all contents, computed for the first field that needs them.
    contents: Arc<OnceLock<Option<Contents>>>,
}

impl AffectedTrainingSet {
    /// Returns the set version at a position of an answer.
    pub(in crate::api::types) fn new(answer: ImpactAnswer, place: usize) -> Self {
        Self { answer, place, rows: Arc::default(), contents: Arc::default() }
    }

    /// Returns the set version.
    pub(in crate::api) fn set(&self) -> VersionNo {
        self.affected().set
    }

    fn affected(&self) -> &AffectedSet {
        &self.answer.impact.sets[self.place]
    }

    fn scope(&self) -> &Scope {
        &self.answer.scope
    }

    fn rows(&self) -> &[ImpactRow] {
        self.rows.get_or_init(|| self.answer.rows(self.place))
    }

    /// Returns the affected contents of the set version and all contents; `None` if it pins no
    /// sets, because then the contents are its members.
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
            // A count is always complete: the traversal is bounded by the sets in the set.
            let contents = walker.contents(set, &mut EdgeBudget::edges(u64::MAX)).unwrap_or_default();
            Some((self.answer.impact.affected_contents(walker, &contents, rows), contents))
        })
    }

    /// Returns the number of affected contents and of all contents.
    fn counts(&self) -> (u32, u32) {
        let count = |contents: &[ContentEntry]| u32::try_from(contents.len()).unwrap_or(u32::MAX);
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

    /// True if it is the set's current version.
    async fn is_head(&self) -> bool {
        self.scope().read(|at| at.is_head(self.affected().set))
    }

    /// The tags that point at it.
    async fn tags(&self) -> Vec<Tag> {
        let moves =
            self.scope().read(|at| at.tags(self.affected().set).into_iter().copied().collect::<Vec<_>>());
        moves.into_iter().map(|moved| Tag::new(self.scope().clone(), moved)).collect()
    }

    /// The number of its members that are affected, each counted once. A member that is a set
    /// counts as the members it pins; if that set is wrong itself, all of them. SELF and COARSE
    /// rows name no member and do not count.
    async fn affected_count(&self) -> i32 {
        int(self.counts().0)
    }

    /// The number of wrong versions that it holds or is, each counted once.
    async fn wrong_count(&self) -> i32 {
        int(self.affected().wrong)
    }

    /// The number of members it pins; a member that is a set counts as one.
    async fn member_count(&self) -> i32 {
        int(self.pins())
    }

    /// The affected fraction of its members, from 0 to 1. A member that is a set counts as the
    /// members it pins.
    async fn affected_fraction(&self) -> f64 {
        let (affected, members) = self.counts();
        if members == 0 { 0.0 } else { f64::from(affected) / f64::from(members) }
    }

    /// The affected members by split, ordered by name. A member that is a set counts as the members
    /// it pins, in the split of that set.
    async fn by_split(&self) -> Vec<SplitCount> {
        let set = self.affected().set;
        let exact = self.rows().iter().filter(|row| row.inclusion.is_of_member());
        // Rows are sorted by member.
        let mut affected: Vec<_> = exact.map(|row| (row.pinned, row.split)).collect();
        affected.dedup();
        let contents = self.contents();
        self.scope().read(|at| {
            let mut counts = std::collections::BTreeMap::<&str, (i32, i32)>::new();
            let (affected, members): (Vec<NameNo>, Vec<NameNo>) = match contents {
                Some((affected, contents)) => {
                    let splits =
                        |contents: &[ContentEntry]| contents.iter().map(|c| c.interval.split).collect();
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

    /// True if any row's wrong version was known to be wrong when the set version was made. SELF
    /// rows do not count.
    async fn stale_at_build(&self) -> bool {
        self.rows().iter().any(|row| row.stale_at_build)
    }

    /// The first later version of the same set that holds no wrong version of any of these rows'
    /// items, asked about or not. If there is a SELF row: that is not wrong and holds nothing wrong
    /// at all. COARSE rows do not count.
    async fn fixed_in(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let fixed = self.answer.fixed_in(RequestBudget::of(ctx)?, self.place, self.rows())?;
        Ok(fixed.map(|version| Version::new(self.scope().clone(), version)))
    }

    /// A row for each member and wrong version.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
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
        #[graphql(desc = "Returns the first n entries (default 50, maximum 1000).")] first: Option<i32>,
        #[graphql(desc = "Returns entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n entries (maximum 1000).")] last: Option<i32>,
        #[graphql(desc = "Returns entries before this cursor.")] before: Option<String>,
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
        let consumers = RequestBudget::of(ctx)?.walk(Purpose::Objects, |budget| {
            scope.walk(|walker| walker.consumers(set, budget)).unwrap_or_default()
        })?;
        Ok(page.of(&scope, &consumers, |version| Version::new(scope.clone(), version)))
    }
}

/// A member of a training set version that is wrong or was made from something wrong.
#[derive(Clone)]
pub struct AffectedMember {
    answer: ImpactAnswer,
    /// The position of the set version in the answer.
    place: usize,
    row: ImpactRow,
}

impl AffectedMember {
    /// Returns a row of the set version at a position of an answer.
    pub(in crate::api::types) const fn new(answer: ImpactAnswer, place: usize, row: ImpactRow) -> Self {
        Self { answer, place, row }
    }

    fn version(&self, version: VersionNo) -> Version {
        Version::new(self.answer.scope.clone(), version)
    }
}

/// A member of a training set version that is wrong or was made from something wrong.
#[Object]
impl AffectedMember {
    /// The pinned version. In a SELF row: the set version itself. In a COARSE row: the member of
    /// this set through which the wrong version came, or that of the nearest set on the path that
    /// pins the version before it.
    async fn pinned(&self) -> Version {
        self.version(self.row.pinned)
    }

    /// The wrong version: the set version itself, the member, or a version that the member was made
    /// from.
    async fn wrong(&self) -> Version {
        self.version(self.row.wrong)
    }

    /// The statement that made it wrong: the first since it was last reinstated. Null only in rows
    /// of status ONTOLOGY_STALE, where there is no statement about the label itself.
    async fn statement(&self) -> Option<Statement> {
        match self.row.cause {
            Cause::Said(said) => Some(Statement::new(self.answer.scope.clone(), said)),
            Cause::ClassList(_) => None,
        }
    }

    /// Rows of status ONTOLOGY_STALE only: the class list version that changed the meaning of the
    /// label's class.
    async fn class_list(&self) -> Option<Version> {
        match self.row.cause {
            Cause::Said(_) => None,
            Cause::ClassList(version) => Some(self.version(version)),
        }
    }

    /// The head of the wrong version's item, if that is another version.
    async fn replacement(&self) -> Option<Version> {
        let head = self.answer.scope.read(|at| at.head(at.item_of(self.row.wrong)));
        head.filter(|head| *head != self.row.wrong).map(|head| self.version(head))
    }

    /// The relation of the wrong version to the set.
    async fn inclusion(&self) -> Inclusion {
        self.row.inclusion.into()
    }

    /// The state of the wrong version's item.
    async fn status(&self) -> AffectedStatus {
        self.row.status.into()
    }

    /// True if it was known to be wrong when the set version was made. False in a SELF row.
    async fn stale_at_build(&self) -> bool {
        self.row.stale_at_build
    }

    /// The first later version of the same set that holds no wrong version of this item, asked
    /// about or not. In a SELF row: that is not wrong and holds nothing wrong at all. Null in a
    /// COARSE row.
    async fn fixed_in(&self, ctx: &Context<'_>) -> Result<Option<Version>> {
        let fixed = self.answer.fixed_in(RequestBudget::of(ctx)?, self.place, &[self.row])?;
        Ok(fixed.map(|version| self.version(version)))
    }

    /// A shortest path from the wrong version to the member, both included. In a COARSE row it
    /// continues to the set, or to the set that it pins; in a SELF row it is the set version alone.
    async fn path(&self, ctx: &Context<'_>) -> Result<Vec<Version>> {
        let path = self.answer.path(RequestBudget::of(ctx)?, &self.row)?;
        Ok(path.into_iter().map(|version| self.version(version)).collect())
    }

    /// The member's split. Empty in a SELF row, and in a COARSE row if no set on the path pins the
    /// member.
    async fn split(&self) -> String {
        let text = |split| self.answer.scope.read(|at| at.index().text(split).to_owned());
        self.row.split.map(text).unwrap_or_default()
    }
}

/// A member of this training set version that is wrong or was made from something wrong.
#[derive(Clone)]
pub struct StaleMember(pub AffectedMember);

/// A member of this training set version that is wrong or was made from something wrong.
#[Object]
impl StaleMember {
    /// The pinned version.
    async fn pinned(&self) -> Version {
        self.0.version(self.0.row.pinned)
    }

    /// The wrong version: the member itself, or a version that it was made from.
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

    /// The relation of the wrong version to the set.
    async fn inclusion(&self) -> Inclusion {
        self.0.row.inclusion.into()
    }

    /// The state of the wrong version's item.
    async fn status(&self) -> AffectedStatus {
        self.0.row.status.into()
    }

    /// The head of the member's item, if that is another version: the version that a refresh would
    /// pin if it is sound.
    async fn replacement(&self) -> Option<Version> {
        let head = self.0.answer.scope.read(|at| at.head(at.item_of(self.0.row.pinned)));
        head.filter(|head| *head != self.0.row.pinned).map(|head| self.0.version(head))
    }
}
