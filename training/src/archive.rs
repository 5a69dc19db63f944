//! The files of a run: those that `scorecast train` writes, individually or as a ZIP archive.

use std::io::{Cursor, Write as _};

use trainer::{CONFIG_FILE, Outcome};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::answers::Problem;

/// Names and contents: the artifacts and the settings used, or only the report of a model that failed a gate.
pub(crate) fn files<'a>(settings: &'a str, outcome: &'a Outcome) -> impl Iterator<Item = (&'static str, &'a str)> {
    let artifacts = [
        ("preprocessor.json", outcome.preprocessor_json.as_str()),
        ("model.json", &outcome.model_json),
        ("report.json", &outcome.report_json),
        ("report.html", &outcome.report_html),
        ("reference.json", &outcome.reference_json),
        (CONFIG_FILE, settings),
    ];
    let refused =
        [("report.refused.json", outcome.report_json.as_str()), ("report.refused.html", &outcome.report_html)];
    let (artifacts, refused) =
        if outcome.failed_gates.is_empty() { (&artifacts[..], &[][..]) } else { (&[][..], &refused[..]) };
    artifacts.iter().chain(refused).copied().collect::<Vec<_>>().into_iter()
}

/// A ZIP archive that is being written: the same bytes for the same files.
#[wasm_bindgen]
pub struct Archive(ZipWriter<Cursor<Vec<u8>>>);

#[wasm_bindgen]
impl Archive {
    /// An empty archive.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    /// Adds a file; `name` is its path, with `/` between folders.
    ///
    /// # Errors
    /// It can't be packed, as JSON.
    pub fn add(&mut self, name: &str, content: &[u8]) -> Result<(), JsValue> {
        self.write(name, content).map_err(|problem| Problem::new("internal", &problem.to_string()).into())
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// It can't be packed, as JSON.
    pub fn finish(self) -> Result<Vec<u8>, JsValue> {
        let packed = self.0.finish().map_err(|problem| Problem::new("internal", &problem.to_string()))?;
        Ok(packed.into_inner())
    }
}

impl Archive {
    fn write(&mut self, name: &str, content: &[u8]) -> ZipResult<()> {
        self.0.start_file(name, SimpleFileOptions::default())?;
        Ok(self.0.write_all(content)?)
    }
}
