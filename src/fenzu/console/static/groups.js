// Groups: their menu and forms, and lists of them that stay fresh while somebody looks.

import { listen, openForm } from "./groups-form.js";
import { isPlainClick, swap } from "./fragment.js";
import { ask, leave, Refusal, tell } from "./ask.js";
import { remember } from "./place.js";
import { alarm, toast } from "./toast.js";
import { offer } from "./undo.js";

const { here } = document.body.dataset;
const SOON = 2_000; // the server waits for the platform: it has a newer list in a moment
const OFTEN = 60_000;
const SELDOM = 960_000; // the platform lets groups be listed a thousand times a day
const menu = document.getElementById("group-menu");
let pause = OFTEN;
let timer;
let refreshed = Date.now();

document.addEventListener("click", (event) => {
  const opens = event.target.closest("[data-menu]");
  if (opens) menu.dataset.group = opens.closest("[data-group]").dataset.group;
  const form = event.target.closest("[data-form]");
  if (form) openForm(form, form.dataset.form, done);
  const link = event.target.closest("[data-swap]");
  if (link && isPlainClick(event)) {
    event.preventDefault();
    put(link.href, link.dataset.swap).then(() => document.querySelector(`${link.dataset.swap} [data-swap]`)?.focus());
  }
});

menu?.addEventListener("click", (event) => {
  const verb = event.target.closest("[data-verb]")?.dataset.verb;
  if (!verb) return;
  const control = document.querySelector(`[data-group="${menu.dataset.group}"] [data-menu]`) ?? menu;
  menu.hidePopover();
  openForm(control, `${here}/groups/${menu.dataset.group}/${verb}`, done);
});

const alone = document.querySelector("main #form");
if (alone) {
  const back = () => leave(`${here}/groups`);
  listen(alone, back);
  alone.querySelector("[data-closes]").addEventListener("click", back);
}

for (const place of document.querySelectorAll("[data-later]")) put(place.dataset.later, `#${place.id}`);

document.addEventListener("fenzu:counts", () => {
  refresh();
  for (const place of document.querySelectorAll("[data-source]")) put(place.dataset.source, `#${place.id}`);
});
document.addEventListener("visibilitychange", look);
wait();

async function done(told) {
  if (told.go) return leave(told.go);
  if (told.form) await openForm(document.body, told.form, done); // first, as messages stand in the dialog that is open
  spread(told);
  if (told.undo) offer(told.message, told.undo_name, () => putBack(told.undo));
  else toast(told.message);
}

async function putBack(address) {
  const told = await ask("POST", address, {});
  spread(told);
  return told;
}

function spread(told) {
  for (const message of told.problems ?? []) alarm({ message });
  document.dispatchEvent(new CustomEvent("fenzu:counts"));
  document.dispatchEvent(new CustomEvent("fenzu:groups", { detail: told }));
}

// Put a part of the page at `address` in the place of an older one, which fades meanwhile.
async function put(address, selector) {
  const old = document.querySelector(selector);
  old.setAttribute("aria-busy", "true");
  try {
    const part = await swap(address, selector);
    for (const picture of part.querySelectorAll(".picture")) picture.scrollLeft = picture.scrollWidth; // today is at the right
  } catch (error) {
    old.removeAttribute("aria-busy");
    tell(error);
  }
}

// Put newer lists in the place of those that stand here. Where the keyboard is, it stays.
async function refresh() {
  refreshed = Date.now();
  let isNews = false;
  for (const { id, dataset, textContent } of document.querySelectorAll("[data-fresh]")) {
    const back = focused();
    try {
      const path = dataset.fresh;
      let fresh = await swap(path, `#${id}`);
      if (dataset.fresh !== path) fresh = await swap(dataset.fresh, `#${id}`); // another group is looked at by now
      isNews ||= fresh.textContent !== textContent;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal; // a list that may be old is better than an alarm each minute
    }
    if (document.activeElement === document.body) back?.();
  }
  pause = isNews ? OFTEN : Math.min(pause * 2, SELDOM);
  wait();
}

function focused() {
  const element = document.activeElement;
  return element?.closest("[data-fresh]") ? remember(element) : null;
}

// Who comes back to the page sees what has changed meanwhile, and looks for a while.
function look() {
  if (!document.hidden) pause = OFTEN;
  if (document.hidden || Date.now() - refreshed < OFTEN || menu?.matches(":popover-open")) return wait();
  refresh();
}

function wait() {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(() => {
    if (menu?.matches(":popover-open")) wait();
    else refresh();
  }, document.querySelector("[data-awaited]") ? SOON : pause);
}
