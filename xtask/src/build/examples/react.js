// The React example's imports from npm.
export { createElement, useState } from "react";
export { createRoot } from "react-dom/client";
