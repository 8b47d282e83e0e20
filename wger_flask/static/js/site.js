// Conveniences only: every page works without this file.
"use strict";

// A link to a form opens the box that holds it and puts the cursor into its first field.
function reveal() {
  const id = location.hash.slice(1);
  const target = id && document.getElementById(id);
  const box = target && target.closest("details");
  if (!box) return;
  box.open = true;
  box.scrollIntoView();
  const first = target.querySelector("input:not([type=hidden]), select, textarea");
  if (first) first.focus({ preventScroll: true });
}
window.addEventListener("hashchange", reveal);
reveal();

// Filters that were left empty would only lengthen the address.
for (const form of document.querySelectorAll("form[data-lean]")) {
  form.addEventListener("submit", () => {
    for (const control of form.elements) {
      if (control.name && control.value === "") control.disabled = true;
    }
  });
}
window.addEventListener("pageshow", () => {
  for (const control of document.querySelectorAll("form[data-lean] :disabled")) control.disabled = false;
});

// The time zone of this browser is offered for a field that takes one; it is never filled in unasked.
for (const field of document.querySelectorAll("input[data-detect=time-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = field.list && [...field.list.options].some((option) => option.value === zone);
  if (!known || field.value === zone) continue;
  const offer = document.createElement("button");
  offer.type = "button";
  offer.className = "link";
  offer.textContent = `Use ${zone}, as this browser says`;
  offer.addEventListener("click", () => {
    field.value = zone;
    offer.remove();
    field.focus();
  });
  field.insertAdjacentElement("afterend", offer);
}
