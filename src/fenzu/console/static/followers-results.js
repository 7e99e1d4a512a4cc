// The table of followers, shown anew for another address without loading the page: the old rows stay until the new come.
// Whoever paints into the rows listens to `fenzu:shown`, which is dispatched for the first rows too.

import { ask, Refusal } from "./ask.js";
import { fetchPart } from "./fragment.js";
import { alarm } from "./toast.js";

const PAUSE = 250;
const GROUPS = "#groups li > a";
const form = document.getElementById("filters");
const matches = document.getElementById("matches");
let wanted = 0;

export const results = () => document.getElementById("results");
export const rows = () => [...document.querySelectorAll("#table tbody tr")];

// Show the page at `path`; `way` is "push" for a step of the reader's own, "replace" while they type, or nothing.
export async function show(path, way) {
  const mine = ++wanted;
  results().setAttribute("aria-busy", "true");
  try {
    const part = await fetchPart(path, "#results");
    if (mine !== wanted) return;
    if (way === "push") history.pushState(null, "", path);
    if (way === "replace") history.replaceState(null, "", path);
    put(part);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (mine === wanted) alarm(refusal);
  } finally {
    if (mine === wanted) results().removeAttribute("aria-busy");
  }
}

// Read the same rows again: something in them has changed.
export const refresh = () => show(location.pathname + location.search);

export function begin() {
  document.dispatchEvent(new CustomEvent("fenzu:shown"));
  count();
}

function put(part) {
  const element = results().contains(document.activeElement) ? document.activeElement : null;
  const head = element?.closest("th");
  results().replaceWith(part);
  const detail = { had: Boolean(element), focused: element?.closest("tr")?.dataset.id };
  document.dispatchEvent(new CustomEvent("fenzu:shown", { detail }));
  if (head) document.querySelector(`#table th:nth-child(${head.cellIndex + 1}) :is(a, input)`)?.focus();
  if (element?.matches("select")) document.querySelector("#results select")?.focus();
  mark();
  count();
}

// How many match is asked for apart; it is written where the selection is told.
async function count() {
  const here = results();
  if (here.dataset.total !== undefined) {
    matches.textContent = "";
  } else {
    matches.setAttribute("aria-busy", "true");
    try {
      const told = await ask("GET", here.dataset.count);
      if (here !== results()) return;
      here.dataset.total = told.count;
      matches.textContent = told.message;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      matches.textContent = "";
    }
    matches.removeAttribute("aria-busy");
  }
  document.dispatchEvent(new CustomEvent("fenzu:counted"));
}

// The group at the left that the rows are of; the list there is asked for by it the next time, too.
function mark() {
  const { of } = results().dataset;
  for (const link of document.querySelectorAll(GROUPS)) {
    if ((link.parentElement.dataset.group ?? "") === of) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const fold = document.querySelector(".fold");
  fold.setAttribute("aria-expanded", "false");
  fold.querySelector("bdi").textContent = document.querySelector(`${GROUPS}[aria-current] bdi`)?.textContent ?? "";
  const list = document.getElementById("groups");
  list.dataset.fresh = list.dataset.fresh.split("?")[0] + (of && `?group=${of}`);
}

function address() {
  const search = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const isUsual = (name === "sort" && value === "newest") || (name === "rows" && value === "50");
    const isDate = name === "from" || name === "to";
    if (value && !isUsual && !(isDate && form.elements.age.value !== "between")) search.set(name, value);
  }
  return `${form.getAttribute("action")}?${search}`;
}

// The fields say what the address says: after a step back, and after a click on a group.
function fill() {
  const search = new URLSearchParams(location.search);
  for (const [name, usual] of Object.entries({ q: "", group: "", age: "", from: "", to: "", sort: "newest" })) {
    form.elements[name].value = search.get(name) ?? usual;
  }
  form.querySelector(".dates").hidden = form.elements.age.value !== "between";
}

let timer;
form.addEventListener("input", (event) => {
  form.querySelector(".dates").hidden = form.elements.age.value !== "between";
  clearTimeout(timer);
  const isTyped = event.target.type === "search" || event.target.type === "date";
  timer = setTimeout(() => show(address(), isTyped ? "replace" : "push"), isTyped ? PAUSE : 0);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show(address(), "push");
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#results select[name=rows]")) show(address(), "push");
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest(`#results th a, .pager a, #results .empty a, ${GROUPS}`);
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (!link.href) return;
  await show(link.getAttribute("href"), "push");
  fill();
});

// Somebody has made, renamed or deleted a group: its name stands in the rows and in the filter, too.
document.addEventListener("fenzu:groups", async ({ detail }) => {
  const isGone = String(detail.gone) === results().dataset.of;
  await (isGone ? show(form.getAttribute("action"), "replace") : refresh());
  const groups = await fetchPart(location.pathname + location.search, "#filters [name=group]");
  form.elements.group.replaceChildren(...groups.children);
});

addEventListener("popstate", async () => {
  await show(location.pathname + location.search);
  fill();
});
