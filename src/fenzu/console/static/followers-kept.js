// Who is selected, kept while this tab lives: the page may be loaded anew, or left and come back to. Openids, or the search
// that all who match it were selected by; each account has a place of its own.

const place = `fenzu-selection ${document.body.dataset.here}`;

// Return what was kept; nobody where that is nothing, or nothing that makes sense.
export function recall() {
  try {
    const { openids, all, size } = JSON.parse(sessionStorage.getItem(place));
    return { openids: [...openids], all, size };
  } catch {
    return { openids: [], all: null, size: 0 };
  }
}

export const forget = () => keep([], null, 0);

export function keep(openids, all, size) {
  try {
    if (all === null && openids.length === 0) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify({ openids, all, size }));
  } catch {
    // The browser keeps nothing, or has no room: the selection lasts as long as the page.
  }
}
