import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { App } from "./app.js";

// The server's page says nothing of what went wrong: a mismatch would be repaired in silence.
const fail = (error) => console.error("hydration:", error);
hydrateRoot(document.getElementById("root"), createElement(App), { onRecoverableError: fail });
