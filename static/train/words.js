// The texts of "Train your own", fetched with the first file; the page's texts are passed in.

/** @type {{ [key: string]: string }} */
let words = {};
let locale = "en";

/**
 * @param {string} language
 * @param {string} numbersBy
 * @param {string} page The page's own words, as JSON.
 */
export async function learnWords(language, numbersBy, page) {
  const response = await fetch(`./train/texts/${language}.json`);
  if (!response.ok) throw new Error(`train/texts/${language}.json: ${response.status}`);
  words = { ...JSON.parse(page), ...(await response.json()) };
  locale = numbersBy;
}

/** @type {(key: string, values?: { [name: string]: unknown }) => string} */
export const say = (key, values = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? number(values[name]) : String(values[name] ?? "")));

/** @type {(value: number, digits?: number) => string} */
export const number = (value, digits = 3) => new Intl.NumberFormat(locale, { maximumSignificantDigits: Math.max(digits, value >= 1000 ? 9 : 0) }).format(value);

/**
 * A duration, in a suitable unit.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  const [value, unit] = seconds < 90 ? [Math.max(1, Math.round(seconds)), "second"] : seconds < 5400 ? [Math.round(seconds / 60), "minute"] : [Math.round(seconds / 360) / 10, "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
}
