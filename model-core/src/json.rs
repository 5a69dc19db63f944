//! Free-form JSON within an artifact: hyper-parameters and records.
//!
//! serde's derived code refuses a field that is given twice, and its memory is bounded by the fields' types. A
//! [`serde_json::Value`] offers neither: the last of two equal names wins, and `[0],[0],…` takes up to 90 bytes of
//! memory for each byte of text.
//!
//! JavaScript has one kind of number and writes 1.0 as `1`. So that a file holds the same value after `JSON.stringify`,
//! whole numbers are read as integers however they are spelled.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

use crate::report::Params;

/// Values that one free-form object may hold, nested ones counted; hyper-parameters have some dozens.
const MAX_VALUES: usize = 20_000;
/// 2⁵³: below it every whole number is a float, and a float that is whole is the number that it is written as.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Reads an object of any content, for serde's `deserialize_with`.
pub(crate) fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Json>, D::Error> {
    let mut n_left = MAX_VALUES;
    match (FreeForm { n_left: &mut n_left }).deserialize(deserializer)? {
        Json::Object(members) => Ok(members),
        _ => Err(D::Error::custom("expected an object")),
    }
}

/// Reads hyper-parameters, for serde's `deserialize_with`.
pub(crate) fn params<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Params, D::Error> {
    Ok(object(deserializer)?.into_iter().collect())
}

/// Reads a map from text to text, for serde's `deserialize_with`.
pub(crate) fn texts<'de, D, M>(deserializer: D) -> Result<M, D::Error>
where
    D: Deserializer<'de>,
    M: FromIterator<(String, String)>,
{
    let member = |(name, value): (String, Json)| match value {
        Json::String(text) => Ok((name, text)),
        _ => Err(D::Error::custom("expected a text")),
    };
    object(deserializer)?.into_iter().map(member).collect()
}

/// Any value, within the number of values that are left.
struct FreeForm<'a> {
    n_left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for FreeForm<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        *self.n_left = self
            .n_left
            .checked_sub(1)
            .ok_or_else(|| D::Error::custom(format_args!("an object that holds more than {MAX_VALUES} values")))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FreeForm<'_> {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json, E> {
        let is_whole =
            value.fract() == 0.0 && value.abs() < LARGEST_WHOLE && !(value == 0.0 && value.is_sign_negative());
        if is_whole {
            return Ok(Json::from(value as i64));
        }
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(FreeForm { n_left: self.n_left })? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate name `{name}`")));
            }
            map.insert(name, members.next_value_seed(FreeForm { n_left: self.n_left })?);
        }
        Ok(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json, String> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        object(&mut deserializer).map(Json::Object).map_err(|error| error.to_string())
    }

    #[test]
    fn any_object_is_read_as_serde_json_reads_it() {
        let text = r#"{"a":[1,-2,0.1,1e300,18446744073709551615],"b":{"c":null,"d":true},"é":"\n"}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str::<Json>(text).unwrap());
        assert!(read("[]").unwrap_err().contains("expected an object"));
    }

    #[test]
    fn whole_numbers_are_one_value_however_they_are_spelled() {
        assert_eq!(
            read(r#"{"a":[1.0,-2e3,0.0,1e15]}"#).unwrap(),
            read(r#"{"a":[1,-2000,0,1000000000000000]}"#).unwrap()
        );
        for kept in ["-0.0", "0.5", "9007199254740993.0", "1e300"] {
            let text = format!(r#"{{"a":{kept}}}"#);
            assert_eq!(read(&text).unwrap(), serde_json::from_str::<Json>(&text).unwrap());
        }
    }

    #[test]
    fn a_name_given_twice_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"b":[{"a":1,"c":2,"a":3}]}"#, r#"{"a":1,"\u0061":2}"#] {
            assert!(read(text).unwrap_err().starts_with("duplicate name `a`"), "{text}");
        }
    }

    #[test]
    fn values_are_counted() {
        let lists = |n: usize| format!(r#"{{"a":[{}0]}}"#, "[0],".repeat(n));
        assert!(read(&lists(9_000)).is_ok());
        assert!(read(&lists(10_000)).unwrap_err().contains("more than 20000 values"));
    }
}
