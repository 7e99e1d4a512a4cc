// A form of the server's, shown in a dialog over the page. What it is refused for stands in the form, and nothing is lost.

import { ask, attempt, Refusal } from "./ask.js";
import { fetchPart } from "./fragment.js";
import { remember } from "./place.js";

// Open the form at `address` on behalf of a control; `done` gets what the server answers to it.
export function openForm(control, address, done) {
  return attempt(control, async () => {
    const form = await fetchPart(address, "#form");
    show(form, remember(control));
    listen(form, done);
  });
}

// Let a form send JSON, whether it stands in a dialog or in a page of its own.
export function listen(form, done) {
  const problem = form.querySelector("[data-problem]");
  const field = form.querySelector("input, select");
  const again = form.querySelector("[data-again]");
  const length = form.querySelector("[data-length]");
  const count = () => length && (length.textContent = `${[...field.value.trim()].length} / ${length.dataset.length}`);
  const forget = () => {
    problem.hidden = true;
    field.removeAttribute("aria-invalid");
    if (again) again.hidden = !(again.querySelector("input").checked = false);
    count();
  };
  field?.addEventListener("input", forget);
  count();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    const { method, action } = form.dataset;
    const button = event.submitter ?? form.querySelector(".primary");
    for (const busy of [form, button]) busy?.setAttribute("aria-busy", "true");
    problem.hidden = true;
    try {
      const told = await ask(method, action, Object.fromEntries(new FormData(form)));
      form.closest("dialog")?.close();
      await done(told);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      problem.textContent = [refusal.message, refusal.advice].filter(Boolean).join(" · ");
      problem.hidden = false;
      if (again && refusal.error === "NameTaken") again.hidden = false;
      field?.setAttribute("aria-invalid", "true");
      field?.focus();
    } finally {
      for (const busy of [form, button]) busy?.removeAttribute("aria-busy");
    }
  });
}

function show(form, back) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "form-heading");
  dialog.append(form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) back(); // the list was renewed behind the dialog
  });
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector("input[autofocus]")?.select();
}
