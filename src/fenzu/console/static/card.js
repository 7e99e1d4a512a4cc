// What the platform says of a follower just now: it comes into the card when it comes, if the card is still there.

import { tell } from "./ask.js";
import { fetchPart } from "./fragment.js";

export async function askLive() {
  const live = document.getElementById("live");
  if (!live) return;
  live.setAttribute("aria-busy", "true");
  try {
    const part = await fetchPart(live.dataset.from, "#live");
    if (live.isConnected) live.replaceWith(part);
  } catch (error) {
    live.removeAttribute("aria-busy");
    if (live.isConnected) tell(error);
  }
}

askLive();
