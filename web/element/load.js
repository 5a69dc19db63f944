import { ScorecastError } from "../../module/js/error.js";
import initialize from "./pkg/element.js";

/** @typedef {[preprocessor: string, model: string, report: string | undefined]} Texts */

const LANGUAGES = Object.keys(BUILD.texts);

/**
 * The URLs of the files: they differ between a site and npm, and bundlers need them as literals.
 *
 * @type {{ file: (name: string) => URL, artifacts: (baseURI: string) => URL }}
 */
let addresses;

/**
 * Called by each entry point before an element is created.
 *
 * @param {typeof addresses} own
 */
export const useAddresses = (own) => { addresses = own; };

/** @type {(file: CheckedFile) => Promise<Response>} */
const file = ([name, integrity]) => fetch(addresses.file(name), { integrity });

/** @type {Promise<unknown> | undefined} */
let program;

/** Loads the program that all elements share, once. */
export function loadProgram() {
  program ??= compile()
    .then((module) => initialize({ module_or_path: module }))
    .catch((cause) => {
      // The next element tries again.
      program = undefined;
      throw new ScorecastError("wasm-failed", notLoaded(BUILD.wasm[0], cause), { file: BUILD.wasm[0], cause });
    });
  return program;
}

async function compile() {
  const response = await file(BUILD.wasm);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  if (response.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @type {Map<string, Promise<string>>} */
const words = new Map();

/**
 * A language's texts, as JSON.
 *
 * @param {string} language One of {@link LANGUAGES}.
 */
export function loadWords(language) {
  let asked = words.get(language);
  if (asked === undefined) {
    asked = fetchWords(language);
    words.set(language, asked);
  }
  return asked;
}

/** @param {string} language */
async function fetchWords(language) {
  const checked = BUILD.texts[language];
  if (checked === undefined) throw new ScorecastError("fetch-failed", `there are no words in ${language}`);
  try {
    const response = await file(checked);
    if (!response.ok) throw new Error(`${response.status}`);
    return await response.text();
  } catch (cause) {
    // The next element tries again.
    words.delete(language);
    const [name] = checked;
    throw new ScorecastError("fetch-failed", notLoaded(name, cause), { file: name, cause });
  }
}

/** @type {(file: string, cause: unknown) => string} */
const notLoaded = (file, cause) =>
  `${file} could not be loaded: ${messageOf(cause)}; if the site has been renewed meanwhile, load the page again`;

/** @param {unknown} problem */
export const messageOf = (problem) => (problem instanceof Error ? problem.message : String(problem));

/**
 * The texts of preprocessor.json and model.json in a folder, and of report.json if it is there.
 *
 * @param {string} folder
 * @param {string} language
 * @returns {Promise<Texts>}
 */
export async function loadFiles(folder, language) {
  /** @type {(key: string, values: { [name: string]: unknown }) => Promise<string>} */
  const say = async (key, values) => {
    /** @type {string} */
    const text = JSON.parse(await loadWords(language))[key];
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
  /** @param {string} name */
  const load = async (name) => {
    /** @type {Response | undefined} */
    let response;
    let cause;
    try {
      // `no-cache` revalidates cached files with the server: never an old file with a new one.
      response = await fetch(new URL(name, folder), { cache: "no-cache" });
      if (response.ok) return await response.text();
    } catch (problem) {
      cause = problem;
    }
    const key = response === undefined ? "boot.no-answer" : "element.no-artifact";
    const message = await say(key, { file: name, folder, status: response?.status });
    throw new ScorecastError("fetch-failed", message, { file: name, cause });
  };
  const preprocessor = load("preprocessor.json");
  const model = load("model.json");
  const report = load("report.json").catch(() => undefined);
  // If both fail, the error names the first file, whichever response comes first.
  model.catch(() => {});
  return [await preprocessor, await model, await report];
}

/** @param {string} tag */
const languageOf = (tag) => tag.toLowerCase().split("-")[0] ?? tag;

/**
 * The language of the element's surroundings, else the visitor's.
 *
 * @param {Element} element
 */
export function languageAt(element) {
  const here = LANGUAGES.find((language) => element.matches(`:lang(${language})`));
  return here ?? navigator.languages.map(languageOf).find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

/**
 * The URL of an element's artifacts; undefined if its `src` is invalid.
 *
 * @param {{ readonly src: string, readonly baseURI: string }} element
 */
export function folderOf({ src, baseURI }) {
  try {
    const folder = src === "" ? addresses.artifacts(baseURI) : new URL(src, baseURI);
    if (!folder.pathname.endsWith("/")) folder.pathname += "/";
    return folder.href;
  } catch {
    return undefined;
  }
}

/**
 * The locale for numbers in a language.
 *
 * @param {string} language
 */
export const localeFor = (language) => navigator.languages.find((tag) => languageOf(tag) === language) ?? language;
