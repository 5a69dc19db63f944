// The requests of the panel (web/src/panel/class) and the worker's responses, which carry the request's `type` and
// `id`. A response may be preceded by `progress`, and `failed` may replace it.

import type { CsvReport } from "../../module/js/scorecast-core.js";

export type Request =
  /** Reads a file; predicts at once if every column is found. */
  | { type: "open"; file: Blob; name: string; preprocessor: string; model: string; level: number; trainingSha256?: string }
  /**
   * Predicts with the columns of the file at these indices, -1 for none; `decimal` and `dates` resolve ambiguous
   * cells, or are empty.
   */
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
  /**
   * Instead of both if a number or a date is ambiguous: which of them, and the values for the placeholders of the
   * question.
   */
  question: { [name: string]: unknown };
}

export interface Summary {
  nRows: number;
  nBad: number;
  nFlagged: number;
  mean: number;
  /** The errors of the estimates, if the file has the target. */
  errors: { n: number; mae: number; rmse: number; r2: number } | null;
  nProblems: number;
  /** The level of the intervals, in percent. */
  level: number;
  /** The names of some of the columns that the model doesn't read. */
  others: string[];
}

export interface Row {
  line: number;
  /** The cells of the columns that the model doesn't read, and of those that it does. */
  others: string[];
  cells: string[];
  /** The record that was estimated: numbers and category codes, -1 for an unseen category, NaN for a blank. */
  values: number[];
  /** NaN if the file has none. */
  truth: number;
  value: number;
  low: number;
  high: number;
  flags: number;
}

/** `reason` is the key of a text, `values` are those of its placeholders. */
export interface Problem {
  line: number;
  column: string | null;
  reason: string;
  values: { [name: string]: unknown };
}
