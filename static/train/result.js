// The last step: the model, its scores, and its download.
import { button, element, save } from "./dom.js";
import { showReport } from "./report.js";
import { number, say } from "./words.js";

/** @import { Outcome } from "../../training/js/scorecast-train.js" */

/**
 * @param {{ outcome: Omit<Outcome, "target">, target: string, stem: string, onOpen: () => void, packSite: () => Promise<BlobPart>, onAnyway: () => void, onBack: () => void, onAnother: () => void }} step
 * @returns {Node[]}
 */
export function resultStep({ outcome, target, stem, onOpen, packSite, onAnyway, onBack, onAnother }) {
  const { family, heldBack, candidates, crossValidatedR2, minR2, failedGates, notices, files, zip, requests } = outcome;
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
    // The page sets no other gate.
    const why = element("p", {}, say("train.below-floor", { r2: number(crossValidatedR2), floor: number(minR2) }));
    return [head, facts, why, ...more, element("p", { class: "buttons" }, button(say("train.anyway"), onAnyway), ...ways)];
  }
  const keep = (/** @type {string} */ name, /** @type {BlobPart} */ packed) => save(name, new Blob([packed], { type: "application/zip" }));
  const problem = element("p", { class: "odd", role: "alert" });
  const keepSite = async () => {
    try {
      keep(`${stem}-${target}-site.zip`, await packSite());
      problem.replaceChildren();
    } catch (error) {
      problem.replaceChildren(say("train.no-site", { problem: error instanceof Error ? error.message : String(error) }));
    }
  };
  return [
    head,
    facts,
    element("p", {}, say("train.is-open")),
    element("p", { class: "buttons" }, button(say("train.to-model"), onOpen, { class: "primary" }), button(say("train.download"), () => keep(`${stem}-${target}.zip`, zip)), button(say("train.site"), keepSite), ...ways),
    problem,
    element("p", { class: "hint" }, say("train.along")),
    element("p", { class: "hint" }, say("train.site-hint")),
    ...more,
  ];
}
