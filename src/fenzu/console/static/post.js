// Buttons that send nothing but that they were pressed ([data-post]); the page goes where the answer leads, or anew.

import { act, leave } from "./ask.js";

export function posts() {
  for (const button of document.querySelectorAll("[data-post]")) {
    button.addEventListener("click", () =>
      act(button, "POST", button.dataset.post, {}, (told) => leave(told.go)),
    );
  }
}
