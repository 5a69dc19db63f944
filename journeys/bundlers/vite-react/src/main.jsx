import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

const root = document.querySelector("#root");
const app = <StrictMode><App /></StrictMode>;
// Hydrates a server-rendered page; a static page is rendered here.
if (root.firstElementChild === null) createRoot(root).render(app);
else hydrateRoot(root, app);
