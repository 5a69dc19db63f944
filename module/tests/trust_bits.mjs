// Prints the bits of all results of the module's test build for each record of a file, one record per line:
//   node trust_bits.mjs MODULE_FOLDER ARTIFACTS RECORDS.jsonl LEVEL
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [modulePath, artifacts, file, level] = process.argv.slice(2);
const { Core } = createRequire(import.meta.url)(path.resolve(modulePath, "core-trust.js"));
const read = (name) => fs.readFileSync(path.join(artifacts, name), "utf8");
const core = new Core(read("preprocessor.json"), read("model.json"));
const bits = (numbers) =>
  [...new BigUint64Array(numbers.buffer, numbers.byteOffset, numbers.length)]
    .map((number) => number.toString(16).padStart(16, "0"))
    .join(" ");
const lines = fs.readFileSync(file, "utf8").trimEnd().split("\n");
process.stdout.write(lines.map((line) => bits(Float64Array.from(core.trust(line, Number(level))))).join("\n") + "\n");
