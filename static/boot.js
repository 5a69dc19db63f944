// Starts the page: fetches the words, the program and the model at the same time, and speaks up where one fails.
//
// An external script, because the page's content security policy allows no inline one; it may run before the document
// and its styles have come in whole. What the program (web/src) uses of it is `globalThis.scorecast`:
//
//   artifacts()      → Promise of the texts of preprocessor.json, model.json and, where there is one, report.json, in
//                      this order. The first call returns the attempt that began with the page; each later call
//                      fetches anew. Rejects with an Error whose message names the file and what to do.
//   texts()          → the JSON text of the visitor's language.
//   locale()         → by which numbers are written.
//                      Where the language changes, the window gets a `languagechange` event.
//   savePicture(chart, name, kind) → saves what an element shows as a picture.
//   broken(details)  → shows the card "Something broke in this page".
import initialize, { start as startProgram } from "../dist/web.js";

const PROGRAM = "web_bg.wasm";

/**
 * An element of the document, which has it.
 *
 * @param {string} id
 */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {unknown} problem */
const messageOf = (problem) => (problem instanceof Error ? problem.message : String(problem));

/** @type {Promise<void>} */
const parsed = new Promise((resolve) => {
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => resolve());
  else resolve();
});

/** Resolved once what stands in the document now is in sight, or soon where nothing is painted (a tab in the background). */
const painted = () =>
  /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
      setTimeout(resolve, 500);
    })
  );

const FILES = ["preprocessor.json", "model.json", "report.json"];
/** A model may come without it. */
const OPTIONAL = "report.json";
const LANGUAGES = ["en", "es"];

// The address decides, else the browser's own list. The choice is remembered nowhere else.
const preferred = [new URLSearchParams(location.search).get("lang"), ...navigator.languages];
/** @param {string | null} tag */
const languageOf = (tag) => tag?.toLowerCase().split("-")[0] ?? "";
let language = preferred.map(languageOf).find((own) => LANGUAGES.includes(own)) ?? "en";
const locale = () => navigator.languages.find((tag) => languageOf(tag) === language) ?? language;

/** @type {{ [key: string]: string }} */
let words = {};
let wordsText = "{}";
/** @type {(key: string, values?: { [name: string]: unknown }) => string} */
const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

/** @param {string} text */
const useWords = (text) => {
  wordsText = text;
  words = JSON.parse(text);
  document.documentElement.lang = language;
  for (const labelled of document.querySelectorAll("[data-text]")) {
    labelled.textContent = say(labelled.getAttribute("data-text") ?? "");
  }
  element("nav").setAttribute("aria-label", say("page.on-this-page"));
  const other = /** @type {HTMLAnchorElement} */ (element("other-language"));
  other.lang = other.hreflang = otherLanguage();
  other.href = `?lang=${otherLanguage()}`;
};

const otherLanguage = () => LANGUAGES.find((own) => own !== language) ?? language;

/**
 * Says everything anew without loading the page again: one's own model and class have no address to come back from.
 *
 * @param {MouseEvent} event
 */
const changeLanguage = async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // Another tab was asked for.
  event.preventDefault();
  const wanted = otherLanguage();
  try {
    const response = await fetch(`./texts/${wanted}.json`, { cache: "no-cache" });
    if (!response.ok) throw new Error(String(response.status));
    const text = await response.text();
    language = wanted;
    useWords(text);
  } catch {
    location.search = `?lang=${wanted}`;
    return;
  }
  const url = new URL(location.href);
  url.searchParams.set("lang", language);
  history.replaceState(null, "", url);
  dispatchEvent(new Event("languagechange"));
};

let useWordsReady = () => {};
/**
 * Resolved once there are words: what fails earlier waits for them to be said.
 *
 * @type {Promise<void>}
 */
const wordsReady = new Promise((resolve) => { useWordsReady = resolve; });

/** @type {(key: string, values: { [name: string]: unknown }) => Promise<never>} */
const fail = async (key, values) => {
  await wordsReady;
  throw new Error(say(key, values));
};

/** @type {(name: string, cache: RequestCache) => Promise<string | undefined>} */
const fetchArtifact = async (name, cache) => {
  let response;
  try {
    response = await fetch(`./artifacts/${name}`, { cache });
  } catch {
    return fail("boot.no-answer", { file: name });
  }
  if (name === OPTIONAL && response.status === 404) return undefined;
  if (!response.ok) return fail("boot.no-artifact", { file: name, status: response.status });
  try {
    return await response.text();
  } catch {
    return fail("boot.cut-off", { file: name });
  }
};

/** @param {RequestCache} cache */
const fetchArtifacts = async (cache) => {
  const texts = await Promise.all(FILES.map((name) => fetchArtifact(name, cache)));
  return texts.filter((text) => text !== undefined);
};

/** @param {string} file */
const fetchProgram = async (file) => {
  const response = await fetch(`./${file}`).catch(() => fail("boot.no-answer", { file }));
  return response.ok ? response : fail("boot.no-program", { file, status: response.status });
};

/** @param {string} id */
const show = (id) => {
  element("loading")?.remove();
  const card = element(id);
  card.hidden = false;
  card.scrollIntoView({ block: "nearest" });
  card.focus({ preventScroll: true });
};

/** @param {string} reason */
const unloaded = (reason) => {
  element("unloaded-reason").textContent = reason;
  show("unloaded");
};

/** @param {string} details */
const broken = (details) => {
  if (!element("broken").hidden) return; // The first mistake is the one that tells.
  element("broken-details").textContent = `${details}\n\n${navigator.userAgent}`;
  show("broken");
};

