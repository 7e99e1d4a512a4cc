// The table of followers, shown anew for another address without loading the page: the old rows stay until the new come.
// Whoever paints into the rows listens to `fenzu:shown`, which is dispatched for the first rows too.

import { ask, Refusal, tell } from "./ask.js";
import { fetchPart, isPlainClick } from "./fragment.js";

const PAUSE = 250;
const GROUPS = "#groups li > a";
const form = document.getElementById("filters");
const matches = document.getElementById("matches");
let wish = null; // what is being fetched

export const results = () => document.getElementById("results");
export const rows = () => [...document.querySelectorAll("#table tbody tr")];

// Show the page at `path`; `way` is "push" for a step of the reader's own, "type" while they type, "replace", or nothing.
// Returns false where that failed.
export async function show(path, way) {
  const mine = (wish = { path, way });
  results().setAttribute("aria-busy", "true");
  try {
    const part = await fetchPart(path, "#results");
    if (mine !== wish) return true;
    note(path, way);
    put(part);
    return true;
  } catch (error) {
    if (mine === wish) tell(error);
    return mine !== wish;
  } finally {
    if (mine === wish) {
      results().removeAttribute("aria-busy");
      wish = null;
    }
  }
}

// What is typed is one step for the button Back, which leads to what was there before the first letter.
function note(path, way) {
  if (way === "push" || (way === "type" && !history.state?.isTyped)) history.pushState({ isTyped: way === "type" }, "", path);
  else if (way) history.replaceState({ isTyped: way === "type" }, "", path);
}

// Read the same rows again, or those that are on their way: something in them has changed.
export const refresh = () => (wish ? show(wish.path, wish.way) : show(location.pathname + location.search));

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
  document.querySelector(".fold").querySelector("bdi").textContent = document.querySelector(`${GROUPS}[aria-current] bdi`)?.textContent ?? "";
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
function fill(address) {
  const search = new URLSearchParams(address);
  for (const [name, usual] of Object.entries({ q: "", group: "", age: "", from: "", to: "", sort: "newest", rows: "50" })) {
    form.elements[name].value = search.get(name) ?? usual;
  }
  form.querySelector(".dates").hidden = form.elements.age.value !== "between";
}

let timer;
form.addEventListener("input", (event) => event.isComposing || search(event));
form.addEventListener("compositionend", search);
function search(event) {
  form.querySelector(".dates").hidden = form.elements.age.value !== "between";
  clearTimeout(timer);
  const isTyped = event.target.type === "search" || event.target.type === "date";
  timer = setTimeout(() => show(address(), isTyped ? "type" : "push"), isTyped ? PAUSE : 0);
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show(address(), "push");
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest(`#results th a, .pager a:not([download]), #results .empty a, ${GROUPS}`);
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  if (!link.href) return;
  clearTimeout(timer);
  fill(link.search);
  if (link.matches(GROUPS)) fold();
  if (!(await show(link.getAttribute("href"), "push"))) fill(location.search);
});

// On a phone the groups are folded away when one is chosen.
function fold() {
  const button = document.querySelector(".fold");
  const had = document.getElementById("groups").contains(document.activeElement);
  button.setAttribute("aria-expanded", "false");
  if (had) button.focus(); // no more than a wish where all groups stand there
}

// Somebody has made, renamed or deleted a group: its name stands in the rows and in the filter, too.
document.addEventListener("fenzu:groups", async ({ detail }) => {
  const isGone = String(detail.gone) === results().dataset.of;
  await (isGone ? show(form.getAttribute("action"), "replace") : refresh());
  const groups = await fetchPart(location.pathname + location.search, "#filters [name=group]");
  const { group } = form.elements;
  const chosen = group.value; // by the time they are there; new options would choose another one
  group.replaceChildren(...groups.children);
  group.value = chosen;
  if (group.selectedIndex < 0) group.value = "";
});

addEventListener("popstate", () => {
  clearTimeout(timer);
  fill(location.search);
  show(location.pathname + location.search);
});
