// The last step: the model, its scores, and its download.
import { button, element, save } from "./dom.js";
import { showReport } from "./report.js";
import { number, say } from "./words.js";

/** @import { Outcome } from "../../training/js/scorecast-train.js" */

/**
 * @param {{ outcome: Omit<Outcome, "target">, target: string, stem: string, onOpen: () => void, onAnyway: () => void, onBack: () => void, onAnother: () => void }} step
 * @returns {Node[]}
 */
export function resultStep({ outcome, target, stem, onOpen, onAnyway, onBack, onAnother }) {
  const { family, heldBack, candidates, failedGates, notices, files, zip, requests } = outcome;
  const isRefused = failedGates.length > 0;
  const report = files["report.html"] ?? files["report.refused.html"] ?? "";
  const figures = { family: say(`family.${family}`), candidates, r2: number(heldBack.r2), mae: number(heldBack.mae), n: heldBack.rows, target };
  const more = [
    element("p", { class: "hint" }, say("train.requests", { n: requests })),
    ...(notices.length === 0 ? [] : [element("details", {}, element("summary", {}, say("train.notices", { n: notices.length })), element("ul", { class: "hint" }, ...notices.map((notice) => element("li", { lang: "en" }, notice))))]),
  ];
  const ways = [button(say("train.read-report"), () => showReport(report)), button(say("train.change"), onBack), button(say("train.another"), onAnother)];
  const head = element("h3", { tabindex: -1 }, say(isRefused ? "train.refused" : "train.done", { target }));
  const facts = element("p", { "data-testid": "train-result" }, say("train.champion", figures));
  if (isRefused) {
    const why = element("ul", {}, ...failedGates.map((gate) => element("li", { lang: "en" }, gate)));
    return [head, facts, element("p", {}, say("train.refused-why")), why, ...more, element("p", { class: "buttons" }, button(say("train.anyway"), onAnyway), ...ways)];
  }
  const pack = () => save(`${stem}-${target}.zip`, new Blob([zip], { type: "application/zip" }));
  return [
    head,
    facts,
    element("p", {}, say("train.is-open")),
    element("p", { class: "buttons" }, button(say("train.to-model"), onOpen, { class: "primary" }), button(say("train.download"), pack), ...ways),
    element("p", { class: "hint" }, say("train.along")),
    ...more,
  ];
}
