// What the module's tests share: the packed module of SCORECAST_MODULE, the default artifacts, a record.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

export const root = path.resolve(import.meta.dirname, "../..");
export const artifacts = path.join(root, "artifacts");
export const folder = process.env.SCORECAST_MODULE ?? path.join(root, "target/module/scorecast-core");
export const { Predictor, ScorecastError } = await import(pathToFileURL(path.join(folder, "scorecast-core.js")));

export const read = (name) => fs.readFileSync(path.join(artifacts, name), "utf8");
export const predictor = await Predictor.load(artifacts);
export const golden = JSON.parse(read("report.json")).golden;

export const record = Object.freeze({
  gender: "female",
  race_ethnicity: "group C",
  parental_level_of_education: "some college",
  lunch: "standard",
  test_preparation_course: "none",
  reading_score: 72,
  writing_score: 74,
});

/** Expects an error of the module with these members. */
export const refuses = (members, message) => (error) => {
  assert.ok(error instanceof ScorecastError && error instanceof Error, `${error?.stack}`);
  assert.equal(error.name, "ScorecastError");
  for (const [member, value] of Object.entries(members)) assert.equal(error[member], value, error.message);
  assert.match(error.message, message);
  return true;
};
