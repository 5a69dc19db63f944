//! From a tree of JSON to our own types.
//!
//! A type that stands in an artifact derives serde's `Serialize` for writing, and one line beside it says how it is
//! read; both use serde's conventions (an object for a structure, the variant's name as an outer tag):
//!
//! ```ignore
//! from_tree!(Range { min, max });
//! // A member that may be absent has its default behind it.
//! from_tree!(Target { name, label, observed, limits = None, whole });
//! // `{}` for a variant without content, `(_)` for one with another type's.
//! from_tree!(enum Combine { "sum" => Sum { base }, "mean" => Mean {}, "weighted_median" => WeightedMedian { weights } });
//! ```
//!
//! Members that a type doesn't know are ignored: a later version may add what earlier ones can do without.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

/// A type that can be read from a tree of JSON.
pub trait FromTree: Sized {
    /// Reads it. Where the tree doesn't fit, `reading` keeps the first place that doesn't, and what is returned is any
    /// value: a result for each member would have half-built values to take down, in code of its own for each type.
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self;

    /// Reads it.
    ///
    /// # Errors
    /// The first place where the tree doesn't fit.
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        let mut reading = Reading::default();
        let value = Self::read(tree, &mut reading);
        reading.mismatch.map_or(Ok(value), Err)
    }
}

/// Where a tree is not what was expected, such as `columns[3].kind.numeric.median`, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{}{problem}", if .place.is_empty() { "" } else { ": " })]
pub struct TreeError {
    place: String,
    problem: String,
}

/// How a number that is not finite is written, and found out when it is read back.
pub(crate) const NULL_AS_NUMBER: &str = "null is not a number";

/// What stands where a member is missing.
static NOTHING: Json = Json::Null;

/// Where in a tree a reader is, and what didn't fit.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    steps: Vec<Step<'a>>,
    mismatch: Option<TreeError>,
}

/// One step into a tree.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Reading<'a> {
    /// Notes that something doesn't fit here, if it is the first.
    #[cold]
    pub(crate) fn refuse(&mut self, problem: &str) {
        if self.mismatch.is_some() {
            return;
        }
        let mut place = String::new();
        for step in &self.steps {
            match step {
                Step::Member(name) => {
                    if !place.is_empty() {
                        place.push('.');
                    }
                    place.push_str(name);
                }
                Step::Item(idx) => {
                    place.push('[');
                    place.push_str(&idx.to_string());
                    place.push(']');
                }
            }
        }
        self.mismatch = Some(TreeError { place, problem: problem.into() });
    }

    #[cold]
    fn expected(&mut self, what: &str, tree: &Json) {
        let found = match tree {
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
        self.steps.push(Step::Member(name));
    }

    pub(crate) fn leave(&mut self) {
        self.steps.pop();
    }

    /// The items of a list, none if it isn't one.
    fn list(&mut self, tree: &'a Json) -> &'a [Json] {
        tree.as_array().map_or_else(
            || {
                self.expected("a list", tree);
                &[][..]
            },
            Vec::as_slice,
        )
    }

    /// The members of an object, none if it isn't one.
    pub(crate) fn members(&mut self, tree: &'a Json) -> Members<'a> {
        let members = tree.as_object();
        if members.is_none() {
            self.expected("an object", tree);
        }
        Members(members)
    }

    /// The tag and the content of a variant: an object with one member, or its name alone.
    pub(crate) fn variant(&mut self, tree: &'a Json) -> (&'a str, &'a Json) {
        match tree {
            Json::String(tag) => return (tag, &NOTHING),
            Json::Object(members) if members.len() == 1 => {
                if let Some((tag, content)) = members.iter().next() {
                    return (tag, content);
                }
            }
            _ => {}
        }
        self.expected("one of several kinds", tree);
        ("", &NOTHING)
    }

    /// Notes that there is no variant of that name; what is read instead.
    pub(crate) fn unknown(&mut self, known: &[&str]) -> &'a Json {
        self.refuse(&["this kind is not among ", &known.join(", ")].concat());
        &NOTHING
    }

    /// Makes sure that a variant without content has none.
    pub(crate) fn no_content(&mut self, content: &Json) {
        if !content.is_null() {
            self.expected("nothing", content);
        }
    }
}

/// The members of an object, asked for by name.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a>(Option<&'a Map<String, Json>>);

impl<'a> Members<'a> {
    /// A member that must be there.
    pub(crate) fn required<T: FromTree>(self, name: &'a str, reading: &mut Reading<'a>) -> T {
        let tree = self.get(name).unwrap_or_else(|| {
            reading.refuse(&["\"", name, "\" is missing"].concat());
            &NOTHING
        });
        read_member(name, tree, reading)
    }

    /// A member that may be absent.
    pub(crate) fn optional<T: FromTree>(self, name: &'a str, reading: &mut Reading<'a>) -> Option<T> {
        self.get(name).map(|tree| read_member(name, tree, reading))
    }

    fn get(self, name: &str) -> Option<&'a Json> {
        self.0.and_then(|members| members.get(name))
    }
}

