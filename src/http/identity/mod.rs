//! Identity: the caller of a request, the sites it may come from, and its share of the server.

pub mod auth;
pub(super) mod callers;
pub(super) mod origin;

use std::sync::Arc;

use crate::ledger::UrlSigner;
use auth::RequiredAccess;
use callers::Callers;
use origin::Origins;

/// The state that authenticates requests and finds their callers.
pub(super) struct Authentication {
    pub(super) access: RequiredAccess,
    /// The sites whose pages may use the server.
    pub(super) origins: Origins,
    /// Checks pre-signed URLs.
    pub(super) url_signer: Arc<UrlSigner>,
    /// The resources of each caller.
    pub(super) callers: Callers,
}
