//! The ids of annotations: the number that a label has in its key if it is unique in the set,
//! otherwise the next free one.

use super::lists::LARGEST_ID;

/// The ids of the annotations of a set, in the order of its labels.
pub(super) struct Numbering {
    /// Numbers that several labels have, in ascending order.
    repeated: Vec<u64>,
    /// The next free id.
    next: u64,
}

impl Numbering {
    /// Creates the ids for labels with these numbers.
    pub(super) fn new(mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        let next = numbers.last().map_or(1, |last| last + 1);
        let mut repeated: Vec<u64> =
            numbers.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        repeated.dedup();
        Self { repeated, next }
    }

    /// Returns the ids of the next label, which has this key and so many annotations.
    pub(super) fn ids(&mut self, key: &str, count: usize) -> Vec<u64> {
        let own = number_of(key).filter(|number| count > 0 && self.repeated.binary_search(number).is_err());
        let rest = count - usize::from(own.is_some());
        let first = self.next;
        self.next += rest as u64;
        own.into_iter().chain(first..self.next).collect()
    }
}

/// Returns the number at the end of a label's key, such as 12 in `train/annotations/12`.
pub(super) fn number_of(key: &str) -> Option<u64> {
    let name = key.rsplit('/').next()?;
    let number: u64 = name.parse().ok()?;
    (number.to_string() == name && number < LARGEST_ID / 2).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_keeps_a_number_that_only_it_has() {
        let keys = ["a/7", "a/12", "b/12", "x", "a/3", "a/03", "a/99999999999999999999"];
        let numbers: Vec<u64> = keys.iter().filter_map(|key| number_of(key)).collect();
        assert_eq!(numbers, [7, 12, 12, 3]);
        let mut numbering = Numbering::new(numbers);
        let ids: Vec<Vec<u64>> =
            keys.iter().zip([1, 1, 1, 2, 3, 0, 1]).map(|(key, count)| numbering.ids(key, count)).collect();
        assert_eq!(ids, [vec![7], vec![13], vec![14], vec![15, 16], vec![3, 17, 18], vec![], vec![19]]);
        assert_eq!(Numbering::new(Vec::new()).ids("x", 2), [1, 2]);
    }
}
