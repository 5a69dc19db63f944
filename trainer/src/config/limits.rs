//! The limits of the target's scale: displayed predictions stay within them.

use std::str::FromStr;

use model_core::Range;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::from_text::from_text;

/// The configured limits of the target's scale.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum LimitsChoice {
    /// Assume a common scale if the data fits one.
    #[default]
    Auto,
    /// No limits.
    None,
    /// These limits.
    Fixed(Range),
}

/// Limits that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{found}\" is neither MIN:MAX such as 0:100, nor \"none\", nor \"auto\"")]
pub struct LimitsError {
    found: String,
}

/// The highest marks of scales common in schools.
const USUAL_MAXIMA: [f64; 10] = [4.0, 5.0, 6.0, 10.0, 12.0, 15.0, 20.0, 50.0, 100.0, 1_000.0];

impl LimitsChoice {
    /// The limits for a target with the range `observed`, and a notice if they are assumed.
    ///
    /// A scale from 0 to a common highest mark is assumed if no value is negative and the largest is exactly that mark;
    /// otherwise nothing is assumed.
    #[must_use]
    pub fn resolve(self, observed: Range) -> (Option<Range>, Option<String>) {
        match self {
            Self::None => (None, None),
            Self::Fixed(range) => (Some(range), None),
            Self::Auto if observed.min >= 0.0 && USUAL_MAXIMA.contains(&observed.max) => {
                let range = Range { min: 0.0, max: observed.max };
                let notice = format!(
                    "the target's scale is taken to run from 0 to {} (--limits MIN:MAX or --limits none to change it)",
                    range.max
                );
                (Some(range), Some(notice))
            }
            Self::Auto => (None, None),
        }
    }
}

impl FromStr for LimitsChoice {
    type Err = LimitsError;

    fn from_str(text: &str) -> Result<Self, LimitsError> {
        let range = || {
            let (min, max) = text.split_once(':')?;
            let (min, max) = (model_core::parse_number(min)?, model_core::parse_number(max)?);
            (min < max).then_some(Range { min, max })
        };
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            _ => range().map(Self::Fixed).ok_or_else(|| LimitsError { found: text.into() }),
        }
    }
}

impl<'de> Deserialize<'de> for LimitsChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_assumed_only_where_the_data_fits_one() {
        let auto = |min, max| LimitsChoice::Auto.resolve(Range { min, max }).0;
        assert_eq!(auto(0.0, 20.0), Some(Range { min: 0.0, max: 20.0 }));
        assert_eq!(auto(487.0, 774.0), None);
        assert_eq!(auto(-3.0, 20.0), None);
    }

    #[test]
    fn limits_are_read_or_refused() {
        assert_eq!("0:100".parse(), Ok(LimitsChoice::Fixed(Range { min: 0.0, max: 100.0 })));
        assert_eq!("none".parse(), Ok(LimitsChoice::None));
        for bad in ["", "100", "100:0", "a:b", "0:inf"] {
            assert!(bad.parse::<LimitsChoice>().is_err(), "{bad}");
        }
    }
}
