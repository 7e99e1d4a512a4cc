// What the platform says of a follower just now: it comes into the card when it comes.

import { Refusal } from "./ask.js";
import { swap } from "./fragment.js";
import { alarm } from "./toast.js";

export async function askLive() {
  const live = document.getElementById("live");
  if (!live) return;
  live.setAttribute("aria-busy", "true");
  try {
    await swap(live.dataset.from, "#live");
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    live.removeAttribute("aria-busy");
    alarm(refusal);
  }
}

askLive();
