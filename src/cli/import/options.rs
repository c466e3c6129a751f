//! The options of an import: their values, and those that have no effect for a format.

use clap::ValueEnum;

use super::Import;
use super::format::formats::Format;
use super::format::input::InputOptions;
use crate::annotations::formats::{ReaderOptions, image_folder, variants};
use crate::annotations::matching::MatchMode;
use crate::annotations::splits::split_of;
use crate::cli::shared::failure::{Failure, Result};
use crate::domain::invalid::MAX_CHANGES;
use crate::domain::principal::Principal;
use crate::domain::text;
use crate::import::settings::ImportSettings;

/// The rules by which labels are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum MatchRule {
    /// By ids that the file proves stable, by content, then by class and overlap
    #[default]
    Auto,
    /// By ids alone
    Ids,
    /// By content, then by class and overlap
    Content,
}

impl Import {
    pub(super) fn settings(&self) -> ImportSettings {
        ImportSettings {
            batch: self.batch,
            dry_run: self.dry_run,
            corrections: self.corrections.clone(),
            namespace: self.namespace.to_string(),
            prefix: self.prefix.clone(),
            training_set: self.training_set.clone(),
            split: self.split.clone(),
            split_replaces: self.split_replaces,
            matching: match self.matching {
                MatchRule::Auto => MatchMode::Auto,
                MatchRule::Ids => MatchMode::Ids,
                MatchRule::Content => MatchMode::Content,
            },
            renamed: self.renamed.clone(),
            not_renamed: self.not_renamed,
            retract_missing: self.retract_missing.clone(),
            whole: self.whole,
            predictions: self.predictions,
            labels_from_folders: self.labels_from_folders,
            keys_by_image: false,
        }
    }

    pub(super) fn options(&self) -> InputOptions {
        InputOptions {
            format: self.format,
            payloads: self.payloads.clone(),
            follow_links: self.follow_links.clone(),
            table: self.table.clone(),
            reader: ReaderOptions {
                labels_from_folders: self.labels_from_folders,
                size_of: crate::blob::media::size_of_file,
                reference: self.reference.clone(),
                variant: self.variant.clone(),
            },
        }
    }

    /// Refuses an option that has no effect for this format.
    pub(super) fn check_options(&self, format: Format) -> Result<()> {
        let is_export = matches!(format, Format::Samples(_));
        let is_images = format.name() == image_folder::FORMAT.name;
        if is_images && self.reference.is_some() {
            return Err(Failure::usage(
                "--reference does not apply to a folder of images, and no predictions were recognised; name their \
                 format, such as --format yolo",
            ));
        }
        let has_labels = is_export && (!is_images || self.labels_from_folders);
        let useless = [
            ("--table", self.table.is_some() && format != Format::Parquet),
            ("--prefix", !self.prefix.is_empty() && !is_export),
            ("--training-set", self.training_set.is_some() && !is_export),
            ("--retract-missing", self.retract_missing.is_some() && !is_export),
            ("--whole", self.whole && !is_export),
            ("--variant", self.variant.is_some() && !is_export),
            ("--reference", self.reference.is_some() && !is_export),
            ("--renamed", !self.renamed.is_empty() && !has_labels),
            ("--not-renamed", self.not_renamed && !has_labels),
            ("--match", self.matching != MatchRule::Auto && !is_export),
            ("--labels-from-folders", self.labels_from_folders && !is_images),
            ("--predictions", self.predictions && (!is_export || is_images)),
            ("--payloads", self.payloads.is_some() && is_images),
        ];
        if let (Format::Samples(format), Some(variant)) = (format, &self.variant) {
            variants::check(format, variant, false)
                .map_err(|why| Failure::usage(format!("--variant: {why}")))?;
        }
        match useless.iter().find(|(_, is_useless)| *is_useless) {
            None => Ok(()),
            Some((option, _)) => Err(Failure::usage(format!(
                "{option} does not apply to the format {}; leave it out",
                format.name()
            ))),
        }
    }
}

pub(super) fn batch(text: &str) -> std::result::Result<usize, String> {
    let fits = |batch: &usize| (1..=MAX_CHANGES).contains(batch);
    text.parse().ok().filter(fits).ok_or_else(|| format!("expected a number from 1 to {MAX_CHANGES}"))
}

/// Returns a split: `train`, `Train` and `TRAIN` are one.
pub(super) fn split(text: &str) -> std::result::Result<String, String> {
    let is_word = text.chars().all(char::is_alphabetic);
    let known = split_of(text).filter(|_| is_word);
    Ok(known.unwrap_or(text).to_owned())
}

pub(super) fn author(text: &str) -> std::result::Result<Principal, String> {
    Principal::named(text).map_err(|error| error.to_string())
}

/// Returns the reason of a statement.
pub(super) fn reason(value: &str) -> std::result::Result<String, String> {
    text::prose("reason", value).map_err(|invalid| invalid.to_string())?;
    Ok(value.to_owned())
}
