//! From text to [`serde_json::Value`], with what serde_json leaves open: a name given twice in an object is refused
//! (readers disagree on which one counts), and memory is bounded, since `{"":0},` takes 90 bytes of memory for each byte
//! of text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// What the values of one text may cost. A value costs 1; a list or an object, whose first items take a block of memory,
/// costs more. The largest models that are published have some hundred thousand values.
const MAX_COST: usize = 1 << 23;
const LIST_COST: usize = 4;
const OBJECT_COST: usize = 16;

/// Reads a text that is one JSON value.
///
/// # Errors
/// Text that is not JSON; a name that an object has twice; more values than are supported.
pub fn parse_json(text: &str) -> Result<Json, serde_json::Error> {
    let mut budget = MAX_COST;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Bounded { budget: &mut budget }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a value as long as the budget lasts.
struct Bounded<'a> {
    budget: &'a mut usize,
}

impl Bounded<'_> {
    fn spend<E: Error>(&mut self, cost: usize) -> Result<(), E> {
        match self.budget.checked_sub(cost) {
            Some(left) => {
                *self.budget = left;
                Ok(())
            }
            None => Err(E::custom("more values than are supported")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Json, D::Error> {
        self.spend(1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
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
        Number::from_f64(value).map(Json::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Json, A::Error> {
        self.spend(LIST_COST)?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Bounded { budget: self.budget })? {
            values.push(value);
        }
        Ok(Json::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Json, A::Error> {
        self.spend(OBJECT_COST)?;
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                return Err(A::Error::custom("a name that this object has already"));
            }
            map.insert(name, members.next_value_seed(Bounded { budget: self.budget })?);
        }
        Ok(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_serde_json() {
        for text in [
            r#"{"a":[1,-2,0.1,1e300,18446744073709551615,-0.0],"b":{"c":null,"d":true},"é":"\n"}"#,
            "[]",
            " null\n",
            "\"\\ud834\\udd1e\"",
        ] {
            assert_eq!(parse_json(text).unwrap(), serde_json::from_str::<Json>(text).unwrap());
        }
        for text in ["", "{", "[1,]", "{} {}", "nul", "1e999", "\"\u{1}\""] {
            let expected = serde_json::from_str::<Json>(text).unwrap_err().to_string();
            assert_eq!(parse_json(text).unwrap_err().to_string(), expected, "{text:?}");
        }
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse_json(&nested(127)).is_ok() && parse_json(&nested(1_000_000)).is_err());
    }

    #[test]
    fn a_name_given_twice_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"b":[{"a":1,"c":2,"a":3}]}"#, r#"{"a":1,"\u0061":2}"#] {
            let error = parse_json(text).unwrap_err().to_string();
            assert!(error.starts_with("a name that this object has already at line 1"), "{error}");
        }
    }

    #[test]
    fn values_are_counted() {
        let lists = |n: usize| format!("[{}0]", "[0],".repeat(n));
        assert!(parse_json(&lists(MAX_COST / 6 - 10)).is_ok());
        assert!(
            parse_json(&lists(MAX_COST / 6)).unwrap_err().to_string().starts_with("more values than are supported")
        );
    }
}
