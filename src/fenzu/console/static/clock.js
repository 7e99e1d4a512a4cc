// The sandbox's clock goes on in the page as it does in the sandbox; it is not read out.

const shown = new WeakMap();
const beijing = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });

function tick() {
  const element = document.querySelector("[data-now]");
  if (!element || "frozen" in element.dataset) return;
  if (!shown.has(element)) shown.set(element, performance.now());
  const passed = ((performance.now() - shown.get(element)) / 1000) * Number(element.dataset.rate);
  element.textContent = beijing.format(new Date((Number(element.dataset.now) + passed) * 1000));
}

tick();
setInterval(tick, 250);
