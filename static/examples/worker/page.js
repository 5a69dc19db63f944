// @ts-check
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const answer = document.querySelector("#answer");
const file = /** @type {HTMLInputElement | null} */ (document.querySelector("#file"));

/** @param {MessageEvent<{ mean: number, n: number, problems: string[] } | { error: string }>} event */
worker.onmessage = ({ data }) => {
  if (answer === null) return;
  answer.textContent =
    "error" in data
      ? data.error
      : `${data.n} students, on average ${data.mean.toFixed(1)}; ${data.problems.length} rows have problems. ${data.problems[0] ?? ""}`;
};
file?.addEventListener("change", () => worker.postMessage(file.files?.[0]));
