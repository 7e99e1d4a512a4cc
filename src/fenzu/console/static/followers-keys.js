// The table by keys. One row at a time is in the tab order, with what can be pressed in it; single letters mean something
// only while the focus is in the table.

import { results, rows } from "./followers-results.js";
import { clear, select, toggle } from "./followers-selection.js";
import { toast } from "./toast.js";

const tools = document.getElementById("row-tools");
const help = document.getElementById("keys-dialog");
let current = 0;

document.addEventListener("fenzu:shown", ({ detail }) => {
  const page = rows();
  for (const row of page) equip(row);
  const kept = page.findIndex((row) => row.dataset.id === detail?.focused);
  current = kept >= 0 ? kept : Math.min(detail?.focused ? current : 0, Math.max(page.length - 1, 0));
  rove(page);
  if (detail?.had) (page[current] ?? document.querySelector("#results a, #results button, #filters input"))?.focus({ preventScroll: kept >= 0 });
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#table tbody tr");
  const page = row && rows();
  if (!row || page.indexOf(row) === current) return;
  current = page.indexOf(row);
  rove(page);
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || !event.target.closest?.("#table")) return;
  const page = rows();
  const row = event.target.closest("tbody tr");
  const act = action(event, page, row);
  if (!act) return;
  event.preventDefault();
  act();
});

document.getElementById("show-keys").addEventListener("click", () => help.showModal());

function action(event, page, row) {
  if (event.ctrlKey || event.metaKey) return event.key === "a" && !event.altKey ? () => select(page) : null;
  if (event.altKey) return null;
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (step) return () => go(page, page[current + (row ? step : 0)], event.shiftKey && row);
  if (event.key === "Home" && row) return () => go(page, page[0]);
  if (event.key === "End" && row) return () => go(page, page.at(-1));
  if (event.key === "Escape") return clear;
  if (event.key === "?") return () => help.showModal();
  if (event.key === "m") return () => document.dispatchEvent(new CustomEvent("fenzu:move", { detail: { row } }));
  if (!row) return null;
  if (event.key === "e") return () => row.querySelector("[data-edit]")?.click();
  const isControl = event.target !== row;
  if (event.key === " " && (!isControl || event.target.matches("input"))) return () => toggle(row, event.shiftKey);
  if (event.key === "Enter" && !isControl) return () => row.querySelector(".openid a").click();
  return null;
}

function go(page, row, from) {
  if (!row) return;
  if (from) select([from, row]);
  row.focus();
}

function rove(page) {
  for (const [at, row] of page.entries()) {
    row.tabIndex = at === current ? 0 : -1;
    for (const control of row.querySelectorAll("a, button, input")) control.tabIndex = at === current ? 0 : -1;
  }
}

function equip(row) {
  row.querySelector(".openid a").setAttribute("aria-label", row.dataset.id);
  const tick = row.querySelector("input");
  tick.ariaLabel = `${tick.ariaLabel} ${row.dataset.id}`;
  for (const button of [...tools.content.cloneNode(true).children]) {
    row.querySelector("copy" in button.dataset ? ".openid" : ".remark").append(button);
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("#table [data-copy]");
  if (!button || !results().contains(button)) return;
  const row = button.closest("tr");
  try {
    await navigator.clipboard.writeText(row.dataset.id);
  } catch {
    const link = row.querySelector(".openid a");
    link.textContent = row.dataset.id; // in one piece: what is copied of two has a line break between them
    getSelection().selectAllChildren(link);
    return toast(button.dataset.selected);
  }
  button.dataset.name ??= button.title;
  call(button, button.dataset.done);
  button.addEventListener("blur", () => call(button, button.dataset.name), { once: true });
});

function call(button, name) {
  button.title = button.ariaLabel = name;
}
