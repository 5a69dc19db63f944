import { Predictor } from "scorecast-core";

const predictor = await Predictor.load("/artifacts/");
const blank = predictor.schema.columns.map(({ name }) => name);
const { values } = await predictor.predictCsv("reading_score,lunch\n72,standard\n", { blank });
postMessage(values[0]);
