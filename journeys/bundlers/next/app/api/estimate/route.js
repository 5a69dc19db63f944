import { join } from "node:path";
import { Predictor } from "scorecast-core";

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  const predictor = await Predictor.load(join(process.cwd(), "public/artifacts"));
  return Response.json(predictor.predict({ reading_score: Number(searchParams.get("reading_score")), lunch: "standard" }));
}
