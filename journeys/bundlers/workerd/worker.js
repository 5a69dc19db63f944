import { Predictor } from "scorecast-core";

/** The model lies among the site's files. */
async function load(env, url) {
  const texts = ["preprocessor.json", "model.json"].map(async (name) => {
    const response = await env.ASSETS.fetch(new URL(`/artifacts/${name}`, url));
    return response.text();
  });
  return Predictor.from(await texts[0], await texts[1]);
}

export default {
  async fetch(request, env) {
    const predictor = await load(env, request.url);
    return Response.json(predictor.predict({ reading_score: 72, lunch: "standard" }));
  },
};
