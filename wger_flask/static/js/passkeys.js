"use strict";
// Forms with data-passkey ("get" or "create") are shown where the browser knows passkeys; what it answers to the
// options of the server goes into the field "credential", and the form is sent like any other.
const known = window.PublicKeyCredential;
const asked = {
  get: async (options) => navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) }),
  create: async (options) => navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) }),
};

async function answer(form) {
  const options = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
  if (!options.ok) throw new Error(options.statusText);
  return asked[form.dataset.passkey](await options.json());
}

function prepare(form) {
  const wrong = form.querySelector("[data-wrong]");
  form.closest("[data-needs-passkeys]").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    wrong.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify((await answer(form)).toJSON());
    } catch {
      wrong.hidden = false;
      return;
    }
    form.requestSubmit(event.submitter);
  });
}

if (known && known.parseRequestOptionsFromJSON) document.querySelectorAll("form[data-passkey]").forEach(prepare);
