//! The state of the process: `/healthz`, `/readyz`, `/hooks`.

pub(super) mod health;
pub(super) mod hooks;
