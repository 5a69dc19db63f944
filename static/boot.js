// Starts the page: fetches the program and the model at the same time, and speaks up where either fails.
//
// An external script, because the page's content security policy allows no inline one. What the program (web/src)
// uses of it is `globalThis.scorecast`:
//
//   artifacts()      → Promise of the texts of preprocessor.json, model.json and report.json, in this order. The
//                      first call returns the attempt that began with the page; each later call fetches anew.
//                      Rejects with an Error whose message names the file and what to do.
//   broken(details)  → shows the card "Something broke in this page".
"use strict";

(() => {
  const element = (id) => document.getElementById(id);

  const FILES = ["preprocessor.json", "model.json", "report.json"];

  const fetchText = async (name) => {
    let response;
    try {
      // `no-cache` asks the server whether a kept copy is current: never an old file beside a new one.
      response = await fetch(`./artifacts/${name}`, { cache: "no-cache" });
    } catch {
      throw new Error(`${name} could not be fetched: the server does not answer. Check the connection, then try again.`);
    }
    if (!response.ok) {
      throw new Error(`${name} could not be fetched: the server answered ${response.status}. Put the file that \`scorecast train\` wrote into the folder artifacts/ beside this page.`);
    }
    try {
      return await response.text();
    } catch {
      throw new Error(`${name} could not be fetched: the connection ended in the middle of it. Try again.`);
    }
  };

  const fetchArtifacts = () => Promise.all(FILES.map(fetchText));

  const fetchProgram = async () => {
    const name = "web_bg.wasm";
    const response = await fetch(`./${name}`).catch(() => {
      throw new Error(`${name} could not be fetched: the server does not answer. Check the connection, then try again.`);
    });
    if (!response.ok) {
      throw new Error(`${name} could not be fetched: the server answered ${response.status}. Copy the whole folder of the page to the server, then try again.`);
    }
    return response;
  };

  const show = (id) => {
    element("loading")?.remove();
    const card = element(id);
    card.hidden = false;
    card.scrollIntoView({ block: "nearest" });
    card.focus({ preventScroll: true });
  };

  const unloaded = (reason) => {
    element("unloaded-reason").textContent = reason;
    show("unloaded");
  };

  const broken = (details) => {
    if (!element("broken").hidden) return; // The first mistake is the one that tells.
    element("broken-details").textContent = `${details}\n\n${navigator.userAgent}`;
    show("broken");
  };

  const copyDetails = async () => {
    const details = element("broken-details");
    try {
      await navigator.clipboard.writeText(details.textContent);
      element("broken-copy").textContent = "Copied";
    } catch {
      // Without leave to use the clipboard: marked, ready for the keyboard's own copy.
      getSelection().selectAllChildren(details);
    }
  };

  const start = async () => {
    if (typeof WebAssembly !== "object") {
      unloaded("This browser does not run WebAssembly, which the page needs. A current Firefox, Chrome, Edge or Safari does; so may this one once WebAssembly is allowed.");
      return;
    }
    let attempt = fetchArtifacts();
    attempt.catch(() => {}); // Its reader may come later: a failure is not unhandled, only early.
    globalThis.scorecast = {
      artifacts: () => {
        const current = attempt ?? fetchArtifacts();
        attempt = undefined;
        return current;
      },
      broken,
    };
    const program = fetchProgram();
    program.catch(() => {});
    let module;
    try {
      module = await import("./web.js");
    } catch {
      unloaded("web.js could not be loaded. Check the connection and that the whole folder of the page was copied to the server, then try again.");
      return;
    }
    let response;
    try {
      response = await program;
    } catch (error) {
      unloaded(error.message);
      return;
    }
    try {
      await module.default({ module_or_path: response });
    } catch (error) {
      unloaded(`web_bg.wasm could not be started (${error.message ?? error}). Copy the whole folder of the page to the server again, and use a current browser.`);
    }
  };

  addEventListener("error", (event) => broken(event.error?.stack ?? event.message));
  addEventListener("unhandledrejection", (event) => broken(event.reason?.stack ?? String(event.reason)));
  element("unloaded-again").addEventListener("click", () => location.reload());
  element("broken-again").addEventListener("click", () => location.reload());
  element("broken-copy").addEventListener("click", copyDetails);
  start();
})();
