//! Growing lists, one of each dense number, side by side in one array.
//!
//! Many new elements at once are put in with all others, without a gap between lists. Later ones go behind their list while
//! there is room.

use super::pool::Pool;

/// Lists by number.
#[derive(Debug)]
pub struct Flat<T> {
    spans: Vec<Span>,
    all: Pool<T>,
    /// How many elements all lists have.
    len: usize,
}

/// Where a list is.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: usize,
    len: u32,
    /// How many elements have room there.
    room: u32,
}

impl<T> Default for Flat<T> {
    fn default() -> Self {
        Self { spans: Vec::new(), all: Pool::default(), len: 0 }
    }
}

impl<T: Copy + Default> Flat<T> {
    /// The elements of a list, in the order in which they were added.
    #[must_use]
    pub fn get(&self, list: usize) -> &[T] {
        self.spans.get(list).map_or(&[], |span| self.all.get(span.start, span.len as usize))
    }

    /// Whether so many new elements are better put in with all others than one by one.
    #[must_use]
    pub const fn is_few_beside(&self, new: usize) -> bool {
        new > self.len / 8
    }

    /// Adds an element to a list.
    pub fn push(&mut self, list: usize, element: T) {
        if self.spans.len() <= list {
            self.spans.resize(list + 1, Span::default());
        }
        let span = &mut self.spans[list];
        if span.len == span.room {
            let room = (span.room + 1).next_power_of_two();
            let start = self.all.take(room as usize);
            self.all.copy(span.start, span.len as usize, start);
            if span.room > 0 {
                self.all.leave(span.start, span.room as usize);
            }
            *span = Span { start, room, ..*span };
        }
        self.all.set(span.start + span.len as usize, element);
        span.len += 1;
        self.len += 1;
    }

    /// Adds many elements, each with its list.
    pub fn extend(&mut self, new: impl Iterator<Item = (usize, T)> + Clone) {
        let mut spans = self.spans.clone();
        for (list, _) in new.clone() {
            if spans.len() <= list {
                spans.resize(list + 1, Span::default());
            }
            spans[list].len += 1;
        }
        let mut end = 0;
        for span in &mut spans {
            *span = Span { start: end, len: 0, room: span.len };
            end += span.room as usize;
        }
        let mut all = vec![T::default(); end];
        for (span, old) in spans.iter_mut().zip(&self.spans) {
            let elements = self.all.get(old.start, old.len as usize);
            all[span.start..span.start + elements.len()].copy_from_slice(elements);
            span.len = old.len;
        }
        for (list, element) in new {
            let span = &mut spans[list];
            all[span.start + span.len as usize] = element;
            span.len += 1;
        }
        *self = Self { spans, all: all.into(), len: end };
    }
}
