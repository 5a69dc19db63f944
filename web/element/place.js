// What an element takes from the document that it stands in.

/** @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = new WeakMap();

/**
 * The one sheet that all elements of a document share.
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
 * The size that the reader has chosen for text in the browser's settings, which the page's own sizes say nothing about.
 *
 * @param {ShadowRoot} root Where no style of the page gets in.
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
