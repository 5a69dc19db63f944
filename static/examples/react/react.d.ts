export { createElement, useEffect, useRef, useState } from "react";
export { createRoot } from "react-dom/client";
