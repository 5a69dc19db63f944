//! Excel workbooks for "A whole class", as the CSV text that the page reads anyway.
//!
//! Why a program of its own: a reader of workbooks (calamine) weighs more than the page, and few classes come as one. The
//! class's worker (`static/class/worker.js`) loads it when a workbook is opened, and never before.

mod sheet;

use wasm_bindgen::prelude::wasm_bindgen;

/// A sheet of a workbook.
#[wasm_bindgen(getter_with_clone)]
#[derive(Debug)]
pub struct Sheet {
    /// The sheet's name.
    pub name: String,
    /// Its cells, set apart by commas; line `n` is the sheet's row `n`.
    pub csv: String,
}

/// Reads the first visible sheet of an `.xlsx` workbook that has any cell.
///
/// # Errors
/// In words: the workbook is protected, damaged, something else, or empty.
#[wasm_bindgen(js_name = readWorkbook)]
pub fn read_workbook(bytes: Vec<u8>) -> Result<Sheet, String> {
    sheet::read(bytes).map_err(|error| error.to_string())
}
