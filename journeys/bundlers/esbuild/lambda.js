// AWS Lambda and similar services take a single CommonJS file: the WebAssembly is embedded in it.
import { readFile } from "node:fs/promises";
import { Predictor } from "scorecast-core/inline";

const read = (name) => readFile(`public/artifacts/${name}`, "utf8");

export async function handler({ record }) {
  const predictor = await Predictor.from(await read("preprocessor.json"), await read("model.json"));
  return predictor.predict(record);
}
