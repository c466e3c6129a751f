//! Growing lists, one of each dense number, most of which have one element or none.
//!
//! A list of one element costs eight bytes; only longer ones are lists of their own.

/// Stands for a list without elements.
const NONE: u32 = u32::MAX;
/// Stands for a list of one element.
const ALONE: u32 = u32::MAX - 1;

/// Lists by number.
#[derive(Debug)]
pub struct Short<T> {
    lists: Vec<List<T>>,
    many: Vec<Vec<T>>,
}

#[derive(Debug)]
struct List<T> {
    /// The first element.
    first: T,
    /// Where the whole list is.
    whole: u32,
}

impl<T> Default for Short<T> {
    fn default() -> Self {
        Self { lists: Vec::new(), many: Vec::new() }
    }
}

impl<T: Copy + Default> Short<T> {
    /// How many lists there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether there is no list.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Begins the next list, without elements.
    pub fn begin(&mut self) {
        self.lists.push(List { first: T::default(), whole: NONE });
    }

    /// Adds an element to a list.
    pub fn push(&mut self, list: usize, element: T) {
        let list = &mut self.lists[list];
        match list.whole {
            NONE => *list = List { first: element, whole: ALONE },
            ALONE => {
                list.whole = u32::try_from(self.many.len()).unwrap_or(ALONE);
                self.many.push(vec![list.first, element]);
            }
            whole => self.many[whole as usize].push(element),
        }
    }

    /// The elements of a list, in the order in which they were added.
    #[must_use]
    pub fn get(&self, list: usize) -> &[T] {
        let list = &self.lists[list];
        match list.whole {
            NONE => &[],
            ALONE => std::slice::from_ref(&list.first),
            whole => &self.many[whole as usize],
        }
    }
}
