/**
 * A file: CSV in any dialect, an Excel or OpenDocument workbook, also compressed (.gz, .zst); a string is the text
 * of a CSV file.
 */
export type FileSource = Blob | Uint8Array | ArrayBuffer | string;

/** One array per column, all of equal length; `null`, `undefined` and `NaN` are blanks. */
export interface Columns {
  readonly [name: string]: ArrayLike<string | number | null | undefined>;
}

/** The position of the table in the file; by default it is detected. */
export interface ReadOptions {
  /** The sheet of a workbook. */
  sheet?: string | undefined;
  /** The line of the column names, from 1. */
  headerRow?: number | undefined;
  /** The number of lines to skip at the top. */
  skipRows?: number | undefined;
  /** Lines with this prefix are skipped. */
  comment?: string | undefined;
}

export interface LookOptions extends ReadOptions {
  /** The file's name, for messages. */
  name?: string;
  /** Terminates the worker at once; the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** Settings of a column, as in `[columns.NAME]` of `scorecast.toml`. */
export interface ColumnSettings {
  /** Do not train on it. */
  drop?: boolean;
  kind?: "numeric" | "categorical";
  /** The display name. */
  label?: string;
  help?: string;
  unit?: string;
  /** A sensitive attribute: the page shows the effect of leaving it out. */
  sensitive?: boolean;
  /** A person can change it: plans for a goal may use it. */
  actionable?: boolean;
  /** A monotonic constraint: predictions may only go this way with it. */
  direction?: "up" | "down";
  decimal?: "." | ",";
  /** Texts that mean "no value". */
  missing?: string[];
  min?: number;
  max?: number;
  step?: number;
}

export interface TrainOptions extends LookOptions {
  /** The column to predict; by default it is guessed, see {@link Found.guess}. */
  target?: string | undefined;
  /** The ends of the target's scale. */
  limits?: { min: number; max: number };
  columns?: { [name: string]: ColumnSettings };
  /** The effort of the search; by default `normal`. */
  effort?: "quick" | "normal" | "thorough";
  /** The seed of everything random; by default 42. */
  seed?: number;
  /** The cross-validated R² that a model must reach to be accepted; by default 0.6. */
  minR2?: number;
  /** All settings, as the text of a `scorecast.toml` or as an object; the options above are ignored then. */
  config?: string | object;
  /** Called with the progress of the run. */
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** `split`, `search`, `blend`, `select`, `refit`, `gates`, `diagnosis` or `report`. */
  stage: string;
  /** The family that was fitted last, `""` for none yet. */
  family: string;
  /** The share of the work that is done, from 0 to 1, as far as it can be estimated. */
  share: number;
  /** How many fits are done. */
  fits: number;
  /** How many candidates were dropped. */
  dropped: number;
  /** The best R² on one fold so far. */
  best: { family: string; r2: number } | null;
}

/** The content of a file. */
export interface Found {
  rows: number;
  /** The decisions about the file as a whole. */
  notes: string[];
  columns: FoundColumn[];
  /** The column that is probably the target: because of the `word` in its name, or because it is the last. */
  guess: { column: string; word: string | null; reason: string } | null;
}

export interface FoundColumn {
  name: string;
  kind: "numeric" | "categorical";
  values: number;
  blanks: number;
  different: number;
  example: string;
  /** Why it has no information, if so. */
  constant: string | null;
  /** Why it seems to be an identifier, if so. */
  identifier: string | null;
  notes: string[];
}

/** The data to train on. */
export interface Preparation {
  rows: number;
  columns: string[];
  leftOut: { column: string; reason: string }[];
  notices: string[];
  /** Of the file. */
  sha256: string;
  /** The estimated work by effort, in table cells that fits read. */
  work: { [effort: string]: number | null };
}

/** The result of a run. */
export interface Outcome {
  target: string;
  /** The champion's family, as in `model.json`. */
  family: string;
  params: { [name: string]: unknown };
  /** Why it was chosen. */
  reason: string;
  crossValidatedR2: number;
  /** The least cross-validated R² of a model that is given out. */
  minR2: number;
  /** The scores on the holdout rows. */
  heldBack: { r2: number; mae: number; rmse: number; rows: number };
  rows: number;
  candidates: number;
  notices: string[];
  /** The gates that the model fails; then `files` has its report only. */
  failedGates: string[];
  /** The texts of `preprocessor.json`, `model.json`, `report.json`, `report.html`, `reference.json` and `scorecast.toml`. */
  files: { [name: string]: string };
  /** The same, as a ZIP archive. */
  zip: Uint8Array<ArrayBuffer>;
  /** The number of requests during training, as far as the browser reports them: none. */
  requests: number;
}

export interface Failure {
  code: string;
  message: string;
  figures: { [name: string]: string };
}

/** Why there is no model. */
export class TrainingError extends Error {
  constructor(failure: Failure);
  readonly name: "TrainingError";
  readonly code: string;
  readonly figures: { readonly [name: string]: string };
}

/**
 * Examines a file: its columns, and which is probably the target.
 *
 * @throws {TrainingError} It can't be read; the message names line and column.
 */
export function look(source: FileSource | Columns, options?: LookOptions): Promise<Found>;

/**
 * Trains in a worker; the results are byte-identical to those of `scorecast train` for the same file and settings.
 *
 * @throws {TrainingError} There is no model, and why.
 */
export function train(source: FileSource | Columns, options?: TrainOptions): Promise<Outcome>;
