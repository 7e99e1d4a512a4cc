// Waiting for the plan of a selection, which was put aside: it is selected again where the plan came to nothing.

import { follow } from "./job.js";
import { forget, giveBack } from "./followers-kept.js";

const job = document.querySelector("[data-job]");
const waiting = location.pathname;
if (job) follow(job, { over });
else giveBack(waiting);

function over(told) {
  if (!told.go) return location.reload();
  forget(waiting);
  location.replace(told.go);
}
