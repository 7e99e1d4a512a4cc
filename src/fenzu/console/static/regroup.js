// A list is dropped or chosen, and sent as it is.

import { Refusal } from "./ask.js";
import { alarm } from "./toast.js";

const PLANNED = "fenzu:planned";
const here = document.querySelector("[data-drop]");
if (here) {
  const input = here.querySelector("input");
  here.querySelector("[data-choose]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => send(input.files[0]));
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault(); // a file that misses the place must not be opened instead of the page
      here.classList.toggle("over", here.contains(event.target));
    });
  }
  document.addEventListener("dragleave", () => here.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    here.classList.remove("over");
    if (here.contains(event.target)) send(event.dataTransfer.files[0]);
  });
}

// `fetch` does not tell how much was sent, so an older way is taken.
function send(file) {
  if (!file || here.getAttribute("aria-busy") === "true") return;
  if (file.size > here.dataset.most * 1024 * 1024) return void alarm(new Refusal(here.dataset.large));
  const request = new XMLHttpRequest();
  const bar = here.querySelector("progress");
  const end = (refusal) => {
    here.removeAttribute("aria-busy");
    bar.hidden = true;
    here.querySelector("input").value = "";
    alarm(refusal);
  };
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.loaded / (event.total || 1);
  });
  request.addEventListener("error", () => end(new Refusal(document.body.dataset.lost)));
  request.addEventListener("load", () => {
    let told = {};
    try {
      told = JSON.parse(request.responseText);
    } catch {
      return end(new Refusal(document.body.dataset.lost));
    }
    if (request.status === 201) location.assign(told.go);
    else end(new Refusal(told.message, told.advice, request.status, told.error));
  });
  here.setAttribute("aria-busy", "true");
  bar.hidden = false;
  request.open("POST", `${here.dataset.drop}?name=${encodeURIComponent(file.name)}`);
  request.setRequestHeader("accept", "application/json");
  request.send(file);
}

// Whoever asked for a plan and comes back without one is led to what keeps it.
document.addEventListener("submit", () => sessionStorage.setItem(PLANNED, location.pathname));
const settle = document.getElementById("settle");
if (settle && sessionStorage.getItem(PLANNED) === location.pathname) {
  sessionStorage.removeItem(PLANNED);
  settle.focus();
}
