// The log as it comes: newest on top, at most so many rows, held back while paused. A hidden page lets go of its
// connection, because a browser has few of them, and goes on where it was when it is looked at again.

import "./copy.js";
import { attempt } from "./ask.js";
import { fetchPart, isPlainClick } from "./fragment.js";

const log = document.querySelector("[data-log]");
if (log) begin();

function begin() {
  const table = log.querySelector("table");
  const rows = table.tBodies[0];
  const state = document.getElementById("state");
  const pause = document.getElementById("pause");
  const broken = document.getElementById("broken");
  const leftOut = document.getElementById("left-out");
  const kept = Number(log.dataset.kept);
  let last = Number(log.dataset.after);
  let held = [];
  let isPaused = false;
  let told = "broken";
  let missed = 0;
  let source;

  function listen() {
    source?.close();
    const query = new URLSearchParams(location.search);
    query.set("after", last);
    source = new EventSource(`${log.dataset.log}/events?${query}`);
    source.addEventListener("requests", (event) => {
      broken.hidden = true;
      show("live");
      const { entries = [], left_out = 0 } = JSON.parse(event.data);
      miss(left_out);
      if (event.lastEventId) last = Number(event.lastEventId);
      if (isPaused) hold(entries);
      else add(entries);
    });
    source.addEventListener("trouble", (event) => {
      broken.textContent = JSON.parse(event.data).message;
      broken.hidden = false;
      show("broken");
    });
    source.addEventListener("error", () => show("broken"));
  }

  function add(entries) {
    const made = document.createDocumentFragment();
    for (const entry of entries.slice(-kept).reverse()) made.append(rowOf(entry));
    rows.prepend(made);
    while (rows.rows.length > kept) rows.deleteRow(-1);
    document.getElementById("nothing").hidden = rows.rows.length > 0;
    log.hidden = rows.rows.length === 0;
  }

  function hold(entries) {
    held = held.concat(entries).slice(-kept);
    if (held.length) pause.textContent = pause.dataset.held.replace("N", held.length);
  }

  function miss(number) {
    missed += number;
    if (number) leftOut.textContent = leftOut.dataset.words.replace("N", missed.toLocaleString("en-US"));
    leftOut.hidden = missed === 0;
  }

  // How it stands with the connection; paused is shown only while there is one.
  function show(name = told) {
    told = name;
    const shown = isPaused && told === "live" ? "paused" : told;
    state.textContent = state.dataset[shown];
    state.className = `badge ${{ live: "good", paused: "warn", broken: "bad" }[shown]}`;
  }

  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", isPaused);
    pause.textContent = isPaused ? pause.dataset.resume : pause.dataset.pause;
    show();
    if (isPaused) return;
    add(held);
    held = [];
  });

  document.addEventListener("visibilitychange", () => {
    source.close();
    if (!document.hidden) listen();
  });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && listen());

  rows.addEventListener("click", (event) => {
    if (!isPlainClick(event)) return;
    if (!getSelection().isCollapsed) return; // a text in it was marked, to be copied
    const link = event.target.closest("tr").querySelector("a");
    event.preventDefault();
    open(link);
  });

  add([]);
  listen();
}

function rowOf(entry) {
  const row = document.getElementById("row").content.querySelector("tr").cloneNode(true);
  row.dataset.id = entry.id;
  for (const place of row.querySelectorAll("[data-told]")) place.textContent = entry[place.dataset.told];
  row.querySelector("a").href = `${log.dataset.log}/${entry.id}`;
  const code = row.querySelector("[data-told=errcode]");
  if (entry.errcode === 0) code.textContent = "ok";
  else code.classList.replace("good", "bad");
  row.querySelector("[data-told=fault]").hidden = !entry.fault;
  return row;
}

// Show a request in full, over the log.
function open(link) {
  return attempt(link, async () => {
    const dialog = document.getElementById("opened");
    dialog.replaceChildren(await fetchPart(link.href, "#request"));
    dialog.showModal();
  });
}
