// The page of followers: puts its modules together. What each does is told in it.

import "./followers-keys.js";
import "./followers-remark.js";
import "./followers-card.js";
import "./followers-sync.js";
import "./move-dialog.js";
import "./move-drag.js";
import { begin } from "./followers-results.js";

// A click beside a dialog closes it; the end of a selection that began in it does not.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if ((event.target === dialog && pressed === dialog) || event.target.closest("[data-cancel]")) dialog.close();
  });
}
begin();
