// Moving followers and taking it back: what is sent, and how it is told. Who is meant, and where to, others know.

import { ask, leave, Refusal } from "./ask.js";
import { putAside } from "./followers-kept.js";
import { refresh } from "./followers-results.js";
import { drop } from "./followers-selection.js";
import { ask as askFirst } from "./move-sure.js";
import { alarm, toast } from "./toast.js";
import { offer } from "./undo.js";

const words = document.getElementById("move-words")?.dataset;
const bar = document.getElementById("selection");
const here = document.body.dataset.here;

// Move `whom` ({openids} or {query}), `n` of them; `busy` shows that it is under way. Nothing is lost where it fails.
// `more` says what was asked before: whether they may come out of the blacklist.
export async function move(whom, n, to, busy, more = {}) {
  const { planning, moving, atOnce } = bar.dataset;
  try {
    const blocked = await wait(busy, n > Number(atOnce) ? planning : moving, async () => {
      const answer = await ask("POST", `${here}/moves`, { to, ...whom, ...more });
      if (answer.go) {
        if (answer.waits) putAside(answer.go, whom, n);
        drop(whom, whom.openids ?? []);
        return leave(answer.go);
      }
      if (answer.blocked) return answer.blocked;
      drop(whom, answer.moved);
      await settle(answer);
      if (answer.undo) offer(answer.message, words.undo, () => putBack(answer.undo));
      else toast(answer.message);
    });
    if (blocked) askFirst("unblock-dialog", blocked, () => move(whom, n, to, busy, { unblocks: true }));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    // What the console refuses left everybody where they were; where it did not answer, nobody knows.
    const told = refusal.status ? `${words.nobody} ${refusal.message}` : refusal.message;
    alarm({ message: told, advice: refusal.advice });
  }
}

function putBack(key) {
  return wait(bar, bar.dataset.moving, async () => {
    const answer = await ask("POST", `${here}/moves/${key}/undo`, {});
    await settle(answer);
    return answer;
  });
}

async function wait(busy, words, run) {
  busy.setAttribute("aria-busy", "true");
  const stop = toast(words, { milliseconds: 0 });
  try {
    return await run();
  } finally {
    stop();
    busy.removeAttribute("aria-busy");
    if (document.activeElement === document.body) document.querySelector("#table tbody tr[tabindex='0']")?.focus();
  }
}

async function settle(answer) {
  for (const problem of answer.problems) alarm({ message: problem });
  document.dispatchEvent(new CustomEvent("fenzu:counts"));
  await refresh();
}
