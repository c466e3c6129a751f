//! Annotations as labelling tools exchange them: one model of images, labels, shapes and class
//! lists, and a reader and a writer for each format.
//!
//! A reader turns the files of a tool into [`Sample`](model::Sample)s, a writer turns samples into
//! files; neither knows the store. A new format is one folder of [`formats`] with a reader and a
//! writer, and one row of [`FORMATS`](formats::FORMATS). [`matching`] finds the labels of an
//! earlier import in a later file, because most tools number labels again in each export.

pub mod checked;
pub mod elements;
pub mod exif;
pub mod fault;
pub mod files;
pub mod formats;
pub mod geometry;
pub mod held;
pub mod matching;
pub mod model;
pub mod names;
pub mod normal;
pub mod reader;
pub mod splits;
pub mod writer;
