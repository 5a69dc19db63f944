// Predicts each line of a file of JSON records, one by one and all in a batch, and prints the bits of each prediction, for
// comparison with another build: node predict_bits.mjs MODULE_FOLDER ARTIFACTS RECORDS.jsonl
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modulePath, artifacts, file] = process.argv.slice(2);
const { Predictor } = await import(pathToFileURL(path.resolve(modulePath, "scorecast-core.js")));
const predictor = await Predictor.load(artifacts);
const records = fs.readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
const codes = ({ name, values }) =>
  Uint16Array.from(records, (record) => (record[name] === null ? 65_535 : values.indexOf(record[name])));
const numbers = ({ name }) => Float64Array.from(records, (record) => record[name] ?? NaN);
const columns = predictor.schema.columns.map((column) => [
  column.name,
  column.kind === "numeric" ? numbers(column) : codes(column),
]);
const batch = predictor.predictMany(Object.fromEntries(columns));
const view = new DataView(new ArrayBuffer(8));
const bits = (value) => {
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
};
const lines = records.map((record, row) => {
  const alone = bits(predictor.predict(record).value);
  if (bits(batch[row]) !== alone) throw new Error(`row ${row}: ${alone} alone, ${bits(batch[row])} in a batch`);
  return alone;
});
process.stdout.write(lines.join("\n") + "\n");
