// The predictor in a frame, for sites that allow no scripts of others: docs/embedding.md says how it is used.
//
// With whom it talks stands in its own address, `?origin=https://school.example`: messages go to that origin alone, and are
// taken from nobody else than the page around the frame, if it is of that origin. Without it nothing is said or heard.

/** @import { ScorecastPredictor } from "../web/element/scorecast.js" */

const asked = new URLSearchParams(location.search);
const element = /** @type {ScorecastPredictor} */ (document.querySelector("scorecast-predictor"));

document.documentElement.lang = asked.get("lang") ?? document.documentElement.lang;
// `src` names another model of this host; the policy lets none of another be read.
for (const name of ["record", "panels", "level", "theme", "readonly", "src"]) {
  const value = asked.get(name);
  if (value !== null) element.setAttribute(name, value);
}

const styles = new CSSStyleSheet();
styles.replaceSync("body { margin: 0 } html { overflow: hidden auto }");
document.adoptedStyleSheets = [styles];

/** The origin that the address names, if it is one of the web. */
function namedOrigin() {
  try {
    const url = new URL(asked.get("origin") ?? "");
    return url.protocol === "https:" || url.protocol === "http:" ? url.origin : undefined;
  } catch {
    return undefined;
  }
}

const site = namedOrigin();
if (site !== undefined && parent !== window) talk(site);

/** @param {string} origin */
function talk(origin) {
  /** @type {(type: string, content: object) => void} */
  const tell = (type, content) => parent.postMessage({ type, ...content }, origin);

  element.addEventListener("scorecast-ready", ({ type, detail }) => tell(type, detail));
  element.addEventListener("scorecast-prediction", ({ type, detail }) => tell(type, detail));
  element.addEventListener("scorecast-error", ({ type, detail: { code, field, file, message } }) =>
    tell(type, { code, field, file, message }),
  );
  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== parent || from !== origin || data?.type !== "scorecast-record") return;
    const { record } = data;
    if (record === null || (typeof record === "object" && !Array.isArray(record))) element.record = record;
  });
  /** @type {number | undefined} */
  let height;
  new ResizeObserver(() => {
    const now = Math.ceil(element.getBoundingClientRect().height);
    if (now !== height) tell("scorecast-height", { height: now });
    height = now;
  }).observe(element);
}
