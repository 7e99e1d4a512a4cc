// The page of an account: what takes a while ([data-fetch]) comes when the rest of the page is there.

import "./copy.js";
import { tell } from "./ask.js";
import { swap } from "./fragment.js";

for (const part of document.querySelectorAll("[data-fetch]")) {
  swap(part.dataset.fetch, `#${part.id}`).catch((error) => {
    part.remove();
    tell(error);
  });
}
