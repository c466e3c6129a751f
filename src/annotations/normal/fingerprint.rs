//! Fingerprints of normal forms.

use super::form::Normal;
use super::numbers::rounded;
use crate::domain::canonical::bytes::Canon;

/// A fingerprint: 128 bits of BLAKE3.
pub(super) type Fingerprint = [u8; 16];

/// The treatment of numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Rounded,
    /// Every number is like any other.
    Omitted,
}

/// Returns the fingerprint of a value, with its numbers rounded.
pub(super) fn digest(value: &Normal) -> Fingerprint {
    hash(value, Numbers::Rounded)
}

/// Returns the fingerprint of a value without its numbers. Values that are the same have the same.
pub(super) fn outline(value: &Normal) -> Fingerprint {
    hash(value, Numbers::Omitted)
}

fn hash(value: &Normal, numbers: Numbers) -> Fingerprint {
    let mut canon = Canon::new("stemma normal form v1");
    add(&mut canon, value, numbers);
    let mut first = [0; 16];
    first.copy_from_slice(&canon.hash()[..16]);
    first
}

fn add(canon: &mut Canon, value: &Normal, numbers: Numbers) {
    match value {
        Normal::Null => {
            canon.number(0);
        }
        Normal::Bool(truth) => {
            canon.number(1).number(u64::from(*truth));
        }
        Normal::Number(number) => {
            canon.number(2);
            if numbers == Numbers::Rounded {
                canon.number(rounded(*number).to_bits());
            }
        }
        Normal::Text(text) => {
            canon.number(3).field(text.as_bytes());
        }
        Normal::List(elements) => {
            canon.number(4).number(elements.len() as u64);
            elements.iter().for_each(|element| add(canon, element, numbers));
        }
        // As a list: another first point is found by comparing, which keeps the keys of labels.
        Normal::Ring(points) => {
            canon.number(4).number(2 * points.len() as u64);
            points.iter().flatten().for_each(|number| add(canon, &Normal::Number(*number), numbers));
        }
        Normal::Bag(elements) => {
            let mut hashes: Vec<_> = elements.iter().map(|element| hash(element, numbers)).collect();
            hashes.sort_unstable();
            canon.number(5).number(hashes.len() as u64);
            for hash in &hashes {
                canon.field(hash);
            }
        }
        Normal::Fields(fields) => {
            canon.number(6).number(fields.len() as u64);
            for (name, value) in fields {
                canon.field(name.as_bytes());
                add(canon, value, numbers);
            }
        }
        Normal::Shared(value) => add(canon, value, numbers),
    }
}
