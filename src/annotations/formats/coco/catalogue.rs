//! The index of a document: images, categories, and the position of each annotation.
//!
//! An annotation needs 24 bytes of memory while the index is made, and 16 after it, plus at most one
//! sixteenth for growth. An image needs about 150 bytes, its id and its name.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Map, Value};

use super::categories::Categories;
use super::document::ByteExtent;

/// An image or a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImageGroup {
    /// Images or videos.
    pub kind: GroupKind,
    /// The position in the document.
    pub extent: ByteExtent,
    /// The position in its list.
    pub index: u64,
}

/// The kind of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupKind {
    Image,
    Video,
}

impl GroupKind {
    /// Returns the name of the list.
    pub(super) const fn section(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Video => "videos",
        }
    }
}

/// The names of all images of an input, with the numbers of the document and the group.
pub(super) type ImageNames = HashMap<Box<str>, (u32, u32)>;

/// The index of a document.
#[derive(Default)]
pub(super) struct CocoCatalogue {
    /// The images and videos, in the order of the document.
    pub groups: Vec<ImageGroup>,
    /// The categories.
    pub categories: Categories,
    /// The fields about the set.
    pub about: Map<String, Value>,
    /// Sorted.
    pub entries: Vec<AnnotationEntry>,
    /// The start of each annotation, and at last the end of the last one.
    pub starts: Vec<u64>,
}

/// An annotation of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AnnotationEntry {
    pub group: u32,
    pub annotation: u32,
}

impl CocoCatalogue {
    /// Returns the entries of a group, which begin at `from`.
    pub(super) fn entries_of(&self, group: usize, from: usize) -> Range<usize> {
        let own = self.entries[from..].iter().take_while(|entry| entry.group as usize == group).count();
        from..from + own
    }

    /// Returns the position of an annotation.
    pub(super) fn extent(&self, entry: AnnotationEntry) -> ByteExtent {
        let at = entry.annotation as usize;
        ByteExtent { start: self.starts[at], end: self.starts[at + 1] }
    }
}

/// Adds an element; grows by a sixteenth, because the lists are long.
pub(super) fn push<T>(list: &mut Vec<T>, element: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 16 + 1024);
    }
    list.push(element);
}
