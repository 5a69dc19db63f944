// "A whole class": shows what the worker finds. Loaded when the panel is first used.
import { Table } from "./table.js";

/**
 * @import { Request, Answer, Summary } from "./messages.js"
 * @import { Row } from "./table.js"
 */

/**
 * What the page lends: its words and its way of writing numbers.
 *
 * @typedef Page
 * @property {(key: string, values?: { [name: string]: unknown }) => string} say
 * @property {(value: number, decimals: number) => string} number
 *
 * @typedef {{ preprocessor: string, model: string, decimals: number, level: () => number }} Model
 *
 * @typedef {{ column: string, isDown: boolean, text: string, only: "all" | "flagged" | "bad" }} View
 */

const FLAGS = ["class.flag-blank", "class.flag-outside", "class.flag-unseen", "class.flag-bad"];
const MOST_PROBLEMS = 200;

/** A panel in `section` for the model of the two texts; `page` has its words and numbers. */
export class ClassPanel {
  #page;
  #model;
  /** Where everything is shown. */
  #output;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #nextId = 0;
  /** @type {Table | undefined} */
  #table;
  /** @type {View} */
  #view = { column: "line", isDown: false, text: "", only: "all" };
  /** @type {string[]} */
  #header = [];
  /** @type {{ sheet?: string | undefined, headerLine?: number | undefined }} */
  #found = {};
  /** @type {number[]} */
  #mapping = [];
  /** @type {{ name: string, label: string, kind: { numeric?: object } }[]} */
  #columns;
  #decimals;
  /** Shows again what is in sight. */
  #again = () => {};

  /**
   * @param {Element} section
   * @param {Page} page
   * @param {Model} model
   */
  constructor(section, page, model) {
    this.#page = page;
    this.#model = model;
    this.#output = /** @type {HTMLElement} */ (section.querySelector("#class-place"));
    const schema = JSON.parse(model.preprocessor).schema;
    this.#columns = schema.columns;
    this.#decimals = model.decimals;
  }

  /**
   * Goes on in another section, in the words that the page has by now.
   *
   * @param {Element} section
   */
  moveTo(section) {
    this.#output = /** @type {HTMLElement} */ (section.querySelector("#class-place"));
    this.#again();
  }

