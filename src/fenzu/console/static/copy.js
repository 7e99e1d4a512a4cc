// Copying a text that stands in the page: [data-copy] names the element. Where the clipboard is not to be had, the text is
// selected, so that a key copies it.

import { toast } from "./toast.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const element = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(element.textContent);
    toast(button.dataset.copied);
  } catch {
    getSelection().selectAllChildren(element);
    toast(button.dataset.selected);
  }
});
