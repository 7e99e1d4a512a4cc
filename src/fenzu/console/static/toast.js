// Short messages at the edge of the page. They are read out, stay while they are pointed at, and can be closed.

const LONG = 6000;
const toasts = document.getElementById("toasts");
const alerts = document.getElementById("alerts");

// Show a message; `action` is {name, run} for a button in it. Returns a function that takes it away.
export function toast(message, { action, milliseconds = LONG } = {}) {
  return show(toasts, [message], action, milliseconds);
}

// Show what a refusal says, until somebody closes it. What is said already stands there once.
export function alarm(refusal, action) {
  const lines = [refusal.message, refusal.advice].filter(Boolean);
  for (const box of [...alerts.children]) {
    if ([...box.querySelectorAll("p")].map((line) => line.textContent).join() === lines.join()) box.remove();
  }
  return show(alerts, lines, action);
}

// While a dialog is open nothing beside it can be reached or is read out, so messages stand in it.
function host(place) {
  const dialog = document.querySelector("dialog:modal");
  const parent = dialog ?? document.body;
  if (place.parentNode === parent) return;
  parent.append(place);
  dialog?.addEventListener("close", () => document.body.append(place), { once: true });
}

function show(place, lines, action, milliseconds) {
  host(place);
  const box = document.createElement("div");
  box.className = "toast";
  for (const line of lines) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    box.append(paragraph);
  }
  let timer, before;
  const remove = () => {
    clearTimeout(timer);
    const had = box.contains(document.activeElement);
    box.remove();
    if (had) goBack(before);
  };
  const wait = () => {
    clearTimeout(timer);
    if (milliseconds && !box.matches(":hover, :focus-within")) timer = setTimeout(remove, milliseconds);
  };
  if (action) box.append(button(action.name, () => { remove(); action.run(); }));
  box.append(button(document.body.dataset.close, remove));
  box.addEventListener("focusin", ({ relatedTarget }) => {
    if (!box.contains(relatedTarget)) before = relatedTarget;
  });
  for (const event of ["pointerenter", "focusin"]) box.addEventListener(event, () => clearTimeout(timer));
  for (const event of ["pointerleave", "focusout"]) box.addEventListener(event, () => setTimeout(wait));
  place.append(box);
  wait();
  return remove;
}

// The keyboard goes where it was before it came to the message.
function goBack(before) {
  const place = before?.isConnected ? before : document.querySelector("dialog:modal, #table tr[tabindex='0']");
  (place ?? document.getElementById("main")).focus({ preventScroll: true });
}

function button(name, run) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.addEventListener("click", run);
  return made;
}
