//! How a block's cells are encoded before a model reads them: codes and ranks of 16 bits, eight to a SIMD register.

use kernels::{Codes, rank};

use super::Cells;
use crate::record::Value;
use crate::schema::ColumnKind;

/// A blank that is not imputed.
pub(super) const BLANK: u16 = u16::MAX;
/// A category that training never saw.
pub(super) const UNSEEN: u16 = u16::MAX - 1;

/// How a column's cells become codes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// No test reads it.
    Unread,
    /// How many of the thresholds, ascending, lie below the number: `x > thresholds[rank]` is `code > rank`.
    Rank {
        thresholds: Vec<f64>,
        /// The code of a blank.
        blank: u16,
    },
    /// The category's code; [`UNSEEN`] for an invalid one.
    Code {
        n_codes: u16,
        /// The code of a blank.
        blank: u16,
    },
    /// A table of codes, indexed by the category's code.
    Lookup { codes: Vec<u16>, blank: u16, unseen: u16 },
}

impl Reading {
    /// How categories of this `kind` are encoded, if the codes leave room for [`UNSEEN`]; blanks as `blank`.
    pub(super) fn codes(kind: &ColumnKind, blank: u16) -> Option<Self> {
        let ColumnKind::Categorical { values, .. } = kind else { return None };
        let n_codes = u16::try_from(values.len()).ok().filter(|n_codes| *n_codes <= UNSEEN)?;
        Some(Self::Code { n_codes, blank })
    }

    /// Reads one cell.
    pub(super) fn code(&self, value: Value) -> u16 {
        match (self, value) {
            (Self::Rank { thresholds, .. }, Value::Number(number)) => rank(thresholds, number),
            (Self::Code { n_codes, .. }, Value::Category(code)) if code < u32::from(*n_codes) => code as u16,
            (Self::Lookup { codes, unseen, .. }, Value::Category(code)) => {
                codes.get(code as usize).copied().unwrap_or(*unseen)
            }
            (Self::Rank { blank, .. }, _) | (Self::Code { blank, .. } | Self::Lookup { blank, .. }, Value::Missing) => {
                *blank
            }
            (Self::Lookup { unseen, .. }, _) => *unseen,
            (Self::Code { .. } | Self::Unread, _) => UNSEEN,
        }
    }

    /// Reads as many rows as fit, starting at `from`.
    pub(super) fn read(&self, cells: Cells<'_>, from: usize, codes: &mut Codes) {
        match (self, cells) {
            (Self::Rank { thresholds, blank }, Cells::Numbers(cells)) => {
                kernels::read_ranks(&cells[from..], thresholds, *blank, codes);
            }
            (Self::Code { n_codes, blank }, Cells::Codes8(cells)) => {
                kernels::read_bytes(&cells[from..], *n_codes, [*blank, UNSEEN], codes);
            }
            (Self::Code { n_codes, blank }, Cells::Codes16(cells)) => {
                kernels::read_words(&cells[from..], *n_codes, [*blank, UNSEEN], codes);
            }
            (Self::Lookup { codes: known, blank, unseen }, Cells::Codes8(cells)) => {
                for (code, cell) in codes.iter_mut().zip(&cells[from..]) {
                    let found = known.get(usize::from(*cell)).copied().unwrap_or(*unseen);
                    *code = if *cell == Cells::BLANK_U8 { *blank } else { found };
                }
            }
            (Self::Lookup { codes: known, blank, unseen }, Cells::Codes16(cells)) => {
                for (code, cell) in codes.iter_mut().zip(&cells[from..]) {
                    let found = known.get(usize::from(*cell)).copied().unwrap_or(*unseen);
                    *code = if *cell == Cells::BLANK_U16 { *blank } else { found };
                }
            }
            // The kinds have been checked before.
            _ => {}
        }
    }
}
