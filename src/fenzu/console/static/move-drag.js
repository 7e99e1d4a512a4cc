// Dragging a row, or all that are selected with it, onto a group at the left. Each drag has a button and a key beside it.

import { rows } from "./followers-results.js";
import { isSelected, selected, size } from "./followers-selection.js";
import { send } from "./move-dialog.js";

const words = document.getElementById("move-words")?.dataset;
let dragged = null;

const target = (event) => dragged && event.target.closest?.("[data-group]");

if (words) {
  document.addEventListener("fenzu:shown", () => rows().forEach((row) => (row.draggable = true)));
  document.addEventListener("dragstart", start);
  document.addEventListener("dragend", end);
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", (event) => target(event)?.classList.remove("over"));
  document.addEventListener("drop", drop);
}

function start(event) {
  const row = event.target.closest?.("#table tbody tr");
  end(); // of a row that was taken away while it was dragged nothing more was heard
  if (!row) return;
  dragged = isSelected(row) ? [selected(), size()] : [{ openids: [row.dataset.id] }, 1];
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  const image = document.createElement("div");
  image.id = "drag-image";
  image.textContent = words.drag.replace("{n}", dragged[1].toLocaleString("en-US"));
  document.body.append(image);
  event.dataTransfer.setDragImage(image, -12, -12);
  for (const each of rows()) each.classList.toggle("dragged", each === row || (isSelected(row) && isSelected(each)));
}

function over(event) {
  const group = target(event);
  if (!group) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  group.classList.add("over");
}

function drop(event) {
  const group = target(event);
  if (!group) return;
  event.preventDefault();
  const [whom, n] = dragged;
  end();
  send(whom, n, group.dataset.group, group);
}

function end() {
  dragged = null;
  document.getElementById("drag-image")?.remove();
  for (const group of document.querySelectorAll(".over")) group.classList.remove("over");
  for (const row of rows()) row.classList.remove("dragged");
}
