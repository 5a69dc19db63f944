// What the panel (web/src/panel/class) asks of the worker, and what that answers. Answers carry the request's `type` and `id`; before one there may
// be `progress`, and in its place `failed`.

import type { CsvReport } from "../../module/js/scorecast-core.js";

export type Request =
  /** Reads a file; predicts at once where every column is found. */
  | { type: "open"; file: Blob; name: string; preprocessor: string; model: string; level: number; trainingSha256?: string }
  /** Predicts with the columns of the file at these indices, -1 for none; `decimal` and `dates` answer questions, else they are empty. */
  | { type: "predict"; mapping: number[]; level: number; decimal: string; dates: string }
  | { type: "order"; column: string; isDown: boolean; text: string; only: "all" | "flagged" | "bad" }
  | { type: "rows"; from: number; count: number }
  | { type: "problems" }
  | { type: "download"; names: string[]; flagNames: string[] };

export interface Answer {
  open: { header: string[]; mapping: number[]; isTrainingFile: boolean } & Partial<Outcome>;
  predict: Partial<Outcome>;
  order: { nShown: number };
  rows: { from: number; rows: Row[] };
  problems: { problems: Problem[] };
  download: { blob: Blob };
}

export interface Outcome {
  summary: Summary;
  report: CsvReport;
  /** In place of both where a number or a date has two readings: which of them, and what fills the places of the text that asks. */
  question: { [name: string]: unknown };
}

export interface Summary {
  nRows: number;
  nBad: number;
  nFlagged: number;
  mean: number;
  /** Where the file has the target: how far off the estimates are. */
  errors: { n: number; mae: number; rmse: number; r2: number } | null;
  nProblems: number;
  /** How sure the ranges are, in percent. */
  level: number;
  /** The names of columns that the model doesn't read, some of them. */
  others: string[];
}

export interface Row {
  line: number;
  /** What stands in the columns that the model doesn't read, and in those that it does. */
  others: string[];
  cells: string[];
  /** What was estimated: numbers and codes of categories, -1 for what training never saw, NaN for a blank. */
  values: number[];
  /** NaN where the file has none. */
  truth: number;
  value: number;
  low: number;
  high: number;
  flags: number;
}

/** `reason` is the key of a text, `values` fill it in. */
export interface Problem {
  line: number;
  column: string | null;
  reason: string;
  values: { [name: string]: unknown };
}
