// Trains with the settings and writes the files: `node train_bytes.mjs MODULE FILE SETTINGS.toml FOLDER`. For the parity test.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [module, file, settings, folder] = process.argv.slice(2);
const { train } = await import(pathToFileURL(path.join(module, "scorecast-train.js")));
const bytes = new Uint8Array(await readFile(file));
const { files } = await train(bytes, { name: path.basename(file), config: await readFile(settings, "utf8") });
for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
