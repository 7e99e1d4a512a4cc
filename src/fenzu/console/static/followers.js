// The page of followers: puts its modules together. What each does is told in it.

import "./followers-keys.js";
import "./followers-remark.js";
import "./followers-card.js";
import "./followers-sync.js";
import "./move-dialog.js";
import "./move-drag.js";
import { begin } from "./followers-results.js";

begin();
