//! The cost and the result of the automatic search on files of various sizes.

use std::{fmt::Write as _, fs, path::PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value as Json;

use super::{
    context::{Context, Taken, dir, text},
    setting::Bench,
    speed::{sample, train},
};

/// A file and its limit in CPU seconds.
const BARS: [(&str, f64); 5] = [
    ("stud.csv", 2.0),
    ("star_g3.csv", 6.0),
    ("sample of 30,000 rows, 6 more columns and blanks", 20.0),
    ("sample of 100,000 rows", 30.0),
    ("sample of 1,000,000 rows", 120.0),
];

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    let files = [
        context.data("stud.csv")?,
        context.data("star_g3.csv")?,
        wide_sample(context)?,
        sample(context, 100_000)?,
        sample(context, 1_000_000)?,
    ];
    let mut rows = String::new();
    for ((name, bar), file) in BARS.iter().zip(&files) {
        let arguments = [&text(file), "--target", "math_score", "--min-r2", "0"];
        let Taken { wall_s, cpu_s, peak_mb } = train(context, 3, &arguments)?;
        let report = fs::read_to_string(dir().join("artifacts/report.json")).context("the report could not be read")?;
        let report: Json = serde_json::from_str(&report)?;
        let rungs: Vec<String> = report["race"]["rungs"]
            .as_array()
            .context("the report has no race")?
            .iter()
            .map(|rung| format!("{} × {}", rung["n_candidates"], rung["rows"]))
            .collect();
        let _ = writeln!(
            rows,
            "| {name} | {bar} | {cpu_s:.2} | {wall_s:.2} | {peak_mb:.0} | {} | {} | {:.4} |",
            rungs.join(", "),
            report["champion"]["family"].as_str().unwrap_or_default(),
            report["holdout"]["r2"].as_f64().unwrap_or(f64::NAN)
        );
    }
    Ok(Context::signed(&format!(
        "`scorecast train` as it is, the whole program, medians of 3:\n\n\
         | file | at most, CPU s | CPU s | wall s | peak MB | candidates × rows | champion | R² on rows held back |\n\
         |---|---|---|---|---|---|---|---|\n{rows}"
    )))
}

/// 30,000 fictional students with six additional noise columns, and every twentieth cell blank.
fn wide_sample(context: &Context) -> Result<PathBuf> {
    let file = dir().join("sample-wide.csv");
    if file.is_file() {
        return Ok(file);
    }
    let students = fs::read_to_string(sample(context, 30_000)?)?;
    let mut lines = students.lines();
    let header = lines.next().context("the sample is empty")?;
    let target = header.split(',').position(|name| name == "math_score").context("the sample has no math_score")?;
    let mut text = format!("{header},hours,absences,age,club,bus,tutor\n");
    let mut random = Random(42);
    for line in lines {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells.push(format!("{:.1}", f64::from(random.below(200)) / 10.0));
        cells.extend([random.below(30), 14 + random.below(5)].map(|number| number.to_string()));
        cells.push(["chess", "choir", "drama", "football", "none"][random.below(5) as usize].into());
        cells.extend([0, 0].map(|_| ["yes", "no"][random.below(2) as usize].into()));
        for (idx, cell) in cells.iter_mut().enumerate() {
            if idx != target && random.below(20) == 0 {
                cell.clear();
            }
        }
        text += &(cells.join(",") + "\n");
    }
    fs::write(&file, text).with_context(|| format!("{} could not be written", file.display()))?;
    Ok(file)
}

/// Knuth's MMIX generator: sufficient for a reproducible file.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as u32) % n
    }
}
