// The question before somebody gets into the blacklist, or out of it. Cancel stands first, and moves nobody.

const asking = new Map(); // each dialog's, what follows a yes

// Ask by the dialog of that id about `n` followers; `then` runs where the answer is yes.
export function ask(id, n, then) {
  const dialog = document.getElementById(id);
  const heading = dialog.querySelector("h2");
  heading.textContent = heading.dataset.title.replace("{n}", n.toLocaleString("en-US"));
  if (!asking.has(dialog)) dialog.querySelector("[data-sure]").addEventListener("click", () => say(dialog));
  asking.set(dialog, then);
  dialog.showModal();
}

function say(dialog) {
  dialog.close();
  asking.get(dialog)();
}
