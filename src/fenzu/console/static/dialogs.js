// Dialogs: [data-opens] opens one, filled with what the opener knows; [data-closes] in it closes it, and a click beside it.

let pressed = null; // a selection of text that began in a dialog may end beside it
document.addEventListener("pointerdown", (event) => (pressed = event.target));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) open(opener);
  const isBeside = event.target === pressed && event.target.matches("dialog");
  if (isBeside || event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
});

// What the opener knows is JSON ([data-fill]): for fields of that name, and for [data-filled] places in the text.
function open(opener) {
  const dialog = document.getElementById(opener.dataset.opens);
  for (const [name, value] of Object.entries(JSON.parse(opener.dataset.fill ?? "{}"))) {
    for (const field of dialog.querySelectorAll(`[name="${name}"]`)) field.value = value;
    for (const place of dialog.querySelectorAll(`[data-filled="${name}"]`)) place.textContent = value;
  }
  dialog.showModal();
}
