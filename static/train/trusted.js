// Marks trusted values for the page's policy (Trusted Types): the worker's URL, and the report's text.

const WORKER = "./train/worker.js";

/** To TypeScript, whose library does not know the types, texts. @type {{ createScriptURL(address: string): string, createHTML(html: string): string }} */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("scorecast-train", {
  createScriptURL: () => WORKER,
  createHTML: (/** @type {string} */ html) => html,
}) ?? { createScriptURL: () => WORKER, createHTML: (/** @type {string} */ html) => html };

export const startWorker = () => new Worker(policy.createScriptURL(WORKER), { type: "module" });

/**
 * A separate document in which no script runs.
 *
 * @param {string} html
 */
export function inertDocument(html) {
  const parsed = new DOMParser().parseFromString(policy.createHTML(html), "text/html");
  for (const script of parsed.querySelectorAll("script")) script.remove();
  return parsed;
}
