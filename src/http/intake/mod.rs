//! What comes in beside GraphQL and payloads: imports of files, and events of schedulers.

pub(super) mod imports;
pub(super) mod openlineage;
