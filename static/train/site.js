// The page itself with the trained model in the place of its own: a folder that any web server can serve.

/** What the page shows of a model; the other files of a run are not for publication. */
const PUBLISHED = ["preprocessor.json", "model.json", "report.json", "report.html"];

/**
 * Paths and contents of the site's files. They are fetched from where this page comes from, or from the copies for offline use.
 *
 * @param {{ [name: string]: string }} artifacts The texts of a run's files, by name.
 * @returns {Promise<[path: string, content: Uint8Array<ArrayBuffer>][]>}
 */
export async function siteWith(artifacts) {
  /** @type {string[]} */
  const paths = await (await fetched("files.json")).json();
  const page = paths.map(async (path) => entry(path, new Uint8Array(await (await fetched(path)).arrayBuffer())));
  const model = PUBLISHED.map((name) => entry(`artifacts/${name}`, new TextEncoder().encode(artifacts[name] ?? "")));
  return [...(await Promise.all(page)), ...model];
}

/**
 * @param {string} path
 * @param {Uint8Array<ArrayBuffer>} content
 * @returns {[path: string, content: Uint8Array<ArrayBuffer>]}
 */
const entry = (path, content) => [path, content];

/** @param {string} path */
async function fetched(path) {
  const response = await fetch(`./${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}
