import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { App } from "./app.js";

// Handles that React keeps open for streams would keep Node from exiting.
process.stdout.write(renderToString(createElement(App)), () => process.exit());
