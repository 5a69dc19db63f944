//! The trainer in WebAssembly: trains a model in the browser, byte-identical to the command line's.
//!
//! A separate WebAssembly module: it is larger than the page's, and most visits train nothing. It is loaded when a file
//! is chosen, in a worker (`training/js/worker.js`), which is terminated to cancel. The settings of a run are those of
//! `scorecast.toml`, so that the command line can repeat it. Texts are passed as JSON.

mod answers;
mod archive;
mod panics;
mod progress;
mod settings;

use std::io::Cursor;
use std::path::Path;

use js_sys::Function;
use reader::ReadOptions;
use trainer::{
    Config, Effort, Ingested, OpenedFile, Outcome, SearchControl, guess_target, planned_work, read_columns,
    resolve_candidates, train,
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::answers::Problem;
use crate::archive::Archive;

const EFFORTS: [Effort; 3] = [Effort::Quick, Effort::Normal, Effort::Thorough];

/// A file to train on.
#[wasm_bindgen]
pub struct TrainingFile {
    name: String,
    bytes: Vec<u8>,
    options: ReadOptions,
}

/// A table whose target is known, with the training settings.
#[wasm_bindgen]
pub struct Prepared {
    settings: String,
    config: Config,
    ingested: Ingested,
}

/// The result of a run.
#[wasm_bindgen]
pub struct Trained {
    settings: String,
    /// The cross-validated R² that a model must reach.
    min_r2: f64,
    outcome: Outcome,
}

#[wasm_bindgen]
impl TrainingFile {
    /// A file with this name and these bytes. `options` are `{ sheet, headerRow, skipRows, comment }` as JSON, all of
    /// them optional.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(name: String, bytes: Vec<u8>, options: &str) -> Self {
        panics::remember();
        Self { name, bytes, options: settings::read_options(options) }
    }

    /// The content of the file, as JSON: its columns, the decisions made to read them, and which is probably the
    /// target.
    ///
    /// # Errors
    /// What is wrong with the file, as JSON.
    pub fn look(&self) -> Result<String, JsValue> {
        let read = read_columns(Path::new(&self.name), &self.bytes, None, &self.options);
        let (columns, report) = read.map_err(Problem::from)?;
        Ok(answers::found(&columns, &report, guess_target(&columns).as_ref()))
    }

    /// Reads the file with the roles that `settings` give its columns: the text of a `scorecast.toml`, or the same as JSON.
    ///
    /// # Errors
    /// What is wrong with the settings or with a cell, as JSON.
    pub fn prepare(&self, settings: &str) -> Result<Prepared, JsValue> {
        Ok(self.prepared(settings)?)
    }

    fn prepared(&self, settings: &str) -> Result<Prepared, Problem> {
        let settings = settings::toml(settings)?;
        let mut config = settings::config(&settings)?;
        let (path, input) = (Path::new(&self.name), Cursor::new(&self.bytes[..]));
        let opened = OpenedFile::open(path, input, config.target_name(), &self.options)?;
        config.take_names(opened.names());
        config.check_columns(settings::FILE, &settings, opened.names())?;
        let options = config.ingest_options().ok_or_else(|| Problem::new("no-target", "no target is named"))?;
        Ok(Prepared { settings, config, ingested: opened.ingest(&options)? })
    }
}

#[wasm_bindgen]
impl Prepared {
    /// The data to train on, as JSON, with the estimated work by effort.
    ///
    /// # Errors
    /// The rows can't be split as asked, as JSON.
    pub fn about(&self) -> Result<String, JsValue> {
        let work = EFFORTS.map(|effort| Ok((effort.name(), self.work(effort)?)));
        let work = work.into_iter().collect::<Result<Vec<_>, Problem>>()?;
        Ok(answers::prepared(&self.ingested, &work))
    }

    fn work(&self, effort: Effort) -> Result<Option<f64>, Problem> {
        let mut config = self.config.clone();
        config.search.grid = None;
        config.search.effort = Some(effort);
        resolve_candidates(&mut config, &self.ingested.table)?;
        Ok(planned_work(&self.ingested.table, &config)?)
    }

    /// Trains. `listener` is called with the progress, as JSON, after each fit.
    ///
    /// # Errors
    /// Why there is no model, as JSON.
    pub fn train(self, listener: &Function) -> Result<Trained, JsValue> {
        Ok(self.trained(listener)?)
    }

    fn trained(self, listener: &Function) -> Result<Trained, Problem> {
        let Self { settings, mut config, ingested } = self;
        let mut notices = resolve_candidates(&mut config, &ingested.table)?;
        progress::listen(listener);
        let control = SearchControl { on_event: &progress::tell, ..SearchControl::default() };
        let outcome = train(&ingested.table, &ingested.sha256, &config, &control);
        progress::end();
        let mut outcome = outcome?;
        notices.append(&mut outcome.notices);
        Ok(Trained { settings, min_r2: config.gates.floor(), outcome: Outcome { notices, ..outcome } })
    }
}

#[wasm_bindgen]
impl Trained {
    /// The champion, its figures and the notes on it, as JSON.
    #[must_use]
    pub fn about(&self) -> String {
        answers::trained(&self.outcome, self.min_r2)
    }

    /// The files, as a JSON object of texts by name: the artifacts, or the report of a model that failed a gate.
    #[must_use]
    pub fn files(&self) -> String {
        let files = archive::files(&self.settings, &self.outcome);
        serde_json::Value::from_iter(files.map(|(name, text)| (name, serde_json::Value::from(text)))).to_string()
    }

    /// The files as a ZIP archive.
    ///
    /// # Errors
    /// It can't be packed, as JSON.
    pub fn zip(&self) -> Result<Vec<u8>, JsValue> {
        let mut archive = Archive::new();
        for (name, text) in archive::files(&self.settings, &self.outcome) {
            archive.add(name, text.as_bytes())?;
        }
        archive.finish()
    }
}

/// The message of the panic, if there was one; there is none if memory ran out.
#[must_use]
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    panics::last()
}
