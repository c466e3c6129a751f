//! Relay connections over lists that are fixed at a seq.
//!
//! A cursor carries the seq of its list and a position, so page two is read at the seq of page one.

use std::borrow::Cow;
use std::ops::Range;

use async_graphql::{Error, OutputType, Result, SimpleObject, TypeName};

use super::cursor::{Cursor, List, Part};
use super::engine::budget::RequestBudget;
use super::engine::cost::{DEFAULT_PAGE, MAX_PAGE};
use super::enums::IncompleteReason;
use super::errors;
use super::scalars::{Seq, Time, int};
use super::scope::Scope;
use crate::domain::invalid::Invalid;
use crate::ledger::AsOf;
use crate::lineage::At;
use crate::lineage::query::search::Window;

/// The moment at which an answer was read, and its completeness.
#[derive(SimpleObject, Debug, Clone)]
pub struct ReadInfo {
    /// The commit at which the answer was read.
    pub seq: Seq,
    /// The time of that commit.
    pub time: Time,
    /// True if nothing is left out.
    pub complete: bool,
    /// The reason that something is left out; null if the answer is complete.
    pub incomplete_reason: Option<IncompleteReason>,
    /// Pass this as `after` to continue exactly where the answer stopped.
    pub resume: Option<String>,
    /// The fraction that is done with this answer, from 0 to 1: 1 if it is complete. For an answer in
    /// parts, the wrong items that were followed in this part and those before it, of all. Null if
    /// the fraction is not known.
    pub done: Option<f64>,
}

impl ReadInfo {
    /// Creates the info of a complete answer that was read in this scope.
    #[must_use]
    pub fn of_complete(scope: &Scope) -> Self {
        let (seq, time) = (Seq(scope.view.seq()), Time(scope.view.time()));
        Self { seq, time, complete: true, incomplete_reason: None, resume: None, done: Some(1.0) }
    }

    /// Returns the info of the same answer if it stopped for a reason, with an unknown fraction of it
    /// done; the same info without a reason.
    #[must_use]
    pub fn stopped(self, reason: Option<IncompleteReason>, resume: Option<String>) -> Self {
        match reason {
            None => self,
            reason => Self { complete: false, incomplete_reason: reason, resume, done: None, ..self },
        }
    }

    /// Returns the same info with this fraction done.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a fraction needs no more than 52 bits")]
    pub fn having_done(self, some: usize, all: usize) -> Self {
        let done = if some >= all { 1.0 } else { some as f64 / all as f64 };
        Self { done: Some(done), ..self }
    }
}

/// The position of a page in its list.
#[derive(SimpleObject, Debug, Clone)]
pub struct PageInfo {
    /// True if there are edges before this page.
    pub has_previous_page: bool,
    /// True if there are edges after this page.
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
    /// The position of the entry, for `after` and `before`.
    pub cursor: String,
    /// The entry.
    pub node: T,
}

/// A page of a list. The list is fixed at `info.seq`, for this page and for those that follow from
/// its cursors.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name_type)]
pub struct Connection<T: OutputType> {
    /// The entries of this page, with their cursors.
    pub edges: Vec<Edge<T>>,
    /// The entries of this page.
    pub nodes: Vec<T>,
    /// The position of the page in the list.
    pub page_info: PageInfo,
    /// The number of entries of the entire list.
    pub total_count: i32,
    /// The moment at which the list was read, and its completeness.
    pub info: ReadInfo,
}

/// Returns the refusal of a cursor whose position is not in the list.
pub(super) fn foreign_cursor() -> Error {
    errors::bad_input("this is not a cursor of this list; give one from a page of the same query")
}

/// Returns the name of the entries of a list, from which the names of its edges and connections
/// derive. A list of findings is named after the objects that were found.
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

/// Checks the size of a page (minimum 0, maximum 1,000).
///
/// # Errors
/// `BAD_USER_INPUT` or `LIMIT_EXCEEDED`.
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
    /// The part of the list to which the page belongs; `None` if the list is not answered in parts.
    part: Option<Part>,
}

