// Runs statements on a DuckDB file, which it makes where there is none: node duckdb_file.mjs FILE.duckdb STATEMENT…
//
// DuckDB is found in the folder that SCORECAST_ENGINES names, a `node_modules`.

import { createRequire } from "node:module";
import path from "node:path";

const [file, ...statements] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(path.join(process.env.SCORECAST_ENGINES, "x.js"))("@duckdb/node-api");
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
for (const statement of statements) await connection.run(statement);
connection.closeSync();
instance.closeSync();
