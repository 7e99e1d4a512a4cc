// The remark of a follower, changed in a small dialog. How long it may be the platform says; the bytes are counted along.

import { ask, tell } from "./ask.js";
import { refresh } from "./followers-results.js";
import { toast } from "./toast.js";

const dialog = document.getElementById("remark-dialog");
const field = document.getElementById("remark-text");
const used = document.getElementById("remark-used");
const button = document.getElementById("remark-save");
let edited = null;

function edit(openid, text) {
  edited = { openid, isSaving: false };
  button.removeAttribute("aria-busy");
  document.getElementById("remark-of").textContent = openid;
  field.value = text;
  count();
  dialog.showModal();
  field.select();
}

function count() {
  const bytes = new TextEncoder().encode(field.value).length;
  used.textContent = bytes;
  field.setAttribute("aria-invalid", bytes > Number(field.dataset.bytes));
}

// An answer that comes late leaves the remark alone that is written by then.
async function save(event) {
  event.preventDefault();
  const mine = edited;
  if (mine.isSaving) return;
  mine.isSaving = true;
  button.setAttribute("aria-busy", "true");
  const address = `${document.body.dataset.here}/followers/${encodeURIComponent(mine.openid)}/remark`;
  try {
    const answer = await ask("PUT", address, { remark: field.value });
    if (mine === edited) dialog.close();
    toast(answer.message);
    await refresh();
  } catch (error) {
    tell(error);
  } finally {
    mine.isSaving = false;
    if (mine === edited) button.removeAttribute("aria-busy");
  }
}

if (dialog) {
  field.addEventListener("input", count);
  document.getElementById("remark-form").addEventListener("submit", save);
  document.addEventListener("fenzu:remark", ({ detail }) => edit(detail.openid, detail.text));
  document.addEventListener("click", (event) => {
    const row = event.target.closest("#table [data-edit]")?.closest("tr");
    if (row) edit(row.dataset.id, row.querySelector(".remark bdi").textContent);
  });
}
