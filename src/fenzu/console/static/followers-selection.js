// Who is selected: openids, which stay while one turns pages, searches, and leaves the page for another, or all that match the
// search on the page.

import { keep, recall } from "./followers-kept.js";
import { results, rows } from "./followers-results.js";

const bar = document.getElementById("selection");
const [told, every, clearing, moving] = ["told", "every", "clear", "move"].map((id) => document.getElementById(id));
const chosen = new Set();
let all, allSize;
let last = null;
let isDrawn = false;

const number = (n) => n.toLocaleString("en-US");
const tick = (row) => row.querySelector("input");
const total = () => Number(results().dataset.total ?? NaN);

export const isSelected = (row) => all !== null || chosen.has(row.dataset.id);
export const isEmpty = () => all === null && chosen.size === 0;

// What is sent to say who is meant, and how many that are.
export function selected() {
  return all === null ? { openids: [...chosen] } : { query: JSON.parse(all) };
}
export const size = () => (all === null ? chosen.size : allSize);

export function select(some, on = true) {
  leaveAll();
  for (const row of some) chosen[on ? "add" : "delete"](row.dataset.id);
  paint();
}

// Select a row or not; with `on` to the one before, all between are made as it is made.
export function toggle(row, isRange = false) {
  const page = rows();
  const from = page.findIndex((each) => each.dataset.id === last);
  const on = !isSelected(row);
  if (isRange && from >= 0) {
    const [low, high] = [from, page.indexOf(row)].sort((one, other) => one - other);
    select(page.slice(low, high + 1), true);
  } else {
    select([row], on);
  }
  last = row.dataset.id;
}

export function clear() {
  chosen.clear();
  all = null;
  last = null;
  paint();
}

// `whom` was sent, and these were moved, or are in a plan now: they are selected no more. Others stay so.
export function drop(whom, openids) {
  if (whom.query && all !== null && JSON.stringify(whom.query) === JSON.stringify(JSON.parse(all))) clear();
  for (const openid of openids) chosen.delete(openid);
  paint();
}

// Of all that match, the page is left when one of them is taken out.
function leaveAll() {
  if (all === null) return;
  all = null;
  for (const row of rows()) chosen.add(row.dataset.id);
}

function paint() {
  const page = rows();
  let on = 0;
  for (const row of page) {
    const is = isSelected(row);
    on += is;
    row.setAttribute("aria-selected", is);
    tick(row).checked = is;
  }
  const head = document.getElementById("tick-all");
  if (head) {
    head.checked = page.length > 0 && on === page.length;
    head.indeterminate = on > 0 && on < page.length;
  }
  say(page.length, on);
  keep([...chosen], all, allSize);
}

function say(shown, on) {
  const away = chosen.size - on;
  const words = all !== null ? bar.dataset.all : away > 0 ? bar.dataset.away : bar.dataset.some;
  const text = isEmpty() || !isDrawn ? "" : words.replace("{n}", number(size())).replace("{m}", number(away));
  if (told.textContent !== text) told.textContent = text; // what stays the same is not read out again
  every.hidden = !(all === null && shown > 0 && on === shown && total() > shown);
  every.textContent = every.hidden ? "" : bar.dataset.every.replace("{n}", number(total()));
  clearing.hidden = isEmpty();
  if (moving) moving.disabled = isEmpty();
}

function remember() {
  const kept = recall();
  chosen.clear();
  for (const openid of kept.openids) chosen.add(openid);
  [all, allSize] = [kept.all, kept.size];
}

function look() {
  if (all !== null && all !== results().dataset.matching) all = null;
  last = null;
  paint();
}

remember();
document.addEventListener("fenzu:shown", look);
// A page that comes back as it was holds who was selected when it was left.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  remember();
  look();
});
document.addEventListener("fenzu:counted", () => {
  if (all !== null) allSize = total() || allSize;
  paint();
});
// Of whom is selected from before a screen reader hears only where that is written after the page was drawn.
requestAnimationFrame(() =>
  setTimeout(() => {
    isDrawn = true;
    paint();
  }),
);
every.addEventListener("click", () => {
  all = results().dataset.matching;
  allSize = total();
  chosen.clear();
  paint();
  (moving ?? clearing).focus();
});
clearing.addEventListener("click", () => {
  clear();
  document.querySelector("#table tbody tr[tabindex='0']")?.focus();
});
document.addEventListener("click", (event) => {
  if (event.target.id === "tick-all") return select(rows(), event.target.checked);
  const row = event.target.closest("#table tbody tr");
  if (!row || event.target.closest("a, button")) return;
  toggle(row, event.shiftKey);
});
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target.closest("#table tbody")) event.preventDefault();  // no text is marked
});
