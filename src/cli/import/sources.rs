//! The samples of the inputs of a command, and the images of all of them.

use std::path::Path;
use std::sync::Arc;

use super::Import;
use super::format::input::{ImportInput, InputContent, SampleInput, payload_folder};
use crate::annotations::reader::{ReadStop, located};
use crate::annotations::splits::split_of;
use crate::cli::shared::failure::{Failure, Result};
use crate::import::record::payload_files::PayloadFiles;
use crate::import::samples::files::SampleFiles;
use crate::import::samples::input_images::{CommandInput, InputImages};
use crate::import::samples::source::{LocalSamples, SampleSource};
use crate::import::settings::ExportInput;

/// The split of members for which nothing names one.
const DEFAULT_SPLIT: &str = "TRAIN";

impl Import {
    /// Returns the folder of the images.
    fn payload_files(&self) -> Result<Option<PayloadFiles>> {
        Ok(payload_folder(self.payloads.as_deref())?.map(PayloadFiles::new))
    }

    /// Opens the samples of an input at their beginning; `all` has the images of all inputs.
    pub(super) fn source(
        &self,
        input: &ExportInput,
        samples: &SampleInput,
        all: &Arc<InputImages>,
    ) -> Result<Box<dyn SampleSource>> {
        let files = SampleFiles::new(samples.files.clone(), self.payload_files()?, input.other_files());
        Ok(Box::new(LocalSamples::new(samples.reader(&input.name)?, files, Arc::clone(all))))
    }

    /// Returns the images of all inputs, which are one input: before anything is imported, one that cannot be
    /// read to its end is refused, and two of them with other bytes under one name.
    pub(super) fn images(&self, inputs: &[ImportInput]) -> Result<Arc<InputImages>> {
        let payloads = self.payload_files()?;
        let image_input = |input: &ImportInput| -> Result<Option<CommandInput>> {
            let InputContent::Samples(samples) = &input.content else { return Ok(None) };
            let export = export_input(&input.name, &input.path, samples, false)?;
            let files = SampleFiles::new(samples.files.clone(), payloads.clone(), export.other_files());
            let (name, samples) = (export.name, samples.clone());
            Ok(Some(CommandInput {
                open: Box::new(move || Some((samples.reader(&name).ok()?, files.clone()))),
                split: self.split.clone(),
                default_split: export.default_split,
            }))
        };
        let of_samples = |input: &&ImportInput| matches!(input.content, InputContent::Samples(_));
        let samples: Vec<&ImportInput> = inputs.iter().filter(of_samples).collect();
        // One input is refused when it is read: its commits are complete, and it continues there.
        let are_several = inputs.len() > 1;
        let inputs: Result<Vec<CommandInput>> =
            inputs.iter().map(image_input).filter_map(Result::transpose).collect();
        let images = InputImages::new(inputs?);
        if are_several && let Some(failed) = images.failed() {
            return Err(refused(samples[failed.input], failed.stop.as_ref()));
        }
        if let Some((first, second, image)) = images.contradiction() {
            return Err(Failure::new(format!(
                "{}: expected one image {image:?} in the inputs of a command, found other bytes in {}",
                samples[second].name, samples[first].name
            ))
            .hint("nothing was imported; import one of them with another --prefix"));
        }
        Ok(Arc::new(images))
    }
}

/// Returns the failure of an input that cannot be read to its end; `stop` is `None` if it cannot be opened.
fn refused(input: &ImportInput, stop: Option<&ReadStop>) -> Failure {
    let name = &input.name;
    let failure = match (stop, &input.content) {
        (Some(stop), _) => Failure::new(located(name, &stop.fault())),
        (None, InputContent::Samples(samples)) => match samples.reader(name) {
            Err(failure) => failure,
            Ok(_) => Failure::new(format!("cannot read {name}: it was changed meanwhile")),
        },
        (None, InputContent::Records { .. }) => Failure::new(format!("cannot read {name}")),
    };
    failure.hint("nothing was imported; correct the input and run the same command again")
}

/// Returns the split that the names of an input contain: its own, or those of the two folders above.
fn split_of_input(path: &Path) -> Option<&'static str> {
    let names: Vec<&str> = path.iter().rev().take(3).filter_map(|name| name.to_str()).collect();
    split_of(&names.into_iter().rev().collect::<Vec<_>>().join("/"))
}

pub(super) fn export_input(
    name: &str,
    path: &Path,
    samples: &SampleInput,
    is_part: bool,
) -> Result<ExportInput> {
    Ok(ExportInput {
        name: name.to_owned(),
        is_results: samples.is_results(name)?,
        format: samples.format.name.to_owned(),
        default_split: split_of_input(path).unwrap_or(DEFAULT_SPLIT).to_owned(),
        is_part,
    })
}
