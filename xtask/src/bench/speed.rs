//! The speed of search, fitting and file I/O.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value as Json;

use super::{
    context::{Context, Taken, dir, scorecast, text},
    setting::Bench,
};

const SYNTHETIC_ROWS: usize = 1_000_000;

/// Families of the classic grid, and the share of their candidates for which the reference is timed.
const CLASSIC: [(&str, f64); 8] = [
    ("Linear Regression", 1.0),
    ("Gradient Boosting", 0.01),
    ("CatBoost", 1.0),
    ("AdaBoost", 0.25),
    ("Random Forest", 0.25),
    ("XGBoost", 1.0),
    ("Decision Tree", 1.0),
    ("K-Neighbors", 0.25),
];

pub(super) fn classic(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    let data = text(&context.data("stud.csv")?);
    let ours = train(context, 1, &[&data, "--target", "math_score", "--grid", "classic"])?;
    let (mut cpu, mut wall, mut shares) = (0.0, 0.0, Vec::new());
    for (family, share) in CLASSIC {
        let found = context.python("classic_grid.py", &[&data, family, &share.to_string()])?;
        let number = |name: &str| found[name].as_f64().with_context(|| format!("classic_grid.py prints no {name}"));
        let scale = number("candidates")? / number("measured")?;
        cpu += scale * number("cpu_s")?;
        wall += scale * number("wall_s")?;
        if scale > 1.0 {
            shares.push(format!("{family} {} of {}", number("measured")?, number("candidates")?));
        }
    }
    Ok(Context::signed(&format!(
        "`--grid classic` on `stud.csv`, the whole program, against `GridSearchCV(n_jobs=-1)` of scikit-learn, CatBoost \
         and XGBoost with the same candidates:\n\n\
         | | wall s | CPU s |\n|---|---|---|\n| scorecast | {:.2} | {:.2} |\n| reference | {wall:.0} | {cpu:.0} |\n\
         | times faster | {:.0} | {:.0} |\n\n\
         The reference's figures are scaled up from a part of the candidates, drawn with a seed: {}.\n",
        ours.wall_s,
        ours.cpu_s,
        wall / ours.wall_s,
        cpu / ours.cpu_s,
        shares.join(", ")
    )))
}

pub(super) fn default(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    let data = text(&context.data("stud.csv")?);
    let ours = train(context, 5, &[&data, "--target", "math_score"])?;
    let report = fs::read_to_string(dir().join("artifacts/report.json")).context("the report could not be read")?;
    let report: Json = serde_json::from_str(&report)?;
    Ok(Context::signed(&format!(
        "`scorecast train` as it is on `stud.csv`, the whole program, median of 5: {:.2} s ({:.2} CPU s); mean cross-validated R² of \
         the champion {:.4} ({}).\n",
        ours.wall_s,
        ours.cpu_s,
        report["champion"]["cv"]["r2_mean"].as_f64().unwrap_or(f64::NAN),
        report["champion"]["family"].as_str().unwrap_or("unknown"),
    )))
}

pub(super) fn boosting(bench: &Bench<'_>) -> Result<String> {
    let grid = "[gradient-boosting]\nn_estimators = 100\nlearning_rate = 0.1\nmax_depth = \"null\"\nmax_leaf_nodes = 31\n\
                min_samples_leaf = 20\n";
    fit(bench, ("gradient boosting, 100 trees of 31 leaves, 255 bins", grid), "LightGBM")
}

pub(super) fn catboost(bench: &Bench<'_>) -> Result<String> {
    let grid = "[catboost]\niterations = 100\nlearning_rate = 0.1\ndepth = 6\none_hot_max_size = 8\n";
    fit(bench, ("CatBoost style, 100 trees of depth 6", grid), "CatBoost")
}

pub(super) fn linear(bench: &Bench<'_>) -> Result<String> {
    fit(bench, ("linear regression", "[linear]\n"), "LinearRegression")
}

