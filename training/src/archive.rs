//! The files of a run: those that `scorecast train` writes, individually or as a ZIP archive.

use std::io::{Cursor, Write as _};

use trainer::{CONFIG_FILE, Outcome};
use zip::result::ZipResult;
use zip::write::{SimpleFileOptions, ZipWriter};

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

/// A ZIP archive of them: the same bytes for the same files.
pub(crate) fn zip<'a>(files: impl Iterator<Item = (&'static str, &'a str)>) -> ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(name, SimpleFileOptions::default())?;
        writer.write_all(text.as_bytes())?;
    }
    Ok(writer.finish()?.into_inner())
}
