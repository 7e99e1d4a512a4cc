// Where the keyboard goes on when what it was at is gone: to what stands in its place, or else to the group that is looked at.

const lines = () => [...document.querySelectorAll("[data-fresh] [data-group]")];

// Remember an element; the function that is returned focuses what has come in its place.
export function remember(element) {
  const line = element?.closest("[data-fresh] [data-group]");
  const at = lines().indexOf(line);
  const part = element?.matches("[data-menu]") ? "[data-menu]" : "a";
  return () => {
    if (element?.isConnected) return element.focus();
    const found = line ? find(line.dataset.group, at) : form(element);
    (found?.querySelector(part) ?? found?.querySelector("a") ?? found ?? usual())?.focus();
  };
}

// The line of the same group; where it is deleted, the one that has moved up.
function find(group, at) {
  const now = lines();
  return now.find((line) => line.dataset.group === group) ?? now[Math.min(at, now.length - 1)];
}

function form(element) {
  return element?.matches("[data-form]") && document.querySelector(`[data-form="${element.dataset.form}"]`);
}

const usual = () => document.querySelector("#groups a[aria-current]") ?? document.getElementById("main");
