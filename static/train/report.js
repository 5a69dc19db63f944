// Shows report.html within the page: as a separate document it would inherit the page's policy, which blocks its
// styles.
import { button, element } from "./dom.js";
import { inertDocument } from "./trusted.js";
import { say } from "./words.js";

/** @param {string} html */
export function showReport(html) {
  // The policy blocks style elements, but not style sheets set by scripts. Texts in the report have no unescaped
  // quotes.
  const [before = "", css = "", after = ""] = html.split(/<style>|<\/style>/);
  const parsed = inertDocument(`${before}${after}`.replaceAll(' style="', ' data-style="'));
  const styles = new CSSStyleSheet();
  // Styles for the document's root are applied to the shadow host.
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
