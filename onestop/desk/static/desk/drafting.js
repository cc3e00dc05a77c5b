/* The editor of the catalogue: what is typed is kept at once, findings stand at their place. Without it the noscript
   buttons save. What could not be sent stays in the browser and is sent again. */
(() => {
  "use strict";

  const WAIT = 700;
  const RETRY = 3000;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const editor = () => one("#draft-editor");
  const store = () => `draft:${editor().dataset.save}`;

  const waiting = new Map();
  let timer = 0;
  let isSending = false;

  const say = (kind) => {
    const state = one("[data-saved]");
    if (state) state.dataset.state = kind;
  };

  const remember = () => {
    try {
      if (waiting.size) localStorage.setItem(store(), JSON.stringify([...waiting]));
      else localStorage.removeItem(store());
    } catch { /* a browser without storage keeps it in the page only */ }
  };

  const valuesOf = (input) => {
    const same = all(`[name="${CSS.escape(input.name)}"]`, input.form);
    return same.filter((other) => other.type !== "checkbox" || other.checked).map((other) => other.value);
  };

  const send = async () => {
    if (isSending || !waiting.size || !editor()) return;
    isSending = true;
    const batch = [...waiting];
    const body = new URLSearchParams();
    batch.forEach(([name, values]) => values.forEach((value) => body.append(name, value)));
    try {
      const answer = await fetch(editor().dataset.save, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": one("[name=csrfmiddlewaretoken]").value } });
      const text = await answer.text();
      if (answer.status >= 500) throw new Error(answer.status);
      batch.forEach(([name, values]) => { if (waiting.get(name) === values) waiting.delete(name); });
      remember();
      if (answer.redirected) { location.reload(); return; }
      const page = new DOMParser().parseFromString(text, "text/html");
      const side = one("#draft-side", page);
      if (answer.ok && side) {
        one("#draft-side").replaceWith(side);
        placeFindings();
      } else {
        const message = one(".message", page);
        if (message) one("#messages").replaceChildren(message);
      }
      say(waiting.size ? "waiting" : "saved");
    } catch {
      say("failed");
      clearTimeout(timer);
      timer = setTimeout(send, RETRY);
    } finally {
      isSending = false;
      if (waiting.size && one("[data-saved]") && one("[data-saved]").dataset.state !== "failed") later(0);
    }
  };

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  };

  const typed = (event) => {
    const input = event.target;
    if (!input.name || !input.closest("#draft-editor") || input.id === "yaml" || input.type === "hidden") return;
    waiting.set(input.name, valuesOf(input));
    remember();
    say("waiting");
    later(event.type === "change" ? 0 : WAIT);
  };

  /* Findings stand in the list beside; their sentences are copied to the place they speak of, or the nearest above. */
  const nearest = (place) => {
    for (let at = place; at; at = at.replace(/(\[\d+\]|\.?[^.[\]]+)$/, "")) {
      const found = one(`[data-at="${CSS.escape(at)}"]`);
      if (found) return found;
    }
    return null;
  };

  const placeFindings = () => {
    all("[data-messages]").forEach((slot) => slot.replaceChildren());
    all("[data-at].has-error, [data-at].has-warning").forEach((box) => box.classList.remove("has-error", "has-warning"));
    all("[data-finding]").forEach((finding) => {
      const box = nearest(finding.dataset.finding);
      const slot = box && one("[data-messages]", box);
      if (!slot) return;
      const line = document.createElement("span");
      line.textContent = one("[data-sentence]", finding).textContent;
      slot.append(line);
      box.classList.add(finding.classList.contains("error") ? "has-error" : "has-warning");
    });
  };

  const goTo = (event) => {
    const link = event.target.closest("[data-goto]");
    const box = link && nearest(link.dataset.goto);
    if (!link) return;
    event.preventDefault();
    if (!box) return;
    const closed = box.closest("details");
    if (closed) closed.open = true;
    const input = one("input:not([type=hidden]), textarea, select", box);
    (input || box).scrollIntoView({ block: "center" });
    if (input) input.focus();
  };

  /* A change of shape comes after everything typed before it: places move. */
  const reshape = async (event) => {
    const button = event.submitter;
    if (!button || button.name !== "shape" || !editor()) return;
    event.preventDefault();
    clearTimeout(timer);
    while (isSending) await new Promise((done) => setTimeout(done, 50));
    await send();
    if (waiting.size) return;
    await window.htmx.ajax("POST", editor().dataset.shape, { target: "#draft-editor", swap: "outerHTML", values: { shape: button.value } });
    placeFindings();
  };

  const takeUp = () => {
    try {
      JSON.parse(localStorage.getItem(store()) || "[]").forEach(([name, values]) => waiting.set(name, values));
    } catch { /* nothing usable was kept */ }
    if (waiting.size) send().then(() => location.reload());
  };

  /* Enter in a line keeps what stands there; it must not press the first button of the form. */
  const enter = (event) => {
    if (event.key === "Enter" && event.target.matches("#draft-editor input")) {
      event.preventDefault();
      later(0);
    }
  };

  document.addEventListener("keydown", enter);
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("click", goTo);
  document.addEventListener("submit", reshape);
  document.addEventListener("DOMContentLoaded", () => { placeFindings(); takeUp(); });
  window.addEventListener("beforeunload", (event) => { if (waiting.size) event.preventDefault(); });
})();
