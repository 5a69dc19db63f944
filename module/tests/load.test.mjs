import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Predictor, artifacts, folder, predictor, read, record, refuses } from "./common.mjs";

const { value } = predictor.predict(record);

/** Serves the artifacts below any folder, except the `missing` one. */
async function serve(use, missing) {
  const server = http.createServer((request, response) => {
    const name = path.basename(new URL(request.url, "http://localhost").pathname);
    const file = path.join(artifacts, name);
    if (name === missing || !fs.existsSync(file)) return response.writeHead(404).end();
    return response.end(fs.readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  try {
    await use(`http://127.0.0.1:${server.address().port}/some/where`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("from a folder: path, relative path, file address, with and without a slash", async () => {
  const relative = path.relative(process.cwd(), artifacts);
  for (const address of [artifacts, `${artifacts}/`, relative, pathToFileURL(artifacts), pathToFileURL(artifacts).href]) {
    const other = await Predictor.load(address);
    assert.equal(other.predict(record).value, value);
    other.free();
  }
});

test("from a server, in any folder", () =>
  serve(async (address) => {
    for (const folder of [address, `${address}/`, new URL(address), `${address}?x=1`]) {
      const other = await Predictor.load(folder);
      assert.equal(other.predict(record).value, value);
    }
  }));

test("what isn't there is named", async () => {
  const missing = refuses({ code: "fetch-failed", file: "preprocessor.json" }, /no-such-folder\/preprocessor.json could not be loaded/);
  await assert.rejects(Predictor.load(path.join(artifacts, "no-such-folder")), missing);
  await assert.rejects(Predictor.load("http://127.0.0.1:9/artifacts/"), refuses({ code: "fetch-failed" }, /CORS/));
  for (const address of ["http://[", "C:\\models\\artifacts", "data:text/plain,x", undefined, 5]) {
    await assert.rejects(Predictor.load(address), refuses({ code: "bad-address" }, /is no address of a folder/));
  }
});

test("a server's refusal is named", () =>
  serve(async (address) => {
    const refused = refuses({ code: "fetch-failed", file: "model.json" }, /model.json could not be loaded: the server answers 404/);
    await assert.rejects(Predictor.load(address), refused);
  }, "model.json"));

test("a signal aborts with its own reason", () =>
  serve(async (address) => {
    await assert.rejects(Predictor.load(address, { signal: AbortSignal.abort() }), { name: "AbortError" });
  }));

test("broken artifacts are told apart", async () => {
  const [preprocessor, model] = ["preprocessor.json", "model.json"].map(read);
  const wrong = (pair, members, message) => assert.rejects(Predictor.from(...pair), refuses(members, message));
  const of = (file, code) => ({ file, code });
  await wrong([preprocessor.slice(0, 500), model], of("preprocessor.json", "truncated"), /incomplete/);
  await wrong([preprocessor, "<html>"], of("model.json", "malformed"), /not JSON/);
  await wrong([model, model], of("preprocessor.json", "wrong-kind"), /not a Scorecast preprocessor.json/);
  await wrong([preprocessor.replace("Math score", "Maths score"), model], of("preprocessor.json", "tampered"), /changed/);
  await wrong([preprocessor, model.replace('"format":1', '"format":99')], of("model.json", "newer-format"), /99/);
  await wrong([JSON.parse(preprocessor), model], { code: "wrong-type" }, /texts/);
  assert.throws(() => new Predictor(), refuses({ code: "wrong-type" }, /Predictor.load/));
});

test("other line ends and spaces are taken, numbers written anew are told apart", async () => {
  const [preprocessor, model] = ["preprocessor.json", "model.json"].map(read);
  const spaced = (text) => text.replaceAll(/([{[,:])(?=["{[\d-])/g, "$1\r\n  ");
  for (const form of [(text) => text.replaceAll("\n", "\r\n"), spaced]) {
    assert.notEqual(form(preprocessor), preprocessor);
    const other = await Predictor.from(form(preprocessor), form(model));
    assert.equal(other.predict(record).value, value);
  }
  const anew = JSON.stringify(JSON.parse(model));
  await assert.rejects(Predictor.from(preprocessor, anew), refuses({ code: "tampered" }, /as JSON.stringify does/));
});

/** Another copy of the module, whose WebAssembly's exports are replaced by `change`. */
async function copyWith(change, use) {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (module, imports) => ({
    instance: { exports: change((await instantiate(module, imports)).exports) },
    module,
  });
  const copy = fs.mkdtempSync(path.join(path.dirname(folder), "copy-"));
  try {
    fs.cpSync(folder, copy, { recursive: true });
    await use(await import(pathToFileURL(path.join(copy, "scorecast-core.js"))));
  } finally {
    fs.rmSync(copy, { recursive: true });
    WebAssembly.instantiate = instantiate;
  }
}

test("a trap becomes an error with a code, and the predictor counts as freed", async () => {
  // (module (func (export "trap") unreachable))
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11];
  const { trap } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports;
  const change = (exports) => ({ ...exports, core_predictRecord: trap, core_predictRows: trap });
  await copyWith(change, async (other) => {
    const fault = (error) =>
      error instanceof other.ScorecastError && error.code === "internal" && error.cause instanceof WebAssembly.RuntimeError;
    const freed = (error) => error.code === "freed";
    for (const run of [(it) => it.predict(record), (it) => it.predictMany({ reading_score: Float64Array.of(72) })]) {
      const trapping = await other.Predictor.load(artifacts);
      assert.throws(() => run(trapping), fault);
      assert.throws(() => run(trapping), freed);
    }
  });
});

test("what a predictor took serves the next one", async () => {
  let memory;
  const change = (exports) => {
    memory = exports.memory;
    return exports;
  };
  await copyWith(change, async (other) => {
    const columns = { reading_score: new Float64Array(10_000).fill(72), writing_score: new Float64Array(10_000).fill(74) };
    const round = async () => {
      const some = await other.Predictor.load(artifacts);
      for (let level = 50; level < 99; level += 1) assert.equal(some.predict(record, { level }).value, value);
      some.explain(record);
      some.curves(record);
      some.estimateMany(columns);
      some.free();
    };
    await round();
    const { byteLength } = memory.buffer;
    for (let n = 0; n < 50; n += 1) await round();
    assert.equal(memory.buffer.byteLength, byteLength);
  });
});
