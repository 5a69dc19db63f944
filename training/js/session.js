/**
 * @import { Answer, News, RequestBody } from "./messages.js"
 * @import { Failure, Progress, ReadOptions } from "./scorecast-train.js"
 */

/** Why there is no model: a `code` for programs, a sentence, and the `figures` of the sentence. */
export class TrainingError extends Error {
  /** @readonly @type {"TrainingError"} */
  name = "TrainingError";

  /** @param {Failure} failure */
  constructor({ code, message, figures }) {
    super(message);
    /** @readonly */
    this.code = code;
    /** @readonly */
    this.figures = figures ?? {};
  }
}

/**
 * The worker of a browser or of Node.
 *
 * @typedef {{ postMessage(message: object): void, terminate(): unknown }} WorkerLike
 */

/** One file to be trained on, in a separate worker. */
export class Session {
  #worker;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (reason: unknown) => void, onProgress?: ((progress: Progress) => void) | undefined }>} */
  #waiting = new Map();
  #lastId = 0;

  /** @param {WorkerLike} worker */
  constructor(worker) {
    this.#worker = worker;
    /** @param {News} news */
    const hear = (news) => {
      const asked = this.#waiting.get(news.id);
      if (news.type === "progress") {
        asked?.onProgress?.(news.progress);
        return;
      }
      this.#waiting.delete(news.id);
      if (news.type === "answer") asked?.resolve(news.answer);
      else asked?.reject(new TrainingError(news.failure));
    };
    /** @param {unknown} problem */
    const fail = (problem) => {
      const message = `the worker could not be loaded, or ran out of memory: ${problem}`;
      this.end(new TrainingError({ code: "worker-failed", message, figures: {} }));
    };
    if ("on" in worker) {
      const node = /** @type {{ on(event: string, listener: (value: any) => void): void }} */ (worker);
      node.on("message", hear);
      node.on("error", (error) => fail(error.message));
    } else {
      const own = /** @type {Worker} */ (worker);
      own.addEventListener("message", ({ data }) => hear(data));
      own.addEventListener("error", (event) => {
        event.preventDefault();
        fail(event.message);
      });
    }
  }

  /**
   * Examines a file.
   *
   * @param {string} name
   * @param {Blob | Uint8Array<ArrayBuffer>} source
   * @param {ReadOptions} [options]
   * @returns {Promise<Answer["open"]>}
   */
  open(name, source, options) {
    return this.#ask({ type: "open", name, source, options });
  }

  /**
   * Reads the file with these settings.
   *
   * @param {string | object} settings
   * @returns {Promise<Answer["prepare"]>}
   */
  prepare(settings) {
    return this.#ask({ type: "prepare", settings: typeof settings === "string" ? settings : JSON.stringify(settings) });
  }

  /**
   * Trains on what was prepared last.
   *
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<Answer["train"]>}
   */
  train(onProgress) {
    return this.#ask({ type: "train" }, onProgress);
  }

  /**
   * Packs files as one `.zip`; a file must have been opened before.
   *
   * @param {[path: string, content: Uint8Array<ArrayBuffer>][]} files
   * @returns {Promise<Answer["pack"]>}
   */
  pack(files) {
    return this.#ask({ type: "pack", files });
  }

  /**
   * Terminates the worker; pending requests are rejected with the reason.
   *
   * @param {unknown} [reason]
   */
  end(reason) {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  /**
   * @param {RequestBody} request
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<any>}
   */
  #ask(request, onProgress) {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ id, ...request });
    });
  }
}
