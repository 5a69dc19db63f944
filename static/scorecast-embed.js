// The predictor in a frame, for sites that allow no scripts of others: docs/embedding.md says how it is used.
//
// With whom it talks stands in its own address, `?origin=https://school.example`: messages go to that origin alone, and are
// taken from nobody else than the page around the frame, if it is of that origin. Without it nothing is said or heard.
"use strict";

(() => {
  const asked = new URLSearchParams(location.search);
  const element = document.querySelector("scorecast-predictor");

  if (asked.has("lang")) document.documentElement.lang = asked.get("lang");
  for (const name of ["record", "panels", "level", "theme", "readonly"]) {
    if (asked.has(name)) element.setAttribute(name, asked.get(name));
  }
  // Another model of this host; the policy lets none of another be read.
  if (asked.has("src")) element.setAttribute("src", asked.get("src"));

  const styles = new CSSStyleSheet();
  styles.replaceSync("body { margin: 0 } html { overflow: hidden auto }");
  document.adoptedStyleSheets = [styles];

  let origin;
  try {
    const url = new URL(asked.get("origin"));
    if (url.protocol === "https:" || url.protocol === "http:") origin = url.origin;
  } catch {
    // Nobody is named.
  }
  if (origin === undefined || parent === window) return;

  const tell = (type, content) => parent.postMessage({ type, ...content }, origin);

  for (const type of ["scorecast-ready", "scorecast-prediction"]) {
    element.addEventListener(type, ({ detail }) => tell(type, detail));
  }
  element.addEventListener("scorecast-error", ({ detail: { code, field, file, message } }) =>
    tell("scorecast-error", { code, field, file, message }),
  );
  addEventListener("message", ({ source, origin: from, data }) => {
    if (source !== parent || from !== origin || data?.type !== "scorecast-record") return;
    const { record } = data;
    if (record === null || (typeof record === "object" && !Array.isArray(record))) element.record = record;
  });
  let height;
  new ResizeObserver(() => {
    const now = Math.ceil(element.getBoundingClientRect().height);
    if (now !== height) tell("scorecast-height", { height: now });
    height = now;
  }).observe(element);
})();