  /**
   * Reads and predicts a file.
   *
   * @param {File} file
   */
  async open(file) {
    this.#stop();
    this.#view = { column: "line", isDown: false, text: "", only: "all" };
    this.#progress(file.name);
    const { preprocessor, model } = this.#model;
    try {
      const { header, mapping, sheet, headerLine, summary } = await this.#ask({ type: "open", file, preprocessor, model, level: this.#model.level() });
      [this.#header, this.#mapping, this.#found] = [header, mapping, { sheet, headerLine }];
      if (summary === undefined) this.#askForMapping();
      else this.#show(summary);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * @template {Request["type"]} Type
   * @param {Extract<Request, { type: Type }>} message
   * @returns {Promise<Answer[Type]>}
   */
  #ask(message) {
    const worker = (this.#worker ??= this.#start());
    const id = (this.#nextId += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...message, id });
    });
  }

  #start() {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => {
      if (data.type === "progress") {
        const bar = this.#output.querySelector("progress");
        if (bar) bar.value = data.share;
        return;
      }
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.type === "failed") waiting?.reject(new Error(this.#page.say(data.key, data.values)));
      else waiting?.resolve(data);
    });
    // Out of memory, or a part that could not be loaded: the page itself goes on.
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      for (const { reject } of this.#waiting.values()) reject(new Error(this.#page.say("class.crashed")));
      this.#stop();
    });
    return worker;
  }

  #stop() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#waiting.clear();
  }

  /** @param {string} name */
  #progress(name) {
    this.#again = () => this.#progress(name);
    const { say } = this.#page;
    const label = node("p", {}, say("class.reading", { file: name }));
    const bar = node("progress", { max: 1, value: 0, "aria-label": say("class.progress") });
    const cancel = button(say("class.cancel"), () => {
      this.#stop();
      this.#again = () => this.#output.replaceChildren(node("p", { role: "status" }, this.#page.say("class.cancelled")));
      this.#again();
    });
    this.#output.replaceChildren(node("div", { class: "buttons" }, label, bar, cancel));
  }

  /** @param {unknown} error */
  #fail(error) {
    const message = error instanceof Error ? error.message : String(error);
    this.#again = () => this.#fail(error);
    this.#output.replaceChildren(node("p", { class: "odd", role: "alert", "data-testid": "class-problem" }, message));
  }

  /**
   * A field for each column: where in the file it is.
   *
   * @param {boolean} isOpen
   * @param {string} lead
   */
  #mappingForm(isOpen, lead) {
    const { say } = this.#page;
    const fields = this.#columns.map((column, columnIdx) => {
      const select = node("select", { id: `class-map-${columnIdx}` });
      select.append(node("option", { value: -1 }, say("class.not-there")));
      this.#header.forEach((name, at) => select.append(node("option", { value: at }, name)));
      select.value = String(this.#mapping[columnIdx]);
      return { select, field: node("div", { class: "field" }, node("label", { for: select.id }, column.label), select) };
    });
    const mapping = node("div", { class: "mapping" }, ...fields.map(({ field }) => field));
    const form = node("form", {}, node("p", { class: "hint" }, lead), mapping);
    form.append(node("button", { type: "submit" }, say("class.use-mapping")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      this.#mapping = fields.map(({ select }) => Number(select.value));
      this.#progress("");
      try {
        const { summary } = await this.#ask({ type: "predict", mapping: this.#mapping });
        this.#show(summary);
      } catch (error) {
        this.#fail(error);
      }
    });
    const details = node("details", { "data-testid": "mapping" }, node("summary", {}, say("class.mapping")), form);
    details.open = isOpen;
    return details;
  }

  #askForMapping() {
    this.#again = () => this.#askForMapping();
    const { say } = this.#page;
    const missing = this.#columns.filter((_, columnIdx) => (this.#mapping[columnIdx] ?? -1) < 0).map(({ label }) => label);
    this.#output.replaceChildren(this.#mappingForm(true, say("class.missing-columns", { columns: missing.join(", ") })));
  }

  /** @param {Summary} summary */
  #show(summary) {
    this.#again = () => this.#show(summary);
    const { say, number } = this.#page;
    const { nRows, nBad, nFlagged, mean, errors, nProblems } = summary;
    const rows = say(nRows === 1 ? "class.rows.one" : "class.rows.other", { n: number(nRows, 0) });
    const values = { rows, mean: number(mean, this.#decimals), flagged: number(nFlagged, 0), bad: number(nBad, 0) };
    const lines = [node("p", { role: "status", "data-testid": "class-summary" }, say("class.summary", values))];
    const { sheet, headerLine } = this.#found;
    const found = [sheet && say("class.sheet", { name: sheet }), headerLine && say("class.header-line", { line: headerLine })].filter(Boolean);
    if (found.length > 0) lines.push(node("p", { class: "hint", "data-testid": "class-found" }, found.join(" ")));
    if (errors) {
      const [n, mae, rmse] = [number(errors.n, 0), number(errors.mae, this.#decimals + 1), number(errors.rmse, this.#decimals + 1)];
      lines.push(node("p", { "data-testid": "class-errors" }, say("class.errors", { n, mae, rmse, r2: number(errors.r2, 2) })));
    }
    const table = (this.#table = new Table({
      page: this.#page,
      columns: [
        { key: "line", label: say("class.line"), isNumber: true },
        { key: "estimate", label: say("class.estimate"), isNumber: true },
        { key: "low", label: say("class.range"), isNumber: true },
        { key: "flags", label: say("class.flags") },
        ...this.#columns.map(({ label, kind }, columnIdx) => ({ key: String(columnIdx), label, isNumber: kind.numeric !== undefined })),
      ],
      fetch: async (from, count) => (await this.#ask({ type: "rows", from, count })).rows.map((row) => this.#rowOf(row)),
      onSort: (column, isDown) => this.#order({ column, isDown }),
      onOpen: (row) => this.#openRow(row),
    }));
    const filter = node("input", { type: "search", id: "class-filter", autocomplete: "off" });
    filter.value = this.#view.text;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    filter.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#order({ text: filter.value }), 200);
    });
    const only = node("select", { id: "class-only" });
    for (const own of /** @type {const} */ (["all", "flagged", "bad"])) only.append(node("option", { value: own }, say(ONLY[own])));
    only.value = this.#view.only;
    only.addEventListener("change", () => this.#order({ only: /** @type {View["only"]} */ (only.value) }));
    const tools = node(
      "div",
      { class: "class-tools" },
      node("div", { class: "field" }, node("label", { for: filter.id }, say("class.filter")), filter),
      node("div", { class: "field" }, node("label", { for: only.id }, say("class.show")), only),
      button(say("class.download"), () => this.#download()),
    );
    const shown = node("p", { class: "hint", role: "status", id: "class-shown" });
    this.#output.replaceChildren(...lines, this.#mappingForm(false, say("class.mapping-lead")), tools, shown, table.element);
    if (nProblems > 0) this.#listProblems(nProblems);
    // As it was sorted and filtered before, if it was.
    if (this.#view.column !== "line" || this.#view.isDown || this.#view.text !== "" || this.#view.only !== "all") this.#order({});
    else table.show(nRows);
  }

  /**
   * @param {Answer["rows"]["rows"][number]} row
   * @returns {Row}
   */
  #rowOf({ line, cells, value, low, high, flags }) {
    const { say, number } = this.#page;
    /** @param {number} value */
    const shown = (value) => (Number.isNaN(value) ? "–" : number(value, this.#decimals));
    const range = Number.isNaN(low) ? "–" : say("estimate.range", { low: shown(low), high: shown(high) });
    const words = FLAGS.filter((_, bit) => flags & (1 << bit)).map((key) => say(key));
    return { cells: [String(line), shown(value), range, words.join(", "), ...cells], record: cells, line };
  }

  /** @param {Partial<View>} change */
  async #order(change) {
    this.#view = { ...this.#view, ...change };
    try {
      const { nShown } = await this.#ask({ type: "order", ...this.#view });
      const { say, number } = this.#page;
      this.#output.querySelector("#class-shown")?.replaceChildren(say("class.shown", { n: number(nShown, 0) }));
      this.#table?.show(nShown);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {number} nProblems */
  async #listProblems(nProblems) {
    const { say, number } = this.#page;
    const { problems } = await this.#ask({ type: "problems" });
    const list = node("ul", {});
    for (const { line, column, reason, values } of problems.slice(0, MOST_PROBLEMS)) {
      const where = column === null ? say("class.at-line", { line }) : say("class.at-column", { line, column });
      list.append(node("li", {}, `${where}: ${say(reason, values)}`));
    }
    if (nProblems > MOST_PROBLEMS) list.append(node("li", {}, say("class.more-problems", { n: number(nProblems - MOST_PROBLEMS, 0) })));
    const title = say("class.problems", { n: number(nProblems, 0) });
    this.#output.append(node("details", { "data-testid": "class-bad-rows" }, node("summary", {}, title), list));
  }

  async #download() {
    const { say } = this.#page;
    const target = JSON.parse(this.#model.preprocessor).schema.target.name;
    const names = [`estimated_${target}`, "low", "high", "remarks"];
    const { blob } = await this.#ask({ type: "download", names, flagNames: FLAGS.map((key) => say(key)) });
    const link = node("a", { href: URL.createObjectURL(blob), download: "class.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /**
   * The address carries the record to the panels above.
   *
   * @param {Row} row
   */
  #openRow({ record }) {
    const pairs = this.#columns.map(({ name }, idx) => `${encodeURIComponent(name)}=${encodeURIComponent(record[idx] ?? "")}`);
    location.hash = pairs.join("&");
    const student = document.getElementById("student");
    student?.scrollIntoView();
    student?.focus({ preventScroll: true });
  }
}

const ONLY = { all: "class.show-all", flagged: "class.show-flagged", bad: "class.show-bad" };

/**
 * An element with attributes and children.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {{ [attribute: string]: string | number }} attributes
 * @param {(Node | string)[]} children
 */
function node(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function button(text, act) {
  const element = node("button", { type: "button" }, text);
  element.addEventListener("click", act);
  return element;
}
