import { join } from "node:path";
import { Predictor } from "scorecast-core";
import { Estimate } from "./estimate.jsx";

export const dynamic = "force-dynamic";

/** A component of the server. */
export default async function Page() {
  const record = { reading_score: 72, lunch: "standard" };
  const predictor = await Predictor.load(join(process.cwd(), "public/artifacts"));
  return (
    <>
      <p>The server: <output id="server">{predictor.predict(record).value}</output></p>
      <Estimate first={record} />
    </>
  );
}
