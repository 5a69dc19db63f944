//! A family of regressors, given by its name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::error::with_nearest;
use super::from_text::from_text;
use crate::learn::{LEARNERS, Learner, learner};

/// One of [`families`](crate::families).
#[derive(Clone, Copy)]
pub struct Family(pub &'static dyn Learner);

/// An unknown family.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct UnknownFamily(String);

impl Family {
    /// Parses a name and lists the names in the help.
    #[cfg(feature = "cli")]
    pub(super) fn parser() -> impl clap::builder::TypedValueParser<Value = Self> {
        use clap::builder::{PossibleValuesParser, TypedValueParser as _};
        PossibleValuesParser::new(crate::learn::families()).try_map(|name| name.parse::<Self>())
    }
}

impl FromStr for Family {
    type Err = UnknownFamily;

    fn from_str(name: &str) -> Result<Self, UnknownFamily> {
        let known = LEARNERS.map(Learner::family);
        let unknown = || UnknownFamily(with_nearest(&format!("there is no family \"{name}\""), name, &known));
        learner(name).map(Self).ok_or_else(unknown)
    }
}

impl<'de> Deserialize<'de> for Family {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.family())
    }
}
