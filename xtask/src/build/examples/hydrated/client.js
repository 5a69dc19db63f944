import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "./app.js";

// Report hydration errors: React would otherwise repair a mismatch silently.
const fail = (error) => console.error("hydration:", error);
hydrateRoot(document.getElementById("root"), createElement(App), { onRecoverableError: fail });
