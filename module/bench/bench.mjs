// Measures the module against a plain interpreter of the same JSON, in one process and in turns: medians of seven runs.
//   node bench.mjs MODULE_FOLDER ARTIFACTS…   prints one row of a Markdown table for each folder of artifacts and each call
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const RUNS = 7;
const [modulePath, ...folders] = process.argv.slice(2);
const { Predictor } = await import(pathToFileURL(path.resolve(modulePath, "scorecast-core.js")));

/** What a script without a library does: interprets the model's JSON, record by record. */
function interpreter(folder) {
  const read = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
  const [{ schema, encoding }, { model }] = [read("preprocessor.json"), read("model.json")];
  const cell = ({ name, kind }, record) => kind.numeric ? record[name] : kind.categorical.values.indexOf(record[name]);
  if (model.linear) {
    const { intercept, coefficients } = model.linear;
    return (record) => {
      let [sum, at] = [intercept, 0];
      schema.columns.forEach((column, place) => {
        const { scaled, one_hot } = encoding.one_hot[place];
        const value = cell(column, record);
        if (scaled) sum += coefficients[at++] * ((value - scaled.mean) / scaled.scale);
        else {
          if (value >= 0) sum += coefficients[at + value] * (1 / one_hot.scales[value]);
          at += one_hot.scales.length;
        }
      });
      return sum;
    };
  }
  const { categorical, lengths, features, values, rights, combine } = model.trees;
  return (record) => {
    const row = schema.columns.map((column) => cell(column, record));
    let [sum, root] = [combine.sum.base, 0];
    for (const length of lengths) {
      let node = root;
      while (rights[node] !== 0) {
        const value = row[features[node]];
        const left = categorical[features[node]] ? value !== values[node] : value <= values[node];
        node += left ? 1 : rights[node];
      }
      sum += values[node];
      root += length;
    }
    return sum;
  };
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Seconds that each of some tasks takes: medians of interleaved runs after one warm-up run. */
function measure(works) {
  const times = works.map(() => []);
  for (let run = 0; run <= RUNS; run += 1) {
    works.forEach((work, at) => {
      const start = performance.now();
      work();
      if (run > 0) times[at].push((performance.now() - start) / 1000);
    });
  }
  return times.map(median);
}

let checksum = 0;
for (const folder of folders) {
  const predictor = await Predictor.load(folder);
  const plain = interpreter(folder);
  const { columns } = predictor.schema;
  const draw = ({ kind, observed, values }, row, place) => {
    const number = (row * 7919 + place * 104729) % 1009;
    return kind === "numeric" ? observed.min + (number % (observed.max - observed.min)) : values[number % values.length];
  };
  const records = Array.from({ length: 1000 }, (_, row) =>
    Object.fromEntries(columns.map((column, place) => [column.name, draw(column, row, place)])),
  );
  for (const record of records) {
    if (!Object.is(predictor.predict(record).value, plain(record))) throw new Error("the interpreter is wrong");
  }
  const nRows = 1_000_000;
  const arrays = Object.fromEntries(
    columns.map(({ name, kind, values }) => [
      name,
      kind === "numeric"
        ? Float64Array.from({ length: nRows }, (_, row) => records[row % 1000][name])
        : Uint8Array.from({ length: nRows }, (_, row) => values.indexOf(records[row % 1000][name])),
    ]),
  );
  const each = (predict) => () => {
    for (let round = 0; round < 20; round += 1) for (const record of records) checksum += predict(record);
  };
  const [one, script, many] = measure([
    each((record) => predictor.predict(record).value),
    each(plain),
    () => (checksum += predictor.predictMany(arrays)[0]),
  ]);
  const calls = 20 * records.length;
  const micros = (seconds) => ((seconds / calls) * 1e6).toFixed(2);
  const perSecond = nRows / many;
  const name = JSON.parse(fs.readFileSync(path.join(folder, "model.json"), "utf8")).family;
  const cells = [name, `${micros(one)} µs`, `${micros(script)} µs`, (script / one).toFixed(1)];
  cells.push(`${(perSecond / 1e6).toFixed(1)} million/s`, (perSecond / (calls / script)).toFixed(0));
  console.log(`| ${cells.join(" | ")} |`);
}
if (!Number.isFinite(checksum)) throw new Error("a prediction is not finite");
