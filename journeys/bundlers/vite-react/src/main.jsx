import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

const root = document.querySelector("#root");
const app = <StrictMode><App /></StrictMode>;
// What a server has rendered comes alive; a page of files alone is rendered here.
if (root.firstElementChild === null) createRoot(root).render(app);
else hydrateRoot(root, app);
