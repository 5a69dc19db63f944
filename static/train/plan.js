// The step "How thorough": the data to train on, and how long it takes.
import { button, element } from "./dom.js";
import { duration, say } from "./words.js";

/**
 * @import { Preparation } from "../../training/js/scorecast-train.js"
 * @import { Choices } from "./settings.js"
 */

/**
 * Estimated seconds of a run without its fits, and of one cell of these: rough, as the machine is unknown. Measured on one core of a
 * server in Node: 395 × 32 cells 3 to 6 s (said: 3), 5,967 × 12 cells 6 s (7), 30,000 × 7 cells 7 s (8), thorough on
 * 1,000 × 7 cells 98 s (85).
 */
const SECONDS = 2;
const SECONDS_PER_CELL = 3e-9;
/** Maximum size that the page is intended for, in cells. */
const MOST_CELLS = 200_000 * 30;

/** @type {readonly { name: Choices["effort"], text: string, hint: string }[]} */
const EFFORTS = [
  { name: "quick", text: "train.quick", hint: "train.quick-hint" },
  { name: "normal", text: "train.normal", hint: "train.normal-hint" },
  { name: "thorough", text: "train.thorough", hint: "train.thorough-hint" },
];

/**
 * @param {{ file: string, plan: Preparation, choices: Choices, onTrain: () => void, onBack: () => void }} step
 * @returns {Node[]}
 */
export function planStep({ file, plan, choices, onTrain, onBack }) {
  const { rows, columns, leftOut, notices, work } = plan;
  const effort = (/** @type {typeof EFFORTS[number]} */ { name, text, hint }) => {
    const seconds = SECONDS + (work[name] ?? 0) * SECONDS_PER_CELL;
    const choose = () => void (choices.effort = name);
    return element("label", { class: "train-effort" }, element("input", { type: "radio", name: "train-effort", value: name, checked: choices.effort === name, onchange: choose }), " ", element("span", {}, element("b", {}, say(text)), " ", say("train.about", { time: duration(seconds) }), element("br"), element("span", { class: "hint" }, say(hint))));
  };
  const named = leftOut.map(({ column }) => column).join(", ");
  const large = rows * columns.length > MOST_CELLS && element("p", { class: "odd" }, say("train.large"), " ", element("code", {}, `scorecast train "${file}" --target "${choices.target}"`));
  return [
    element("h3", { tabindex: -1 }, say("train.plan", { target: choices.target })),
    element("p", { "data-testid": "train-plan" }, say("train.learns-from", { rows, columns: columns.length })),
    ...(named === "" ? [] : [element("p", { class: "hint" }, say("train.not-used", { columns: named }))]),
    ...(notices.length === 0 ? [] : [element("details", {}, element("summary", {}, say("train.notices", { n: notices.length })), element("ul", { class: "hint" }, ...notices.map((notice) => element("li", { lang: "en" }, notice))))]),
    ...(large === false ? [] : [large]),
    element("fieldset", { class: "train-efforts" }, element("legend", {}, say("train.effort")), ...EFFORTS.map(effort)),
    element("p", { class: "hint" }, say("train.estimate-hint")),
    element("p", { class: "buttons" }, button(say("train.start"), onTrain, { class: "primary" }), button(say("train.back"), onBack)),
  ];
}
