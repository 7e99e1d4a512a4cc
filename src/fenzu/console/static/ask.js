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

// Send JSON on behalf of a control, which is busy meanwhile; a refusal is shown, and nothing else happens.
export async function act(control, method, path, body, then = () => {}) {
  if (control.getAttribute("aria-busy") === "true") return;
  control.setAttribute("aria-busy", "true");
  try {
    await then(await ask(method, path, body));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    alarm(refusal);
  } finally {
    control.removeAttribute("aria-busy");
  }
}
