// The rows, and the list to choose a group from, after a group beside them was made, renamed, merged or deleted.

import { refresh, results, show } from "./followers-results.js";
import { swap } from "./fragment.js";

document.addEventListener("fenzu:groups", async ({ detail }) => {
  if (String(detail.gone) === results().dataset.of) await show(`${document.body.dataset.here}/`, "replace");
  else await refresh();
  await swap(location.pathname + location.search, "#filters [name=group]");
});