impl Page {
    /// Checks the arguments of a page.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for contradictions and cursors of other lists, `LIMIT_EXCEEDED` if the page
    /// is too large.
    pub fn new(
        list: List,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        if first.is_some() && last.is_some() {
            return Err(errors::bad_input("expected `first` or `last`, found both"));
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

    /// Returns the part of the cursors, for a list that is answered in parts: `None` if there is no
    /// cursor, `Some(None)` if the cursor belongs to an undivided answer.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` if the cursors belong to different parts.
    pub fn part_asked(&self) -> Result<Option<Option<Part>>> {
        let open = |cursor: &Cursor| cursor.part.is_some_and(|part| part.to.is_none());
        match (self.after, self.before) {
            (_, Some(before)) if open(&before) => Err(errors::bad_input(
                "`before` must be the cursor of an edge, found `info.resume`: pass it as `after`",
            )),
            (Some(after), Some(before)) if after.part != before.part => Err(errors::bad_input(
                "`after` and `before` must be cursors of one part of the answer, found two parts",
            )),
            (Some(cursor), _) | (None, Some(cursor)) => Ok(Some(cursor.part)),
            (None, None) => Ok(None),
        }
    }

    /// Returns the same page for this part of the list.
    #[must_use]
    pub fn of_part(self, part: Option<Part>) -> Self {
        Self { part, ..self }
    }

    /// Returns the list of the page.
    #[must_use]
    pub const fn list(&self) -> List {
        self.list
    }

    /// Returns the scope in which the list is to be read: that of the cursor, else `scope`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for two cursors of different moments, `AS_OF_UNAVAILABLE` for a cursor of a
    /// list that was read after this view, `OTHER_HISTORY` for a cursor of another log.
    pub fn scope(&self, scope: &Scope) -> Result<Scope> {
        [&self.after, &self.before].into_iter().flatten().try_for_each(|cursor| cursor.fits(scope))?;
        let pinned = match (self.after, self.before) {
            (Some(after), Some(before)) if (after.seq, after.known) != (before.seq, before.known) => {
                return Err(errors::bad_input(
                    "`after` and `before` must be cursors of one moment, found two moments",
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

    /// Returns the scope in which the list of an object is to be read, after a check that the
    /// object exists there.
    ///
    /// # Errors
    /// As [`Page::scope`], and `BAD_USER_INPUT` for a cursor of a moment before the object existed.
    pub fn scope_of(&self, scope: &Scope, exists: impl FnOnce(At<'_>) -> bool) -> Result<Scope> {
        let scope = self.scope(scope)?;
        match scope.read(exists) {
            true => Ok(scope),
            false => Err(errors::bad_input(
                "expected a cursor of a moment at which the object exists, found an earlier one",
            )),
        }
    }

    /// Checks that the cursors belong to lists read in this scope, for lists inside an answer that
    /// is not read again.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a cursor of another moment, with the way to continue; `OTHER_HISTORY` for a
    /// cursor of another log.
    pub fn pinned(&self, scope: &Scope) -> Result<()> {
        [&self.after, &self.before].into_iter().flatten().try_for_each(|cursor| cursor.fits(scope))?;
        let here = (scope.view.seq(), scope.view.known());
        let foreign = |cursor: &Cursor| (cursor.seq, cursor.known) != here;
        match [&self.after, &self.before].into_iter().flatten().find(|cursor| foreign(cursor)) {
            None => Ok(()),
            Some(cursor) => Err(errors::bad_input(format!(
                "expected a cursor of the moment of this answer, found one of seq {}: request it inside `at(asOf: {{seq: \"{}\"}})`",
                cursor.seq, cursor.seq
            ))),
        }
    }

    /// Returns the page of a list whose positions are keys, not counts.
    #[must_use]
    pub fn window(&self) -> Window {
        // A position beyond `u32` is after the end of every list.
        let place = |cursor: Cursor| u32::try_from(cursor.place).unwrap_or(u32::MAX);
        let default = usize::try_from(DEFAULT_PAGE).unwrap_or(usize::MAX);
        Window {
            after: self.after.map(place),
            before: self.before.map(place),
            most: self.last.or(self.first).unwrap_or(default),
            from_end: self.last.is_some(),
        }
    }

    /// Returns the cursor of the entry at a position.
    #[must_use]
    pub fn cursor(&self, scope: &Scope, place: u32) -> String {
        Cursor::at(scope, self.list, place as usize).encode()
    }

    /// Returns the position at which the page starts.
    #[must_use]
    pub fn start(&self) -> usize {
        self.after.map_or(0, Cursor::next)
    }

    /// Returns the range of the page in a list of `total` entries.
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

    /// Returns the range of the page in a list whose entries have the ascending positions `places`,
    /// with gaps between them.
    #[must_use]
    pub fn sparse_range(&self, places: &[usize]) -> Range<usize> {
        let at = |cursor: Cursor| usize::try_from(cursor.place).unwrap_or(usize::MAX);
        let end =
            self.before.map_or(places.len(), |cursor| places.partition_point(|place| *place < at(cursor)));
        let start =
            self.after.map_or(0, |cursor| places.partition_point(|place| *place <= at(cursor))).min(end);
        self.within(start, end)
    }

    /// Returns a page of a list whose entries have the ascending positions `places`, with gaps
    /// between them.
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

    /// Returns a page of a list that is in memory as `entries`, with a node made from each. `scope`
    /// must be the result of [`Page::scope`].
    pub fn of<E: Clone, T: OutputType + Clone>(
        &self,
        scope: &Scope,
        entries: &[E],
        node: impl FnMut(E) -> T,
    ) -> Connection<T> {
        let range = self.range(entries.len());
        self.slice(scope, entries.len(), range.clone(), entries[range].iter().cloned().map(node))
    }

    /// Returns a page of a list of `total` entries, given the nodes of `range`.
    pub fn slice<T: OutputType + Clone>(
        &self,
        scope: &Scope,
        total: usize,
        range: Range<usize>,
        nodes: impl Iterator<Item = T>,
    ) -> Connection<T> {
        // If there is no memory for them, the entire answer is refused later.
        let most = if RequestBudget::admits_objects(range.len()) { usize::MAX } else { 0 };
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
        Connection { edges, nodes, page_info, total_count, info: ReadInfo::of_complete(scope) }
    }

    /// Returns a cursor before a part that has yet to be determined, read in this scope.
    #[must_use]
    pub fn resume_part(&self, scope: &Scope, from: usize) -> String {
        let part = Some(Part { from, to: None });
        Cursor { part, ..Cursor::at(scope, self.list, 0) }.encode()
    }

    /// Returns a cursor after `place` entries of the list, read in this scope.
    #[must_use]
    pub fn resume(&self, scope: &Scope, place: usize) -> Option<String> {
        Some(Cursor::at(scope, self.list, place.checked_sub(1)?).encode())
    }
}
