//! Dense numbers of items and versions, in commit order. The log and the index name items and versions by them.

/// An item's dense number: 0 for the first item ever made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemNo(pub u32);

/// A version's dense number: 0 for the first version ever made. A source is always smaller than what was made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VersionNo(pub u32);

macro_rules! index {
    ($type:ident) => {
        impl $type {
            /// As a position in an array.
            #[must_use]
            pub const fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}
index!(ItemNo);
index!(VersionNo);
