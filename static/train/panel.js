// "Train your own": the steps from a file to a model that the page shows. Loaded when the first file is chosen.
import { Session, TrainingError } from "../../training/js/session.js";
import { columnsStep } from "./columns.js";
import { element } from "./dom.js";
import { planStep } from "./plan.js";
import { resultStep } from "./result.js";
import { readingStep, trainingStep } from "./running.js";
import { firstChoices, settings } from "./settings.js";
import { siteWith } from "./site.js";
import { startWorker } from "./trusted.js";
import { learnWords, say } from "./words.js";

/**
 * @import { Found, Outcome, Preparation } from "../../training/js/scorecast-train.js"
 * @import { Choices } from "./settings.js"
 *
 * @typedef Page The page's interface.
 * @property {HTMLElement} place
 * @property {() => { language: string, locale: string, words: string }} speech
 * @property {(texts: string[]) => void} open Shows a model: preprocessor.json, model.json, report.json.
 */

/** Larger files don't fit in a browser's memory together with the data derived from them. */
const MOST_BYTES = 1 << 30;

/** @type {Page} */
let page;
/** @type {File} */
let file;
/** @type {Session | undefined} */
let session;
/** @type {Found} */
let found;
/** @type {Choices} */
let choices;
/** Renders the current step, again when the language changes. */
let draw = () => {};
/** Whether a reload would discard work. */
let hasWork = false;

/**
 * @param {File} chosen
 * @param {Page} of
 */
export async function begin(chosen, of) {
  const isFirst = page === undefined;
  page = of;
  file = chosen;
  stop();
  if (isFirst) {
    document.head.append(element("link", { rel: "stylesheet", href: "./train/train.css" }));
    addEventListener("languagechange", () => speak().then(() => draw()));
    addEventListener("beforeunload", (event) => hasWork && event.preventDefault());
  }
  await speak();
  if (file.size > MOST_BYTES) return fail(new TrainingError({ code: "too-large", message: "", figures: {} }), startOver);
  show(() => readingStep({ title: say("train.reading", { file: file.name }), onCancel: startOver }));
  session = startSession();
  await attempt(startOver, async (own) => {
    found = await own.open(file.name, file);
    choices = firstChoices(found);
    hasWork = true;
    chooseColumns();
  });
}

const speak = () => {
  const { language, locale, words } = page.speech();
  return learnWords(language, locale, words);
};

const startSession = () => new Session(startWorker());

/** Terminates the current work. */
function stop() {
  session?.end(STOPPED);
  session = undefined;
}

/** The reason why pending requests are rejected. */
const STOPPED = Symbol("stopped");

/** Returns to the choice of a file. */
function startOver() {
  stop();
  hasWork = false;
  draw = () => {};
  page.place.replaceChildren();
  document.getElementById("train-file")?.focus();
}

/** @param {() => Node[]} make */
function show(make) {
  draw = () => page.place.replaceChildren(...make());
  draw();
  page.place.querySelector("h3")?.focus({ preventScroll: true });
  page.place.scrollIntoView({ block: "nearest" });
}

/**
 * Runs an action that can fail; on an error, `back` returns to the previous step.
 *
 * @param {() => void} back
 * @param {(session: Session) => Promise<void>} act
 */
async function attempt(back, act) {
  const own = session;
  if (own === undefined) return;
  try {
    await act(own);
  } catch (problem) {
    if (problem === STOPPED) return;
    fail(problem, back);
  }
}

/**
 * @param {unknown} problem
 * @param {() => void} back
 */
function fail(problem, back) {
  /** @type {{ code: string, message: string, figures: { [name: string]: string } }} */
  const { code, message, figures } = problem instanceof TrainingError ? problem : { code: "failed", message: String(problem), figures: {} };
  // After running out of memory or a crash, a worker no longer responds.
  const isDead = ["out-of-memory", "internal", "worker-failed"].includes(code);
  const key = TEXTS[code];
  const text = key === undefined ? element("p", { lang: "en" }, message) : element("p", {}, say(key, { ...figures, problem: figures["problem"] ?? message }));
  show(() => [
    element("h3", { tabindex: -1 }, say("train.failed")),
    element("div", { class: "odd", role: "alert", "data-testid": "train-problem" }, text),
    element("p", { class: "buttons" }, element("button", { type: "button", onclick: isDead ? startOver : back }, say("train.back"))),
  ]);
}

/**
 * The text key for each error code; others are shown in English, as on the command line.
 *
 * @type {{ [code: string]: string }}
 */
const TEXTS = {
  "too-large": "train.error-too-large",
  "out-of-memory": "train.error-out-of-memory",
  "worker-failed": "train.error-worker-failed",
  internal: "train.error-internal",
  "not-a-number": "train.error-not-a-number",
  "target-blank": "train.error-target-blank",
  "target-constant": "train.error-target-constant",
  "no-inputs": "train.error-no-inputs",
  "too-few-rows": "train.error-too-few-rows",
  "not-publishable": "train.error-not-publishable",
  "ambiguous-number": "train.error-ambiguous-number",
  "no-table": "class.no-table",
  empty: "class.empty",
  "no-rows": "class.no-rows",
  "header-is-data": "class.header-is-data",
  "not-utf8": "class.not-utf8",
  "duplicate-column": "class.duplicate-column",
  "open-quote": "class.open-quote",
  "endless-row": "class.endless-row",
};

function chooseColumns() {
  show(() => columnsStep({ file: file.name, found, choices, onNext: prepare, onAnother: startOver }));
}

async function prepare() {
  show(() => readingStep({ title: say("train.reading", { file: file.name }), onCancel: startOver }));
  await attempt(chooseColumns, async (own) => {
    const plan = await own.prepare(settings(choices));
    showPlan(plan);
  });
}

/** @param {Preparation} plan */
function showPlan(plan) {
  show(() => planStep({ file: file.name, plan, choices, onTrain: () => train(plan), onBack: chooseColumns }));
}

/** @param {Preparation} plan */
async function train(plan) {
  const { target } = choices;
  /** Terminates at once; the file is read again in a new worker. */
  const cancel = async () => {
    stop();
    session = startSession();
    showPlan(plan);
    await attempt(startOver, async (own) => void (await own.open(file.name, file)));
  };
  /** @type {ReturnType<typeof trainingStep> | undefined} */
  let step;
  show(() => (step = trainingStep({ target, onCancel: cancel })).nodes);
  await attempt(() => showPlan(plan), async (own) => {
    // Prepare again with the chosen effort.
    await own.prepare(settings(choices));
    const outcome = await own.train((progress) => step?.tell(progress));
    if (outcome.failedGates.length === 0) open(outcome);
    showResult(outcome, plan, own);
  });
}

/** @param {Omit<Outcome, "target">} outcome */
function open({ files }) {
  page.open(["preprocessor.json", "model.json", "report.json"].map((name) => files[name] ?? ""));
}

/**
 * @param {Omit<Outcome, "target">} outcome
 * @param {Preparation} plan
 * @param {Session} own
 */
function showResult(outcome, plan, own) {
  show(() =>
    resultStep({
      outcome,
      target: choices.target,
      stem: file.name.replace(/\.[^.]*$/, ""),
      onOpen: () => {
        open(outcome);
        document.getElementById("estimate")?.scrollIntoView();
      },
      packSite: async () => own.pack(await siteWith(outcome.files)),
      onAnyway: () => {
        choices.isForced = true;
        train(plan);
      },
      onBack: chooseColumns,
      onAnother: startOver,
    }),
  );
}