fn read_member<'a, T: FromTree>(name: &'a str, tree: &'a Json, reading: &mut Reading<'a>) -> T {
    reading.enter(name);
    let value = T::read(tree, reading);
    reading.leave();
    value
}

/// See the module's documentation.
macro_rules! from_tree {
    ($name:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {
        impl $crate::tree::FromTree for $name {
            fn read<'a>(tree: &'a serde_json::Value, reading: &mut $crate::tree::Reading<'a>) -> Self {
                let members = reading.members(tree);
                Self { $($field: $crate::tree::from_tree!(@member members reading $field $(= $default)?)),* }
            }
        }
    };
    (enum $name:ident { $($tag:literal => $variant:ident $body:tt),* $(,)? }) => {
        impl $crate::tree::FromTree for $name {
            fn read<'a>(tree: &'a serde_json::Value, reading: &mut $crate::tree::Reading<'a>) -> Self {
                const KNOWN: &[&str] = &[$($tag),*];
                let (mut tag, mut content) = reading.variant(tree);
                reading.enter(tag);
                let value = loop {
                    $(if tag == $tag { break $crate::tree::from_tree!(@variant content reading $variant $body); })*
                    // The second time round it is known.
                    (tag, content) = (KNOWN[0], reading.unknown(KNOWN));
                };
                reading.leave();
                value
            }
        }
    };
    (@member $members:ident $reading:ident $field:ident) => { $members.required(stringify!($field), $reading) };
    (@member $members:ident $reading:ident $field:ident = $default:expr) => {
        $members.optional(stringify!($field), $reading).unwrap_or($default)
    };
    (@variant $content:ident $reading:ident $variant:ident {}) => {{
        $reading.no_content($content);
        Self::$variant
    }};
    (@variant $content:ident $reading:ident $variant:ident (_)) => {
        Self::$variant($crate::tree::FromTree::read($content, $reading))
    };
    (@variant $content:ident $reading:ident $variant:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {{
        let members = $reading.members($content);
        Self::$variant { $($field: $crate::tree::from_tree!(@member members $reading $field $(= $default)?)),* }
    }};
}
pub(crate) use from_tree;

impl FromTree for f64 {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        let number = tree.as_f64();
        if number.is_none() && tree.is_null() {
            reading.refuse(NULL_AS_NUMBER);
        } else if number.is_none() {
            reading.expected("a number", tree);
        }
        number.unwrap_or_default()
    }
}

macro_rules! whole_numbers {
    ($($name:ident)*) => { $(
        impl FromTree for $name {
            fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
                tree.as_u64().and_then(|number| number.try_into().ok()).unwrap_or_else(|| {
                    reading.expected(concat!("a whole number that fits in ", stringify!($name)), tree);
                    0
                })
            }
        }
    )* };
}
whole_numbers!(u8 u16 u32 u64 usize);

impl FromTree for bool {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        tree.as_bool().unwrap_or_else(|| {
            reading.expected("true or false", tree);
            false
        })
    }
}

impl FromTree for String {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        let text = tree.as_str();
        if text.is_none() {
            reading.expected("a text", tree);
        }
        text.unwrap_or_default().into()
    }
}

impl<T: FromTree> FromTree for Option<T> {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        (!tree.is_null()).then(|| T::read(tree, reading))
    }
}

impl<T: FromTree> FromTree for Vec<T> {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        let trees = reading.list(tree);
        let mut items = Self::with_capacity(trees.len());
        for (idx, tree) in trees.iter().enumerate() {
            reading.steps.push(Step::Item(idx));
            items.push(T::read(tree, reading));
            reading.leave();
        }
        items
    }
}

impl<T: FromTree, const N: usize> FromTree for [T; N] {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        let mut items = Vec::read(tree, reading).into_iter();
        if items.len() != N {
            reading.refuse(&format!("this list has not {N} items"));
        }
        std::array::from_fn(|_| items.next().unwrap_or_else(|| T::read(&NOTHING, reading)))
    }
}

impl<T: FromTree> FromTree for BTreeMap<String, T> {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        // One by one: collecting would sort them first, which they are, and bring the code for it.
        let mut map = Self::new();
        for (name, tree) in reading.members(tree).0.into_iter().flatten() {
            map.insert(name.clone(), read_member(name, tree, reading));
        }
        map
    }
}

impl FromTree for Map<String, Json> {
    fn read<'a>(tree: &'a Json, reading: &mut Reading<'a>) -> Self {
        reading.members(tree).0.cloned().unwrap_or_default()
    }
}

impl FromTree for Json {
    fn read<'a>(tree: &'a Json, _: &mut Reading<'a>) -> Self {
        tree.clone()
    }
}
