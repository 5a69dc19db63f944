// Scores a CSV file in an engine: node score.mjs ENGINE RECORDS.csv TYPES.json STATEMENT.sql
//
// TYPES.json lists each column with its type, TEXT or DOUBLE. The result goes to standard output, one JSON list per
// row. The engines are loaded from the folder in SCORECAST_ENGINES, a `node_modules`.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [engine, csv, types, statement] = process.argv.slice(2);
const require = createRequire(path.join(process.env.SCORECAST_ENGINES, "x.js"));
const columns = JSON.parse(readFileSync(types, "utf8"));
const sql = readFileSync(statement, "utf8");
const quoted = (name) => `"${name}"`;
const create = (text, double) =>
  `CREATE TABLE records (${columns.map(([name, type]) => `${quoted(name)} ${type === "TEXT" ? text : double}`).join(", ")})`;

const engines = {
  async duckdb() {
    const { DuckDBInstance } = require("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(create("VARCHAR", "DOUBLE"));
    await connection.run(`COPY records FROM '${csv}' (HEADER, NULLSTR '')`);
    return (await connection.runAndReadAll(sql)).getRowsJS();
  },
  async postgres() {
    const { PGlite } = require("@electric-sql/pglite");
    const database = await PGlite.create();
    await database.exec(create("text", "float8"));
    const blob = new Blob([readFileSync(csv)]);
    await database.query("COPY records FROM '/dev/blob' (FORMAT csv, HEADER)", [], { blob });
    const { rows } = await database.query(sql, [], { rowMode: "array" });
    await database.close();
    return rows;
  },
  async sqlite() {
    const SQL = await require("sql.js")();
    const database = new SQL.Database();
    database.run(create("TEXT", "REAL"));
    const insert = database.prepare(`INSERT INTO records VALUES (${columns.map(() => "?").join(", ")})`);
    database.run("BEGIN");
    const lines = readFileSync(csv, "utf8").trimEnd().split("\n").slice(1);
    for (const line of lines) {
      // No cell of the test's records contains a comma. SQLite stores NaN as NULL.
      insert.run(line.split(",").map((cell, idx) => (cell === "" ? null : columns[idx][1] === "TEXT" ? cell : Number(cell))));
    }
    database.run("COMMIT");
    return database.exec(sql)[0].values;
  },
};

const rows = await engines[engine]();
process.stdout.write(rows.map((row) => JSON.stringify(row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)))).join("\n"));
