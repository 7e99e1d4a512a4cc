// Waiting for the plan of a selection: once the plan has them, they are selected no more.

import { follow } from "./job.js";
import { forget } from "./followers-kept.js";

const job = document.querySelector("[data-forgets]");
if (job) follow(job, { over });

function over(told) {
  if (!told.go) return location.reload();
  forget();
  location.replace(told.go);
}
