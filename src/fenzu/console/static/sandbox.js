// What the pages of the sandbox and of the accounts do: a button or form with [data-send] sends something and shows what
// has become of it; [data-opens] opens a dialog.

import "./copy.js";
import { act, Refusal } from "./ask.js";
import { swap } from "./fragment.js";
import { alarm, toast } from "./toast.js";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(opener);
  event.target.closest("[data-closes]")?.closest("dialog").close();
  const button = event.target.closest("button[data-send], button[data-renew]");
  if (!button) return;
  if (button.dataset.send) send(button, button, JSON.parse(button.dataset.body ?? "{}"));
  else look(button);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  send(event.submitter ?? form, form, fieldsOf(form));
});

document.addEventListener("change", (event) => {
  if (event.target.matches("form select[name]")) choose(event.target);
});

// What [data-when="name=value"] says is shown only where that was chosen in its form.
// A browser may remember what was chosen before.
document.querySelectorAll("form select[name]").forEach(choose);

function choose(select) {
  for (const field of select.form.querySelectorAll(`[data-when^="${select.name}="]`)) {
    const isChosen = field.dataset.when === `${select.name}=${select.value}`;
    field.hidden = !isChosen;
    for (const input of field.querySelectorAll("input")) input.disabled = !isChosen;
  }
}

// Open a dialog, filled with what the opener knows ([data-fill], JSON).
function openDialog(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  for (const [name, value] of Object.entries(JSON.parse(opener.dataset.fill ?? "{}"))) {
    for (const field of dialog.querySelectorAll(`[name="${name}"]`)) field.value = value;
    for (const place of dialog.querySelectorAll(`[data-filled="${name}"]`)) place.textContent = value;
  }
  dialog.showModal();
}

// Send what [data-send] says ("POST /…"), then close the dialog that it stands in and take the part [data-renew] anew.
async function send(control, source, body) {
  const [method, path] = source.dataset.send.split(" ");
  await act(control, method, path, body, async (told) => {
    control.closest("dialog")?.close();
    if (source.dataset.then === "reload") return location.reload();
    if (told.message) toast(told.message);
    if (source.dataset.renew) await renew(source.dataset.renew);
  });
}

// What takes a while ([data-fetch]) comes when the rest of the page is there.
for (const part of document.querySelectorAll("[data-fetch]")) {
  swap(part.dataset.fetch, `#${part.id}`).catch((refusal) => {
    if (!(refusal instanceof Refusal)) throw refusal;
    part.remove();
    alarm(refusal);
  });
}

// A button that sends nothing: the part is taken anew.
async function look(button) {
  try {
    await renew(button.dataset.renew);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    alarm(refusal);
  }
}

// Take a part of this page anew; who stood in it stands at the same place again.
export async function renew(selector) {
  const old = document.querySelector(selector);
  const inside = old.contains(document.activeElement);
  const id = document.activeElement.id;
  const part = await swap(location.pathname + location.search, selector);
  if (inside) ((id && document.getElementById(id)) || part).focus();
  part.dispatchEvent(new CustomEvent("fenzu:renewed", { bubbles: true }));
}

// The fields of a form by their names: numbers as numbers, nothing for what is empty or not shown.
function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.closest("[hidden]")) continue;
    if (field.type === "radio" && !field.checked) continue;
    if (field.type === "checkbox") fields[field.name] = field.checked;
    else if (field.value !== "") fields[field.name] = field.type === "number" ? Number(field.value) : field.value;
  }
  return fields;
}
