import { csvOf } from "./csv.js";
import { Session, TrainingError } from "./session.js";

/** @import { Columns, LookOptions, TrainOptions, FileSource } from "./scorecast-train.js" */

export { TrainingError };

/** Starts the worker beside this script; written so that bundlers find it. */
function startWorker() {
  const threads = typeof process === "object" ? process.getBuiltinModule?.("node:worker_threads") : undefined;
  if (threads !== undefined) return new threads.Worker(new URL("./scorecast-train-worker.js", import.meta.url));
  return new Worker(new URL("./scorecast-train-worker.js", import.meta.url), { type: "module" });
}

/**
 * @param {FileSource | Columns} source
 * @param {LookOptions} [options]
 */
export async function look(source, options = {}) {
  return inSession(source, options, (_, found) => Promise.resolve(found));
}

/**
 * @param {FileSource | Columns} source
 * @param {TrainOptions} [options]
 */
export async function train(source, options = {}) {
  return inSession(source, options, async (session, found) => {
    const target = options.target ?? found.guess?.column;
    if (options.config === undefined && target === undefined) {
      const message = "no column of numbers could be the target; name one as `target`";
      throw new TrainingError({ code: "no-target", message, figures: {} });
    }
    await session.prepare(options.config ?? settingsOf({ ...options, target }));
    const { ...outcome } = await session.train(options.onProgress);
    return { target: target ?? "", ...outcome };
  });
}

/**
 * The settings as in `scorecast.toml`.
 *
 * @param {TrainOptions} options
 */
function settingsOf({ target, limits, columns, effort, seed, minR2 }) {
  return {
    target,
    ...(limits === undefined ? {} : { limits: `${limits.min}:${limits.max}` }),
    ...(columns === undefined ? {} : { columns }),
    ...(minR2 === undefined ? {} : { gates: { min_r2: minR2 } }),
    search: { ...(effort === undefined ? {} : { effort }), ...(seed === undefined ? {} : { seed }) },
  };
}

/**
 * @template T
 * @param {FileSource | Columns} source
 * @param {LookOptions} options
 * @param {(session: Session, found: Awaited<ReturnType<Session["open"]>>) => Promise<T>} use
 */
async function inSession(source, { name, signal, ...reading }, use) {
  signal?.throwIfAborted();
  const [file, fileName] = asFile(source);
  const session = new Session(startWorker());
  const cancel = () => session.end(signal?.reason);
  signal?.addEventListener("abort", cancel);
  try {
    const { sheet, headerRow, skipRows, comment } = reading;
    return await use(session, await session.open(name ?? fileName, file, { sheet, headerRow, skipRows, comment }));
  } finally {
    signal?.removeEventListener("abort", cancel);
    session.end();
  }
}

/**
 * @param {FileSource | Columns} source
 * @returns {[Blob | Uint8Array<ArrayBuffer>, string]}
 */
function asFile(source) {
  if (source instanceof Blob) return [source, "name" in source ? String(source.name) : "data.csv"];
  if (source instanceof Uint8Array) return [new Uint8Array(source), "data.csv"];
  if (source instanceof ArrayBuffer) return [new Uint8Array(source), "data.csv"];
  if (typeof source === "string") return [new TextEncoder().encode(source), "data.csv"];
  if (typeof source === "object" && source !== null) return [new TextEncoder().encode(csvOf(source)), "columns"];
  const message = "expected a File, a Blob, bytes, the text of a CSV file, or an object of columns";
  throw new TrainingError({ code: "wrong-type", message, figures: {} });
}
