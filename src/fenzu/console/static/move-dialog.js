// Choosing the group to move to: a list that narrows while one types, by mouse or by keys. Into the blacklist asks first.

import { tell } from "./ask.js";
import { isEmpty, selected, size } from "./followers-selection.js";
import { swap } from "./fragment.js";
import { move } from "./move.js";
import { ask } from "./move-sure.js";

const dialog = document.getElementById("move-dialog");
const field = document.getElementById("move-filter");
const none = document.getElementById("no-target");
const planned = document.getElementById("becomes-plan");
const button = document.getElementById("move");
const blacklist = document.getElementById("move-words")?.dataset.blacklist;
let whom = null;
let count = 0;

const options = () => [...document.querySelectorAll("#targets [role=option]")];
const shown = () => options().filter((option) => !option.hidden);

// Ask where `wish` ({openids} or {query}), `n` of them, are to go.
export async function choose(wish, n) {
  [whom, count] = [wish, n];
  const heading = dialog.querySelector("h2");
  heading.textContent = heading.dataset.title.replace("{n}", n.toLocaleString("en-US"));
  planned.hidden = n <= Number(planned.dataset.above);
  field.value = "";
  dialog.showModal();
  field.focus();
  const place = document.getElementById("targets-place");
  place.setAttribute("aria-busy", "true");
  try {
    await swap(`${document.body.dataset.here}/moves/targets`, "#targets");
    narrow();
  } catch (error) {
    dialog.close();
    tell(error);
  }
  place.removeAttribute("aria-busy");
}

// Move to a group; into the blacklist only after a question.
export function send(wish, n, to, busy) {
  const go = () => move(wish, n, Number(to), busy);
  return String(to) === blacklist ? ask("blacklist-dialog", n, go) : go();
}

function narrow() {
  const text = field.value.trim().toLowerCase();
  for (const option of options()) option.hidden = !option.dataset.name.includes(text);
  none.hidden = shown().length > 0;
  mark(text ? shown()[0] : undefined);
}

function mark(option) {
  for (const each of options()) each.setAttribute("aria-selected", each === option);
  field.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function take(option) {
  if (!option) return;
  dialog.close();
  send(whom, count, option.dataset.to, button);
}

function step(by) {
  const list = shown();
  const at = list.findIndex((option) => option.getAttribute("aria-selected") === "true");
  mark(list[at < 0 && by < 0 ? list.length - 1 : (at + by + list.length) % list.length]);
}

field?.addEventListener("input", (event) => event.isComposing || narrow());
field?.addEventListener("compositionend", narrow);
field?.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return; // the key is the input method's
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) step(by);
  else if (event.key === "Enter") take(shown().find((option) => option.getAttribute("aria-selected") === "true"));
  else return;
  event.preventDefault();
});
dialog?.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
button?.addEventListener("click", () => choose(selected(), size()));
document.addEventListener("fenzu:move", ({ detail }) => {
  if (!dialog) return;
  if (detail.openid) choose({ openids: [detail.openid] }, 1);
  else if (!isEmpty()) choose(selected(), size());
  else if (detail.row) choose({ openids: [detail.row.dataset.id] }, 1);
});
