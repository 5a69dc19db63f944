import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { App } from "./app.js";

// What React keeps open for streams would keep Node from ending.
process.stdout.write(renderToString(createElement(App)), () => process.exit());
