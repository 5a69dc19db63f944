// @ts-check

const advice = document.querySelector("#advice");
const element = document.querySelector("scorecast-predictor");
if (advice === null || element === null) throw new Error("the page has changed");

element.addEventListener("scorecast-prediction", ({ detail: { interval, shown, contributions } }) => {
  const [most] = Object.entries(contributions).sort(([, one], [, other]) => other - one);
  const range = interval === null ? "" : `, most likely ${interval.low.toFixed()} to ${interval.high.toFixed()}`;
  advice.textContent = `About ${shown.toFixed()}${range}. What helps most: ${most?.[0] ?? "nothing"}.`;
});
element.addEventListener("scorecast-error", ({ detail: { code, message } }) => {
  advice.textContent = `There is no estimate (${code}): ${message}`;
});
