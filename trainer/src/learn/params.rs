//! Reading a candidate's hyper-parameters: each with its default and its range, and no unknown ones.

use std::cell::RefCell;

use model_core::Params;
use serde_json::Value as Json;

use crate::learn::FitError;

/// Hands out the parameters of one candidate; [`ParamReader::finish`] refuses those that nobody asked for.
pub(super) struct ParamReader<'a> {
    family: &'static str,
    params: &'a Params,
    known: RefCell<Vec<&'static str>>,
}

impl<'a> ParamReader<'a> {
    pub(super) fn new(family: &'static str, params: &'a Params) -> Self {
        Self { family, params, known: RefCell::new(Vec::new()) }
    }

    /// A number for which `is_valid` holds.
    pub(super) fn number(
        &self,
        name: &'static str,
        default: f64,
        is_valid: impl Fn(f64) -> bool,
        expected: &'static str,
    ) -> Result<f64, FitError> {
        match self.get(name) {
            None => Ok(default),
            Some(json) => {
                let number = json.as_f64().filter(|number| number.is_finite() && is_valid(*number));
                number.ok_or_else(|| self.error(name, json, expected))
            }
        }
    }

    /// A whole number that is at least `least`.
    pub(super) fn count(&self, name: &'static str, default: usize, least: usize) -> Result<usize, FitError> {
        match self.get(name) {
            None => Ok(default),
            Some(json) => {
                self.whole(json, least).ok_or_else(|| self.error(name, json, "a whole number that is large enough"))
            }
        }
    }

    /// A whole number that is at least `least`, or null for no bound.
    pub(super) fn bound(
        &self,
        name: &'static str,
        default: Option<usize>,
        least: usize,
    ) -> Result<Option<usize>, FitError> {
        match self.get(name) {
            None => Ok(default),
            Some(Json::Null) => Ok(None),
            Some(json) => match self.whole(json, least) {
                Some(count) => Ok(Some(count)),
                None => Err(self.error(name, json, "a whole number that is large enough, or null")),
            },
        }
    }

    /// True or false.
    pub(super) fn flag(&self, name: &'static str, default: bool) -> Result<bool, FitError> {
        match self.get(name) {
            None => Ok(default),
            Some(json) => json.as_bool().ok_or_else(|| self.error(name, json, "true or false")),
        }
    }

    /// One of the named choices; the first is the default. Null stands for "all" where that is a choice.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(&'static str, T)],
        expected: &'static str,
    ) -> Result<T, FitError> {
        let Some(json) = self.get(name) else { return Ok(choices[0].1) };
        let wanted = if json.is_null() { Some("all") } else { json.as_str() };
        let found = choices.iter().find(|(choice, _)| Some(*choice) == wanted);
        found.map(|(_, value)| *value).ok_or_else(|| self.error(name, json, expected))
    }

    /// Refuses a parameter that the family does not have.
    pub(super) fn finish(&self) -> Result<(), FitError> {
        let known = self.known.borrow();
        match self.params.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(FitError::UnknownParameter {
                family: self.family,
                name: name.clone(),
                known: known.iter().map(ToString::to_string).collect(),
            }),
        }
    }

    pub(super) fn get(&self, name: &'static str) -> Option<&'a Json> {
        self.known.borrow_mut().push(name);
        self.params.get(name)
    }

    fn whole(&self, json: &Json, least: usize) -> Option<usize> {
        json.as_u64().and_then(|count| usize::try_from(count).ok()).filter(|count| *count >= least)
    }

    pub(super) fn error(&self, name: &'static str, json: &Json, expected: &'static str) -> FitError {
        FitError::Parameter { family: self.family, name, found: json.to_string(), expected }
    }
}
