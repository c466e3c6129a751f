//! Dense numbers of items and versions, in commit order. The log and the index use them as names.

/// The dense number of an item: 0 for the first item ever made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemNo(pub u32);

/// The dense number of a version: 0 for the first version ever made. A source has a smaller number
/// than a version made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VersionNo(pub u32);

macro_rules! index {
    ($type:ident) => {
        impl $type {
            /// Returns the number as an index of an array.
            #[must_use]
            pub const fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}
index!(ItemNo);
index!(VersionNo);
