//! Failures of an import, with the place of the record and a hint about the commits already stored.

use super::super::record::fault::{Reason, RecordPlace};
use crate::annotations::reader::located;
use crate::blob::BlobError;
use crate::domain::id::Digest;
use crate::domain::invalid::Invalid;
use crate::import::error::ImportError;
use crate::ledger::LedgerError;

/// The import as its messages name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImportName<'a> {
    pub name: &'a str,
    pub dry_run: bool,
    /// True if a commit of it is stored.
    pub stored: bool,
}

/// Returns the failure for a fault of the input.
pub(crate) fn refuse(import: &ImportName<'_>, fault: &str) -> ImportError {
    let message = located(import.name, fault);
    let hint = match (import.dry_run, import.stored) {
        (true, _) => return ImportError::refused(message),
        (false, false) => "nothing of it was imported; correct the input and run the same command again",
        (false, true) => "earlier commits are stored; correct the input and run the same command again",
    };
    ImportError::hinted(message, hint)
}

/// Returns the failure for a payload that could not be stored.
pub(crate) fn not_stored(import: &ImportName<'_>, place: &RecordPlace, error: BlobError) -> ImportError {
    match error {
        BlobError::Mismatch { .. } | BlobError::TooLarge { .. } => {
            let why = "its file changed during the import; run the same command again";
            refuse(import, &Reason::record(why).at(place.clone()).to_string())
        }
        BlobError::Source { source } => refuse(
            import,
            &Reason::record(format!("its file cannot be read: {source}")).at(place.clone()).to_string(),
        ),
        // A client has uploaded it, and it was removed before a version named it.
        BlobError::NotFound { .. } => {
            let message = Reason::record("its payload was removed since it was uploaded").at(place.clone());
            ImportError::Conflict { message: format!("{}, {message}", import.name), is_read: true }
        }
        error => error.into(),
    }
}

/// Returns the failure for a refusal of the ledger, with the place of the record.
pub(crate) fn not_committed(
    import: &ImportName<'_>,
    error: LedgerError,
    places: &[RecordPlace],
    payloads: &[(RecordPlace, Digest)],
) -> ImportError {
    let (place, reason) = match &error {
        LedgerError::Invalid(Invalid::InChange { index, cause }) => (places.get(*index), cause.to_string()),
        LedgerError::Invalid(Invalid::KeyReused) => {
            return ImportError::hinted(
                format!("{} was imported before with another meaning", import.name),
                "use the options and the release of the earlier import, or remove the records that are stored",
            );
        }
        LedgerError::Invalid(invalid) if places.len() == 1 => (places.first(), invalid.to_string()),
        LedgerError::BlobMissing { digest } => {
            let place = payloads.iter().find(|(_, payload)| payload == digest).map(|(place, _)| place);
            (place, format!("the payload {digest} is not stored; upload it first with PUT /blobs/{digest}"))
        }
        _ => (None, String::new()),
    };
    match place {
        Some(place) => refuse(import, &Reason::record(reason).at(place.clone()).to_string()),
        None => error.into(),
    }
}
