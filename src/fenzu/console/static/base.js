// What every page does: the reader's preferences, what is at work, and the sync.

import { act } from "./ask.js";
import { follow } from "./job.js";

for (const select of document.querySelectorAll("[data-prefer]")) {
  select.addEventListener("change", () =>
    act(select, "POST", "/preferences", { [select.dataset.prefer]: select.value }, () => location.reload()),
  );
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
