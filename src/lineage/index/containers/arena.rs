//! An arena for growing lists: room in one array.
//!
//! A list that needs more room moves to a larger block. Its old block is reused by another list of
//! that size.

/// Blocks whose sizes are powers of two.
#[derive(Debug)]
pub struct Arena<T> {
    all: Vec<T>,
    /// The free blocks by size: at n, room for at least 2^n elements.
    free: Vec<Vec<usize>>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Arena<T> {
    /// An arena in which everything is in use.
    fn from(all: Vec<T>) -> Self {
        Self { all, free: Vec::new() }
    }
}

impl<T: Copy + Default> Arena<T> {
    /// Returns a block of this size, which is a power of two.
    pub fn take(&mut self, room: usize) -> usize {
        let left = self.free.get_mut(room.ilog2() as usize).and_then(Vec::pop);
        left.unwrap_or_else(|| {
            let end = self.all.len();
            self.all.resize(end + room, T::default());
            end
        })
    }

    /// Frees a block of this size, which is not 0.
    pub fn release(&mut self, place: usize, room: usize) {
        let size = room.ilog2() as usize;
        if self.free.len() <= size {
            self.free.resize_with(size + 1, Vec::new);
        }
        self.free[size].push(place);
    }

    /// Copies elements to another position.
    pub fn copy(&mut self, from: usize, len: usize, to: usize) {
        self.all.copy_within(from..from + len, to);
    }

    /// The `len` elements from a position on.
    #[must_use]
    pub fn get(&self, from: usize, len: usize) -> &[T] {
        &self.all[from..from + len]
    }

    /// Sets the element at a position.
    pub fn set(&mut self, place: usize, element: T) {
        self.all[place] = element;
    }
}
