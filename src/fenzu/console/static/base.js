// What every page does: what can be sent, dialogs, the reader's light, and what is at work.

import "./dialogs.js";
import "./send.js";
import { ask, tell } from "./ask.js";
import { follow } from "./job.js";

// The page changes at once. One wish follows the other, so that the last one is kept.
const theme = document.getElementById("theme");
let kept = Promise.resolve();
theme?.addEventListener("change", () => {
  const wish = { theme: theme.value };
  document.documentElement.dataset.theme = wish.theme;
  kept = kept.then(() => ask("POST", "/preferences", wish)).catch(tell);
});

for (const element of document.querySelectorAll("[data-job]:not([data-own])")) follow(element);

// On a phone the pages' names are wider than the window: the one where one is comes into sight.
document.querySelector("header.top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// A menu goes when somebody looks elsewhere.
for (const type of ["click", "focusin", "keydown"]) {
  document.addEventListener(type, (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (type === "keydown" ? event.key !== "Escape" : menu.contains(event.target)) continue;
      if (type === "keydown" && menu.contains(event.target)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });
}

// What a phone has no room for is behind the button before it.
for (const button of document.querySelectorAll(".fold")) {
  button.addEventListener("click", () => button.setAttribute("aria-expanded", button.ariaExpanded !== "true"));
}
