//! Names of things: references, the moments that ids carry, and their resolution; keys made from
//! parts, and addresses as names.

pub mod address;
pub mod key;
pub mod moment;
pub mod naming;
pub mod reference;
