//! Imports into the store that this process has open.

use std::sync::Arc;

use super::format::input::{ImportInput, InputContent};
use super::sources::export_input;
use super::{Attempt, Import, Interruption, bar};
use crate::cli::shared::failure::Result;
use crate::cli::shared::output;
use crate::cli::shared::output::counted;
use crate::import::error::ImportError;
use crate::import::importer::Importer;
use crate::import::pipeline::run::ImportProgress;
use crate::import::settings::ImportSettings;
use crate::ledger::Ledger;

/// Imports one input after the other, and prints each report that was not printed yet. Without a
/// ledger it is a dry run into an empty store.
pub(super) async fn attempt(
    command: &Import,
    ledger: Option<Ledger>,
    settings: &ImportSettings,
    inputs: Vec<ImportInput>,
    reported: &mut usize,
) -> Result<Attempt> {
    let mut importer =
        Importer::new(settings.clone(), command.author.name().to_owned(), ledger, Arc::default())?;
    let images = command.images(&inputs)?;
    if importer.checks_renames() {
        // All of them, before anything is imported: the inputs of a command are one input.
        for input in &inputs {
            let InputContent::Samples(samples) = &input.content else { continue };
            let export = export_input(&input.name, &input.path, samples, false)?;
            importer.check_renames(&export, command.source(&export, samples, &images)?).await?;
        }
    }
    let mut left = inputs.len();
    // An image of a later input may be compared with those of earlier ones.
    let mut all_kept = Vec::with_capacity(left);
    for (number, input) in inputs.into_iter().enumerate() {
        left -= 1;
        let name = input.name.clone();
        let (path, content, kept) = input.into_parts();
        let bar = bar(&name, &content);
        let shown = |progress: ImportProgress| {
            bar.set_position(progress.position);
            bar.set_message(format!("{name}, {}", counted(progress.records, "record")));
            true
        };
        let report = match content {
            InputContent::Records { records, .. } => importer.records(&name, records, &shown).await,
            InputContent::Samples(samples) => {
                let input = export_input(&name, &path, &samples, left > 0)?;
                importer.samples(&input, command.source(&input, &samples, &images)?, &shown).await
            }
        };
        bar.finish_and_clear();
        all_kept.push(kept);
        let report = match report {
            Err(ImportError::Conflict { .. }) => return Ok(Attempt::Again(Interruption::Conflict)),
            report => report?,
        };
        if number >= *reported {
            output::line(report.text(&name, command.dry_run))?;
            *reported += 1;
        }
    }
    Ok(Attempt::Complete)
}