/// One fit compared with another library's, alternating.
fn fit(bench: &Bench<'_>, (what, grid): (&str, &str), library: &str) -> Result<String> {
    const TURNS: usize = 3;
    let context = &Context::new(bench)?;
    let data = text(&synthetic(context)?);
    let grid_file = dir().join(format!("{library}.toml"));
    fs::write(&grid_file, grid)?;
    let (mut ours, mut theirs) = (Fits::default(), Fits::default());
    for _ in 0..TURNS {
        ours.add(&context.fit_time(&[&data, "math_score", &text(&grid_file), "3"])?)?;
        theirs.add(&context.python("scale.py", &[library, &SYNTHETIC_ROWS.to_string(), "1"])?)?;
    }
    let [(our_wall, our_cpu), (their_wall, their_cpu)] = [ours.medians(), theirs.medians()];
    Ok(Context::signed(&format!(
        "Fit of {what} to 800,000 rows of `synthetic.py` with 2 threads (binning and preprocessing included, reading not), \
         by turns, medians:\n\n\
         | | wall s | CPU s | RMSE on 200,000 others |\n|---|---|---|---|\n\
         | scorecast | {our_wall:.3} | {our_cpu:.2} | {:.4} |\n| {library} | {their_wall:.3} | {their_cpu:.2} | {:.4} |\n\
         | ratio | {:.1} × faster | {:.1} × less | {:+.2} % |\n",
        ours.rmse,
        theirs.rmse,
        their_wall / our_wall,
        their_cpu / our_cpu,
        100.0 * (ours.rmse / theirs.rmse - 1.0)
    )))
}

#[derive(Default)]
struct Fits {
    wall: Vec<f64>,
    cpu: Vec<f64>,
    rmse: f64,
}

impl Fits {
    fn add(&mut self, found: &Json) -> Result<()> {
        let list = |name: &str| -> Result<Vec<f64>> {
            let list = found[name].as_array().with_context(|| format!("there is no {name} in {found}"))?;
            Ok(list.iter().filter_map(Json::as_f64).collect())
        };
        self.wall.extend(list("seconds")?);
        self.cpu.extend(list("cpu_seconds")?);
        self.rmse = found["rmse"].as_f64().context("there is no RMSE")?;
        Ok(())
    }

    fn medians(&mut self) -> (f64, f64) {
        (median(&mut self.wall), median(&mut self.cpu))
    }
}

fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(super) fn whole_program(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    let data = text(&sample(context, SYNTHETIC_ROWS)?);
    let grid_file = dir().join("whole.toml");
    fs::write(
        &grid_file,
        "[linear]\n[gradient-boosting]\nn_estimators = 100\nlearning_rate = 0.1\nmax_depth = \"null\"\n\
         max_leaf_nodes = 31\nmin_samples_leaf = 20\n",
    )?;
    let whole = text(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/bench/reference/whole.py"));
    let python = text(context.exe_of_python());
    let with_blend = [&data, "--target", "math_score", "--grid", &text(&grid_file), "--select", "best"];
    let of_both = [&with_blend[..], &["--families", "linear,gradient-boosting"]].concat();
    let mut rows = String::new();
    let (mut ours, mut blended, mut search, mut once) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..3 {
        ours.push(train(context, 1, &of_both)?);
        blended.push(train(context, 1, &with_blend)?);
        search.push(context.measure(&[&python, &whole, &data, "search"])?);
        once.push(context.measure(&[&python, &whole, &data, "once"])?);
    }
    let [ours, blended, search, once] = [ours, blended, search, once].map(|mut taken| {
        taken.sort_by(|left, right| left.wall_s.total_cmp(&right.wall_s));
        taken[taken.len() / 2]
    });
    for (name, taken) in [
        ("scorecast: 3 folds of both, the better one fitted, report", ours),
        ("scorecast with the blend of both, which it tries unless told", blended),
        ("pandas, scikit-learn, LightGBM: the same", search),
        ("the same libraries without folds: each fitted once", once),
    ] {
        let Taken { wall_s, cpu_s, peak_mb } = taken;
        rows += &format!(
            "| {name} | {wall_s:.2} | {cpu_s:.2} | {peak_mb:.0} | {:.1} × | {:.0} % |\n",
            wall_s / ours.wall_s,
            100.0 * ours.peak_mb / peak_mb
        );
    }
    Ok(Context::signed(&format!(
        "The whole program on a CSV file of 1,000,000 rows: read, split, preprocess, linear regression and gradient \
         boosting (100 trees of 31 leaves), judge, write; medians of 3, by turns:\n\n\
         | | wall s | CPU s | peak MB | scorecast is faster by | scorecast's memory is |\n|---|---|---|---|---|---|\n{rows}"
    )))
}

pub(super) fn growth(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    let grid_file = dir().join("linear.toml");
    fs::write(&grid_file, "[linear]\n")?;
    let mut rows = String::new();
    for n_rows in [100_000, 1_000_000, 10_000_000] {
        let data = text(&sample(context, n_rows)?);
        let arguments = [&data, "--target", "math_score", "--grid", &text(&grid_file), "--select", "best"];
        let taken = train(context, 3, &arguments)?;
        let n = n_rows as f64;
        rows += &format!(
            "| {n_rows} | {:.2} | {:.2} | {:.0} | {:.0} | {:.1} |\n",
            taken.wall_s,
            taken.cpu_s,
            1e9 * taken.wall_s / n,
            taken.peak_mb,
            taken.peak_mb * f64::from(1 << 20) / n
        );
    }
    Ok(Context::signed(&format!(
        "`scorecast train` with linear regression on files of `scorecast sample` (7 columns and the target), the whole \
         program, medians of 3:\n\n\
         | rows | wall s | CPU s | ns a row | peak MB | bytes a row |\n|---|---|---|---|---|---|\n{rows}"
    )))
}

pub(super) fn predict(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    const ROWS: usize = 10_000_000;
    linear_artifacts(context)?;
    let (data, output) = (text(&sample(context, ROWS)?), text(&dir().join("predicted.csv")));
    let artifacts = text(&dir().join("artifacts"));
    let program = text(&scorecast());
    let taken = context.median(3, &[&program, "predict", &data, "--artifacts", &artifacts, "-o", &output, "-q"])?;
    fs::remove_file(&output)?;
    Ok(Context::signed(&format!(
        "`scorecast predict` on a CSV file of 10,000,000 rows with a linear champion, file to file, median of 3: {:.2} s \
         ({:.2} CPU s), {:.1} million rows/s, peak {:.0} MB.\n",
        taken.wall_s,
        taken.cpu_s,
        ROWS as f64 / taken.wall_s / 1e6,
        taken.peak_mb
    )))
}

pub(super) fn start(bench: &Bench<'_>) -> Result<String> {
    let context = &Context::new(bench)?;
    linear_artifacts(context)?;
    let record = dir().join("one.csv");
    let students = fs::read_to_string(sample(context, 1_000)?)?;
    fs::write(&record, students.lines().take(2).map(|line| format!("{line}\n")).collect::<String>())?;
    let artifacts = text(&dir().join("artifacts"));
    let arguments = ["predict", &text(&record), "--artifacts", &artifacts, "-o", "-", "-q"];
    let ours = context.median(31, &[&[text(&scorecast()).as_str()], &arguments[..]].concat())?;
    let start = text(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/bench/reference/start.py"));
    let (python, model) = (text(context.exe_of_python()), text(&dir().join("classic.pkl")));
    context.measure(&[&python, &start, "fit", &text(&sample(context, 1_000)?), &model])?;
    let theirs = context.median(5, &[&python, &start, "predict", &model])?;
    Ok(Context::signed(&format!(
        "A fresh process to one prediction (linear; with the time a process takes to start and end), medians:\n\n\
         | | ms | peak MB |\n|---|---|---|\n| `scorecast predict` | {:.1} | {:.0} |\n\
         | pandas, scikit-learn and a pickle | {:.0} | {:.0} |\n",
        1e3 * ours.wall_s,
        ours.peak_mb,
        1e3 * theirs.wall_s,
        theirs.peak_mb
    )))
}

/// `scorecast train`, the median of `n` runs; the artifacts are in `target/bench/artifacts`.
pub(super) fn train(context: &Context, n: usize, arguments: &[&str]) -> Result<Taken> {
    let (program, output, logs) = (text(&scorecast()), text(&dir().join("artifacts")), text(&dir().join("logs")));
    context.median(n, &[&[program.as_str(), "train"], arguments, &["-o", &output, "--log-dir", &logs, "-q"]].concat())
}

fn linear_artifacts(context: &Context) -> Result<()> {
    let data = text(&sample(context, 1_000)?);
    train(context, 1, &[&data, "--target", "math_score", "--families", "linear", "--select", "best"]).map(drop)
}

/// A file of fictional students.
pub(super) fn sample(context: &Context, n_rows: usize) -> Result<PathBuf> {
    let file = dir().join(format!("sample-{n_rows}.csv"));
    if !file.is_file() {
        let (program, output) = (text(&scorecast()), text(&file));
        context.measure(&[&program, "sample", "--rows", &n_rows.to_string(), "-o", &output, "-q"])?;
    }
    Ok(file)
}

/// The rows for other libraries, as a file.
fn synthetic(context: &Context) -> Result<PathBuf> {
    let file = dir().join(format!("synthetic-{SYNTHETIC_ROWS}.csv"));
    if !file.is_file() {
        let program = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/bench/reference/synthetic.py");
        let (python, rows) = (text(context.exe_of_python()), SYNTHETIC_ROWS.to_string());
        context.measure(&[&python, &text(&program), "--rows", &rows, "--csv", &text(&file)])?;
    }
    Ok(file)
}
