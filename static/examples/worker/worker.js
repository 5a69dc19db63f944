// @ts-check
import { Predictor, ScorecastError } from "https://HOST/v1/scorecast-core.js";

const loading = Predictor.load("https://HOST/artifacts/");

/** @param {MessageEvent<File>} event */
self.onmessage = async ({ data }) => {
  try {
    const predictor = await loading;
    const { values, problems } = await predictor.predictCsv(data, { unseen: "error" });
    const good = values.filter((value) => !Number.isNaN(value));
    const mean = good.reduce((sum, value) => sum + value, 0) / good.length;
    self.postMessage({ mean, n: good.length, problems: problems.map(({ line, reason }) => `Line ${line}: ${reason}`) });
  } catch (error) {
    self.postMessage({ error: error instanceof ScorecastError ? `${error.code}: ${error.message}` : String(error) });
  }
};
