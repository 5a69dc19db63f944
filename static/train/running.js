// Shown while a file is read and while a model is trained.
import { button, element } from "./dom.js";
import { duration, number, say } from "./words.js";

/** @import { Progress } from "../../training/js/scorecast-train.js" */

/** Below this share of the work, no remaining time is shown. */
const LEAST_SHARE = 0.04;

/**
 * The texts of a run's stages.
 *
 * @type {{ [stage: string]: string }}
 */
const STAGES = {
  split: "train.stage-split",
  search: "train.stage-search",
  blend: "train.stage-blend",
  select: "train.stage-select",
  refit: "train.stage-refit",
  gates: "train.stage-gates",
  diagnosis: "train.stage-diagnosis",
  report: "train.stage-report",
};

/**
 * @param {{ title: string, onCancel: () => void }} step
 * @returns {Node[]}
 */
export const readingStep = ({ title, onCancel }) => [
  element("h3", { tabindex: -1 }, title),
  element("progress", { "aria-label": title }),
  element("p", { class: "buttons" }, button(say("train.cancel"), onCancel)),
];

/**
 * @param {{ target: string, onCancel: () => void }} step
 * @returns {{ nodes: Node[], tell: (progress: Progress) => void }}
 */
export function trainingStep({ target, onCancel }) {
  const started = performance.now();
  const bar = element("progress", { max: 1, value: 0, "aria-label": say("train.progress") });
  const stage = element("p", { role: "status", "data-testid": "train-stage" }, say("train.stage-split"));
  const best = element("p", { "data-testid": "train-best" }, say("train.no-best"));
  const left = element("p", { class: "hint" }, "\u00a0");
  let [said, from, fromShare] = ["", started, 0];
  return {
    nodes: [element("h3", { tabindex: -1 }, say("train.training", { target })), bar, stage, best, left, element("p", { class: "buttons" }, button(say("train.cancel"), onCancel))],
    tell({ stage: name, share, best: leader, fits, family }) {
      bar.value = share;
      // Screen readers announce each stage once.
      if (name !== said) stage.textContent = say(STAGES[name] ?? name);
      if (said === "" ) [from, fromShare] = [performance.now(), share];
      said = name;
      if (leader !== null) best.textContent = say("train.best", { family: say(`family.${leader.family}`), r2: number(leader.r2), fits, last: say(`family.${family}`) });
      const [seconds, done] = [(performance.now() - from) / 1000, share - fromShare];
      left.textContent = share > LEAST_SHARE && share < 1 ? say("train.left", { time: duration((seconds * (1 - share)) / done) }) : "\u00a0";
    },
  };
}
