// The element's value and validity for a surrounding form.

import { languageAt } from "./load.js";

/** @import { ScorecastPredictor } from "./element.js" */

/**
 * Not with the other texts, which may not be loaded yet.
 *
 * @type {{ [language: string]: string }}
 */
const NO_ESTIMATE = { en: "There is no estimate yet.", es: "Todavía no hay ninguna estimación." };

/**
 * Sets the form value (the estimate under the element's name, the record's cells under that name and the column's) and
 * the validity; a problem is shown at its field in `app`.
 *
 * @param {ScorecastPredictor} element
 * @param {ElementInternals} internals
 * @param {HTMLElement} app
 */
export function tellForm(element, internals, app) {
  const { name, prediction, required, value } = element;
  if (prediction === null) {
    internals.setFormValue(null);
    internals.setValidity(required ? { valueMissing: true } : {}, NO_ESTIMATE[languageAt(element)], app);
    return;
  }
  const data = new FormData();
  if (name !== "") {
    data.append(name, value);
    for (const [column, cell] of Object.entries(prediction.record)) data.append(`${name}.${column}`, String(cell ?? ""));
  }
  internals.setFormValue(data, JSON.stringify(prediction.record));
  const [problem] = Object.entries(prediction.problems);
  if (problem === undefined) {
    internals.setValidity({});
    return;
  }
  const [column, message] = problem;
  const columnIdx = Object.keys(prediction.record).indexOf(column);
  /** @type {HTMLElement | null} */
  const field = app.querySelector(`#field-${columnIdx}`);
  internals.setValidity({ badInput: true }, message, field ?? app);
}

/**
 * Shows in `app` why the element prevented a form from being sent: the browser can't show it, as the element itself is
 * not focusable.
 *
 * @param {Event} event
 * @param {ScorecastPredictor} element
 * @param {HTMLElement} app
 */
export function showInvalid(event, element, app) {
  event.preventDefault();
  app.querySelector(".invalid")?.remove();
  if (element.prediction !== null) return;
  const text = document.createElement("p");
  text.className = "invalid";
  text.setAttribute("role", "alert");
  text.textContent = element.validationMessage;
  app.prepend(text);
}
