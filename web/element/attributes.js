/** @import { Theme } from "./scorecast.js" */

const PANELS = "student estimate why";
/** @type {readonly string[]} */
const THEMES = ["light", "dark", "auto"];

/** Undefined when rendering on a server: the script can be imported there, and does nothing. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** The properties of `<scorecast-predictor>` that reflect attributes. */
export class AttributesElement extends Base {
  /** @returns {string} */
  get src() { return this.getAttribute("src") ?? ""; }
  /** @param {string | null | undefined} address */
  set src(address) { this.#setAttribute("src", address); }

  /** @returns {string} */
  get panels() { return this.getAttribute("panels") ?? PANELS; }
  /** @param {string | readonly string[] | null | undefined} names */
  set panels(names) { this.#setAttribute("panels", typeof names === "object" ? names?.join(" ") : names); }

  /** @returns {Theme} */
  get theme() {
    const theme = this.getAttribute("theme");
    return theme !== null && THEMES.includes(theme) ? /** @type {Theme} */ (theme) : "auto";
  }
  /** @param {Theme | null | undefined} theme */
  set theme(theme) { this.#setAttribute("theme", theme); }

  /** @returns {boolean} */
  get readonly() { return this.hasAttribute("readonly"); }
  /** @param {boolean} isReadonly */
  set readonly(isReadonly) { this.toggleAttribute("readonly", Boolean(isReadonly)); }

  /** @returns {boolean} */
  get required() { return this.hasAttribute("required"); }
  /** @param {boolean} isRequired */
  set required(isRequired) { this.toggleAttribute("required", Boolean(isRequired)); }

  /** @returns {string} */
  get name() { return this.getAttribute("name") ?? ""; }
  /** @param {string | null | undefined} name */
  set name(name) { this.#setAttribute("name", name); }

  /**
   * Removes the attribute for `undefined` and `null`, to which frameworks reset properties.
   *
   * @param {string} name
   * @param {string | null | undefined} text
   */
  #setAttribute(name, text) {
    if (text == null) this.removeAttribute(name);
    else this.setAttribute(name, text);
  }
}
