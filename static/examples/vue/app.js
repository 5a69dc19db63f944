// @ts-check
import { createApp, h, ref, shallowRef } from "./vue.js";

/** @typedef {import("scorecast").ScorecastEventMap} Events */

// No template: compiling one in the page would need 'unsafe-eval'. In a file that a bundler compiles the element reads
// <scorecast-predictor :record.prop="record" @scorecast-prediction="take" v-if="isShown" … />.
createApp({
  setup() {
    const record = shallowRef(/** @type {import("scorecast").RecordLike} */ ({ reading_score: 64 }));
    const estimate = ref("");
    const isShown = ref(true);
    /** @param {Events["scorecast-prediction"]} event */
    const take = ({ detail }) => {
      record.value = detail.record;
      estimate.value = detail.shown.toFixed(1);
    };
    const predictor = () =>
      h("scorecast-predictor", {
        src: "https://HOST/artifacts/",
        panels: "student estimate",
        // The dot means property: without it Vue would set an attribute if the element's script is loaded after this
        // one.
        ".record": record.value,
        onScorecastPrediction: take,
      });
    return () => [
      h("h1", "The predictor in Vue"),
      h("p", { role: "status", id: "estimate" }, `Reading ${record.value["reading_score"] ?? "not known"}: ${estimate.value}`),
      h("button", { id: "best", onClick: () => (record.value = { ...record.value, reading_score: 100 }) }, "Read best"),
      h("button", { id: "show", onClick: () => (isShown.value = !isShown.value) }, isShown.value ? "Hide" : "Show"),
      isShown.value ? predictor() : null,
    ];
  },
}).mount("#root");
