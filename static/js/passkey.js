// Asks the browser for a passkey and sends its answer with the form. Forms that need one stay hidden
// where the browser knows no passkeys; there is always another way on the same page.
const isKnown = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

async function ask(form) {
  const { add, show } = form.dataset;
  const credential = add
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(add)) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(show)) });
  return JSON.stringify(credential);
}

for (const form of document.querySelectorAll("form[data-add], form[data-show]")) {
  form.hidden = !isKnown;
  const failed = form.querySelector("[data-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.answer.value = await ask(form);
    } catch {
      failed.hidden = false; // called off, or none that fits
      return;
    }
    form.submit();
  });
}
