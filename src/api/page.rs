//! Pages: Relay connections over lists that are fixed at a seq.
//!
//! A cursor carries the seq of its list and its position, so page two is read at the seq of page one.

use std::borrow::Cow;
use std::ops::Range;

use async_graphql::{OutputType, Result, SimpleObject, TypeName};

use super::cursor::{Cursor, List, Part};
use super::engine::budget::Spending;
use super::engine::cost::{DEFAULT_PAGE, MAX_PAGE};
use super::enums::IncompleteReason;
use super::errors;
use super::scalars::{Seq, Time, int};
use super::scope::Scope;
use crate::domain::invalid::Invalid;
use crate::ledger::AsOf;
use crate::lineage::At;
use crate::lineage::query::search::Window;

/// What an answer was read at, and whether it is whole.
#[derive(SimpleObject, Debug, Clone)]
pub struct ReadInfo {
    /// The commit read at.
    pub seq: Seq,
    /// That commit's time.
    pub time: Time,
    /// Whether nothing is left out.
    pub complete: bool,
    /// Why something is left out.
    pub incomplete_reason: Option<IncompleteReason>,
    /// Give this as `after` to go on exactly where the answer stopped.
    pub resume: Option<String>,
}

impl ReadInfo {
    /// A whole answer, read in this scope.
    #[must_use]
    pub fn whole(scope: &Scope) -> Self {
        let (seq, time) = (Seq(scope.view.seq()), Time(scope.view.time()));
        Self { seq, time, complete: true, incomplete_reason: None, resume: None }
    }
}

/// Where a page stands in its list.
#[derive(SimpleObject, Debug, Clone)]
pub struct PageInfo {
    /// Whether edges come before this page.
    pub has_previous_page: bool,
    /// Whether edges come after this page.
    pub has_next_page: bool,
    /// The cursor of the first edge.
    pub start_cursor: Option<String>,
    /// The cursor of the last edge.
    pub end_cursor: Option<String>,
}

/// One entry of a list.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// Where the entry stands; give it as `after` or `before`.
    pub cursor: String,
    /// The entry.
    pub node: T,
}

/// A page of a list. The list is fixed at `info.seq`, and so are the pages that its cursors lead to.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name_type)]
pub struct Connection<T: OutputType> {
    /// The entries of this page, with their cursors.
    pub edges: Vec<Edge<T>>,
    /// The entries of this page.
    pub nodes: Vec<T>,
    /// Where the page stands in the list.
    pub page_info: PageInfo,
    /// How many entries the whole list has.
    pub total_count: i32,
    /// What the list was read at, and whether it is whole.
    pub info: ReadInfo,
}

/// The name of the entries of a list, from which the names of its edges and connections are made. What a list of
/// findings holds is named after the thing that was found.
fn entry_name<T: OutputType>() -> String {
    let name = T::type_name();
    name.strip_suffix("Finding").unwrap_or(&name).to_owned()
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", entry_name::<T>()).into()
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", entry_name::<T>()).into()
    }
}

/// The size of a page (minimum 0, maximum 1,000).
///
/// # Errors
/// BAD_USER_INPUT or LIMIT_EXCEEDED.
pub(super) fn page_size(name: &'static str, given: i32) -> Result<usize> {
    let size = usize::try_from(given);
    let size = size.map_err(|_| errors::bad_input(format!("`{name}` must be 0 or more, found {given}")))?;
    let most = usize::try_from(MAX_PAGE).unwrap_or(usize::MAX);
    Invalid::limit(name, size, most).map_err(|error| errors::invalid(&error))?;
    Ok(size)
}

/// The arguments of a page.
#[derive(Debug, Clone, Default)]
pub struct Page {
    list: List,
    first: Option<usize>,
    last: Option<usize>,
    after: Option<Cursor>,
    before: Option<Cursor>,
    /// The part of the list that the page is of, where it is answered in parts.
    part: Option<Part>,
}

impl Page {
    /// Checks the arguments of a page.
    ///
    /// # Errors
    /// BAD_USER_INPUT for contradictions and cursors of other lists, LIMIT_EXCEEDED for too large a page.
    pub fn new(
        list: List,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        if first.is_some() && last.is_some() {
            return Err(errors::bad_input("give `first` or `last`, not both"));
        }
        let size = |name, size: Option<i32>| size.map(|size| page_size(name, size)).transpose();
        let cursor = |text: Option<String>| text.map(|text| Cursor::decode(&text, list)).transpose();
        Ok(Self {
            list,
            first: size("first", first)?,
            last: size("last", last)?,
            after: cursor(after)?,
            before: cursor(before)?,
            part: None,
        })
    }

