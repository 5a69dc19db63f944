// Saves a chart as a picture, SVG or PNG.
//
// The page's charts are SVG for shapes and HTML for labels and bars, so that both keep their size on a phone. Here the
// visible parts are converted to one plain SVG, which word processors and drawing programs can read. Loaded on demand.

const SVG = "http://www.w3.org/2000/svg";
/** Pixels of a PNG per CSS pixel: enough for printing. */
const PNG_SCALE = 3;
const MARGIN = 12;
/** Styles of shapes that are in the page's style sheets and must be copied into the picture. */
const SHAPE_STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-linecap", "vector-effect"];

/**
 * @param {Element} chart
 * @param {string} name
 * @param {string} kind "SVG" or "PNG"
 */
export const save = async (chart, name, kind) => {
  const svg = draw(chart, name);
  const text = new XMLSerializer().serializeToString(svg);
  const blob = kind === "SVG" ? new Blob([text], { type: "image/svg+xml" }) : await rasterise(text, svg);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[\\/:*?"<>|]/g, "")}.${kind.toLowerCase()}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

/**
 * @param {string} text
 * @param {SVGSVGElement} svg
 * @returns {Promise<Blob>}
 */
const rasterise = async (text, svg) => {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Number(svg.getAttribute("width")) * PNG_SCALE;
  canvas.height = Number(svg.getAttribute("height")) * PNG_SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve));
  if (!(blob instanceof Blob)) throw new Error("the browser made no picture");
  return blob;
};

/**
 * @param {string} name
 * @param {{ [name: string]: string | number }} attributes
 */
const shape = (name, attributes) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
};

/** @type {(chart: Element, title: string) => SVGSVGElement} */
const draw = (chart, title) => {
  const { left, top, width, height } = chart.getBoundingClientRect();
  const [across, down] = [Math.ceil(width) + 2 * MARGIN, Math.ceil(height) + 2 * MARGIN];
  const svg = /** @type {SVGSVGElement} */ (
    shape("svg", { xmlns: SVG, width: across, height: down, viewBox: `0 0 ${across} ${down}` })
  );
  svg.append(shape("title", {}), shape("rect", { width: across, height: down, fill: colourOf("var(--card)") }));
  svg.children[0].textContent = title;
  const picture = shape("g", { transform: `translate(${MARGIN - left} ${MARGIN - top})` });
  svg.append(picture);
  addElement(picture, chart);
  return svg;
};

/** @param {string} colour */
const colourOf = (colour) => {
  const probe = document.createElement("i");
  probe.style.color = colour;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

/** @type {(picture: Element, element: Element) => void} */
const addElement = (picture, element) => {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden" || element.matches(".save, .unseen")) return;
  if (element instanceof SVGGeometryElement) {
    addShape(picture, element, style);
    return;
  }
  if (element instanceof HTMLElement) addBox(picture, element, style);
  for (const child of element.childNodes) {
    if (child instanceof Element) addElement(picture, child);
    else if (child instanceof Text) addText(picture, child, style);
  }
};

/** @type {(picture: Element, element: SVGGeometryElement, style: CSSStyleDeclaration) => void} */
const addShape = (picture, element, style) => {
  const place = element.getScreenCTM();
  if (place === null) return;
  const copy = /** @type {Element} */ (element.cloneNode());
  for (const name of ["class", "style", "id"]) copy.removeAttribute(name);
  for (const name of SHAPE_STYLES) copy.setAttribute(name, style.getPropertyValue(name));
  const { a, b, c, d, e, f } = place;
  copy.setAttribute("transform", `matrix(${a} ${b} ${c} ${d} ${e} ${f})`);
  picture.append(copy);
};

/** @type {(picture: Element, element: HTMLElement, style: CSSStyleDeclaration) => void} */
const addBox = (picture, element, style) => {
  const { left: x, top: y, width, height, bottom } = element.getBoundingClientRect();
  const isSeen = (/** @type {string} */ colour) => !/^(transparent|rgba\(.*, 0\))$/.test(colour);
  const border = parseFloat(style.borderTopWidth);
  const fill = isSeen(style.backgroundColor) ? style.backgroundColor : "none";
  if (fill !== "none" || border > 0) {
    const rounded = Math.min(parseFloat(style.borderTopLeftRadius) || 0, width / 2, height / 2);
    const rx = style.borderTopLeftRadius.endsWith("%") ? width / 2 : rounded;
    const inset = border / 2;
    picture.append(shape("rect", {
      x: x + inset, y: y + inset, width: Math.max(width - border, 0), height: Math.max(height - border, 0), rx, fill,
      stroke: border > 0 ? style.borderTopColor : "none", "stroke-width": border,
    }));
  } else if (parseFloat(style.borderBottomWidth) > 0) {
    const thickness = parseFloat(style.borderBottomWidth);
    picture.append(shape("rect", { x, y: bottom - thickness, width, height: thickness, fill: style.borderBottomColor }));
  }
};

const measure = document.createElement("canvas").getContext("2d");

/** A text, word by word if it wraps. @type {(picture: Element, node: Text, style: CSSStyleDeclaration) => void} */
const addText = (picture, node, style) => {
  if (measure === null) return;
  measure.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const { fontBoundingBoxAscent: ascent } = measure.measureText("x");
  const range = document.createRange();
  const add = (/** @type {number} */ start, /** @type {number} */ end) => {
    range.setStart(node, start);
    range.setEnd(node, end);
    const { left: x, top, width } = range.getBoundingClientRect();
    if (width === 0) return;
    const { fontFamily, fontSize, fontWeight, color: fill } = style;
    const text = shape("text", {
      x, y: top + ascent, "font-family": fontFamily, "font-size": fontSize, "font-weight": fontWeight, fill,
    });
    text.textContent = node.data.slice(start, end);
    picture.append(text);
  };
  range.selectNodeContents(node);
  if (range.getClientRects().length < 2) add(0, node.length);
  else for (const word of node.data.matchAll(/\S+/g)) add(word.index, word.index + word[0].length);
};
