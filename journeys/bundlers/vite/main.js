import "scorecast-element";
import { Predictor } from "scorecast-core";
import { train } from "scorecast-train";

const predictor = await Predictor.load("/artifacts/");
const { value } = predictor.predict({ reading_score: 72, lunch: "standard" });
document.querySelector("#value").textContent = value;

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => { document.querySelector("#file").textContent = data; };

const hours = Array.from({ length: 200 }, (_, row) => row % 37);
const { family } = await train({ hours, score: hours.map((hour, row) => 2 * hour + (row % 3)) }, { target: "score" });
document.querySelector("#trained").textContent = family;
