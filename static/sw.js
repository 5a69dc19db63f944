// After a first visit the page works without a network.
//
// Code: the files named here were built together. They are kept together under their common fingerprint, each checked
// against its own, and served from there until another complete set has arrived and the visitor asks for it: never a
// file of one version beside a file of another.
//
// The model (artifacts/) may be replaced on the server without the page being built anew. Its files are kept as a set too,
// and only where they are whole and belong together; another set takes its place only while the code on the server is the
// code that is kept.

// VERSION and FILES are filled in when the site is put together: xtask/src/build/offline.rs.

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
  // A model may come without its report: that there is none is kept like a file.
  if (!response.ok && !(name === REPORT && response.status === 404)) {
    throw new Error(`${name}: the server answered ${response.status}`);
  }
  return response;
};

/**
 * A file, refused unless it is the one that was built.
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
 * An artifact as it was written: without the white space that a formatter or a checkout put between its values.
 *
 * @param {string} text
 */
const unformatted = (text) => text.trim().replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string) => string ?? "");

/**
 * Refuses an artifact that does not hold what it was sealed with: see `model-core/src/artifact/seal.rs`.
 *
 * @param {string} name
 * @param {string} text
 */
const checkSeal = async (name, text) => {
  const [, content, seal] = /^(.*),"sha256":"([0-9a-f]{64})"\}$/s.exec(text) ?? [];
  if (content === undefined || (await sha256(content)) !== seal) throw new Error(`${name} is not whole`);
};

/**
 * The model's files, refused unless the page can be expected to open them: whole, and of one run.
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
  // All or nothing: a half-copied server leaves the version that works in place.
  const files = await Promise.all(Object.entries(FILES).map(fetchChecked));
  await keep([...files, ...(await fetchModel())]);
};

const activate = async () => {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith("scorecast-") && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  await worker.clients.claim();
};

/** Takes another model from the server, if the code there is still this version's. */
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
  // Asked for anew, because what is kept could not be used.
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
  // What is not the page's own goes its own way.
  if (request.method !== "GET" || !request.url.startsWith(worker.registration.scope)) return;
  event.respondWith(answer(request));
  // Without a network there is nothing to refresh, and nothing wrong.
  if (request.mode === "navigate") event.waitUntil(refreshModel().catch(() => {}));
});
