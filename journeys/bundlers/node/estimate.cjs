const { Predictor } = require("scorecast-core");

Predictor.load("./artifacts/").then((predictor) => {
  console.log(predictor.predict({ reading_score: 72, lunch: "standard" }).value);
});
