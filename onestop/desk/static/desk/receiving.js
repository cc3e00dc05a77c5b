/* The counter: arrow keys in the suggestions, papers counted as they are ticked. */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /* Suggestions: ↓ ↑ and Enter -------------------------------------------------------------------------------- */

  document.addEventListener("keydown", (event) => {
    const box = event.target.closest && event.target.closest(".chooser");
    if (!box || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = all("[data-suggestions] a", box);
    const at = links.indexOf(document.activeElement);
    const input = one("input[type=search]", box);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = event.key === "ArrowDown" ? links[Math.min(at + 1, links.length - 1)] : links[at - 1] || input;
      if (next) next.focus();
      event.preventDefault();
    } else if (event.key === "Enter" && event.target === input && input.value.trim() && links.length && !one(".htmx-request", box)) {
      links[0].click();
      event.preventDefault();
    } else if (event.key === "Escape" && at >= 0) {
      input.focus();
    }
  });

  /* Papers: what is missing decides what can be done ----------------------------------------------------------- */

  const form = one("[data-reception]");

  const count = () => {
    if (!form) return;
    const needed = all("[data-required]", form);
    const missing = needed.filter((box) => !box.checked);
    const why = one("#why-not", form);
    why.hidden = missing.length === 0;
    one("[data-missing-words]", why).textContent = `${why.dataset.missing} ${missing.map((box) => box.dataset.required).join("; ")}.`;
    one("[name=end][value=receive]", form).disabled = missing.length > 0;
    const place = one("[data-papers-count]", form);
    if (place) place.textContent = needed.length ? `${needed.length - missing.length}/${needed.length}` : "";
    needed.forEach((box) => box.closest("li").classList.toggle("missing", !box.checked));
  };

  const followPaper = (box) => {
    const item = one(`[data-follows="${CSS.escape(box.id)}"]`, form);
    if (item) item.checked = !box.checked;
  };

  /* Fields that repeat what is known of the applicant ---------------------------------------------------------- */

  const repeat = (name, value) => {
    all(`[data-reuse-applicant="${CSS.escape(name)}"]`, form).forEach((field) => {
      if (field.value === "" || field.dataset.repeated === field.value) {
        field.value = value;
        field.dataset.repeated = value;
      }
    });
  };

  const repeatAll = () => ["full_name", "phone", "email", "address", "identifier"].forEach((name) => {
    const field = one(`[name="${name}"]`, form);
    if (field && field.value) repeat(name, field.value);
  });

  /* The form: Enter goes on to the next field instead of sending it ---------------------------------------------- */

  if (form) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("[name=paper]")) {
        followPaper(event.target);
        count();
      }
      if (event.target.matches(".checklist input[type=file]") && event.target.files.length) {
        const box = one("[name=paper]", event.target.closest("li"));
        if (box && !box.checked) box.click();
      }
    });
    form.addEventListener("input", (event) => { if (event.target.name) repeat(event.target.name, event.target.value); });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || !event.target.matches("input, select")) return;
      event.preventDefault();
      if (event.target.matches("[type=checkbox], [type=radio]")) return;
      const fields = all("input:not([type=hidden]), select, textarea, summary, button", form).filter((field) => field.getClientRects().length && !field.disabled && field.tabIndex >= 0);
      const next = fields[fields.indexOf(event.target) + 1];
      if (next) next.focus();
    });
    document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "applicant") repeatAll(); });
    count();
    repeatAll();
  }
})();
