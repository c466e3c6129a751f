//! How an import says that it stops: with the place of the record, and what is in by then.

use super::super::record::fault::{Place, Reason};
use crate::blob::BlobError;
use crate::cli::shared::failure::Failure;
use crate::domain::id::Digest;
use crate::domain::invalid::Invalid;
use crate::ledger::LedgerError;

/// An import as its messages call it.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli::import) struct Named<'a> {
    pub name: &'a str,
    pub dry_run: bool,
    /// Whether any commit of it is in.
    pub stored: bool,
}

/// A refusal of what stands at a place.
pub(in crate::cli::import) fn refuse(import: &Named<'_>, fault: &str) -> Failure {
    let failure = Failure::new(format!("{}, {fault}", import.name));
    match (import.dry_run, import.stored) {
        (true, _) => failure,
        (false, false) => {
            failure.hint("nothing was imported; mend the record and run the same command again")
        }
        (false, true) => {
            failure.hint("earlier commits are in; mend the record and run the same command again")
        }
    }
}

/// A payload that could not be stored.
pub(in crate::cli::import) fn not_stored(import: &Named<'_>, place: &Place, error: BlobError) -> Failure {
    match error {
        BlobError::Mismatch { .. } | BlobError::TooLarge { .. } => {
            let why = "its file was changed while it was imported";
            refuse(import, &Reason::whole(why).at(place.clone()).to_string())
        }
        BlobError::Source { source } => refuse(
            import,
            &Reason::whole(format!("its file cannot be read: {source}")).at(place.clone()).to_string(),
        ),
        error => error.into(),
    }
}

/// A refusal of the ledger, told with the record it is about.
pub(in crate::cli::import) fn not_committed(
    import: &Named<'_>,
    error: LedgerError,
    places: &[Place],
    payloads: &[(Place, Digest)],
) -> Failure {
    let (place, reason) = match &error {
        LedgerError::Invalid(Invalid::InChange { index, cause }) => (places.get(*index), cause.to_string()),
        LedgerError::Invalid(Invalid::KeyReused) => {
            return Failure::new(format!(
                "{} was imported before, and meant something else then",
                import.name
            ))
            .hint(
                "import it with the options and the release of that time, or leave out the part that is in",
            );
        }
        LedgerError::Invalid(invalid) if places.len() == 1 => (places.first(), invalid.to_string()),
        LedgerError::BlobMissing { digest } => {
            let place = payloads.iter().find(|(_, payload)| payload == digest).map(|(place, _)| place);
            (
                place,
                format!("the payload {digest} is not stored; put it there first, with PUT /blobs/{digest}"),
            )
        }
        _ => (None, String::new()),
    };
    match place {
        Some(place) => refuse(import, &Reason::whole(reason).at(place.clone()).to_string()),
        None => error.into(),
    }
}
