//! The same files, read by every reader of records: `scorecast predict`, the module's `predictCsv` in Node, and the
//! page's class. All must find the same records in a file, which is checked by comparing estimates bit by bit.

mod cases;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use journeys::{Browser, Site, Suite};
use serde_json::{Value, json};

use crate::cases::{Case, Expected, HEADER, cases};

/// The bits of each row's estimate, `None` for a row without one; `None` as a whole for a refused file.
type Estimates = Option<Vec<Option<u64>>>;

fn main() -> ExitCode {
    Suite::default()
        .journey("a file means the same in the class, on the command line and in Node", a_file_means_the_same)
        .run()
}

async fn a_file_means_the_same(browser: Browser) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cases = cases()?;
    for (idx, case) in cases.iter().enumerate() {
        fs::write(folder.path().join(file_name(idx, case)), &case.bytes)?;
    }
    let site = Site::built()?;
    let artifacts = site.root().join("artifacts");
    let in_node = in_node(folder.path(), &artifacts, &cases)?;
    let mut on_command_line = Vec::new();
    for (idx, case) in cases.iter().enumerate() {
        on_command_line.push(on_the_command_line(&site, &folder.path().join(file_name(idx, case)))?);
    }
    let site = site.serve().await?;
    browser.open(site.address()).await?;
    browser.text_of("estimate", |text| text.parse::<f64>().is_ok()).await?;
    let mut wrong = Vec::new();
    for (idx, case) in cases.iter().enumerate() {
        let class = in_the_class(&browser, &file_name(idx, case), &case.bytes).await?;
        let expected = &in_node.expected[idx];
        for (surface, found) in
            [("predict", &on_command_line[idx]), ("predictCsv", &in_node.found[idx]), ("the class", &class)]
        {
            if found != expected {
                wrong.push(format!("{}: {surface} says {}, not {}", case.name, shown(found), shown(expected)));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.expect_quiet_console().await
}

fn file_name(idx: usize, case: &Case) -> String {
    format!("case-{idx}.{}", case.ending)
}

fn shown(estimates: &Estimates) -> String {
    let Some(estimates) = estimates else { return "nothing".into() };
    let shown = |bits: &Option<u64>| bits.map_or("none".into(), |bits| f64::from_bits(bits).to_string());
    format!("[{}]", estimates.iter().map(shown).collect::<Vec<_>>().join(", "))
}

fn on_the_command_line(site: &Site, file: &Path) -> Result<Estimates> {
    let output = file.with_extension("out");
    let answer = Command::new(journeys::trainer()?)
        .arg("predict")
        .arg(file)
        .arg("--artifacts")
        .arg(site.root().join("artifacts"))
        .args(["--allow-missing", "--quiet", "--output"])
        .arg(&output)
        .output()
        .context("scorecast could not be started")?;
    if !answer.status.success() {
        return Ok(None);
    }
    let bytes = fs::read(&output)?;
    let text = match bytes.get(..2) {
        Some([0xff, 0xfe]) => decoded(&bytes[2..], u16::from_le_bytes),
        Some([0xfe, 0xff]) => decoded(&bytes[2..], u16::from_be_bytes),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let delimiter =
        [";", "\t", "|"].into_iter().find(|sign| text.contains(&format!("{sign}predicted_"))).unwrap_or(",");
    // A row's last two cells are its estimate and a quoted note; a cell of the file may contain line breaks.
    let estimate = |row: &str| -> Option<Option<u64>> {
        let row = if row.ends_with('"') {
            &row[..row.rfind(&format!("{delimiter}\""))?]
        } else {
            row.strip_suffix(delimiter)?
        };
        // A decimal comma is quoted where the delimiter is a comma.
        let cell = match row.strip_suffix('"') {
            Some(quoted) => quoted.rsplit('"').next()?,
            None => row.rsplit(delimiter).next()?,
        };
        Some(cell.replace(',', ".").parse().ok().map(f64::to_bits))
    };
    let mut estimates = Vec::new();
    let (mut rows, mut row) = (text.split('\n').skip(1).peekable(), String::new());
    while let Some(line) = rows.next() {
        row.push_str(line);
        if rows.peek().is_none() && row.is_empty() {
            break;
        }
        // A row continues while a quote is open.
        if row.matches('"').count() % 2 == 1 && !row.contains("5\" tall") {
            row.push('\n');
            continue;
        }
        estimates.push(estimate(&row).with_context(|| format!("{row:?} has no estimate at its end"))?);
        row.clear();
    }
    Ok(Some(estimates))
}

fn decoded(bytes: &[u8], order: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| order([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

struct InNode {
    expected: Vec<Estimates>,
    found: Vec<Estimates>,
}

/// The result of `predictCsv`, and the result of `predict` for the expected records, for which no file is read.
fn in_node(folder: &Path, artifacts: &Path, cases: &[Case]) -> Result<InNode> {
    const SCRIPT: &str = r#"
import fs from "node:fs";
import path from "node:path";
const [module, folder, artifacts] = process.argv.slice(2);
const { Predictor, ScorecastError } = await import(module);
const predictor = await Predictor.load(artifacts + "/");
const bits = (value) => Number.isNaN(value) ? null : new BigUint64Array(Float64Array.of(value).buffer)[0].toString();
const answers = [];
for (const { file, records } of JSON.parse(fs.readFileSync(path.join(folder, "cases.json")))) {
  const expected = records?.map((record) => {
    if (record === null) return null;
    const known = Object.fromEntries(predictor.schema.columns.map(({ name, kind, values }) => [name,
      record[name] === "" ? (kind === "numeric" ? Float64Array.of(NaN) : Uint16Array.of(65535))
        : kind === "numeric" ? Float64Array.of(Number(record[name]))
        : Uint16Array.of(values.includes(record[name]) ? values.indexOf(record[name]) : 65534)]));
    return bits(predictor.estimateMany(known).shown[0]);
  }) ?? null;
  let found = null;
  try {
    const stream = fs.createReadStream(path.join(folder, file), { highWaterMark: 7 });
    const { values } = await predictor.predictCsv(stream, { bounded: true });
    found = [...values].map(bits);
  } catch (error) {
    if (!(error instanceof ScorecastError) || error.code === "internal") throw error;
  }
  answers.push({ expected, found });
}
console.log(JSON.stringify(answers));
"#;
    let list: Vec<Value> = cases.iter().enumerate().map(|(idx, case)| described(idx, case)).collect();
    fs::write(folder.join("cases.json"), Value::from(list).to_string())?;
    fs::write(folder.join("cases.mjs"), SCRIPT)?;
    let module = env::var_os("SCORECAST_MODULE").context("SCORECAST_MODULE names no packed module")?;
    let answer = Command::new("node")
        .arg(folder.join("cases.mjs"))
        .arg(Path::new(&module).join("scorecast-core.js"))
        .args([folder, artifacts])
        .output()
        .context("Node could not be started")?;
    ensure!(answer.status.success(), "Node says {}", String::from_utf8_lossy(&answer.stderr));
    let answers: Vec<Value> = serde_json::from_slice(&answer.stdout)?;
    let all = |name: &str| answers.iter().map(|answer| estimates(&answer[name])).collect::<Result<Vec<_>>>();
    Ok(InNode { expected: all("expected")?, found: all("found")? })
}

fn described(idx: usize, case: &Case) -> Value {
    let record = |cells: &Vec<String>| match cells.as_slice() {
        [] => Value::Null,
        cells => json!(HEADER.iter().zip(cells).collect::<BTreeMap<_, _>>()),
    };
    let records = match &case.expected {
        Expected::Records(records) => Value::Array(records.iter().map(record).collect()),
        Expected::Refused => Value::Null,
    };
    json!({ "file": file_name(idx, case), "records": records })
}

/// Bits as strings: JSON numbers cannot represent them.
fn estimates(answer: &Value) -> Result<Estimates> {
    let bits = |value: &Value| value.as_str().map(|bits| Ok(bits.parse::<u64>()?)).transpose();
    answer.as_array().map(|rows| rows.iter().map(bits).collect::<Result<Vec<_>>>()).transpose()
}

/// The answer of the class's worker to the request that the panel sends.
async fn in_the_class(browser: &Browser, name: &str, bytes: &[u8]) -> Result<Estimates> {
    const SCRIPT: &str = r#"return (async () => {
const file = new File([Uint8Array.from(arguments[1])], arguments[0]);
const [preprocessor, model] = await Promise.all(
  ["preprocessor", "model"].map(async (name) => (await fetch(`./artifacts/${name}.json`)).text()));
const policy = () => globalThis.trustedTypes?.createPolicy("scorecast-worker", { createScriptURL: (own) => own });
const address = () => policy()?.createScriptURL("./class/worker.js") ?? "./class/worker.js";
const worker = window.__worker ??= new Worker(address(), { type: "module" });
const ask = (message) => new Promise((resolve) => {
  worker.onmessage = ({ data }) => { if (data.type !== "progress") resolve(data); };
  worker.postMessage({ id: 1, ...message });
});
const opened = await ask({ type: "open", file, name: arguments[0], preprocessor, model, level: 90 });
if (opened.type === "failed" && opened.key === "class.failed") throw new Error(JSON.stringify(opened));
if (opened.summary === undefined) return null;
const { rows } = await ask({ type: "rows", from: 0, count: 1000 });
return rows.map(({ value }) => Number.isNaN(value) ? null : new BigUint64Array(Float64Array.of(value).buffer)[0].toString());
})()"#;
    estimates(&browser.run(SCRIPT, vec![json!(name), json!(bytes)]).await?)
}
