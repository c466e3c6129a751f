//! Equal meaning in another spelling: compares the attributes of labels and images as exporters
//! write them.
//!
//! Labelling tools repeat what did not change in other bytes: regions in another order and with
//! other ids, numbers with rounding noise, signed addresses with another signature, empty fields
//! left out. [`is_same`] is the comparison that sees through this, [`digest`] a fingerprint for
//! finding candidates. Both are pure functions of a normal form ([`tree`]), which is compared and
//! never stored: the stored attributes stay as they were first.

mod address;
mod area;
mod fingerprint;
mod form;
mod mask;
mod numbers;
mod regions;
mod same;
mod settled;
mod tree;

use serde_json::{Map, Value};

pub use address::unsigned;
pub use settled::settled;

/// Returns true if two objects of attributes mean the same.
///
/// Without meaning are: the order of regions, of the rings of a segmentation and of chosen classes; the first
/// point of a polygon, its direction, and its first point once more at its end;
/// members that are null, false, an empty string, list or object; zero for `ignore`, `iscrowd`, `rotation`,
/// `image_rotation` and `item_index`; an `area` that is that of the shape; the signature of an address; the spelling of a mask in run
/// lengths; of a result of Label Studio its id, origin, times and state of the editor; and the star
/// `groundTruth`. Numbers with a fraction are the same up to a difference of 1e-9 of the larger one
/// (of 1 for smaller numbers, of 1e6 for larger ones); whole numbers are exact. A number in single
/// precision (`float32`) is the same as the number of which it is the nearest; coordinates that were
/// computed in single precision, such as `60.000003814697266`, are the same within four of its steps at the
/// largest coordinate of the label.
///
/// Because numbers have a tolerance, the comparison is not transitive. Where rounding noise makes
/// several regions candidates for one, it may say that equal objects differ, never the reverse.
#[must_use]
pub fn is_same(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    if same::is_same(&tree::of(a), &tree::of(b)) {
        return true;
    }
    let precision = settled::single_precision(a).max(settled::single_precision(b));
    precision > 0.0 && same::is_same(&tree::of(&settled(a.clone(), b, precision)), &tree::of(b))
}

/// Returns true if an object is a mask whose run lengths fill its size, or can be read if they are
/// compressed.
#[must_use]
pub fn is_mask(mask: &Map<String, Value>) -> bool {
    mask::is_mask(mask)
}

/// Returns a fingerprint. Equal fingerprints mean that [`is_same`] holds.
///
/// The reverse holds only away from the edges of rounding: numbers with a fraction are rounded to
/// ten significant digits (nine decimals below 1, three from 1e6 on), and two numbers within the
/// tolerance but on both sides of such an edge have different fingerprints. A caller that finds no
/// equal fingerprint therefore asks [`is_same`].
#[must_use]
pub fn digest(attributes: &Map<String, Value>) -> [u8; 16] {
    fingerprint::digest(&tree::of(attributes))
}

#[cfg(test)]
mod tests;
