// Predicts each line of a file of JSON records and prints the bits of each prediction, for comparison with another
// build: node predict_bits.cjs MODULE_FOLDER ARTIFACTS RECORDS.jsonl
const fs = require("node:fs");
const path = require("node:path");

const [modulePath, artifacts, records] = process.argv.slice(2);
const { Predictor } = require(path.resolve(modulePath, "module.js"));
const read = (name) => fs.readFileSync(path.join(artifacts, name), "utf8");
const predictor = Predictor.fromJson(read("preprocessor.json"), read("model.json"));
const bits = new DataView(new ArrayBuffer(8));
const lines = fs.readFileSync(records, "utf8").trimEnd().split("\n");
const print = (line) => {
  bits.setFloat64(0, predictor.predictJson(line));
  return bits.getBigUint64(0).toString(16).padStart(16, "0");
};
process.stdout.write(lines.map(print).join("\n") + "\n");