const copyDetails = async () => {
  const details = element("broken-details");
  try {
    await navigator.clipboard.writeText(details.textContent);
    element("broken-copy").textContent = say("page.copied");
  } catch {
    // Without leave to use the clipboard: marked, ready for the keyboard's own copy.
    getSelection()?.selectAllChildren(details);
  }
};

/** @type {(chart: Element, name: string, kind: string) => Promise<void>} */
const savePicture = async (chart, name, kind) => (await import("./picture.js")).save(chart, name, kind);

let isCounting = false;

/** Counts what is fetched from now on: nothing, unless a heavier part is asked for. */
const countRequests = () => {
  if (isCounting) return;
  isCounting = true;
  let count = 0;
  new PerformanceObserver((list) => {
    count += list.getEntries().length;
    element("requests").textContent = String(count);
  }).observe({ type: "resource" });
};

/**
 * A script's address as the page's policy demands it (Trusted Types).
 *
 * @param {string} address
 * @returns {string} To TypeScript, whose library does not know the type.
 */
const scriptAddress = (address) => {
  /** @type {any} */
  const { trustedTypes } = window;
  const rules = { createScriptURL: (/** @type {string} */ own) => own };
  return trustedTypes?.createPolicy("scorecast", rules).createScriptURL(address) ?? address;
};

/** Has the page kept for when there is no network, and announces what is newer. */
const workOffline = async () => {
  const container = navigator.serviceWorker;
  if (container === undefined) return; // An address that is not secure.
  const registration = await container.register(scriptAddress("./sw.js"));
  let isAsked = false;
  const announce = () => { element("update").hidden = false; };
  /** @param {ServiceWorker | null} worker */
  const watch = (worker) => {
    if (worker === null) return;
    const look = () => worker.state === "installed" && container.controller !== null && announce();
    look();
    worker.addEventListener("statechange", look);
  };
  // The browser may have found a newer one before this script came to it.
  watch(registration.installing);
  watch(registration.waiting);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  container.addEventListener("message", ({ data }) => data === "model" && announce());
  // Another tab asked for the newer version. This one may hold a class or a record: it says so, and waits to be asked too.
  const hadController = container.controller !== null;
  container.addEventListener("controllerchange", () => {
    if (isAsked) location.reload();
    else if (hadController) announce();
  });
  element("update-now").addEventListener("click", () => {
    isAsked = true;
    if (registration.waiting === null) location.reload();
    else registration.waiting.postMessage("take over");
  });
  await container.ready;
  element("offline").hidden = false;
};

/**
 * Links within the page scroll and leave the address alone: the record stands there.
 *
 * @param {MouseEvent} event
 */
const followLink = (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  const target = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView();
  target.focus({ preventScroll: true });
};

const start = async () => {
  const texts = fetch(`./texts/${language}.json`, { cache: "no-cache" });
  // `no-cache` asks the server whether a kept copy is current: never an old file beside a new one.
  const first = fetchArtifacts("no-cache");
  /** @type {Promise<string[]> | undefined} */
  let attempt = first;
  const program = fetchProgram(PROGRAM);
  const prepared = program.then((response) => initialize({ module_or_path: response }));
  // Whoever needs these may come later: a failure is not unhandled, only early.
  for (const early of [texts, first, program, prepared]) early.catch(() => {});
  await parsed;
  listen();
  try {
    useWords(await (await texts).text());
    useWordsReady();
  } catch {
    // The one message that can't come from there.
    unloaded(`texts/${language}.json could not be loaded. Check the connection and that the whole folder of the page was copied to the server, then try again.`);
    return;
  }
  if (typeof WebAssembly !== "object") {
    unloaded(say("boot.no-webassembly"));
    return;
  }
  globalThis.scorecast = {
    artifacts: () => {
      // What was kept could not be used, or the visitor wants what is newest: past all that is kept.
      const current = attempt ?? fetchArtifacts("reload");
      attempt = undefined;
      return current;
    },
    texts: () => wordsText,
    locale,
    savePicture,
    broken,
  };
  try {
    await program;
  } catch (error) {
    unloaded(messageOf(error));
    return;
  }
  try {
    await prepared;
    startProgram();
  } catch (error) {
    unloaded(say("boot.not-startable", { file: PROGRAM, problem: messageOf(error) }));
    return;
  }
  // What is kept for later must not hold up the first estimate.
  await first.catch(() => {});
  await painted();
  // Blocked, in one of many ways: the page works as ever, with a network.
  workOffline().catch(() => {});
  setTimeout(countRequests, 500);
};

/** Tells each column by how much the window is higher than it is (less than 0 where it is not): see page.css. */
const measureRoom = () => {
  for (const column of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".student, .panels"))) {
    column.style.setProperty("--room", `${innerHeight - column.offsetHeight}px`);
  }
};

const listen = () => {
  new ResizeObserver(measureRoom).observe(document.body);
  addEventListener("resize", measureRoom);
  document.addEventListener("click", followLink);
  element("other-language").addEventListener("click", changeLanguage);
  element("unloaded-again").addEventListener("click", () => location.reload());
  element("broken-again").addEventListener("click", () => location.reload());
  element("broken-copy").addEventListener("click", copyDetails);
};

addEventListener("error", (event) => parsed.then(() => broken(event.error?.stack ?? event.message)));
addEventListener("unhandledrejection", (event) => parsed.then(() => broken(event.reason?.stack ?? String(event.reason))));
start();
