// A part of a page, made anew by the server and put in the place of the old one. The only module that makes HTML of text,
// and only of what this console has answered.

import { Refusal } from "./ask.js";

const policy = window.trustedTypes?.createPolicy("fenzu", { createHTML: (text) => text });

// Fetch a page and return the element of that selector in it; throws a Refusal.
export async function fetchPart(path, selector) {
  let answer, text;
  try {
    answer = await fetch(path, { headers: { accept: "text/html" } });
    text = await answer.text();
  } catch {
    throw new Refusal(document.body.dataset.lost);
  }
  const page = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
  const part = page.querySelector(selector);
  if (!part) throw refused(page, answer.status);
  return document.adoptNode(part);
}

// What a page says that tells an error: what happened, and what to do.
function refused(page, status) {
  const told = page.querySelector("main .notice, main [role=alert]");
  const lines = [...(told?.querySelectorAll("p:not(:has(.button))") ?? [])].map((line) => line.textContent.trim());
  return new Refusal(lines[0] ?? document.body.dataset.lost, lines.slice(1).join(" "), status);
}

// A click that asks for nothing else, such as a tab of its own: what its link shows can come into this page.
export const isPlainClick = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);

// Replace the element of that selector by the one in the page at `path`. Returns the new one.
export async function swap(path, selector) {
  const part = await fetchPart(path, selector);
  document.querySelector(selector).replaceWith(part);
  return part;
}

// Take a part of this page anew; who stood in it stands at the same place again.
export async function renew(selector) {
  const inside = document.querySelector(selector).contains(document.activeElement);
  const { id } = document.activeElement;
  const part = await swap(location.pathname + location.search, selector);
  if (inside) ((id && document.getElementById(id)) || part).focus();
}
