// What an element takes from its document.

/** @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = new WeakMap();

/**
 * The style sheet that all elements of a document share.
 *
 * @param {Document} document
 */
export function stylesFor(document) {
  const known = sheets.get(document);
  if (known !== undefined) return known;
  const sheet = new (document.defaultView ?? window).CSSStyleSheet();
  sheet.replaceSync(BUILD.css);
  sheets.set(document, sheet);
  return sheet;
}

/**
 * The text size of the browser's settings, which is independent of the page's sizes.
 *
 * @param {ShadowRoot} root Not affected by the page's styles.
 */
export function fontSizeAt(root) {
  const probe = document.createElement("span");
  probe.style.all = "initial";
  probe.style.fontSize = "medium";
  root.append(probe);
  const { fontSize } = getComputedStyle(probe);
  probe.remove();
  return fontSize;
}
