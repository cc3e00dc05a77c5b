/* Checks the signature of a scanned receipt with the published keys, in the browser itself. */
(() => {
  "use strict";
  const section = document.getElementById("receipt");
  if (!section) return;

  const say = (outcome) => {
    section.dataset.checked = outcome;
    for (const words of section.querySelectorAll("[data-outcome]")) words.hidden = words.dataset.outcome !== outcome;
  };

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const base64 = (content) => btoa(String.fromCharCode(...content)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const isGenuine = async ({ text, signature }, published) => {
    const raw = bytes(signature);
    if (raw.length !== 64 || base64(raw) !== signature) return false; // the last letter has bits to spare
    const { kty, crv, x, y } = published;
    const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, new TextEncoder().encode(text));
  };

  const check = async () => {
    if (!window.isSecureContext || !window.crypto || !crypto.subtle) return say("unsafe");
    let keys;
    try {
      const answer = await fetch(section.dataset.keys, { credentials: "omit" });
      if (!answer.ok) return say("unreachable");
      ({ keys } = await answer.json());
    } catch {
      return say("unreachable");
    }
    const published = keys.find(({ kid }) => kid === section.dataset.key);
    try {
      return say(published && (await isGenuine(section.dataset, published)) ? "genuine" : "forged");
    } catch {
      return say("forged");
    }
  };

  check();
})();
