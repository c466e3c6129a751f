//! Room for growing lists, side by side in one array.
//!
//! A list that needs more room takes a larger place. What it leaves waits for another list of that size.

/// Room by powers of two.
#[derive(Debug)]
pub struct Pool<T> {
    all: Vec<T>,
    /// Where nothing is, by size: at n, room for at least 2^n elements.
    free: Vec<Vec<usize>>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { all: Vec::new(), free: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Pool<T> {
    /// All of it is taken.
    fn from(all: Vec<T>) -> Self {
        Self { all, free: Vec::new() }
    }
}

impl<T: Copy + Default> Pool<T> {
    /// A place with this much room, which is a power of two.
    pub fn take(&mut self, room: usize) -> usize {
        let left = self.free.get_mut(room.ilog2() as usize).and_then(Vec::pop);
        left.unwrap_or_else(|| {
            let end = self.all.len();
            self.all.resize(end + room, T::default());
            end
        })
    }

    /// Gives a place of this much room, which is not nothing, for others to take.
    pub fn leave(&mut self, place: usize, room: usize) {
        let size = room.ilog2() as usize;
        if self.free.len() <= size {
            self.free.resize_with(size + 1, Vec::new);
        }
        self.free[size].push(place);
    }

    /// Copies elements to another place.
    pub fn copy(&mut self, from: usize, len: usize, to: usize) {
        self.all.copy_within(from..from + len, to);
    }

    /// So many elements from a place on.
    #[must_use]
    pub fn get(&self, from: usize, len: usize) -> &[T] {
        &self.all[from..from + len]
    }

    /// Puts an element at a place.
    pub fn set(&mut self, place: usize, element: T) {
        self.all[place] = element;
    }
}
