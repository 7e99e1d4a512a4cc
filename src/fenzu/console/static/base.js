// What every page does: the reader's preferences, what is at work, and the sync.

import { act, ask, Refusal } from "./ask.js";
import { follow } from "./job.js";
import { alarm } from "./toast.js";

const language = document.getElementById("language");
language?.addEventListener("click", () =>
  act(language, "POST", "/preferences", { language: language.value }, () => location.reload()),
);

// The page changes at once. One wish follows the other, so that the last one is kept.
const theme = document.getElementById("theme");
let kept = Promise.resolve();
theme?.addEventListener("change", () => {
  const wish = { theme: theme.value };
  document.documentElement.dataset.theme = wish.theme;
  kept = kept.then(() => prefer(wish));
});

async function prefer(wish) {
  try {
    await ask("POST", "/preferences", wish);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    alarm(refusal);
  }
}

for (const element of document.querySelectorAll("[data-job]:not([data-own])")) follow(element);

for (const button of document.querySelectorAll("[data-sync]")) {
  button.addEventListener("click", () =>
    act(button, "POST", `${document.body.dataset.here}/sync`, {}, () => location.reload()),
  );
}

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
