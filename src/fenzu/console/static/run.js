// The page of a plan: carrying it out and taking it back, after a question where that is asked for.

import { act, leave } from "./ask.js";
import { posts } from "./post.js";

for (const form of document.querySelectorAll("[data-run]")) {
  const asks = document.getElementById(form.dataset.ask ?? "");
  const send = (button) => act(button, "POST", form.dataset.run, wish(form), () => leave());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (asks) asks.showModal();
    else send(event.submitter ?? form);
  });
  asks?.querySelector("[data-cancel]").addEventListener("click", () => asks.close());
  asks?.querySelector("[data-confirm]").addEventListener("click", () => {
    asks.close();
    send(form.querySelector("[type=submit]"));
  });
}

// What the form says; what it does not have stays as the console has it.
function wish(form) {
  const said = new FormData(form);
  const most = said.get("most") ? Number(said.get("most")) : null;
  return { accept: said.getAll("accept"), reserve: Number(said.get("reserve") ?? 0), wait: said.has("wait"), most };
}

posts();
