// Calls the handler as Lambda would.
const { handler } = require("./lambda/lambda.cjs");

handler({ record: { reading_score: 72, lunch: "standard" } }).then(({ value }) => console.log(value));
