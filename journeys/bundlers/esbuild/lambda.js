// What AWS Lambda and its like are given is one file of CommonJS: the WebAssembly stands in it.
import { readFile } from "node:fs/promises";
import { Predictor } from "scorecast-core/inline";

const read = (name) => readFile(`public/artifacts/${name}`, "utf8");

export async function handler({ record }) {
  const predictor = await Predictor.from(await read("preprocessor.json"), await read("model.json"));
  return predictor.predict(record);
}
