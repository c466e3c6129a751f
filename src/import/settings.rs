//! The settings of an import, which also travel to a server.

use serde::{Deserialize, Serialize};

use super::findings::Renamed;
use super::samples::files::OtherFiles;
use crate::annotations::formats::{image_folder, label_studio};
use crate::annotations::matching::MatchMode;

/// The settings of an import of one or more inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ImportSettings {
    /// The number of records per commit.
    pub batch: usize,
    /// True if nothing is written.
    pub dry_run: bool,
    /// The reason for corrections, if changed labels are recorded as such.
    pub corrections: Option<String>,
    /// Exports: the namespace of the items.
    pub namespace: String,
    /// Exports: the prefix of their keys.
    pub prefix: String,
    /// Exports: the training set to pin: a key, or `namespace/TRAINING_SET/key`.
    pub training_set: Option<String>,
    /// Exports: the split of all members.
    pub split: Option<String>,
    /// Exports: true if the set keeps nothing else.
    pub split_replaces: bool,
    /// Exports: the rule by which labels are matched.
    pub matching: MatchMode,
    /// Exports: the classes that have another name.
    pub renamed: Vec<Renamed>,
    /// Exports: true if no class has another name, whatever the labels say.
    pub not_renamed: bool,
    /// Exports: the reason for retracting missing labels, if they are retracted.
    pub retract_missing: Option<String>,
    /// Exports: true if the input is all there is.
    pub whole: bool,
    /// Exports: true if predictions are imported.
    pub predictions: bool,
    /// Images: true if the name of an image's folder is its class.
    pub labels_from_folders: bool,
    /// Exports: true if new labels get keys of their image and content and not of their ids, because
    /// other clients use the same ids at the same time.
    pub keys_by_image: bool,
}

/// The settings of one input of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExportInput {
    /// The name of the input, for messages.
    pub name: String,
    /// The name of the format.
    pub format: String,
    /// The split of images for which neither the settings nor the format have one.
    pub default_split: String,
    /// True if more inputs of the same export follow.
    pub is_part: bool,
    /// True if the input has predictions alone.
    pub is_results: bool,
}

impl ExportInput {
    /// Returns the rule for files that are not images.
    pub(crate) fn other_files(&self) -> OtherFiles {
        if self.format == image_folder::FORMAT.name {
            OtherFiles::Skipped
        } else if self.format == label_studio::FORMAT.name {
            // Its tasks have texts and recordings.
            OtherFiles::Taken
        } else {
            OtherFiles::Refused
        }
    }

    /// Returns true if the input has labels; false for images alone and for predictions, which do not
    /// say that labels are gone.
    pub(crate) fn has_labels(&self, settings: &ImportSettings) -> bool {
        let is_images = self.format == image_folder::FORMAT.name && !settings.labels_from_folders;
        !is_images && !self.is_results
    }
}
