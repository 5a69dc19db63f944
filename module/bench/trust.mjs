// Measures a prediction with its interval and its explanation, one record at a time, in the module's test build:
//   node trust.mjs MODULE_FOLDER ARTIFACTS…   prints one row of a Markdown table for each folder of artifacts
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const RUNS = 7;
const [modulePath, ...folders] = process.argv.slice(2);
const { Core } = createRequire(import.meta.url)(path.resolve(modulePath, "core-trust.js"));
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
for (const folder of folders) {
  const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
  const [{ schema }, { family, background }] = [JSON.parse(read("preprocessor.json")), JSON.parse(read("model.json"))];
  const core = new Core(read("preprocessor.json"), read("model.json"));
  // A hundred records spread over the schema's ranges.
  const draw = ({ kind }, row, place) => {
    const number = (row * 7919 + place * 104729) % 1009;
    if (kind.categorical) return number % kind.categorical.values.length;
    const { min, max } = kind.numeric.observed;
    return min + (number / 1009) * (max - min);
  };
  const records = Array.from({ length: 100 }, (_, row) => Float64Array.from(schema.columns, (column, place) => draw(column, row, place)));
  let checksum = 0;
  const tell = (record) => {
    checksum += core.tellRecord(record, 90);
  };
  let start = performance.now();
  tell(records[0]);
  const first = performance.now() - start;
  const rounds = family === "linear" ? 200 : 10;
  const times = [];
  for (let run = 0; run <= RUNS; run += 1) {
    start = performance.now();
    for (let round = 0; round < rounds; round += 1) records.forEach(tell);
    if (run > 0) times.push(((performance.now() - start) * 1000) / (rounds * records.length));
  }
  if (!Number.isFinite(checksum)) throw new Error("a figure is not finite");
  const micros = (time) => (time < 100 ? `${time.toFixed(1)} µs` : `${time.toFixed(0)} µs`);
  console.log(`| ${family} | ${background.rows.length} | ${micros(median(times))} | ${first.toFixed(2)} ms |`);
}
