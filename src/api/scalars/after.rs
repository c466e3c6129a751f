//! The argument `after` of change feeds and subscriptions: the position to continue after, which is a
//! seq, or a seq with the mark of its commit (`26-1a2b3c4d5e6f7081`) from a cursor or an event.

use std::borrow::Cow;

use async_graphql::registry::Registry;
use async_graphql::{InputType, InputValueError, InputValueResult, Value};

use super::Seq;
use crate::domain::id::Malformed;
use crate::domain::log::position::Position;

/// An argument of the type Seq that may carry a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After(pub Position);

impl InputType for After {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <Seq as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Seq as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        if let Some(Value::String(text)) = &value
            && text.contains('-')
        {
            return text.parse().map(Self).map_err(|error: Malformed| InputValueError::custom(error));
        }
        let seq = <Seq as InputType>::parse(value).map_err(InputValueError::propagate)?;
        Ok(Self(Position::from(seq.0)))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
