// Moving followers and taking it back: what is sent, and how it is told. Who is meant, and where to, others know.

import { ask, Refusal } from "./ask.js";
import { refresh } from "./followers-results.js";
import { drop } from "./followers-selection.js";
import { alarm, toast } from "./toast.js";

const UNDO = 10000;
const words = document.getElementById("move-words")?.dataset;
const bar = document.getElementById("selection");
const here = document.body.dataset.here;
let last = null;
let closeLast = () => {};

// Move `whom` ({openids} or {query}), `n` of them; `busy` shows that it is under way. Nothing is lost where it fails.
export async function move(whom, n, to, busy) {
  const { planning, moving, atOnce } = bar.dataset;
  await told(busy, n > Number(atOnce) ? planning : moving, async () => {
    const answer = await ask("POST", `${here}/moves`, { to, ...whom });
    if (answer.go) return location.assign(answer.go);
    await settle(answer);
    if (answer.undo) offer(answer);
    else toast(answer.message);
  });
}

// Take the last move back.
export async function undo() {
  if (!last) return;
  const key = last;
  last = null;
  closeLast();
  await told(bar, bar.dataset.moving, async () => {
    const answer = await ask("POST", `${here}/moves/${key}/undo`, {});
    last = answer.undo;
    await settle(answer);
    toast(answer.message);
  }, () => (last = key));
}

async function told(busy, words, run, failed = () => {}) {
  busy.setAttribute("aria-busy", "true");
  const stop = toast(words, { milliseconds: 0 });
  try {
    await run();
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    failed();
    alarm(refusal);
  } finally {
    stop();
    busy.removeAttribute("aria-busy");
    if (document.activeElement === document.body) document.querySelector("#table tbody tr[tabindex='0']")?.focus();
  }
}

async function settle(answer) {
  drop(answer.moved);
  for (const problem of answer.problems) alarm({ message: problem });
  document.dispatchEvent(new CustomEvent("fenzu:counts"));
  await refresh();
}

function offer(answer) {
  closeLast();
  last = answer.undo;
  closeLast = toast(answer.message, { action: { name: words.undo, run: undo }, milliseconds: UNDO });
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog");
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || isTyping || !last) return;
  event.preventDefault();
  undo();
});
