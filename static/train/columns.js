// The step "What is in the file".
import { button, element } from "./dom.js";
import { isScale } from "./settings.js";
import { say } from "./words.js";

/**
 * @import { Found, FoundColumn } from "../../training/js/scorecast-train.js"
 * @import { Choices } from "./settings.js"
 */

/** With more columns, the list is collapsed. */
const MOST_OPEN = 12;

/**
 * @param {{ file: string, found: Found, choices: Choices, onNext: () => void, onAnother: () => void }} step
 * @returns {Node[]}
 */
export function columnsStep({ file, found, choices, onNext, onAnother }) {
  const able = found.columns.filter(isAble);
  const head = element("h3", { tabindex: -1 }, say("train.found", { file }));
  const facts = element("p", { "data-testid": "train-found" }, say("train.size", { rows: found.rows, columns: found.columns.length }));
  const notes = found.notes.length > 0 && element("ul", { class: "hint" }, ...found.notes.map((note) => element("li", { lang: "en" }, note)));
  if (able.length === 0) {
    return [head, facts, ...shown(notes), element("p", { class: "odd", role: "alert" }, say("train.no-target")), element("p", { class: "buttons" }, button(say("train.another"), onAnother))];
  }
  const list = element("ul", { class: "train-columns" });
  const fill = () => list.replaceChildren(...found.columns.filter(({ name }) => name !== choices.target).map((column) => item(column, choices)));
  fill();
  const problem = element("p", { class: "odd", role: "alert" });
  const next = () => {
    problem.textContent = isScale(choices) ? "" : say("train.bad-scale");
    if (isScale(choices)) onNext();
  };
  const n = found.columns.length - 1;
  return [
    head,
    facts,
    ...shown(notes),
    ...targetField(found, able, choices, fill),
    scaleFields(choices),
    element("details", { open: n <= MOST_OPEN }, element("summary", {}, say("train.columns", { n })), element("p", { class: "hint" }, say("train.columns-hint")), list),
    problem,
    element("p", { class: "buttons" }, button(say("train.continue"), next, { class: "primary" }), button(say("train.another"), onAnother)),
  ];
}

/** @param {Node | false} node */
const shown = (node) => (node === false ? [] : [node]);

/** @param {FoundColumn} column */
const isAble = ({ kind, constant, identifier }) => kind === "numeric" && constant === null && identifier === null;

/**
 * @param {Found} found
 * @param {FoundColumn[]} able
 * @param {Choices} choices
 * @param {() => void} onChange
 */
function targetField({ guess }, able, choices, onChange) {
  const options = able.map(({ name }) => element("option", { value: name, selected: name === choices.target }, name));
  /** @param {Event} event */
  const choose = (event) => {
    choices.target = /** @type {HTMLSelectElement} */ (event.target).value;
    onChange();
  };
  const reason = guess === null ? "" : guess.word === null ? say("train.guess-last") : say("train.guess-word", { word: guess.word });
  return [
    element("p", { class: "field" }, element("label", { for: "train-target" }, say("train.target")), element("select", { id: "train-target", "aria-describedby": "train-target-hint", onchange: choose }, ...options)),
    element("p", { class: "hint", id: "train-target-hint" }, reason),
  ];
}

/** @param {Choices} choices */
function scaleFields(choices) {
  /** @type {(end: "low" | "high", label: string) => Node} */
  const field = (end, label) => {
    const id = `train-${end}`;
    /** @param {Event} event */
    const enter = (event) => void (choices[end] = /** @type {HTMLInputElement} */ (event.target).value.trim());
    return element("p", { class: "field" }, element("label", { for: id }, say(label)), element("input", { id, type: "number", step: "any", value: choices[end], oninput: enter, "aria-describedby": "train-scale-hint" }));
  };
  return element("fieldset", {}, element("legend", {}, say("train.scale")), element("div", { class: "train-pair" }, field("low", "train.low"), field("high", "train.high")), element("p", { class: "hint", id: "train-scale-hint" }, say("train.scale-hint")));
}

/**
 * @param {FoundColumn} column
 * @param {Choices} choices
 */
function item(column, choices) {
  const { name, kind, values, blanks, different, example, constant, identifier, notes } = column;
  const facts = say(kind === "numeric" ? "train.numbers" : "train.categories", { different, blanks, values });
  const leftOut = constant ?? identifier;
  /**
   * @param {Set<string>} set
   * @param {string} key
   * @param {boolean} isInverse
   */
  const box = (set, key, isInverse) => {
    /** @param {Event} event */
    const change = (event) => {
      const isSet = /** @type {HTMLInputElement} */ (event.target).checked !== isInverse;
      if (isSet) set.add(name);
      else set.delete(name);
    };
    return element("label", {}, element("input", { type: "checkbox", checked: set.has(name) !== isInverse, onchange: change }), " ", say(key));
  };
  const boxes = leftOut === null && element("p", { class: "train-boxes", role: "group", "aria-label": name }, box(choices.dropped, "train.use", true), box(choices.sensitive, "train.sensitive", false), box(choices.actionable, "train.actionable", false));
  return element(
    "li",
    {},
    element("p", {}, element("b", {}, name), " ", element("span", { class: "hint" }, facts, example === "" ? "" : `, ${say("train.example", { example: short(example) })}`)),
    leftOut !== null && element("p", { class: "hint" }, say("train.left-out"), " ", element("span", { lang: "en" }, leftOut)),
    ...notes.map((note) => element("p", { class: "hint odd", lang: "en" }, note)),
    boxes,
  );
}

/** @param {string} text */
const short = (text) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
