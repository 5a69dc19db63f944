const PANELS = "student estimate why";
const THEMES = ["light", "dark", "auto"];
const DEFAULT_LEVEL = 90;

/** What becomes of a record where something writes an object into an attribute. */
const OBJECT_AS_TEXT = String({});

/** The elements that stand in a document. */
const standing = new Set();

/** Set once the program has stopped on a mistake of its own: it cannot go on, nor be started again in this page. */
let crash;

/** What the program asks for by this name. */
const scorecast = {
  broken(details) {
    crash = new ScorecastError("broken", `the program stopped: ${details}`);
    for (const element of standing) element.fail(crash);
  },
};

/**
 * The record that React meant to set while the element's script had not run: it writes what an element does not have yet
 * into an attribute, where an object is lost, and sets it again only once it changes. It keeps each element's properties
 * beside it; where a release of React no longer does so, the attribute's error says what to do.
 */
function recordInReact(element) {
  if (element.getAttribute("record") !== OBJECT_AS_TEXT) return undefined;
  const key = Object.keys(element).find((name) => name.startsWith("__reactProps$"));
  const record = key === undefined ? undefined : element[key]?.record;
  return typeof record === "object" && record !== null ? record : undefined;
}

/** `<scorecast-predictor>`: see docs/embedding.md. */
class ScorecastPredictor extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["src", "record", "panels", "level", "lang", "theme", "readonly", "required", "name"];

  #internals = this.attachInternals();
  #place = document.createElement("div");
  /** What stands in the place: a Face of the program, or what it says when it is sorry. */
  #shown;
  /** What it was made of; another one is made when this changes. */
  #made = "";
  #attempt = 0;
  #isWaiting = false;
  #isDisabled = false;
  /** The model's files, and the folder they are from. */
  #files;
  #schema;
  /** The record to show: undefined is what the attribute says. */
  #record;
  #level;
  #prediction;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles];
    this.#place.className = "app";
    this.#place.part = "app";
    this.#place.addEventListener("again", () => this.reload());
    root.append(this.#place);
  }

  connectedCallback() {
    // What was set before this script came hides the accessors.
    for (const name of ["src", "record", "panels", "level", "theme", "readonly", "required", "name"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    const given = recordInReact(this);
    if (given !== undefined) {
      this.removeAttribute("record");
      this.record = given;
    }
    standing.add(this);
    this.#wait();
  }

  disconnectedCallback() {
    standing.delete(this);
    this.#wait();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === "theme") this.#place.dataset.theme = this.theme;
    else if (name === "level") this.#changeLevel(undefined);
    else if (name === "record") this.#changeRecord(undefined);
    else if (name === "required" || name === "name") this.#tellForm();
    else this.#wait();
  }

  formResetCallback() {
    this.#changeRecord(undefined);
  }

  formDisabledCallback(isDisabled) {
    this.#isDisabled = isDisabled;
    this.#wait();
  }

  formStateRestoreCallback(state) {
    this.record = JSON.parse(state);
  }

  get src() {
    return this.getAttribute("src") ?? "";
  }
  set src(address) {
    this.#setAttribute("src", address);
  }

  get panels() {
    return this.getAttribute("panels") ?? PANELS;
  }
  set panels(names) {
    this.#setAttribute("panels", Array.isArray(names) ? names.join(" ") : names);
  }

  get theme() {
    const theme = this.getAttribute("theme");
    return THEMES.includes(theme) ? theme : "auto";
  }
  set theme(theme) {
    this.#setAttribute("theme", theme);
  }

  get level() {
    return this.#level ?? this.#defaultLevel();
  }
  set level(level) {
    this.#changeLevel(Number(level));
  }

  get readonly() {
    return this.hasAttribute("readonly");
  }
  set readonly(isReadonly) {
    this.toggleAttribute("readonly", Boolean(isReadonly));
  }

  get required() {
    return this.hasAttribute("required");
  }
  set required(isRequired) {
    this.toggleAttribute("required", Boolean(isRequired));
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }
  set name(name) {
    this.#setAttribute("name", name);
  }

  get record() {
    const record = this.#record ?? this.#defaultRecord();
    return record == null ? null : { ...record };
  }
  set record(given) {
    let record = given;
    if (typeof given === "string") {
      record = this.#readRecord(given);
      if (record === undefined) return;
    }
    // What shows already is left alone: a framework that hands back each record would never come to rest.
    if (record != null && this.#isShown(record)) return;
    this.#changeRecord(record == null ? undefined : { ...record });
  }

  /** Nothing is the default: frameworks set what they no longer have to `undefined` or `null`. */
  #setAttribute(name, text) {
    if (text == null) this.removeAttribute(name);
    else this.setAttribute(name, text);
  }

  #isShown(record) {
    const shown = this.#shown instanceof wasm_bindgen.Face ? this.#prediction?.record : undefined;
    if (shown === undefined || Object.keys(record).some((name) => !(name in shown))) return false;
    return Object.entries(shown).every(([name, cell]) => (record[name] ?? null) === cell);
  }

  get prediction() {
    return this.#prediction ?? null;
  }

  get schema() {
    return this.#schema ?? null;
  }

  get value() {
    return this.#prediction === undefined ? "" : String(this.#prediction.shown);
  }

  get form() {
    return this.#internals.form;
  }
  get labels() {
    return this.#internals.labels;
  }
  get validity() {
    return this.#internals.validity;
  }
  get validationMessage() {
    return this.#internals.validationMessage;
  }
  get willValidate() {
    return this.#internals.willValidate;
  }
  checkValidity() {
    return this.#internals.checkValidity();
  }
  reportValidity() {
    return this.#internals.reportValidity();
  }

  /** Fetches the model anew. */
  reload() {
    this.#files = undefined;
    this.#made = "";
    this.#wait();
  }

  /** Shows that the program has stopped; `broken` above calls it. */
  fail(error) {
    this.#shown = undefined;
    this.#place.replaceChildren();
    this.#sorry(error);
  }

  /** Does what is to be done once all that changes now has changed: a move is one change, not two. */
  #wait() {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    queueMicrotask(() => {
      this.#isWaiting = false;
      if (this.isConnected) this.#show();
      else this.#clear();
    });
  }

  #clear() {
    this.#attempt += 1;
    this.#made = "";
    const shown = this.#shown;
    this.#shown = undefined;
    // A program that has stopped frees nothing any more.
    if (crash === undefined) shown?.free();
    this.#place.replaceChildren();
  }

  async #show() {
    const language = this.#language();
    const folder = this.#folder();
    const isReadonly = this.readonly || this.#isDisabled;
    const made = JSON.stringify([folder, language, this.panels, isReadonly]);
    if (made === this.#made) return;
    this.#clear();
    this.#made = made;
    const attempt = this.#attempt;
    this.#place.ariaBusy = "true";
    let words;
    try {
      if (crash !== undefined) throw crash;
      if (folder === undefined) throw new ScorecastError("bad-address", `"${this.src}" is no address of a folder`);
      if (this.#files?.folder !== folder) this.#files = { folder, texts: loadFiles(folder, language) };
      const program = loadProgram();
      program.catch(() => {});
      const files = this.#files;
      files.texts.catch(() => {});
      words = await loadWords(language);
      await program;
      const texts = await files.texts;
      if (attempt !== this.#attempt) return;
      this.#mount(texts, words, language, isReadonly);
    } catch (error) {
      if (attempt === this.#attempt) this.#sorry(error, words);
    }
  }

  #mount(texts, words, language, readonly) {
    let isFirst = true;
    try {
      this.#shown = new wasm_bindgen.Face(this.#place, {
        files: texts,
        words,
        locale: localeFor(language),
        panels: this.panels,
        level: this.level,
        readonly,
        predicted: (prediction) => {
          if (isFirst) {
            isFirst = false;
            this.#schema = readSchema(texts[0]);
            this.#emit("scorecast-ready", { schema: this.#schema });
          }
          this.#take(prediction);
        },
      });
    } catch (problem) {
      throw problem.code === undefined ? problem : new ScorecastError(problem.code, problem.message, problem);
    }
    this.#place.ariaBusy = null;
    this.#place.dataset.theme = this.theme;
    this.#use(this.#record ?? this.#defaultRecord());
  }

  #take(prediction) {
    this.#prediction = prediction;
    this.#record = prediction.record;
    if (prediction.interval !== null) this.#level = prediction.interval.level;
    this.#tellForm();
    this.#emit("scorecast-prediction", prediction);
  }

  /** Shows why there is no estimate, in the program's words if it is there. */
  #sorry(error, words) {
    this.#prediction = undefined;
    this.#place.ariaBusy = null;
    const message = error?.message ?? String(error);
    try {
      if (words === undefined || crash !== undefined) throw error;
      this.#shown = wasm_bindgen.sorry(this.#place, words, message);
    } catch {
      const text = document.createElement("p");
      text.setAttribute("role", "alert");
      text.textContent = message;
      this.#place.replaceChildren(text);
    }
    this.#tellForm();
    this.#error(error);
  }

  #error(error) {
    const { code = "broken", field, file, message } = error;
    this.#emit("scorecast-error", { code, field, file, message, error });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #changeRecord(record) {
    this.#record = record;
    this.#use(record ?? this.#defaultRecord());
  }

  #use(record) {
    if (!(this.#shown instanceof wasm_bindgen.Face)) return;
    try {
      this.#shown.setRecord(record);
    } catch (problem) {
      // What stands there stays.
      this.#record = this.#prediction?.record;
      this.#error(new ScorecastError(problem.code, problem.message, problem));
    }
  }

  #defaultRecord() {
    const text = this.getAttribute("record");
    return text === null ? undefined : this.#readRecord(text);
  }

  /** What JSON text says; undefined, and an error, where it says no record. */
  #readRecord(text) {
    try {
      const record = JSON.parse(text);
      if (typeof record === "object") return record;
    } catch {
      // Said below.
    }
    const cause =
      text === OBJECT_AS_TEXT
        ? "the record was set before the element's script had run: load that script first, or set JSON text"
        : "it is no JSON object";
    const message = `the record can't be read (as JSON text it is like {"column": "value"}): ${cause}`;
    this.#error(new ScorecastError("wrong-type", message));
    return undefined;
  }

  #changeLevel(level) {
    this.#level = level >= 50 && level <= 99 ? level : undefined;
    if (this.#shown instanceof wasm_bindgen.Face) this.#shown.setLevel(this.level);
  }

  #defaultLevel() {
    const level = Number(this.getAttribute("level") ?? NaN);
    return level >= 50 && level <= 99 ? level : DEFAULT_LEVEL;
  }

  /** The estimate under the element's name, the record's cells under that and the column's. */
  #tellForm() {
    const { name } = this;
    const prediction = this.#prediction;
    if (prediction === undefined) {
      this.#internals.setFormValue(null);
      const message = "There is no estimate yet.";
      this.#internals.setValidity(this.required ? { valueMissing: true } : {}, message, this.#place);
      return;
    }
    const data = new FormData();
    if (name !== "") {
      data.append(name, this.value);
      for (const [column, cell] of Object.entries(prediction.record)) data.append(`${name}.${column}`, cell ?? "");
    }
    this.#internals.setFormValue(data, JSON.stringify(prediction.record));
    const [problem] = Object.entries(prediction.problems);
    if (problem === undefined) {
      this.#internals.setValidity({});
      return;
    }
    const place = Object.keys(prediction.record).indexOf(problem[0]);
    const field = this.shadowRoot.getElementById(`field-${place}`) ?? this.#place;
    this.#internals.setValidity({ badInput: true }, problem[1], field);
  }

  /** The language of the place where it stands, else the visitor's. */
  #language() {
    const here = LANGUAGES.find((language) => this.matches(`:lang(${language})`));
    return here ?? navigator.languages.map(languageOf).find((tag) => LANGUAGES.includes(tag)) ?? LANGUAGES[0];
  }

  #folder() {
    try {
      const folder = this.src === "" ? new URL("../artifacts/", import.meta.url) : new URL(this.src, this.baseURI);
      if (!folder.pathname.endsWith("/")) folder.pathname += "/";
      return folder.href;
    } catch {
      return undefined;
    }
  }
}

if (customElements.get("scorecast-predictor") === undefined) {
  customElements.define("scorecast-predictor", ScorecastPredictor);
}

export { ScorecastError, ScorecastPredictor };
