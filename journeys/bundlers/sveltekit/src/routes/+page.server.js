import { Predictor } from "scorecast-core";

export async function load() {
  const record = { reading_score: 72, lunch: "standard" };
  const predictor = await Predictor.load("static/artifacts");
  return { record, value: predictor.predict(record).value };
}