    /// The part that the cursors are of, for a list that is answered in parts: none where there is no cursor, and an inner
    /// none where it is of a whole answer.
    ///
    /// # Errors
    /// BAD_USER_INPUT where they are of different parts.
    pub fn part_asked(&self) -> Result<Option<Option<Part>>> {
        let open = |cursor: &Cursor| cursor.part.is_some_and(|part| part.to.is_none());
        match (self.after, self.before) {
            (_, Some(before)) if open(&before) => Err(errors::bad_input(
                "`info.resume` goes on from where an answer stopped: give it as `after`",
            )),
            (Some(after), Some(before)) if after.part != before.part => {
                Err(errors::bad_input("`after` and `before` are cursors of different parts of the answer"))
            }
            (Some(cursor), _) | (None, Some(cursor)) => Ok(Some(cursor.part)),
            (None, None) => Ok(None),
        }
    }

    /// The same page, of this part of the list.
    #[must_use]
    pub fn of_part(self, part: Option<Part>) -> Self {
        Self { part, ..self }
    }

    /// The list that the page is of.
    #[must_use]
    pub const fn list(&self) -> List {
        self.list
    }

    /// The scope that the list is to be read in: that of the cursor, or the one at hand.
    ///
    /// # Errors
    /// BAD_USER_INPUT for a cursor of a list that was read after this view.
    pub fn scope(&self, scope: &Scope) -> Result<Scope> {
        [&self.after, &self.before].into_iter().flatten().try_for_each(|cursor| cursor.fits(scope))?;
        let pinned = match (self.after, self.before) {
            (Some(after), Some(before)) if (after.seq, after.known) != (before.seq, before.known) => {
                return Err(errors::bad_input(
                    "`after` and `before` are cursors of lists read at different moments",
                ));
            }
            (Some(cursor), _) | (None, Some(cursor)) => cursor,
            (None, None) => return Ok(scope.clone()),
        };
        if (pinned.seq, pinned.known) == (scope.view.seq(), scope.view.known()) {
            return Ok(scope.clone());
        }
        scope.back_to(AsOf::Seq(pinned.seq))?.knowing(AsOf::Seq(pinned.known))
    }

