/** What was built together: `[file, integrity]` of the program and of each language, and the styles' text. */
const BUILD = {};

const LANGUAGES = Object.keys(BUILD.texts);

const file = ([name, integrity]) => fetch(new URL(name, import.meta.url), { integrity });

let program;

/** Starts the one program that all elements share. */
function loadProgram() {
  program ??= compile()
    .then((module) => wasm_bindgen({ module_or_path: module }))
    .catch((cause) => {
      // The next element tries again.
      program = undefined;
      const message = `${BUILD.wasm[0]} could not be loaded: ${cause?.message ?? cause}`;
      throw new ScorecastError("wasm-failed", message, { file: BUILD.wasm[0], cause });
    });
  return program;
}

async function compile() {
  const response = await file(BUILD.wasm);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  if (response.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

const words = new Map();

/** The JSON text of a language's words. */
function loadWords(language) {
  if (!words.has(language)) {
    const asked = file(BUILD.texts[language])
      .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`${response.status}`))))
      .catch((cause) => {
        words.delete(language);
        const name = BUILD.texts[language][0];
        throw new ScorecastError("fetch-failed", `${name} could not be loaded: ${cause.message}`, { file: name, cause });
      });
    words.set(language, asked);
  }
  return words.get(language);
}

/** The texts of preprocessor.json and model.json in a folder, and of report.json if it is there. */
async function loadFiles(folder, language) {
  const say = async (key, values) => {
    const text = JSON.parse(await loadWords(language))[key];
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };
  const load = async (name) => {
    // `no-cache` asks the server whether a kept copy is current: never an old file beside a new one.
    const [response, cause] = await fetch(new URL(name, folder), { cache: "no-cache" }).then(
      (response) => [response],
      (cause) => [undefined, cause],
    );
    if (response?.ok) return response.text();
    const key = response === undefined ? "boot.no-answer" : "element.no-artifact";
    const message = await say(key, { file: name, folder, status: response?.status });
    throw new ScorecastError("fetch-failed", message, { file: name, cause });
  };
  const report = load("report.json").catch(() => undefined);
  return Promise.all([load("preprocessor.json"), load("model.json"), report]);
}

const languageOf = (tag) => tag.toLowerCase().split("-")[0];

/** By whose rules a language's numbers are written here. */
const localeFor = (language) => navigator.languages.find((tag) => languageOf(tag) === language) ?? language;

const styles = new CSSStyleSheet();
styles.replaceSync(BUILD.css);
