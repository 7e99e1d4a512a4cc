// Sending something to the console, and showing what it says when it refuses. All text comes from the server.

import { alarm } from "./toast.js";

export class Refusal extends Error {
  constructor(message, advice = "", status = 0, error = "") {
    super(message);
    Object.assign(this, { advice, status, error });
  }
}

// Send JSON and return the JSON of the answer; throws a Refusal.
export async function ask(method, path, body) {
  const init = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers["content-type"] = "application/json";
  }
  let answer, told;
  try {
    answer = await fetch(path, init);
    told = await answer.json();
  } catch {
    throw new Refusal(document.body.dataset.lost);
  }
  if (!answer.ok) throw new Refusal(told.message, told.advice, answer.status, told.error);
  return told;
}

// Go on to another page, or load this one anew. Whoever waits for it goes on waiting, so that what is busy stays so until the
// page is gone; a page that comes back as it was is at work no more.
export function leave(address) {
  if (address) location.assign(address);
  else location.reload();
  return new Promise((resolve) => {
    addEventListener("pageshow", (event) => event.persisted && resolve());
  });
}

// Do something on behalf of a control, which is busy meanwhile and does nothing twice; a refusal is shown.
export async function attempt(control, run) {
  if (control.getAttribute("aria-busy") === "true") return;
  control.setAttribute("aria-busy", "true");
  try {
    await run();
  } catch (error) {
    tell(error);
  } finally {
    control.removeAttribute("aria-busy");
  }
}

// Send JSON on behalf of a control; `then` gets the answer.
export function act(control, method, path, body, then = () => {}) {
  return attempt(control, async () => then(await ask(method, path, body)));
}

// Show a refusal. Any other error is a mistake of ours, and goes on.
export function tell(error) {
  if (!(error instanceof Refusal)) throw error;
  alarm(error);
}
