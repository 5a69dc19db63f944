//! From JSON to the types that artifacts hold.
//!
//! A type derives serde's `Serialize` for writing; `impl_from_json!` beside it implements reading by the same conventions
//! (an object for a structure, the variant's name as an outer tag):
//!
//! ```ignore
//! impl_from_json!(Range { min, max });
//! // An optional field has its default after it.
//! impl_from_json!(Target { name, label, observed, limits = None, whole });
//! // `{}` for a variant without fields, `(_)` for one that wraps another type.
//! impl_from_json!(enum Combine { "sum" => Sum { base }, "mean" => Mean {}, "weighted_median" => WeightedMedian { weights } });
//! ```
//!
//! Unknown fields are ignored: a later version may add what earlier ones can do without.
//!
//! Why not serde's `Deserialize`: its code is compiled for each type, both for objects and for lists in their place, and
//! made the page's WebAssembly 71 kB larger after brotli, the module's 62 kB; and its errors name no path.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::json::parse_json;

/// A type that can be read from JSON.
pub trait FromJson: Sized {
    /// Reads a value. On a mismatch, `decoder` records the first one and a placeholder is returned: a `Result` for each
    /// field would add code to drop a half-built structure at each of them.
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self;

    /// Reads a value.
    ///
    /// # Errors
    /// The first mismatch.
    fn from_value(json: &Json) -> Result<Self, MismatchError> {
        let mut decoder = Decoder::default();
        let value = Self::read(json, &mut decoder);
        decoder.mismatch.map_or(Ok(value), Err)
    }
}

/// Reads a value of type `T` from a text, as serde_json writes it.
///
/// # Errors
/// If the text is not JSON, or the first mismatch.
pub fn from_json<T: FromJson>(text: &str) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
    Ok(T::from_value(&parse_json(text)?)?)
}

/// JSON that is not of the expected type: the path to it, such as `columns[3].kind.numeric.median`, and the mismatch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}{problem}", if .path.is_empty() { "" } else { ": " })]
pub struct MismatchError {
    path: String,
    problem: String,
}

/// Used for a missing field.
static NULL: Json = Json::Null;

/// The path to the value that is being read, and the first mismatch.
#[derive(Debug, Default)]
pub struct Decoder<'a> {
    path: Vec<Segment<'a>>,
    mismatch: Option<MismatchError>,
}

/// One segment of a path.
#[derive(Debug, Clone, Copy)]
enum Segment<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> Decoder<'a> {
    /// Records a mismatch at the current path, if it is the first.
    #[cold]
    pub(crate) fn refuse(&mut self, problem: &str) {
        if self.mismatch.is_some() {
            return;
        }
        let mut path = String::new();
        for segment in &self.path {
            match segment {
                Segment::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(shortened(name));
                }
                Segment::Index(idx) => {
                    path.push('[');
                    path.push_str(&idx.to_string());
                    path.push(']');
                }
            }
        }
        self.mismatch = Some(MismatchError { path, problem: problem.into() });
    }

    #[cold]
    fn expected(&mut self, what: &str, json: &Json) {
        let found = match json {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "this number",
            Json::String(_) => "a text",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        };
        self.refuse(&[found, " is not ", what].concat());
    }

    pub(crate) fn enter(&mut self, name: &'a str) {
        self.path.push(Segment::Field(name));
    }

    pub(crate) fn leave(&mut self) {
        self.path.pop();
    }

    /// The items of a list, or none if it isn't one.
    fn list(&mut self, json: &'a Json) -> &'a [Json] {
        json.as_array().map_or_else(
            || {
                self.expected("a list", json);
                &[][..]
            },
            Vec::as_slice,
        )
    }

    /// The members of an object, or none if it isn't one.
    pub(crate) fn members(&mut self, json: &'a Json) -> Members<'a> {
        let members = json.as_object();
        if members.is_none() {
            self.expected("an object", json);
        }
        Members(members)
    }

    /// The tag and the content of a variant: an object with one field, or the variant's name alone.
    pub(crate) fn variant(&mut self, json: &'a Json) -> (&'a str, &'a Json) {
        match json {
            Json::String(tag) => return (tag, &NULL),
            Json::Object(members) if members.len() == 1 => {
                if let Some((tag, content)) = members.iter().next() {
                    return (tag, content);
                }
            }
            _ => {}
        }
        self.expected("one of several kinds", json);
        ("", &NULL)
    }

    /// Records an unknown variant; returns the value to read instead.
    pub(crate) fn unknown(&mut self, known: &[&str]) -> &'a Json {
        self.refuse(&["this kind is not among ", &known.join(", ")].concat());
        &NULL
    }

    /// Checks that a variant without content has none.
    pub(crate) fn no_content(&mut self, content: &Json) {
        if !content.is_null() {
            self.expected("nothing", content);
        }
    }
}

/// The start of a text from a file, which may be of any length, for an error message.
pub(crate) fn shortened(name: &str) -> &str {
    name.get(..name.floor_char_boundary(60)).unwrap_or(name)
}

/// The members of an object, looked up by name.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a>(Option<&'a Map<String, Json>>);