    /// The scope that a list of something is to be read in, which must exist there.
    ///
    /// # Errors
    /// As [`Page::scope`]; BAD_USER_INPUT for a cursor of a moment before there was that thing.
    pub fn scope_of(&self, scope: &Scope, exists: impl FnOnce(At<'_>) -> bool) -> Result<Scope> {
        let scope = self.scope(scope)?;
        match scope.read(exists) {
            true => Ok(scope),
            false => {
                Err(errors::bad_input("this cursor is of a moment before there was what the list is of"))
            }
        }
    }

    /// Passes where the cursors belong to lists read in this scope: for lists inside an answer that is not read again.
    ///
    /// # Errors
    /// BAD_USER_INPUT, which says how to go on.
    pub fn pinned(&self, scope: &Scope) -> Result<()> {
        [&self.after, &self.before].into_iter().flatten().try_for_each(|cursor| cursor.fits(scope))?;
        let here = (scope.view.seq(), scope.view.known());
        let foreign = |cursor: &Cursor| (cursor.seq, cursor.known) != here;
        match [&self.after, &self.before].into_iter().flatten().find(|cursor| foreign(cursor)) {
            None => Ok(()),
            Some(cursor) => Err(errors::bad_input(format!(
                "this cursor is of a list read at seq {}; ask for it inside `at(asOf: {{seq: \"{}\"}})`",
                cursor.seq, cursor.seq
            ))),
        }
    }

    /// The page of a list whose cursors hold places that are no counts.
    #[must_use]
    pub fn window(&self) -> Window {
        // A place beyond all numbers is one that no list has.
        let place = |cursor: Cursor| u32::try_from(cursor.place).unwrap_or(u32::MAX);
        let default = usize::try_from(DEFAULT_PAGE).unwrap_or(usize::MAX);
        Window {
            after: self.after.map(place),
            before: self.before.map(place),
            most: self.last.or(self.first).unwrap_or(default),
            from_end: self.last.is_some(),
        }
    }

    /// The cursor of an entry at a place.
    #[must_use]
    pub fn cursor(&self, scope: &Scope, place: u32) -> String {
        Cursor::at(scope, self.list, place as usize).encode()
    }

    /// The place after which the page starts.
    #[must_use]
    pub fn start(&self) -> usize {
        self.after.map_or(0, Cursor::next)
    }

    /// The places of a list of `total` entries that are on the page.
    #[must_use]
    pub fn range(&self, total: usize) -> Range<usize> {
        let end = self
            .before
            .map_or(total, |cursor| usize::try_from(cursor.place).unwrap_or(usize::MAX).min(total));
        self.within(self.start().min(end), end)
    }

    fn within(&self, start: usize, end: usize) -> Range<usize> {
        let default = usize::try_from(DEFAULT_PAGE).unwrap_or(usize::MAX);
        match (self.first, self.last) {
            (_, Some(last)) => end.saturating_sub(last).max(start)..end,
            (first, None) => start..start.saturating_add(first.unwrap_or(default)).min(end),
        }
    }

    /// The entries on the page of a list whose entries stand at ascending `places` with gaps between them.
    #[must_use]
    pub fn sparse_range(&self, places: &[usize]) -> Range<usize> {
        let at = |cursor: Cursor| usize::try_from(cursor.place).unwrap_or(usize::MAX);
        let end =
            self.before.map_or(places.len(), |cursor| places.partition_point(|place| *place < at(cursor)));
        let start =
            self.after.map_or(0, |cursor| places.partition_point(|place| *place <= at(cursor))).min(end);
        self.within(start, end)
    }

    /// A page of a list whose entries stand at ascending `places` with gaps between them.
    pub fn sparse<T: OutputType + Clone>(
        &self,
        scope: &Scope,
        places: &[usize],
        node: impl FnMut(usize) -> T,
    ) -> Connection<T> {
        let range = self.sparse_range(places);
        let mut connection = self.slice(scope, places.len(), range.clone(), range.clone().map(node));
        for (entry, edge) in range.zip(&mut connection.edges) {
            edge.cursor = Cursor::at(scope, self.list, places[entry]).encode();
        }
        connection.page_info.start_cursor = connection.edges.first().map(|edge| edge.cursor.clone());
        connection.page_info.end_cursor = connection.edges.last().map(|edge| edge.cursor.clone());
        connection
    }

    /// A page of a list that is in memory as `entries`, each made into a node.
    ///
    /// `scope` must be the one that [`Page::scope`] gave.
    pub fn of<E: Clone, T: OutputType + Clone>(
        &self,
        scope: &Scope,
        entries: &[E],
        node: impl FnMut(E) -> T,
    ) -> Connection<T> {
        let range = self.range(entries.len());
        self.slice(scope, entries.len(), range.clone(), entries[range].iter().cloned().map(node))
    }

    /// A page of a list of `total` entries, given the nodes of `range`.
    pub fn slice<T: OutputType + Clone>(
        &self,
        scope: &Scope,
        total: usize,
        range: Range<usize>,
        nodes: impl Iterator<Item = T>,
    ) -> Connection<T> {
        // Without memory for them the whole answer is refused.
        let most = if Spending::admits_objects(range.len()) { usize::MAX } else { 0 };
        let nodes: Vec<T> = nodes.take(most).collect();
        let cursor =
            |place: usize| Cursor { part: self.part, ..Cursor::at(scope, self.list, place) }.encode();
        let edges: Vec<Edge<T>> = range
            .clone()
            .zip(&nodes)
            .map(|(place, node)| Edge { cursor: cursor(place), node: node.clone() })
            .collect();
        let page_info = PageInfo {
            has_previous_page: range.start > 0,
            has_next_page: range.end < total,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        let total_count = int(total);
        Connection { edges, nodes, page_info, total_count, info: ReadInfo::whole(scope) }
    }

    /// A cursor that stands before a part that is to be found yet, read in this scope.
    #[must_use]
    pub fn resume_part(&self, scope: &Scope, from: usize) -> String {
        let part = Some(Part { from, to: None });
        Cursor { part, ..Cursor::at(scope, self.list, 0) }.encode()
    }

    /// A cursor that stands after `place` entries of the list, read in this scope.
    #[must_use]
    pub fn resume(&self, scope: &Scope, place: usize) -> Option<String> {
        Some(Cursor::at(scope, self.list, place.checked_sub(1)?).encode())
    }
}
