//! Deserialization, serialization and defaults of the fields of records.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::domain::canonical::attributes::Attributes;

pub(super) mod attributes {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    use crate::domain::canonical::attributes::Attributes;

    pub(in crate::import::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Attributes, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Attributes::new(&value).map_err(D::Error::custom)
    }

    pub(in crate::import::record) fn serialize<S: Serializer>(
        attributes: &Attributes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        attributes.to_map().serialize(serializer)
    }
}

pub(super) mod some_attributes {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    use crate::domain::canonical::attributes::Attributes;

    pub(in crate::import::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Attributes>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(None),
            value => Attributes::new(&value).map(Some).map_err(D::Error::custom),
        }
    }

    pub(in crate::import::record) fn serialize<S: Serializer>(
        attributes: &Option<Attributes>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        attributes.as_ref().map(Attributes::to_map).serialize(serializer)
    }
}

pub(super) mod digest {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::domain::id::Digest;

    pub(in crate::import::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Digest>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| text.parse()).transpose().map_err(D::Error::custom)
    }

    pub(in crate::import::record) fn serialize<S: Serializer>(
        digest: &Option<Digest>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        digest.map(|digest| digest.to_string()).serialize(serializer)
    }
}

pub(super) mod time {
    use chrono::{DateTime, SecondsFormat};
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::domain::version::Timestamp;

    pub(in crate::import::record) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let parsed = |text: String| match DateTime::parse_from_rfc3339(&text) {
            Ok(time) => Ok(time.timestamp_micros()),
            Err(_) => Err(D::Error::custom(format!(
                "expected a time with its zone, such as 2026-03-01T12:00:00Z, found {text:?}"
            ))),
        };
        text.map(parsed).transpose()
    }

    pub(in crate::import::record) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let time = time.and_then(DateTime::from_timestamp_micros);
        time.map(|time| time.to_rfc3339_opts(SecondsFormat::Micros, true)).serialize(serializer)
    }
}

pub(super) fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

pub(super) fn no_attributes() -> Attributes {
    Attributes::empty()
}

pub(super) fn input() -> String {
    "INPUT".to_owned()
}

pub(super) fn train() -> String {
    "TRAIN".to_owned()
}

pub(super) const fn yes() -> bool {
    true
}
