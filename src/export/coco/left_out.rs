//! The parts of a set that COCO cannot hold, counted.

use std::collections::BTreeMap;

use serde_json::Value;

/// A part that COCO cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LeftOutPart {
    /// A member that is neither an image nor a label.
    OtherMember,
    /// A label without an image.
    LabelWithoutImage,
    /// An image of a label after its first one.
    FurtherImage,
    /// A label with regions of Label Studio, which are in the field `regions` only.
    Regions,
    /// A box that is not four numbers, which is in `stemma.bbox` only.
    BadBox,
    /// A label with a payload that is not its attributes; `stemma.payload` names it.
    Payload,
    /// A label with attributes in a payload that is too large to be read.
    LargePayload,
}

impl LeftOutPart {
    const fn name(self) -> &'static str {
        match self {
            Self::OtherMember => "membersOfOtherKinds",
            Self::LabelWithoutImage => "labelsWithoutImage",
            Self::FurtherImage => "furtherImagesOfLabels",
            Self::Regions => "labelsWithRegions",
            Self::BadBox => "boxesThatAreNotFourNumbers",
            Self::Payload => "payloadsOfLabels",
            Self::LargePayload => "payloadsTooLargeToRead",
        }
    }
}

/// The number of parts that were left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut(BTreeMap<LeftOutPart, u64>);

impl LeftOut {
    pub(super) fn note(&mut self, part: LeftOutPart, count: usize) {
        if count > 0 {
            *self.0.entry(part).or_default() += count as u64;
        }
    }

    /// Returns the number of members without an entry.
    pub(super) fn members(&self) -> u64 {
        let of = |part| self.0.get(&part).copied().unwrap_or_default();
        of(LeftOutPart::OtherMember) + of(LeftOutPart::LabelWithoutImage)
    }

    pub(super) fn counts(&self) -> Value {
        self.0.iter().map(|(part, count)| (part.name().to_owned(), Value::from(*count))).collect()
    }
}
