//! The partitions of an export, computed without input or output.

use crate::domain::id::Seq;

/// A planned export.
pub(super) struct WarehousePlan {
    /// The newest commit in it.
    pub seq: Seq,
    /// The commits per partition; `None` if there is only one partition.
    pub partition: Option<u64>,
    /// The part of the lineage, as requested; `None` if it is all of it.
    pub of: Option<String>,
}

/// The commits of a partition; empty only in an empty store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Partition {
    /// The first possible commit.
    pub first: u64,
    /// The last commit now.
    pub last: u64,
}

impl WarehousePlan {
    /// Plans an export. A part of the lineage has one partition, because it can grow anywhere in
    /// the log.
    pub(super) fn new(seq: Seq, partition: u64, of: Option<String>) -> Self {
        Self { seq, partition: of.is_none().then_some(partition), of }
    }

    /// Returns the partitions in the order of the log: at least one, so that each table has a file.
    pub(super) fn spans(&self) -> impl Iterator<Item = Partition> + use<> {
        let (seq, size) = (self.seq.0, self.partition.unwrap_or(u64::MAX));
        let count = seq.div_ceil(size).max(1);
        (0..count).map(move |place| {
            let first = place * size + 1;
            Partition { first, last: first.saturating_add(size - 1).min(seq) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_have_fixed_borders_and_the_last_one_grows() {
        let spans = |seq, size| {
            let plan = WarehousePlan::new(Seq(seq), size, None);
            plan.spans().map(|span| (span.first, span.last)).collect::<Vec<_>>()
        };
        assert_eq!(spans(0, 10), [(1, 0)]);
        assert_eq!(spans(1, 10), [(1, 1)]);
        assert_eq!(spans(10, 10), [(1, 10)]);
        assert_eq!(spans(11, 10), [(1, 10), (11, 11)]);
        assert_eq!(spans(25, 10), [(1, 10), (11, 20), (21, 25)]);
        let part = WarehousePlan::new(Seq(25), 10, Some("up a".to_owned()));
        assert_eq!(part.spans().map(|span| (span.first, span.last)).collect::<Vec<_>>(), [(1, 25)]);
    }
}
