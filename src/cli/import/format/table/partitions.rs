//! Folders of partitions: `day=1/part-0.parquet`, as Hive and Spark write them.

use std::fs;
use std::path::{Path, PathBuf};

/// The deepest nesting of folders that is searched.
const DEEPEST: usize = 8;

/// Returns a folder of a partitioned table below this folder, by its path from there: a folder with
/// a name such as `day=1` that has Parquet files.
pub(crate) fn partition(folder: &Path) -> Option<PathBuf> {
    folders(folder).into_iter().find_map(|path| {
        let name = PathBuf::from(path.file_name()?);
        let is_partition = name.to_str()?.split_once('=').is_some_and(|(column, _)| !column.is_empty());
        (is_partition && has_parquet(&path, DEEPEST)).then_some(name)
    })
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn has_parquet(folder: &Path, depth: usize) -> bool {
    let mut files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    files.any(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        || (depth > 0 && folders(folder).iter().any(|folder| has_parquet(folder, depth - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_is_a_folder_with_a_column_and_parquet_files() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(partition(folder.path()), None);
        for path in ["photos=1/a", "day/b", "year=2026/month=1"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        fs::write(folder.path().join("day/b/part-0.parquet"), "").unwrap();
        assert_eq!(partition(folder.path()), None, "no name of a column");
        fs::write(folder.path().join("year=2026/month=1/part-0.parquet"), "").unwrap();
        assert_eq!(partition(folder.path()), Some(PathBuf::from("year=2026")));
    }
}
