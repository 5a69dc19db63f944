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
    /// Reads it.
    ///
    /// # Errors
    /// The first place where the tree doesn't fit.
    fn from_tree(tree: &Json) -> Result<Self, TreeError>;
}

/// Where a tree is not what was expected, such as `columns[3].kind.numeric.median`, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{}", .0.place, if .0.place.is_empty() { "" } else { ": " }, .0.problem)]
pub struct TreeError(Box<Mismatch>);

/// Apart and boxed, so that a result is small wherever it is handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mismatch {
    place: String,
    problem: String,
}

/// How a number that is not finite is written, and found out when it is read back.
pub(crate) const NULL_AS_NUMBER: &str = "null is not a number";

impl TreeError {
    pub(crate) fn new(problem: String) -> Self {
        Self(Box::new(Mismatch { place: String::new(), problem }))
    }

    fn expected(what: &str, tree: &Json) -> Self {
        let found = match tree {
            Json::Null => "null",
            Json::Bool(_) => "true or false",
            Json::Number(_) => "this number",
            Json::String(_) => "a text",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        };
        Self::new(format!("{found} is not {what}"))
    }

    /// The same, seen from one step further out.
    #[cold]
    pub(crate) fn within(mut self, step: &str) -> Self {
        let place = &mut self.0.place;
        if !place.is_empty() && !place.starts_with('[') {
            place.insert(0, '.');
        }
        place.insert_str(0, step);
        self
    }

    #[cold]
    fn within_list(self, idx: usize) -> Self {
        self.within(&format!("[{idx}]"))
    }
}

fn list(tree: &Json) -> Result<&Vec<Json>, TreeError> {
    tree.as_array().ok_or_else(|| TreeError::expected("a list", tree))
}

/// The members of an object, asked for by name.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a>(&'a Map<String, Json>);

impl<'a> Members<'a> {
    pub(crate) fn of(tree: &'a Json) -> Result<Self, TreeError> {
        tree.as_object().map(Self).ok_or_else(|| TreeError::expected("an object", tree))
    }

    /// A member that must be there.
    pub(crate) fn required<T: FromTree>(self, name: &str) -> Result<T, TreeError> {
        T::from_tree(self.get(name)?).map_err(|error| error.within(name))
    }

    fn get(self, name: &str) -> Result<&'a Json, TreeError> {
        self.0.get(name).ok_or_else(|| TreeError::new(format!("\"{name}\" is missing")))
    }

    /// A member that may be absent.
    pub(crate) fn optional<T: FromTree>(self, name: &str) -> Result<Option<T>, TreeError> {
        let read = |tree| T::from_tree(tree).map_err(|error| error.within(name));
        self.0.get(name).map(read).transpose()
    }
}

/// The tag and the content of a variant: an object with one member, or its name alone.
pub(crate) fn variant(tree: &Json) -> Result<(&str, &Json), TreeError> {
    match tree {
        Json::String(tag) => Ok((tag, &Json::Null)),
        Json::Object(members) if members.len() == 1 => {
            members.iter().next().map(|(tag, content)| (tag.as_str(), content)).ok_or_else(|| unreadable(tree))
        }
        _ => Err(unreadable(tree)),
    }
}

fn unreadable(tree: &Json) -> TreeError {
    TreeError::expected("one of several kinds", tree)
}

/// Makes sure that a variant without content has none.
pub(crate) fn no_content(content: &Json) -> Result<(), TreeError> {
    if content.is_null() { Ok(()) } else { Err(TreeError::expected("nothing", content)) }
}

/// See the module's documentation.
macro_rules! from_tree {
    ($name:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {
        impl $crate::tree::FromTree for $name {
            fn from_tree(tree: &serde_json::Value) -> Result<Self, $crate::tree::TreeError> {
                let members = $crate::tree::Members::of(tree)?;
                Ok(Self { $($field: $crate::tree::from_tree!(@member members $field $(= $default)?)),* })
            }
        }
    };
    (enum $name:ident { $($tag:literal => $variant:ident $body:tt),* $(,)? }) => {
        impl $crate::tree::FromTree for $name {
            fn from_tree(tree: &serde_json::Value) -> Result<Self, $crate::tree::TreeError> {
                let (tag, content) = $crate::tree::variant(tree)?;
                let read = || match tag {
                    $($tag => $crate::tree::from_tree!(@variant content $variant $body),)*
                    _ => {
                        let known = [$($tag),*].join(", ");
                        Err($crate::tree::TreeError::new(format!("this kind is not among {known}")))
                    }
                };
                read().map_err(|error| error.within(tag))
            }
        }
    };
    (@member $members:ident $field:ident) => { $members.required(stringify!($field))? };
    (@member $members:ident $field:ident = $default:expr) => {
        $members.optional(stringify!($field))?.unwrap_or($default)
    };
    (@variant $content:ident $variant:ident {}) => {
        $crate::tree::no_content($content).map(|()| Self::$variant)
    };
    (@variant $content:ident $variant:ident (_)) => {
        $crate::tree::FromTree::from_tree($content).map(Self::$variant)
    };
    (@variant $content:ident $variant:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {
        $crate::tree::Members::of($content).and_then(|members| {
            Ok(Self::$variant { $($field: $crate::tree::from_tree!(@member members $field $(= $default)?)),* })
        })
    };
}
pub(crate) use from_tree;

impl FromTree for f64 {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        tree.as_f64().ok_or_else(|| {
            if tree.is_null() { TreeError::new(NULL_AS_NUMBER.into()) } else { TreeError::expected("a number", tree) }
        })
    }
}

macro_rules! whole_numbers {
    ($($name:ident)*) => { $(
        impl FromTree for $name {
            fn from_tree(tree: &Json) -> Result<Self, TreeError> {
                let number = tree.as_u64().and_then(|number| number.try_into().ok());
                number.ok_or_else(|| TreeError::expected(concat!("a whole number that fits in ", stringify!($name)), tree))
            }
        }
    )* };
}
whole_numbers!(u8 u16 u32 u64 usize);

impl FromTree for bool {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        tree.as_bool().ok_or_else(|| TreeError::expected("true or false", tree))
    }
}

impl FromTree for String {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        tree.as_str().map(Self::from).ok_or_else(|| TreeError::expected("a text", tree))
    }
}

impl<T: FromTree> FromTree for Option<T> {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        if tree.is_null() { Ok(None) } else { T::from_tree(tree).map(Some) }
    }
}

impl<T: FromTree> FromTree for Vec<T> {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        let trees = list(tree)?;
        let mut items = Self::with_capacity(trees.len());
        for tree in trees {
            items.push(T::from_tree(tree).map_err(|error| error.within_list(items.len()))?);
        }
        Ok(items)
    }
}

impl<T: FromTree, const N: usize> FromTree for [T; N] {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        let items: Vec<T> = FromTree::from_tree(tree)?;
        items.try_into().map_err(|_| TreeError::new(format!("this list has not {N} items")))
    }
}

impl<T: FromTree> FromTree for BTreeMap<String, T> {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        // One by one: collecting would sort them first, which they are, and bring the code for it.
        let mut map = Self::new();
        for (name, tree) in Members::of(tree)?.0 {
            map.insert(name.clone(), T::from_tree(tree).map_err(|error| error.within(name))?);
        }
        Ok(map)
    }
}

impl FromTree for Map<String, Json> {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        Members::of(tree).map(|members| members.0.clone())
    }
}

impl FromTree for Json {
    fn from_tree(tree: &Json) -> Result<Self, TreeError> {
        Ok(tree.clone())
    }
}
