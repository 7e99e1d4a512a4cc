// What can be taken back, a move of rows or a merge: by the button in its message, the last one by Ctrl+Z, too.

import { leave, tell } from "./ask.js";
import { toast } from "./toast.js";

const OFFERED = 10_000;
const GONE = 400; // nobody can take it back any more
const words = document.getElementById("move-words")?.dataset;
let last = null;
let denial = null;

// Offer to take something back; `take` does it and returns the answer, in which `undo` says that something is left of it.
export function offer(message, name, take) {
  last?.close();
  last = show({ message, name, take });
}

function show(offered) {
  const action = { name: offered.name, run: () => takeBack(offered) };
  return Object.assign(offered, { close: toast(offered.message, { action, milliseconds: OFFERED }) });
}

// What failed is offered again; the last one it is only where nothing newer has come meanwhile.
async function takeBack(offered) {
  if (last === offered) last = null;
  offered.close();
  try {
    const { message, undo } = await offered.take();
    if (undo) again({ ...offered, message });
    else toast(message);
  } catch (error) {
    tell(error);
    if (error.status !== GONE) again(offered);
  }
}

function again(offered) {
  const shown = show(offered);
  last ??= shown;
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog");
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || isTyping) return;
  if (last) {
    event.preventDefault();
    takeBack(last);
  } else if (words) {
    event.preventDefault();
    denial?.();
    const action = { name: words.plans, run: () => leave(`${document.body.dataset.here}/regroup`) };
    denial = toast(words.nothing, { action });
  }
});
