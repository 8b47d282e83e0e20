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
