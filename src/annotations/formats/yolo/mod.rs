//! YOLO: a text file for each image, with a class number and numbers from 0 to 1 on each line.
//!
//! The layouts of Ultralytics, Roboflow and Darknet are read: `data.yaml` or `obj.data` names the
//! splits and the classes, else the folders and `classes.txt` do. A line is a box, a polygon, a
//! rotated box or a box with keypoints, by the number of its columns. The layout of Ultralytics is
//! written, or its folders of classes.

use std::path::Path;

use super::{AnnotationFormat, ReaderOptions};
use crate::annotations::files::Files;
use crate::annotations::reader::{ReadStop, SampleReader};

mod classes;
mod data_file;
mod description;
mod export;
mod held;
mod inputs;
mod paths;
mod places;
mod reader;
mod recognise;
mod results;
mod rows;
mod rules;

/// YOLO.
pub const FORMAT: AnnotationFormat = AnnotationFormat {
    name: "yolo",
    title: "YOLO",
    files: &[
        ".yaml",
        ".yml",
        ".names",
        "obj.data",
        "classes.txt",
        "labels.txt",
        "train.txt",
        "val.txt",
        "valid.txt",
        "test.txt",
    ],
    recognises: recognise::recognises,
    reader,
    writer: Some(export::writer),
};

fn reader(files: Files, options: &ReaderOptions) -> Result<Box<dyn SampleReader>, ReadStop> {
    Ok(Box::new(reader::YoloReader::open(files, options)?))
}

/// Returns the folder of the file that is the input, such as `data.yaml`.
fn folder_of_input(files: &Files) -> Option<&Path> {
    files.root().parent().filter(|_| files.is_one_file())
}

#[cfg(test)]
mod tests;
