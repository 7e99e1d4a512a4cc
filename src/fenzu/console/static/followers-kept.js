// Who is selected, kept while this tab lives: the page may be loaded anew, or left and come back to. Openids, or the search
// that all who match it were selected by; each account has a place of its own.

const { here, appid } = document.body.dataset;
const place = `fenzu-selection ${here} ${appid}`;
// Beside it stands who is in a plan that is waited for, by the address of the page that waits.
const aside = (waiting) => `${place} ${waiting}`;

// Return what was kept; nobody where that is nothing, or nothing that makes sense.
export function recall() {
  try {
    const { openids, all, size } = JSON.parse(sessionStorage.getItem(place));
    return { openids: [...openids], all, size };
  } catch {
    return { openids: [], all: null, size: 0 };
  }
}

export const keep = (openids, all, size) => quietly(() => put(place, openids, all, size));

export const putAside = (waiting, { openids = [], query }, size) =>
  quietly(() => put(aside(waiting), openids, query ? JSON.stringify(query) : null, size));

export const forget = (waiting) => quietly(() => sessionStorage.removeItem(aside(waiting)));

// The plan has come to nothing: who was to be in it is selected again, unless others are by now.
export function giveBack(waiting) {
  quietly(() => {
    const kept = sessionStorage.getItem(aside(waiting));
    if (kept !== null && sessionStorage.getItem(place) === null) sessionStorage.setItem(place, kept);
  });
  forget(waiting);
}

function put(key, openids, all, size) {
  if (all === null && openids.length === 0) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, JSON.stringify({ openids, all, size }));
}

// Where the browser keeps nothing, or has no room, the selection lasts as long as the page.
function quietly(run) {
  try {
    run();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
