//! Names of things: references, the moments that ids carry, and their resolution.

pub mod moment;
pub mod naming;
pub mod reference;
