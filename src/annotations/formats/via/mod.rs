//! The regions of the VGG Image Annotator (VIA), as its tables and its projects write them.

mod class;
mod shape;

pub(super) use class::{ClassAttribute, region_attributes};
pub(super) use shape::{set_shape, written_shape};
