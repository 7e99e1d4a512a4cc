// A follower's card, opened over the table: the same page that the address of an openid shows.

import { tell } from "./ask.js";
import { askLive } from "./card.js";
import { fetchPart, isPlainClick } from "./fragment.js";

const dialog = document.getElementById("card-dialog");
const [remark, move] = ["card-remark", "card-move"].map((id) => document.getElementById(id));
const card = () => document.getElementById("card");
let opened = 0;

async function open(link) {
  const mine = ++opened;
  link.closest("tr").focus({ preventScroll: true });
  try {
    const part = await fetchPart(link.getAttribute("href"), "#card");
    if (mine !== opened) return; // somebody else's was asked for since
    card().replaceWith(part);
  } catch (error) {
    return mine === opened && tell(error);
  }
  for (const button of [remark, move].filter(Boolean)) button.hidden = !("follows" in card().dataset);
  dialog.showModal();
  await askLive();
}

function ask(name) {
  dialog.close();
  const { openid } = card().dataset;
  const text = card().querySelector(".text").textContent;
  document.dispatchEvent(new CustomEvent(name, { detail: { openid, text } }));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#table .openid a");
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  open(link);
});
remark?.addEventListener("click", () => ask("fenzu:remark"));
move?.addEventListener("click", () => ask("fenzu:move"));
