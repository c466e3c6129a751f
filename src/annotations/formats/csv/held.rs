//! The fields of labels that the rows of a table hold.

use super::kind::TableKind;
use super::rows::RowKind;
use crate::annotations::formats::via;
use crate::annotations::held::{HeldFields, HeldNames, HeldShape, ShapeForm, ValueType};
use crate::annotations::model::fields::{CLASS, SCORE};

/// Returns the fields that the columns of tables hold: each attribute is a column.
pub(super) fn held<'t>(kind: Option<TableKind>, tables: impl Iterator<Item = &'t dyn RowKind>) -> HeldFields {
    let columns: Vec<&str> = tables.flat_map(RowKind::columns).collect();
    let attributes = || HeldNames::only(columns.iter().copied()).as_columns();
    let of = |shapes: &[HeldShape], fields: HeldNames, attributes: HeldNames| {
        HeldFields::of(ShapeForm::One, shapes.iter().copied(), fields, attributes)
    };
    let class = HeldNames::only([CLASS]);
    match kind {
        None => HeldFields::default(),
        Some(TableKind::Via) => via::held(None),
        Some(TableKind::OpenImages) => {
            // Boxes that people have drawn have the confidence 1.
            let fields = HeldNames::only([CLASS, SCORE]).with_type(SCORE, ValueType::Number);
            let fields = fields.with_usual(SCORE, 1).with_usual(SCORE, 1.0);
            of(&[HeldShape::Box], fields, attributes())
        }
        Some(TableKind::TensorFlow | TableKind::RetinaNet) => of(&[HeldShape::Box], class, attributes()),
        Some(TableKind::MultiLabel) => of(&[], class, HeldNames::none()),
        Some(TableKind::Classes) => of(&[], class, attributes()),
    }
}
