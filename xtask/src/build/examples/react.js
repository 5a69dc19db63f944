// What the React example takes from npm.
export { createElement, useState } from "react";
export { createRoot } from "react-dom/client";
