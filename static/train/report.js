// Shows report.html within the page: as a document of its own it would be bound by the page's policy, which allows no styles in it.
import { button, element } from "./dom.js";
import { inertDocument } from "./trusted.js";
import { say } from "./words.js";

/** @param {string} html */
export function showReport(html) {
  // Under the policy no style in a document is heeded, but those that a script sets are. Texts in the report have no bare quotes.
  const [before = "", css = "", after = ""] = html.split(/<style>|<\/style>/);
  const parsed = inertDocument(`${before}${after}`.replaceAll(' style="', ' data-style="'));
  const styles = new CSSStyleSheet();
  // What is meant for the document's root is meant for the root of what is shown here.
  styles.replaceSync(css.replace(/:root|\bhtml\b|\bbody\b/g, ":host"));
  const place = element("div", { class: "train-report", tabindex: 0, role: "document", "aria-label": say("train.report") });
  const root = place.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [styles];
  root.append(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
  for (const styled of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-style]"))) {
    styled.style.cssText = styled.dataset["style"] ?? "";
  }
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
    const target = link && root.getElementById(link.getAttribute("href")?.slice(1) ?? "");
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView();
  });
  const dialog = element("dialog", { class: "train-dialog", "aria-label": say("train.report") });
  dialog.append(element("p", { class: "buttons" }, button(say("train.close"), () => dialog.close())), place);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
