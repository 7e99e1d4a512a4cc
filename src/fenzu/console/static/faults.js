// The form for a fault: what [data-when="name=value"] says is shown only where that was chosen.

document.addEventListener("change", (event) => {
  if (event.target.matches("form select[name]")) choose(event.target);
});

// A browser may remember what was chosen before.
document.querySelectorAll("form select[name]").forEach(choose);

function choose(select) {
  for (const field of select.form.querySelectorAll(`[data-when^="${select.name}="]`)) {
    const isChosen = field.dataset.when === `${select.name}=${select.value}`;
    field.hidden = !isChosen;
    for (const input of field.querySelectorAll("input")) input.disabled = !isChosen;
  }
}
