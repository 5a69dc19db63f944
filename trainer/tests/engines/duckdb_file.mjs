// Runs statements on a DuckDB file, which is created if it doesn't exist: node duckdb_file.mjs FILE.duckdb STATEMENT…
//
// DuckDB is loaded from the folder in SCORECAST_ENGINES, a `node_modules`.

import { createRequire } from "node:module";
import path from "node:path";

const [file, ...statements] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(path.join(process.env.SCORECAST_ENGINES, "x.js"))("@duckdb/node-api");
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
for (const statement of statements) await connection.run(statement);
connection.closeSync();
instance.closeSync();
