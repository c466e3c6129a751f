//! Parts that several formats read alike.

pub(crate) mod ids;
pub(crate) mod object;
