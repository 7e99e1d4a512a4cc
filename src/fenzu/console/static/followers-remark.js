// The remark of a follower, changed in a small dialog. How long it may be the platform says; the bytes are counted along.

import { act } from "./ask.js";
import { refresh } from "./followers-results.js";
import { toast } from "./toast.js";

const dialog = document.getElementById("remark-dialog");
const field = document.getElementById("remark-text");
const used = document.getElementById("remark-used");
let openid = "";

function edit(of, text) {
  openid = of;
  document.getElementById("remark-of").textContent = of;
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

function save(event) {
  event.preventDefault();
  const address = `${document.body.dataset.here}/followers/${encodeURIComponent(openid)}/remark`;
  act(document.getElementById("remark-save"), "PUT", address, { remark: field.value }, async (answer) => {
    dialog.close();
    toast(answer.message);
    await refresh();
  });
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
