// Watching what is at work: a job's last word is shown in the elements that name a part of it.

import { act } from "./ask.js";

// Show how a job stands in `element` ([data-job]) until it is over, then call `over`, go where the
// job leads, or load the page anew ([data-reload]).
export function follow(element, { shown = () => {}, over } = {}) {
  const address = `${document.body.dataset.here}/jobs/${element.dataset.job}`;
  const source = new EventSource(`${address}/events`);
  source.addEventListener("message", (event) => {
    const told = JSON.parse(event.data);
    show(element, told);
    shown(told);
    if (told.state === "running") return;
    source.close();
    if (over) over(told);
    else if (told.go) location.assign(told.go);
    else if ("reload" in element.dataset) location.reload();
  });
  element.querySelector("[data-stop]")?.addEventListener("click", (event) =>
    act(event.currentTarget, "POST", `${address}/stop`, {}),
  );
  return source;
}

function show(element, told) {
  for (const place of element.querySelectorAll("[data-told]")) {
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
