// Watching what is at work: a job's last word is shown in the elements that name a part of it. A hidden page lets go of
// its connection, because a browser has few of them.

import { act, tell } from "./ask.js";
import { alarm } from "./toast.js";

const PATIENCE = 10_000; // so long a connection may be gone before it is told: mostly it comes back by itself

// Show how a job stands in `element` ([data-job]) until it is over, then call `over`, go where the
// job leads, or load the page anew ([data-reload]).
export function follow(element, { shown = () => {}, over } = {}) {
  const address = `${document.body.dataset.here}/jobs/${element.dataset.job}`;
  let source, timer, forget;

  function listen() {
    source?.close();
    if (document.hidden) return;
    source = new EventSource(`${address}/events`);
    source.addEventListener("message", hear);
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) tellLost();
      else timer ??= setTimeout(tellLost, PATIENCE);
    });
  }

  function hear(event) {
    found();
    const told = JSON.parse(event.data);
    show(element, told);
    shown(told);
    if (told.state === "running") return;
    source.close();
    document.removeEventListener("visibilitychange", listen);
    end(element, told, over);
  }

  function tellLost() {
    const again = { name: document.body.dataset.anew, run: () => location.reload() };
    forget ??= alarm({ message: document.body.dataset.unseen }, again);
  }

  function found() {
    clearTimeout(timer);
    forget?.();
    timer = forget = undefined;
  }

  element.querySelector("[data-stop]")?.addEventListener("click", (event) =>
    act(event.currentTarget, "POST", `${address}/stop`, {}),
  );
  document.addEventListener("visibilitychange", listen);
  listen();
  return true;
}

async function end(element, told, over) {
  try {
    if (over) await over(told);
    else if (told.go) location.replace(told.go); // the way back leads past the page that only waited
    else if ("reload" in element.dataset) location.reload();
  } catch (error) {
    tell(error);
  }
}

function show(element, told) {
  for (const place of element.querySelectorAll("[data-told]")) {
    if (!(place.dataset.told in told)) continue; // it is not known yet
    const value = told[place.dataset.told];
    const text = typeof value === "number" ? value.toLocaleString("en-US") : (value ?? "");
    if (place.textContent !== text) place.textContent = text; // what stays the same is not read out again
  }
  const bar = element.querySelector("progress");
  if (bar && told.total) {
    bar.max = told.total;
    bar.value = told.done;
  }
}
