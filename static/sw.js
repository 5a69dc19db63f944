// Makes the page work offline after the first visit.
//
// Code: the files listed here are of one build. They are cached together under their common checksum, each checked
// against its own, and served from the cache until another complete set has been fetched and the visitor asks for it:
// files of different versions are never mixed.
//
// The model (artifacts/) may be replaced on the server without rebuilding the page. Its files are cached as a set, too,
// and only if they are intact and belong together; a new set replaces it only while the code on the server is the
// cached version.

// VERSION and FILES are inserted when the site is built: xtask/src/build/offline.rs.

const MODEL = ["artifacts/preprocessor.json", "artifacts/model.json"];
const REPORT = "artifacts/report.json";
const CACHE = `scorecast-${VERSION}`;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

/** @param {string} name */
const inScope = (name) => new URL(name, worker.registration.scope).href;

/** @param {ArrayBuffer} buffer */
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text */
const sha256 = async (text) => hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

/** @param {string} name */
const fetchFresh = async (name) => {
  const response = await fetch(inScope(name), { cache: "no-cache" });
  // The report is optional: its absence is cached like a file.
  if (!response.ok && !(name === REPORT && response.status === 404)) {
    throw new Error(`${name}: the server answered ${response.status}`);
  }
  return response;
};

/**
 * Fetches a file; rejects if its checksum is not that of the build.
 *
 * @param {[name: string, sha256: string]} file
 * @returns {Promise<[string, Response]>}
 */
const fetchChecked = async ([name, sha256]) => {
  const response = await fetchFresh(name);
  const digest = hex(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  if (digest !== sha256) throw new Error(`${name} is not the file that was built with the others`);
  return [name, response];
};

/** @param {[name: string, response: Response][]} entries */
const keep = async (entries) => {
  const cache = await caches.open(CACHE);
  await Promise.all(entries.map(([name, response]) => cache.put(inScope(name), response)));
};

/**
 * An artifact's original text, without white space that a formatter or a checkout added between values.
 *
 * @param {string} text
 */
const unformatted = (text) => text.trim().replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string) => string ?? "");

/**
 * Throws if an artifact does not match its checksum: see `model-core/src/artifact/seal.rs`.
 *
 * @param {string} name
 * @param {string} text
 */
const checkSeal = async (name, text) => {
  const [, content, seal] = /^(.*),"sha256":"([0-9a-f]{64})"\}$/s.exec(text) ?? [];
  if (content === undefined || (await sha256(content)) !== seal) throw new Error(`${name} is not whole`);
};

/**
 * Fetches the model's files; rejects unless they are intact and of one run, so that the page can open them.
 *
 * @returns {Promise<[string, Response][]>}
 */
const fetchModel = async () => {
  const report = await fetchFresh(REPORT);
  /** @type {{ [file: string]: string } | undefined} */
  const digests = report.ok ? (await report.clone().json()).sha256 : undefined;
  /** @type {[string, Response][]} */
  const entries = [[REPORT, report]];
  for (const name of MODEL) {
    const response = await fetchFresh(name);
    const text = unformatted(await response.clone().text());
    await checkSeal(name, text);
    const expected = digests?.[name.slice("artifacts/".length)];
    if (expected !== undefined && (await sha256(`${text}\n`)) !== expected) throw new Error(`${name} is of another run`);
    entries.push([name, response]);
  }
  return entries;
};

const install = async () => {
  // All or nothing: an incomplete upload on the server leaves the cached version in place.
  const files = await Promise.all(Object.entries(FILES).map(fetchChecked));
  await keep([...files, ...(await fetchModel())]);
};

const activate = async () => {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith("scorecast-") && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await worker.clients.claim();
};

/** Fetches a new model from the server, if the code there is still this version's. */
const refreshModel = async () => {
  const program = await (await fetchFresh("sw.js")).text();
  if (!program.includes(`"${VERSION}"`)) return;
  const cache = await caches.open(CACHE);
  const entries = await fetchModel();
  let differs = false;
  for (const [name, response] of entries) {
    const kept = await cache.match(inScope(name));
    differs ||= kept === undefined || (await kept.text()) !== (await response.clone().text());
  }
  if (!differs) return;
  await keep(entries);
  for (const client of await worker.clients.matchAll()) client.postMessage("model");
};

/** @param {Request} request */
const answer = async (request) => {
  // A reload, because the cached files were invalid.
  if (request.cache === "reload") return fetch(request);
  const url = new URL(request.url);
  url.search = "";
  url.hash = "";
  const name = request.mode === "navigate" && url.href === inScope("./") ? inScope("index.html") : url.href;
  const kept = await (await caches.open(CACHE)).match(name);
  return kept ?? fetch(request);
};

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", ({ data }) => data === "take over" && worker.skipWaiting());
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  // Requests for other URLs are not handled.
  if (request.method !== "GET" || !request.url.startsWith(worker.registration.scope)) return;
  event.respondWith(answer(request));
  // Offline there is nothing to refresh, which is no error.
  if (request.mode === "navigate") event.waitUntil(refreshModel().catch(() => {}));
});
