/* A scanner types like a keyboard, only faster: a burst of keys that ends in Enter is a scan, wherever the cursor is.
   On a list it ticks the dossier's row, on a page with a field for scans it fills that, elsewhere it opens the dossier.
   Keys are held back for a moment, so that the letters of a code press no buttons; in a field they are let through, and
   taken out again when they turn out to be a code. */
(() => {
  "use strict";

  const GAP = 60; // milliseconds between two keys: no person types so fast for so long
  const SHORTEST = 8;
  const CODE = /([A-Z0-9][A-Z0-9.]*-\d{6}-\d{4,6})(?![0-9])/i;
  const ONE_SIGN = /^[\w.\-:/?=&%#+|]$/;

  const isField = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit], [type=file]")));
  const takesScans = (target) => target instanceof HTMLElement && target.matches("input[type=search], .scan input, [data-scan]");

  let held = []; // events that wait, outside of fields
  let timer = 0;
  let typed = ""; // what is typed quickly, inside of a field
  let before = ""; // what the field held before that
  let last = 0;
  let passing = false;

  const pass = () => {
    clearTimeout(timer);
    const waiting = held;
    held = [];
    passing = true;
    waiting.forEach(({ target, init }) => (target.isConnected ? target : document.body).dispatchEvent(new KeyboardEvent("keydown", init)));
    passing = false;
  };

  const codeIn = (text) => {
    let plain = text;
    try { plain = decodeURIComponent(text); } catch { /* not an address */ }
    const found = plain.match(CODE);
    return found ? found[1].toUpperCase() : "";
  };

  const rowOf = (code) =>
    [...document.querySelectorAll("[data-list] [data-row]")].find((row) => [...row.querySelectorAll(".code")].some((place) => place.textContent.trim() === code));

  const toRow = (row) => {
    document.querySelectorAll("[data-row].is-current").forEach((other) => other.classList.remove("is-current"));
    row.classList.add("is-current");
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const scanned = (code) => {
    const field = document.querySelector(".scan input[name=code], [data-scan]");
    if (field && field.form) {
      field.value = code;
      field.form.requestSubmit();
      return;
    }
    const row = rowOf(code);
    const check = row && row.querySelector("[data-row-check]");
    if (check) {
      if (!check.checked) check.click();
      toRow(row);
      return;
    }
    const search = document.querySelector("form.search[role=search]");
    if (search) location.assign(`${search.action}?q=${encodeURIComponent(code)}`);
  };

  const take = (event, code) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    scanned(code);
  };

  const outside = (event) => {
    if (event.key === "Enter" && held.length) {
      const code = held.length >= SHORTEST ? codeIn(held.map(({ init }) => init.key).join("")) : "";
      if (!code) return pass();
      clearTimeout(timer);
      held = [];
      return take(event, code);
    }
    if (!ONE_SIGN.test(event.key)) return event.key === "Shift" ? undefined : pass();
    event.preventDefault();
    event.stopImmediatePropagation();
    const init = { key: event.key, code: event.code, shiftKey: event.shiftKey, bubbles: true, cancelable: true };
    held.push({ target: event.target, init });
    clearTimeout(timer);
    timer = setTimeout(pass, GAP);
  };

  const inside = (event) => {
    const now = performance.now();
    const isQuick = now - last < GAP;
    if (event.key === "Enter") {
      const code = isQuick && typed.length >= SHORTEST && !takesScans(event.target) ? codeIn(typed) : "";
      const text = before;
      typed = "";
      if (!code || event.target.isContentEditable) return;
      event.target.value = text;
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
      take(event, code);
      return;
    }
    if (event.key.length !== 1) return;
    if (!isQuick) {
      typed = "";
      before = event.target.value;
    }
    typed += event.key;
    last = now;
  };

  addEventListener("keydown", (event) => {
    if (passing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element)) return;
    if (isField(event.target)) inside(event);
    else outside(event);
  }, true);
})();
