//! Growing lists, one per dense number, adjacent in one array.
//!
//! A large batch of elements is merged with all others, without a gap between lists. Later elements
//! are appended to their list while there is room.

use super::arena::Arena;

/// Lists by number.
#[derive(Debug)]
pub struct FlatLists<T> {
    spans: Vec<ListSpan>,
    all: Arena<T>,
    /// The number of elements of all lists.
    len: usize,
}

/// The position of a list.
#[derive(Debug, Clone, Copy, Default)]
struct ListSpan {
    start: usize,
    len: u32,
    /// The number of elements that fit there.
    room: u32,
}

impl<T> Default for FlatLists<T> {
    fn default() -> Self {
        Self { spans: Vec::new(), all: Arena::default(), len: 0 }
    }
}

impl<T: Copy + Default> FlatLists<T> {
    /// The elements of a list, in the order in which they were added.
    #[must_use]
    pub fn get(&self, list: usize) -> &[T] {
        self.spans.get(list).map_or(&[], |span| self.all.get(span.start, span.len as usize))
    }

    /// Returns true if a batch of this size is better merged with all others than added one by one.
    #[must_use]
    pub const fn is_large_batch(&self, new: usize) -> bool {
        new > self.len / 8
    }

    /// Adds an element to a list.
    pub fn push(&mut self, list: usize, element: T) {
        if self.spans.len() <= list {
            self.spans.resize(list + 1, ListSpan::default());
        }
        let span = &mut self.spans[list];
        if span.len == span.room {
            let room = (span.room + 1).next_power_of_two();
            let start = self.all.take(room as usize);
            self.all.copy(span.start, span.len as usize, start);
            if span.room > 0 {
                self.all.release(span.start, span.room as usize);
            }
            *span = ListSpan { start, room, ..*span };
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
                spans.resize(list + 1, ListSpan::default());
            }
            spans[list].len += 1;
        }
        let mut end = 0;
        for span in &mut spans {
            *span = ListSpan { start: end, len: 0, room: span.len };
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
