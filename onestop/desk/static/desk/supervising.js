/* The board stays up to date: asked for every half minute while the page is looked at; only what changed is exchanged. */
(() => {
  "use strict";

  const EVERY = 30000;
  const SELDOM = 10;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const board = one("[data-live]");
  const note = one("[data-renewed]");
  if (!board) return;

  const known = new Map(all("[data-part]", board).map((part) => [part.dataset.part, ""]));
  let asked = 0;
  let last = Date.now();

  const placeOf = (element, root) => {
    if (!element || !root.contains(element)) return null;
    if (element.id) return `#${CSS.escape(element.id)}`;
    const kept = element.matches("summary") && element.parentElement.dataset.keep;
    if (kept) return `details[data-keep="${kept}"] > summary`;
    const href = element.getAttribute("href");
    if (href) return `a[href="${CSS.escape(href)}"]`;
    const row = element.closest("[data-row]");
    return row ? `[data-row]:has(a[href="${CSS.escape(one("a", row).getAttribute("href"))}"])` : null;
  };

  const remember = (part) => ({
    place: placeOf(document.activeElement, part),
    open: all("details[open][data-keep]", part).map((details) => details.dataset.keep),
    scrolled: all("[data-scroll]", part).map((box) => [box.dataset.scroll, box.scrollTop, box.scrollLeft]),
  });

  const restore = (part, { place, open, scrolled }) => {
    open.forEach((name) => { const details = one(`details[data-keep="${name}"]`, part); if (details) details.open = true; });
    scrolled.forEach(([name, top, left]) => { const box = one(`[data-scroll="${name}"]`, part); if (box) box.scrollTo(left, top); });
    const element = place && one(place, part);
    if (!element) return;
    if (element.matches("[data-row]")) { element.tabIndex = 0; element.classList.add("is-current"); }
    element.focus({ preventScroll: true });
  };

  const exchange = (part, fresh) => {
    const before = remember(part);
    part.replaceChildren(...fresh.childNodes);
    restore(part, before);
  };

  /* Parts that htmx exchanges keep what was open and where the reader is, too. */
  const memories = new WeakMap();
  document.addEventListener("htmx:beforeSwap", (event) => memories.set(event.detail.target, remember(event.detail.target)));
  document.addEventListener("htmx:afterSwap", (event) => { if (memories.has(event.detail.target)) restore(event.detail.target, memories.get(event.detail.target)); });

  const askAnew = (...names) => names.forEach((name) => { if (window.htmx) window.htmx.trigger(document.getElementById(name), "renew"); });

  const same = (part, fresh) => part.innerHTML.replace(/ (tabindex="0"|open="")/g, "") === fresh.innerHTML.replace(/ (tabindex="0"|open="")/g, "");

  const show = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const numbers = known.get("numbers");
    known.forEach((before, name) => {
      const part = one(`[data-part="${name}"]`, board);
      const after = one(`[data-part="${name}"]`, fresh);
      if (!part || !after || before === after.innerHTML) return;
      known.set(name, after.innerHTML);
      if (!same(part, after)) exchange(part, after);
    });
    if (numbers && numbers !== known.get("numbers")) askAnew("table", "heat");
  };

  const say = (isAway) => {
    if (!note) return;
    note.classList.toggle("is-away", isAway);
    if (isAway) { note.textContent = note.dataset.away; return; }
    const time = document.createElement("time");
    time.textContent = new Intl.DateTimeFormat("vi", { hour: "2-digit", minute: "2-digit" }).format(new Date());
    note.replaceChildren(`${note.dataset.words} `, time);
  };

  const renew = async () => {
    last = Date.now();
    try {
      const answer = await fetch(board.dataset.live + location.search, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      say(false);
      asked += 1;
      if (asked % SELDOM === 0) askAnew("weeks", "hours", "causes");
    } catch {
      say(true);
    }
  };

  setInterval(() => { if (!document.hidden && Date.now() - last >= EVERY - 500) renew(); }, 5000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - last >= EVERY) renew(); });
})();