impl<'a> Members<'a> {
    /// A member that must be there.
    pub(crate) fn required<T: FromJson>(self, name: &'a str, decoder: &mut Decoder<'a>) -> T {
        let json = self.get(name).unwrap_or_else(|| {
            decoder.refuse(&["\"", name, "\" is missing"].concat());
            &NULL
        });
        read_member(name, json, decoder)
    }

    /// A member that may be absent.
    pub(crate) fn optional<T: FromJson>(self, name: &'a str, decoder: &mut Decoder<'a>) -> Option<T> {
        self.get(name).map(|json| read_member(name, json, decoder))
    }

    fn get(self, name: &str) -> Option<&'a Json> {
        self.0.and_then(|members| members.get(name))
    }
}

fn read_member<'a, T: FromJson>(name: &'a str, json: &'a Json, decoder: &mut Decoder<'a>) -> T {
    decoder.enter(name);
    let value = T::read(json, decoder);
    decoder.leave();
    value
}

/// See the module's documentation.
macro_rules! impl_from_json {
    ($name:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {
        impl $crate::decode::FromJson for $name {
            fn read<'a>(json: &'a serde_json::Value, decoder: &mut $crate::decode::Decoder<'a>) -> Self {
                let members = decoder.members(json);
                Self { $($field: $crate::decode::impl_from_json!(@member members decoder $field $(= $default)?)),* }
            }
        }
    };
    (enum $name:ident { $($tag:literal => $variant:ident $body:tt),* $(,)? }) => {
        impl $crate::decode::FromJson for $name {
            fn read<'a>(json: &'a serde_json::Value, decoder: &mut $crate::decode::Decoder<'a>) -> Self {
                const KNOWN: &[&str] = &[$($tag),*];
                let (mut tag, mut content) = decoder.variant(json);
                decoder.enter(tag);
                let value = loop {
                    $(if tag == $tag { break $crate::decode::impl_from_json!(@variant content decoder $variant $body); })*
                    // In the second iteration it is known.
                    (tag, content) = (KNOWN[0], decoder.unknown(KNOWN));
                };
                decoder.leave();
                value
            }
        }
    };
    (@member $members:ident $decoder:ident $field:ident) => { $members.required(stringify!($field), $decoder) };
    (@member $members:ident $decoder:ident $field:ident = $default:expr) => {
        $members.optional(stringify!($field), $decoder).unwrap_or($default)
    };
    (@variant $content:ident $decoder:ident $variant:ident {}) => {{
        $decoder.no_content($content);
        Self::$variant
    }};
    (@variant $content:ident $decoder:ident $variant:ident (_)) => {
        Self::$variant($crate::decode::FromJson::read($content, $decoder))
    };
    (@variant $content:ident $decoder:ident $variant:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {{
        let members = $decoder.members($content);
        Self::$variant { $($field: $crate::decode::impl_from_json!(@member members $decoder $field $(= $default)?)),* }
    }};
}
pub(crate) use impl_from_json;

impl FromJson for f64 {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        let number = json.as_f64();
        if number.is_none() && json.is_null() {
            decoder.refuse("null is not a number");
        } else if number.is_none() {
            decoder.expected("a number", json);
        }
        number.unwrap_or_default()
    }
}

macro_rules! whole_numbers {
    ($($name:ident)*) => { $(
        impl FromJson for $name {
            fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
                json.as_u64().and_then(|number| number.try_into().ok()).unwrap_or_else(|| {
                    decoder.expected(concat!("a whole number that fits in ", stringify!($name)), json);
                    0
                })
            }
        }
    )* };
}
whole_numbers!(u8 u16 u32 u64 usize);

impl FromJson for bool {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        json.as_bool().unwrap_or_else(|| {
            decoder.expected("true or false", json);
            false
        })
    }
}

impl FromJson for String {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        let text = json.as_str();
        if text.is_none() {
            decoder.expected("a text", json);
        }
        text.unwrap_or_default().into()
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        (!json.is_null()).then(|| T::read(json, decoder))
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        let items_json = decoder.list(json);
        let mut items = Self::new();
        for (idx, json) in items_json.iter().enumerate() {
            // After a mismatch, reading on would only use memory.
            if decoder.mismatch.is_some() {
                break;
            }
            decoder.path.push(Segment::Index(idx));
            items.push(T::read(json, decoder));
            decoder.leave();
        }
        items
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        let mut items = Vec::read(json, decoder).into_iter();
        if items.len() != N {
            decoder.refuse(&format!("this list has not {N} items"));
        }
        std::array::from_fn(|_| items.next().unwrap_or_else(|| T::read(&NULL, decoder)))
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        // Not `collect`, which would add code to sort entries that are sorted already.
        let mut map = Self::new();
        for (name, json) in decoder.members(json).0.into_iter().flatten() {
            map.insert(name.clone(), read_member(name, json, decoder));
        }
        map
    }
}

impl FromJson for Map<String, Json> {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        decoder.members(json).0.cloned().unwrap_or_default()
    }
}

impl FromJson for Json {
    fn read<'a>(json: &'a Json, _: &mut Decoder<'a>) -> Self {
        json.clone()
    }
}
