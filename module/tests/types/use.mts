// Typical uses; each `@ts-expect-error` is an error that the types must detect.
import { Predictor, ScorecastError, type CsvPredictions, type ErrorCode, type Estimates, type Prediction } from "scorecast-core";

export async function use(response: Response): Promise<number> {
  using predictor = await Predictor.load(new URL("https://scores.example/artifacts/"), { signal: AbortSignal.timeout(9) });
  const prediction: Prediction = predictor.predict({ reading_score: 72, lunch: "standard", gender: null, x: undefined });
  const imputed: readonly string[] = prediction.imputed;
  console.log(prediction.interval?.low.toFixed(), predictor.predict({}, { level: 50 }).interval?.level);
  const { baseline, contributions, exact } = predictor.explain({ lunch: "standard" });
  console.log(baseline.toFixed(), contributions["lunch"]?.toFixed(), exact === true);
  for (const { at, shown } of predictor.curves({}, { points: 9, level: 60 })["lunch"] ?? []) console.log(at, shown.toFixed());

  const many: Float64Array = predictor.predictMany(
    { reading_score: Float64Array.of(1, NaN), lunch: new Uint8Array(2), gender: new Uint16Array(2) },
    { bounded: true },
  );
  const { shown, low, high }: Estimates = predictor.estimateMany({ lunch: Uint8Array.of(9) }, { level: 80 });
  console.log(shown.length + low.length + high.length);
  const { values, problems, ignored, report }: CsvPredictions = await predictor.predictCsv(response.body ?? "", { decimal: "," });
  console.log(report.notes[0]?.text.length, report.columns[0]?.found?.length);
  for (const { row, line, column, reason } of problems) console.log(row + line, column?.length, reason.length, ignored[0]);

  // An interface has no index signature, and is a record all the same.
  interface Student {
    reading_score: number;
    lunch?: string | null;
  }
  const student: Student = { reading_score: 72 };
  const { cautions = [] } = predictor.predict(student, { unseen: "other", cautions: true });
  for (const caution of cautions) {
    console.log(caution.field?.length, caution.code === "outside-range" ? `${caution.value} above ${caution.max}` : caution.code);
  }
  console.log(predictor.predictMany([student, { reading_score: 3 }]).length, predictor.predictMany({ lunch: ["standard", null] }));
  await Predictor.from("", "", { wasm: new Uint8Array(), readerWasm: "./scorecast-reader.wasm" });
  await predictor.predictCsv(new Blob(), { signal: AbortSignal.timeout(9), unseen: "error" });

  for (const column of predictor.schema.columns) {
    if (column.kind === "numeric") console.log(column.median.toFixed(1), column.observed.max);
    else if (column.kind === "categorical") console.log(column.values[column.mode]?.toUpperCase());
    else console.log(column.last.length, column.observed.min.toUpperCase());
  }
  try {
    predictor.predict({});
  } catch (error) {
    if (error instanceof ScorecastError) {
      const code: ErrorCode = error.code;
      console.log(code, error.field?.length, error.file?.length, error.row?.toFixed());
    }
  }
  return prediction.value + prediction.shown + many.length + values.length + imputed.length;
}

export async function mistakes(predictor: Predictor): Promise<void> {
  // @ts-expect-error: made with load or from
  new Predictor();
  // @ts-expect-error: texts, not objects
  await Predictor.from({}, {});
  // @ts-expect-error: a truth value is no cell
  predictor.predict({ lunch: true });
  // @ts-expect-error: a truth value is no cell
  predictor.predictMany([{ lunch: true }]);
  // @ts-expect-error: 64-bit integers are no numbers here
  predictor.predictMany({ reading_score: new BigInt64Array(1) });
  // @ts-expect-error: no such option
  predictor.predict({}, { points: 3 });
  // @ts-expect-error: an explanation has no level
  predictor.explain({}, { level: 90 });
  // @ts-expect-error: no such option
  await predictor.predictCsv("", { separator: ";" });
  // @ts-expect-error: the schema is read only
  predictor.schema.columns[0].name = "x";
  // @ts-expect-error: a prediction comes at once for a record
  predictor.predict({}).then(() => 1);
}

export function exhaustive(error: ScorecastError): string {
  // @ts-expect-error: no such code
  if (error.code === "no-such-code") return "";
  return error.code;
}
