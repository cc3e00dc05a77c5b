/* The desk's own behaviour: keys, dialogs, busy forms, file names, theme. Everything works without it but the keys. */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isShown = (element) => element.checkVisibility();
  const topDialog = () => all("dialog[open]").pop();

  /* Keys --------------------------------------------------------------------------------------------------- */

  const isTyping = (target) =>
    target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit], [type=file]"));

  const use = (element) => {
    if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
      element.focus();
      if (element.select) element.select();
    } else {
      element.click();
    }
  };

  const withKey = (key, root = document) => all(`[data-key="${CSS.escape(key)}"]`, root).find((element) => isShown(element) && !element.disabled);

  const primary = () => {
    const form = document.activeElement && document.activeElement.closest("form");
    const usable = (root) => all("[data-primary]", root).filter((button) => isShown(button) && !button.disabled);
    const dialog = topDialog();
    if (dialog) return usable(dialog)[0];
    const area = document.activeElement && document.activeElement.closest("[data-act-area]");
    if (area) return usable(area)[0];
    const pick = (buttons) => buttons.find((button) => button.matches(".primary")) || buttons[0];
    return (form && pick(usable(form))) || pick(usable(document));
  };

  const rows = () => all("[data-list] [data-row]").filter(isShown);
  const currentRow = () => (document.activeElement && document.activeElement.closest("[data-row]")) || one("[data-row].is-current");

  const goTo = (row) => {
    if (!row) return;
    all("[data-row].is-current").forEach((other) => other.classList.remove("is-current"));
    row.classList.add("is-current");
    row.tabIndex = 0;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const step = (by) => {
    const list = rows();
    const at = list.indexOf(currentRow());
    goTo(list[Math.min(Math.max(at + by, 0), list.length - 1)] || list[0]);
  };

  const rowKeys = {
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const check = currentRow() && one("[data-row-check]", currentRow());
      if (check) check.click();
    },
    Enter: () => {
      const open = currentRow() && one("[data-row-open]", currentRow());
      if (open) open.click();
    },
  };

  /* A key that acts on a row whose panel is not open opens it first, then acts in the panel. */
  let waitingKey = "";

  const opensFirst = (row) => {
    const open = row && one("[data-row-open][hx-get]", row);
    return open && !row.classList.contains("is-open") ? open : null;
  };

  const onRow = (key) => {
    const row = currentRow();
    const open = opensFirst(row);
    if (open) {
      waitingKey = key;
      open.click();
      return true;
    }
    const places = [row, one("[data-side]")].filter(Boolean);
    const target = places.map((place) => all(`[data-row-key="${CSS.escape(key)}"]`, place).find((e) => isShown(e) && !e.disabled)).find(Boolean);
    if (target) use(target);
    return Boolean(target);
  };

  const runRowKey = (event) => {
    if (event.key === "Enter" && !(event.target.matches && event.target.matches("[data-row]"))) return;
    if (!one("[data-list]")) return;
    if (rowKeys[event.key]) {
      rowKeys[event.key]();
      event.preventDefault();
    } else if (/^[a-z]$/.test(event.key) && onRow(event.key)) {
      event.preventDefault();
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = primary();
      if (button) button.click();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const isFunctionKey = /^F\d+$/.test(event.key);
    if (!isFunctionKey && isTyping(event.target)) return;
    const dialog = topDialog();
    const target = withKey(event.key, dialog || document);
    if (target) {
      use(target);
      event.preventDefault();
    } else if (!dialog && !isFunctionKey) {
      runRowKey(event);
    }
  });

  /* The page's keys, listed from the page itself */
  const keyWords = (element) => element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim().replace(/\s+/g, " ");

  const listKeys = () => {
    const list = one("[data-keys]");
    if (!list) return;
    all("[data-found]", list).forEach((old) => old.remove());
    const seen = new Set();
    all("[data-key], [data-row-key]").filter(isShown).forEach((element) => {
      const key = element.dataset.key || element.dataset.rowKey;
      if (seen.has(key)) return;
      seen.add(key);
      const term = document.createElement("dt");
      const words = document.createElement("dd");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      words.textContent = keyWords(element);
      [term, words].forEach((item) => item.setAttribute("data-found", ""));
      list.append(term, words);
    });
    all("[data-keys-list]").forEach((part) => { part.hidden = !one("[data-list]"); });
  };

  /* The panel beside a list: the open row is marked, the address names it, its heading has the focus ---------- */

  const inAddress = (id) => {
    const address = new URL(location.href);
    if (id) address.searchParams.set("open", id);
    else address.searchParams.delete("open");
    history.replaceState(history.state, "", address);
  };

  const markOpen = (row) => {
    all("[data-row].is-open").forEach((other) => other.classList.remove("is-open"));
    if (row) row.classList.add("is-open", "is-current");
  };

  const opened = (element) => {
    all("[data-row].is-current").forEach((other) => other.classList.remove("is-current"));
    markOpen(element.closest("[data-row]") || document.getElementById(element.dataset.rowOpens || ""));
    inAddress(element.dataset.openId);
  };

  const closeSide = (element, event) => {
    event.preventDefault();
    if (one("details.menu[open]")) return;
    const row = one("[data-row].is-open");
    one("[data-side]").replaceChildren();
    markOpen(null);
    inAddress("");
    goTo(row);
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    const side = event.target.closest && event.target.closest("[data-side]");
    if (!side) return;
    const first = one("[aria-invalid=true]", event.target) || one("[data-focus]", event.target);
    if (first) first.focus();
    const key = waitingKey;
    waitingKey = "";
    if (key) onRow(key);
  });

  /* Clicks: dialogs, closing messages, printing, theme, choosing all ------------------------------------------ */

  const openDialog = (id) => {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    if (one("[data-keys]", dialog)) listKeys();
    dialog.showModal();
  };

  const nextTheme = () => {
    const isDark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = isDark ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  };

  /* Logged in, the choice is kept on the server; the page changes at once. */
  const chooseTheme = (button, event) => {
    event.preventDefault();
    const body = new FormData(button.form);
    body.set("theme", button.value);
    body.set("quietly", "1");
    document.documentElement.dataset.theme = button.value;
    all("[name=theme]", button.form).forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
    fetch(button.form.action, { method: "POST", body }).catch(() => document.dispatchEvent(new CustomEvent("htmx:sendError")));
  };

  const clicks = {
    "[data-theme-form] [name=theme]": chooseTheme,
    "[data-open]": (element) => openDialog(element.dataset.open),
    "[data-close]": (element) => (element.closest("dialog") || { close() {} }).close(),
    "[data-dismiss]": (element) => element.closest(".message").remove(),
    "[data-open-id]": opened,
    "[data-side-close]": closeSide,
    "[data-print]": () => window.print(),
    "[data-theme-switch]": nextTheme,
  };

  document.addEventListener("click", (event) => {
    Object.entries(clicks).forEach(([selector, run]) => {
      const element = event.target.closest(selector);
      if (element) run(element, event);
    });
    all("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = one("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    one("summary", menu).focus();
  });

  /* Changes: choosing many, file names, filters that apply at once -------------------------------------------- */

  const countChecked = () => {
    const number = all("[data-row-check]:checked").length;
    all("[data-check-count]").forEach((place) => { place.textContent = number; });
    all("[data-check-some]").forEach((part) => { part.hidden = number === 0; });
  };

  const size = (bytes) => {
    const format = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
    return bytes < 1048576 ? `${format.format(Math.max(bytes / 1024, 0.1))} KB` : `${format.format(bytes / 1048576)} MB`;
  };

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches("[data-check-all]")) {
      all("[data-row-check]").filter((check) => !check.disabled).forEach((check) => { check.checked = input.checked; });
    }
    if (input.matches("[data-check-all], [data-row-check]")) countChecked();
    if (input.matches("input[type=file]")) {
      const output = input.closest(".file") && one("output", input.closest(".file"));
      if (output) output.textContent = [...input.files].map((file) => `${file.name} · ${size(file.size)}`).join(", ");
    }
    if (input.matches("[data-autosubmit], [data-autosubmit] :is(select, input)")) input.form.requestSubmit();
  });

  /* One click is one act ------------------------------------------------------------------------------------- */

  const release = (form) => {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[data-again]")) return;
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.busy = "1";
    form.setAttribute("aria-busy", "true");
    if (form.target === "_blank") setTimeout(() => release(form), 1500);
  }, true);

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest("form");
    if (form) release(form);
  });
  window.addEventListener("pageshow", () => all("form[data-busy]").forEach(release));

  /* htmx: nothing is lost in silence ------------------------------------------------------------------------- */

  const reachable = () => {
    const first = rows()[0];
    if (first && !one("[data-row][tabindex='0']")) first.tabIndex = 0;
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    countChecked();
    reachable();
    const dialog = event.target.parentElement && event.target.parentElement.closest("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  });

  document.addEventListener("htmx:responseError", () => {
    const place = one("#messages");
    if (place) place.scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("DOMContentLoaded", () => {
    all("dialog[data-show]").forEach((dialog) => dialog.showModal());
    reachable();
    countChecked();
    const wrong = [...all("[aria-invalid=true]"), ...all("form .message.error[tabindex]")].find(isShown);
    if (wrong && !topDialog()) wrong.focus();
  });
})();
