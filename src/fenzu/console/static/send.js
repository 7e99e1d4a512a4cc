// A button or form with [data-send="POST /…"] sends something: a form its fields, a button what [data-body] says, if anything.
// Then the part [data-renew] is taken anew; without one the page goes where the answer leads, or is loaded anew.

import { act, attempt, leave } from "./ask.js";
import { renew } from "./fragment.js";
import { toast } from "./toast.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-send], button[data-renew]");
  if (!button) return;
  if (button.dataset.send) send(button, button, JSON.parse(button.dataset.body ?? "{}"));
  else attempt(button, () => renew(button.dataset.renew));
});

// A dialog in a form is a question before it. It is asked also where the form is sent by a key in a field.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  const question = form.querySelector("dialog");
  if (question && !question.open) question.showModal();
  else send(event.submitter ?? form, form, fieldsOf(form));
});

async function send(control, source, body) {
  const [method, path] = source.dataset.send.split(" ");
  await act(control, method, path, body, async (told) => {
    control.closest("dialog")?.close();
    if (!source.dataset.renew) return leave(told.go);
    if (told.message) toast(told.message);
    await renew(source.dataset.renew);
  });
}

// The fields of a form by their names: numbers as numbers, checkboxes with values as a list of those that are ticked, nothing
// for what is empty or not shown.
function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    const { name, type, value } = field;
    if (!name || field.disabled || field.closest("[hidden]")) continue;
    if (type === "checkbox" && field.hasAttribute("value")) fields[name] = (fields[name] ?? []).concat(field.checked ? value : []);
    else if (type === "checkbox") fields[name] = field.checked;
    else if (value !== "") fields[name] = type === "number" ? Number(value) : value;
  }
  return fields;
}
