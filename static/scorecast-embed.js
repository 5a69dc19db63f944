// The predictor in a frame, for sites that allow no third-party scripts: docs/embedding.md describes its use.
//
// Its own URL names the origin that it communicates with, `?origin=https://school.example`: messages are sent to that
// origin only, and are accepted only from the parent page, if it is of that origin. Without it there is no
// communication.

/** @import { ScorecastPredictor } from "../web/element/scorecast.js" */

const asked = new URLSearchParams(location.search);
const element = /** @type {ScorecastPredictor} */ (document.querySelector("scorecast-predictor"));

document.documentElement.lang = asked.get("lang") ?? document.documentElement.lang;
// `src` selects another model of this host; the policy allows none from other hosts.
for (const name of ["record", "panels", "level", "theme", "readonly", "src"]) {
  const value = asked.get(name);
  if (value !== null) element.setAttribute(name, value);
}

const styles = new CSSStyleSheet();
styles.replaceSync("body { margin: 0 } html { overflow: hidden auto }");
document.adoptedStyleSheets = [styles];

/** The origin in the URL, if it is an HTTP(S) origin. */
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
