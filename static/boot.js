// Starts the page: fetches the texts, the program and the model in parallel, and reports what fails.
//
// An external script, because the page's content security policy allows no inline scripts; it may run before the
// document and its styles are complete. The program (web/src) uses `globalThis.scorecast`:
//
//   artifacts()      → Promise of the texts of preprocessor.json, model.json and, if there is one, report.json, in
//                      this order. The first call returns the attempt that began with the page; each later call
//                      fetches again. Rejects with an Error whose message names the file and what to do.
//   texts()          → the JSON text of the visitor's language.
//   locale()         → the locale for numbers.
//                      When the language changes, the window gets a `languagechange` event.
//   savePicture(chart, name, kind) → saves the content of an element as a picture.
//   broken(details)  → shows the card "Something broke in this page".
import initialize, { openModel, start as startProgram } from "../dist/web.js";

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

/** Resolved after the current document is painted, or soon if nothing is painted (a background tab). */
const painted = () =>
  /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
      setTimeout(resolve, 500);
    })
  );

const FILES = ["preprocessor.json", "model.json", "report.json"];
/** The report is optional. */
const OPTIONAL = "report.json";
const LANGUAGES = ["en", "es"];

// The address takes precedence over the browser's languages. The choice is stored nowhere else.
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
 * Changes the language without reloading the page: the visitor's own model and class could not be restored.
 *
 * @param {MouseEvent} event
 */
const changeLanguage = async (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // Opens in another tab.
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
 * Resolved once the texts are loaded: earlier errors wait for them.
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
  if (!element("broken").hidden) return; // Later errors may be consequences of the first.
  element("broken-details").textContent = `${details}\n\n${navigator.userAgent}`;
  show("broken");
};

const copyDetails = async () => {
  const details = element("broken-details");
  try {
    await navigator.clipboard.writeText(details.textContent);
    element("broken-copy").textContent = say("page.copied");
  } catch {
    // Without permission to use the clipboard: select the text, to be copied by hand.
    getSelection()?.selectAllChildren(details);
  }
};

/** @type {(chart: Element, name: string, kind: string) => Promise<void>} */
const savePicture = async (chart, name, kind) => (await import("./picture.js")).save(chart, name, kind);

let isCounting = false;

/** Counts the requests from now on: there are none unless a part is loaded on demand. */
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
 * A script's URL as the page's policy requires it (Trusted Types).
 *
 * @param {string} address
 * @returns {string} For TypeScript, whose library does not have the type.
 */
const scriptAddress = (address) => {
  /** @type {any} */
  const { trustedTypes } = window;
  const rules = { createScriptURL: (/** @type {string} */ own) => own };
  return trustedTypes?.createPolicy("scorecast", rules).createScriptURL(address) ?? address;
};

/** Registers the service worker, so that the page works offline, and announces new versions. */
const workOffline = async () => {
  const container = navigator.serviceWorker;
  if (container === undefined) return; // Not a secure context.
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
  // An update may have started before this script ran.
  watch(registration.installing);
  watch(registration.waiting);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  container.addEventListener("message", ({ data }) => data === "model" && announce());
  // Another tab has activated the new version. This one may hold a class or a record, so it only announces it.
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

/** Offers training: its code is loaded when a file is chosen. */
const offerTraining = () => {
  const [drop, field] = [element("train-drop"), /** @type {HTMLInputElement} */ (element("train-file"))];
  /** @param {FileList | null | undefined} files */
  const begin = async (files) => {
    const file = files?.[0];
    if (file === undefined) return;
    const { begin } = await import("./train/panel.js");
    const page = { place: element("train-place"), speech: () => ({ language, locale: locale(), words: wordsText }), open: openModel };
    await begin(file, page);
    // Reset, so that choosing the same file after a correction is a change.
    field.value = "";
  };
  field.addEventListener("change", () => begin(field.files));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    begin(event.dataTransfer?.files);
  });
  element("train").hidden = false;
};

/**
 * Links within the page scroll without changing the address, which may hold a record.
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
  // `no-cache` revalidates cached files with the server: never an old file with a new one.
  const first = fetchArtifacts("no-cache");
  /** @type {Promise<string[]> | undefined} */
  let attempt = first;
  const program = fetchProgram(PROGRAM);
  const prepared = program.then((response) => initialize({ module_or_path: response }));
  // These may be awaited later: a rejection before that is not unhandled.
  for (const early of [texts, first, program, prepared]) early.catch(() => {});
  await parsed;
  listen();
  try {
    useWords(await (await texts).text());
    useWordsReady();
  } catch {
    // The only message that is not in the texts.
    unloaded(`texts/${language}.json could not be loaded. Check the connection and that the whole folder of the page was copied to the server, then try again.`);
    return;
  }
  if (typeof WebAssembly !== "object") {
    unloaded(say("boot.no-webassembly"));
    return;
  }
  globalThis.scorecast = {
    artifacts: () => {
      // The cached files were invalid, or the visitor wants the newest: bypass all caches.
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
  // Caching for offline use must not delay the first estimate.
  await first.catch(() => {});
  await painted();
  offerTraining();
  // Not available, for one of many reasons: the page works online as before.
  workOffline().catch(() => {});
  setTimeout(countRequests, 500);
};

/** Tells each column how much higher the window is than the column (less than 0 if it is not): see page.css. */
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
