// Naming a colleague in a note: after "@" the colleagues of the dossier's offices are offered, a press puts one in.
(() => {
  "use strict";
  const BEGUN = /(^|[^\w@.+-])@([\p{L}\w.+-]{0,60})$/u;

  const boxOf = (area) => document.querySelector(area.dataset.names);

  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!(area instanceof HTMLTextAreaElement) || !area.dataset.names) return;
    const begun = BEGUN.exec(area.value.slice(0, area.selectionStart));
    const box = boxOf(area);
    if (!begun) {
      box.replaceChildren();
      return;
    }
    clearTimeout(area.lookingForName);
    area.lookingForName = setTimeout(() => {
      box.setAttribute("hx-vals", JSON.stringify({ q: begun[2] }));
      htmx.trigger(box, "look-for-name");
    }, 200);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-name]");
    const area = button && button.closest("form").querySelector("textarea[data-names]");
    if (!area) return;
    const before = area.value.slice(0, area.selectionStart);
    const after = area.value.slice(area.selectionStart);
    const typed = before.replace(BEGUN, (_all, sign) => `${sign}@${button.dataset.name} `);
    area.value = typed + after;
    area.focus();
    area.setSelectionRange(typed.length, typed.length);
    boxOf(area).replaceChildren();
  });
})();
