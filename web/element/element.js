import { ScorecastError } from "../../module/js/error.js";
import { readSchema } from "../../module/js/schema.js";
import { AttributesElement } from "./attributes.js";
import { connected, crashed } from "./crash.js";
import { showInvalid, tellForm } from "./form.js";
import { folderOf, languageAt, loadFiles, loadProgram, loadWords, localeFor, messageOf } from "./load.js";
import { MountedPanels, show_error } from "./pkg/element.js";
import { fontSizeAt, stylesFor } from "./place.js";
import { fromProgram } from "./problem.js";
import { OBJECT_AS_TEXT, isSame, parseRecord, recordInReact } from "./record.js";

/**
 * @import { Cell, ErrorCode, PredictionDetail, RecordLike, Schema } from "./scorecast.js"
 * @import { Texts } from "./load.js"
 * @import { MountedError } from "./pkg/element.js"
 */

const DEFAULT_LEVEL = 90;

/** `<scorecast-predictor>`: see docs/embedding.md. */
export class ScorecastPredictor extends AttributesElement {
  static formAssociated = true;
  static observedAttributes = ["src", "record", "panels", "level", "lang", "theme", "readonly", "required", "name"];

  #internals = this.attachInternals();
  /** Contains the panels. */
  #app = document.createElement("div");
  /**
   * The program's content of `#app`: panels, or an error.
   *
   * @type {MountedPanels | MountedError | undefined}
   */
  #shown;
  /** The options that the content was created with; it is recreated when they change. */
  #made = "";
  #attempt = 0;
  #isWaiting = false;
  /** Whether `scorecast-ready` was dispatched for the current content. */
  #isAnnounced = false;
  #isDisabled = false;
  /**
   * The model's files, and their folder.
   *
   * @type {{ folder: string, texts: Promise<Texts> } | undefined}
   */
  #files;
  /** @type {Schema | undefined} */
  #schema;
  /**
   * The record to show; undefined for the attribute's.
   *
   * @type {RecordLike | undefined}
   */
  #record;
  /** @type {number | undefined} */
  #level;
  /** @type {PredictionDetail | undefined} */
  #prediction;
  /**
   * A copy of the shown record, as listeners may modify the one in the event.
   *
   * @type {PredictionDetail["record"] | undefined}
   */
  #shownRecord;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [stylesFor(document)];
    this.#app.className = "app";
    this.#app.part = "app";
    // All its languages and all axes run from left to right, even in a right-to-left page.
    this.#app.dir = "ltr";
    this.#app.addEventListener("again", () => this.reload());
    root.append(this.#app);
    // A click on a label is dispatched at the element itself.
    this.addEventListener("click", (event) => event.composedPath()[0] === this && this.focus());
    this.addEventListener("invalid", (event) => showInvalid(event, this, this.#app));
  }

  connectedCallback() {
    // Properties set before this script was loaded are own properties, which hide the accessors.
    const own = /** @type {any} */ (this);
    for (const name of ["src", "record", "panels", "level", "theme", "readonly", "required", "name"]) {
      if (!Object.hasOwn(own, name)) continue;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
    const given = recordInReact(this);
    if (given !== undefined) {
      this.removeAttribute("record");
      this.record = given;
    }
    connected.add(this);
    if (this.shadowRoot !== null) this.#app.style.setProperty("--reader-font-size", fontSizeAt(this.shadowRoot));
    this.#wait();
  }

  disconnectedCallback() {
    connected.delete(this);
    this.#wait();
  }

  /** A constructed style sheet belongs to its document. */
  adoptedCallback() {
    if (this.shadowRoot !== null) this.shadowRoot.adoptedStyleSheets = [stylesFor(this.ownerDocument)];
  }

  /**
   * Focuses the first field.
   *
   * @param {FocusOptions} [options]
   */
  focus(options) {
    /** @type {HTMLElement | null} */
    const field = this.#app.querySelector("[id^=field-]") ?? this.#app.querySelector("select, input, button");
    field?.focus(options);
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} after
   */
  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === "theme") this.#app.dataset.theme = this.theme;
    else if (name === "level") this.#changeLevel(undefined);
    else if (name === "record") this.#changeRecord(undefined);
    else if (name === "required" || name === "name") tellForm(this, this.#internals, this.#app);
    else this.#wait();
  }

  formResetCallback() {
    this.#changeRecord(undefined);
  }

  /** @param {boolean} isDisabled */
  formDisabledCallback(isDisabled) {
    this.#isDisabled = isDisabled;
    this.#wait();
  }

  /** @param {string} state */
  formStateRestoreCallback(state) {
    this.record = JSON.parse(state);
  }

  /** @returns {number} */
  get level() { return this.#level ?? this.#defaultLevel(); }
  /** @param {number | string | null | undefined} level */
  set level(level) { this.#changeLevel(Number(level)); }

  /** @returns {RecordLike | null} */
  get record() {
    const record = this.#record ?? this.#defaultRecord();
    return record == null ? null : { ...record };
  }
  /** @param {RecordLike | string | null | undefined} given */
  set record(given) {
    const record = typeof given === "string" ? this.#readRecord(given) : given;
    if (typeof given === "string" && record === undefined) return;
    // Setting the record that is shown does nothing: a framework that sets each record that it gets would loop forever.
    if (record != null && this.#shown instanceof MountedPanels && isSame(record, this.#shownRecord)) return;
    this.#changeRecord(record == null ? undefined : { ...record });
  }

  get prediction() { return this.#prediction ?? null; }

  get schema() { return this.#schema ?? null; }

  get value() { return this.#prediction === undefined ? "" : String(this.#prediction.shown); }

  get form() { return this.#internals.form; }
  get labels() { return this.#internals.labels; }
  get validity() { return this.#internals.validity; }
  get validationMessage() { return this.#internals.validationMessage; }
  get willValidate() { return this.#internals.willValidate; }
  checkValidity() { return this.#internals.checkValidity(); }
  reportValidity() { return this.#internals.reportValidity(); }

  /** Fetches the model again. */
  reload() {
    this.#files = undefined;
    this.#made = "";
    this.#wait();
  }

  /**
   * Shows that the program has crashed; called by `crash.js`.
   *
   * @param {ScorecastError} error
   */
  fail(error) {
    this.#showError(error);
  }

  /** Updates once all current changes are done: moving the element is one change, not two. */
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
    this.#isAnnounced = false;
    this.#empty();
  }

  #empty() {
    const shown = this.#shown;
    this.#shown = undefined;
    // After a crash nothing can be freed.
    if (crashed() === undefined) shown?.free();
    this.#app.replaceChildren();
  }

  async #show() {
    const language = languageAt(this);
    const folder = folderOf(this);
    const isReadonly = this.readonly || this.#isDisabled;
    const made = JSON.stringify([folder, language, this.panels, isReadonly]);
    if (made === this.#made) return;
    // New content for the same model replaces the old one when it is ready, to avoid flicker.
    if (this.#shown instanceof MountedPanels && this.#files?.folder === folder) this.#attempt += 1;
    else this.#clear();
    this.#made = made;
    const attempt = this.#attempt;
    this.#app.ariaBusy = "true";
    /** @type {string | undefined} */
    let words;
    try {
      const crash = crashed();
      if (crash !== undefined) throw crash;
      if (folder === undefined) throw new ScorecastError("bad-address", `"${this.src}" is no address of a folder`);
      let files = this.#files;
      if (files?.folder !== folder) files = this.#files = { folder, texts: loadFiles(folder, language) };
      const program = loadProgram();
      program.catch(() => {});
      files.texts.catch(() => {});
      words = await loadWords(language);
      await program;
      const texts = await files.texts;
      if (attempt !== this.#attempt) return;
      this.#mount(texts, words, language, isReadonly);
    } catch (error) {
      if (attempt === this.#attempt) this.#showError(error, words);
    }
  }

  /**
   * @param {Texts} texts
   * @param {string} words
   * @param {string} language
   * @param {boolean} readonly
   */
  #mount(texts, words, language, readonly) {
    const focused = this.shadowRoot?.activeElement?.id ?? "";
    this.#empty();
    try {
      this.#shown = new MountedPanels(this.#app, {
        files: texts,
        words,
        locale: localeFor(language),
        panels: this.panels,
        level: this.level,
        readonly,
        predicted: (/** @type {PredictionDetail} */ prediction) => {
          if (!this.#isAnnounced) {
            this.#isAnnounced = true;
            this.#schema = readSchema(texts[0]);
            this.#emit("scorecast-ready", { schema: this.#schema });
          }
          this.#take(prediction);
        },
      });
    } catch (error) {
      throw fromProgram(error);
    }
    this.#app.ariaBusy = null;
    this.#app.dataset.theme = this.theme;
    this.#app.lang = language;
    this.#use(this.#record ?? this.#defaultRecord());
    if (focused !== "") this.shadowRoot?.getElementById(focused)?.focus();
  }

  /** @param {PredictionDetail} prediction */
  #take(prediction) {
    this.#prediction = prediction;
    this.#record = this.#shownRecord = { ...prediction.record };
    if (prediction.interval !== null) this.#level = prediction.interval.level;
    tellForm(this, this.#internals, this.#app);
    this.#emit("scorecast-prediction", prediction);
  }

  /**
   * Shows why there is no estimate, in the program's words if these are loaded.
   *
   * @param {unknown} error
   * @param {string} [words]
   */
  #showError(error, words) {
    this.#empty();
    this.#prediction = this.#shownRecord = undefined;
    this.#app.ariaBusy = null;
    const message = messageOf(error);
    try {
      if (words === undefined || crashed() !== undefined) throw error;
      this.#shown = show_error(this.#app, words, message);
    } catch {
      const text = document.createElement("p");
      text.setAttribute("role", "alert");
      text.textContent = message;
      this.#app.replaceChildren(text);
    }
    tellForm(this, this.#internals, this.#app);
    this.#error(error);
  }

  /** @param {unknown} error */
  #error(error) {
    const { code, field, file } =
      error instanceof ScorecastError ? error : new ScorecastError("broken", messageOf(error));
    this.#emit("scorecast-error", { code, field, file, message: messageOf(error), error });
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  /** @param {RecordLike | undefined} record */
  #changeRecord(record) {
    this.#record = record;
    this.#use(record ?? this.#defaultRecord());
  }

  /** @param {RecordLike | undefined} record */
  #use(record) {
    if (!(this.#shown instanceof MountedPanels)) return;
    try {
      this.#shown.setRecord(record);
    } catch (error) {
      // The shown record stays.
      this.#record = this.#shownRecord;
      this.#error(fromProgram(error));
    }
  }

  #defaultRecord() {
    const text = this.getAttribute("record");
    if (text === OBJECT_AS_TEXT) {
      // Not an error: after server rendering, which wrote the object as text, hydration may set the property.
      console.warn('scorecast-predictor: the attribute record is "[object Object]"; hand over JSON.stringify(record)');
      return undefined;
    }
    return text === null ? undefined : this.#readRecord(text);
  }

  /**
   * Parses JSON text; undefined, and an error, if it is not a record.
   *
   * @param {string} text
   */
  #readRecord(text) {
    try {
      return parseRecord(text);
    } catch (error) {
      this.#error(error);
      return undefined;
    }
  }

  /** @param {number | undefined} level */
  #changeLevel(level) {
    this.#level = level !== undefined && level >= 50 && level <= 99 ? level : undefined;
    if (this.#shown instanceof MountedPanels) this.#shown.setLevel(this.level);
  }

  #defaultLevel() {
    const level = Number(this.getAttribute("level") ?? NaN);
    return level >= 50 && level <= 99 ? level : DEFAULT_LEVEL;
  }
}
