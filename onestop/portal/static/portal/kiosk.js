/* The kiosk: one touch draws one number; the ticket prints itself and makes room for the next person. */
(() => {
  "use strict";

  const BACK_AFTER = 9000;
  const FRESH_AFTER = 60000;
  const forms = [...document.querySelectorAll("[data-kiosk]")];
  const ticket = document.querySelector("[data-print]");

  if (forms.length) {
    /* Whoever walked away leaves no priority ticked for the next person. */
    let idle = 0;
    const begin = () => { clearTimeout(idle); idle = setTimeout(() => location.replace(location.pathname), FRESH_AFTER); };
    ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, begin));
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.replace(location.pathname); });
    begin();
  }

  if (ticket) {
    window.print();
    setTimeout(() => location.replace(ticket.dataset.back), BACK_AFTER);
  }
})();
