//! The folders in which Ultralytics and YOLOv5 write predictions.

use std::path::Path;

use super::rules::Task;
use crate::annotations::files::Files;

/// A folder of predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ResultsFolder {
    /// The task, if the folder names it.
    pub task: Option<Task>,
    /// True if the lines end with the number of a track.
    pub is_tracked: bool,
}

/// Returns what a folder of labels says if it is one of predictions: `runs/detect/predict/labels`.
/// `None` for other folders.
fn of_folder(folder: &Path) -> Option<ResultsFolder> {
    let parts: Vec<&str> = folder.iter().filter_map(|part| part.to_str()).collect();
    let [.., "runs", task, name, "labels"] = parts[..] else { return None };
    let task = match task {
        "detect" | "predict" | "val" => Some(Task::Detect),
        "segment" | "predict-seg" | "val-seg" => Some(Task::Segment),
        "pose" => Some(Task::Pose),
        "obb" => Some(Task::Obb),
        _ => return None,
    };
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    let is_tracked = name == "track";
    matches!(name, "predict" | "val" | "exp" | "train" | "track")
        .then_some(ResultsFolder { task, is_tracked })
}

/// Returns what the folders say if the text files of an input are predictions.
pub(super) fn of_files(files: &Files) -> Option<ResultsFolder> {
    if files.is_one_file() {
        return None;
    }
    let mut texts = files.ending(".txt").filter(|path| *path != "classes.txt").peekable();
    texts.peek()?;
    let folder = |path: &str| files.root().join(path).parent().and_then(of_folder);
    let first = texts.next().and_then(folder)?;
    // The paths are sorted, so the last one is in another folder if there are several.
    texts.last().is_none_or(|path| folder(path) == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_predictions_are_known_by_their_path() {
        let of = |path: &str| of_folder(Path::new(path));
        let found = of("/home/me/runs/detect/predict2/labels").unwrap();
        assert_eq!((found.task, found.is_tracked), (Some(Task::Detect), false));
        assert!(of("runs/segment/track/labels").unwrap().is_tracked);
        assert_eq!(of("runs/predict-seg/exp/labels").unwrap().task, Some(Task::Segment));
        for other in
            ["runs/2024/train/labels", "runs/detect/labels", "birds/train/labels", "runs/detect/mine/labels"]
        {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
