// Reading who follows, from the page: how far it has come is shown, and in the end the rows are shown anew.

import { act } from "./ask.js";
import { swap } from "./fragment.js";
import { follow } from "./job.js";
import { refresh } from "./followers-results.js";
import { alarm } from "./toast.js";

const here = document.body.dataset.here;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-read-again]");
  if (button) act(button, "POST", `${here}/sync`, {}, show);
});

// A quick one may be through before it is shown.
async function show() {
  const had = document.getElementById("age").contains(document.activeElement);
  const age = await swap(`${here}/`, "#age");
  if (had) age.querySelector("[data-stop], [data-read-again]")?.focus();
  if (!watch()) await over({});
}

function watch() {
  const job = document.querySelector("#age [data-job]");
  return job && follow(job, { over });
}

async function over(told) {
  if (told.error || told.stopped) alarm({ message: told.error ?? told.stopped });
  document.dispatchEvent(new CustomEvent("fenzu:counts"));
  await refresh();
  const had = document.getElementById("age").contains(document.activeElement);
  const age = await swap(`${here}/`, "#age");
  await swap(`${here}/`, "#followers-total");
  if (had) age.querySelector("[data-read-again]")?.focus();
}

watch();
