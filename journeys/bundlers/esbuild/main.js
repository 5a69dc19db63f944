import "scorecast-element";
import { Predictor } from "scorecast-core";

const predictor = await Predictor.load("/artifacts/");
const { value } = predictor.predict({ reading_score: 72, lunch: "standard" });
document.querySelector("#value").textContent = value;

const worker = new Worker("/worker.js", { type: "module" });
worker.onmessage = ({ data }) => { document.querySelector("#file").textContent = data; };
