import { ScorecastError } from "../../module/js/error.js";
import initialize from "./pkg/element.js";

/** @typedef {[preprocessor: string, model: string, report: string | undefined]} Texts */

const LANGUAGES = Object.keys(BUILD.texts);

/**
 * Where things are: a site and npm have them in different places, and bundlers read such addresses from the text.
 *
 * @type {{ file: (name: string) => URL, artifacts: (baseURI: string) => URL }}
 */
let addresses;

/**
 * Each entry says it before an element asks.
 *
 * @param {typeof addresses} own
 */
export const useAddresses = (own) => { addresses = own; };

/** @type {(file: CheckedFile) => Promise<Response>} */
const file = ([name, integrity]) => fetch(addresses.file(name), { integrity });

/** @type {Promise<unknown> | undefined} */
let program;

/** Starts the one program that all elements share. */
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
 * The JSON text of a language's words.
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
      // `no-cache` asks the server whether a kept copy is current: never an old file beside a new one.
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
  // If both fail, the error names the first of them, whichever answer comes first.
  model.catch(() => {});
  return [await preprocessor, await model, await report];
}

/** @param {string} tag */
const languageOf = (tag) => tag.toLowerCase().split("-")[0] ?? tag;

/**
 * The language of the place where an element stands, else the visitor's.
 *
 * @param {Element} element
 */
export function languageAt(element) {
  const here = LANGUAGES.find((language) => element.matches(`:lang(${language})`));
  return here ?? navigator.languages.map(languageOf).find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

/**
 * The address of an element's artifacts; undefined where its `src` is none.
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
 * By whose rules a language's numbers are written here.
 *
 * @param {string} language
 */
export const localeFor = (language) => navigator.languages.find((tag) => languageOf(tag) === language) ?? language;
