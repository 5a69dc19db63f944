// The worker's requests and responses: `answer` or `failed` with the request's `id`, after any `progress`.
import type { Failure, Found, Preparation, Progress, ReadOptions, Outcome } from "./scorecast-train.js";

export type { Progress } from "./scorecast-train.js";

export type RequestBody =
  /** Loads the WebAssembly and examines a file. */
  | { type: "open"; name: string; source: Blob | Uint8Array<ArrayBuffer>; options?: ReadOptions | undefined }
  /** Reads the file with these settings: the text of a `scorecast.toml`, or the same as JSON. */
  | { type: "prepare"; settings: string }
  /** Trains on what was prepared last. */
  | { type: "train" }
  /** Packs files, given by path and content, as one `.zip`. */
  | { type: "pack"; files: [path: string, content: Uint8Array<ArrayBuffer>][] };

export type Request = { id: number } & RequestBody;

export interface Answer {
  open: Found;
  prepare: Preparation;
  train: Omit<Outcome, "target">;
  pack: Uint8Array<ArrayBuffer>;
}

export type News =
  | { type: "answer"; id: number; answer: any }
  | { type: "failed"; id: number; failure: Failure }
  | { type: "progress"; id: number; progress: Progress };
