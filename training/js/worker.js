// Trains off the main thread. Requests and responses are in messages.d.ts; terminating the worker cancels.
import { compile } from "../../module/js/compile.js";
import { Archive, TrainingFile, initSync, lastPanic } from "./pkg/training.js";

/**
 * @import { Answer, Progress, Request, RequestBody } from "./messages.js"
 * @import { Prepared } from "./pkg/training.js"
 */

/** Minimum interval between progress messages of the same stage, in milliseconds. */
const BETWEEN_NEWS = 50;

const threads = typeof process === "object" ? process.getBuiltinModule?.("node:worker_threads") : undefined;
/** @type {{ postMessage(message: object, transfer?: Transferable[]): void, onmessage: ((event: { data: Request }) => void) | null }} */
const port = threads?.parentPort ?? /** @type {any} */ (globalThis);

/** @type {TrainingFile | undefined} */
let file;
/** @type {Prepared | undefined} */
let prepared;

/** The number of requests of this worker so far, if it is known. */
const nRequests = () => (typeof performance.getEntriesByType === "function" ? performance.getEntriesByType("resource").length : 0);

/**
 * @param {Extract<RequestBody, { type: "open" }>} request
 * @returns {Promise<Answer["open"]>}
 */
async function open({ name, source, options }) {
  const url = () => new URL(TRAINING_FILE, import.meta.url);
  const [module, bytes] = await Promise.all([compile(undefined, url, TRAINING_INTEGRITY), bytesOf(source)]);
  initSync({ module });
  file = new TrainingFile(name, bytes, JSON.stringify(options ?? {}));
  return JSON.parse(file.look());
}

/** @param {Blob | Uint8Array} source */
const bytesOf = async (source) => (source instanceof Uint8Array ? source : new Uint8Array(await source.arrayBuffer()));

/**
 * @param {Extract<RequestBody, { type: "prepare" }>} request
 * @returns {Answer["prepare"]}
 */
function prepare({ settings }) {
  prepared?.free();
  prepared = undefined;
  prepared = opened().prepare(settings);
  return JSON.parse(prepared.about());
}

/**
 * @param {Extract<RequestBody, { type: "train" }>} request
 * @param {number} id
 * @returns {Answer["train"]}
 */
function train(request, id) {
  if (prepared === undefined) throw new Error("nothing was prepared");
  const before = nRequests();
  let [stage, last] = ["", 0];
  /** @param {string} json */
  const tell = (json) => {
    const now = performance.now();
    /** @type {Progress} */
    const progress = JSON.parse(json);
    if (progress.stage === stage && now - last < BETWEEN_NEWS) return;
    [stage, last] = [progress.stage, now];
    port.postMessage({ type: "progress", id, progress });
  };
  // Training consumes it, even if it fails.
  const mine = prepared;
  prepared = undefined;
  const trained = mine.train(tell);
  const outcome = { ...JSON.parse(trained.about()), files: JSON.parse(trained.files()), zip: trained.zip() };
  trained.free();
  return { ...outcome, requests: nRequests() - before };
}

/**
 * @param {Extract<RequestBody, { type: "pack" }>} request
 * @returns {Answer["pack"]}
 */
function pack({ files }) {
  const archive = new Archive();
  for (const [path, content] of files) archive.add(path, content);
  return /** @type {Uint8Array<ArrayBuffer>} */ (archive.finish());
}

function opened() {
  if (file === undefined) throw new Error("no file was opened");
  return file;
}

/**
 * Converts an error: the WebAssembly throws JSON, and traps if memory runs out.
 *
 * @param {unknown} problem
 */
function asFailure(problem) {
  if (typeof problem === "string") return JSON.parse(problem);
  const message = problem instanceof Error ? problem.message : String(problem);
  if (problem instanceof WebAssembly.RuntimeError || problem instanceof RangeError) {
    const panic = lastPanic();
    if (panic === undefined) return { code: "out-of-memory", message: "there is not enough memory for this file", figures: {} };
    return { code: "internal", message: panic, figures: {} };
  }
  return { code: "failed", message, figures: {} };
}

/** Requests are processed one after the other: what comes while a file is read waits for it. */
let last = Promise.resolve();
port.onmessage = ({ data }) => void (last = last.then(() => answer(data)));

/**
 * @param {RequestBody} request
 * @param {number} id
 */
function done(request, id) {
  switch (request.type) {
    case "open":
      return open(request);
    case "prepare":
      return prepare(request);
    case "train":
      return train(request, id);
    case "pack":
      return pack(request);
  }
}

/** @param {Request} request */
async function answer({ id, ...request }) {
  try {
    port.postMessage({ type: "answer", id, answer: await done(request, id) });
  } catch (problem) {
    port.postMessage({ type: "failed", id, failure: asFailure(problem) });
  }
}
