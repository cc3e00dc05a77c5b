/* Unfinished files: sent to the server at most a second after a change, kept in this browser until the server has them.
   What could not be sent, because the network, the server or the browser went away, is sent when this page or the list
   of procedures is opened again. */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const SAVE_AFTER = 1000; // milliseconds after the first change that is not saved; typing on does not put it off
  const TRY_AGAIN = [1500, 3000, 5000, 10000];
  const PATIENCE = 8000;

  const place = one("[data-drafts]");
  if (!place) return;
  const { owner, saveUrl } = place.dataset;

  /* What this browser keeps until the server has it ----------------------------------------------------------------- */

  const opened = new Promise((resolve) => {
    if (!window.indexedDB) return resolve(null);
    const request = indexedDB.open("onestop-drafts", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    return undefined;
  });

  const inStore = async (mode, act) => {
    const database = await opened;
    if (!database) return undefined;
    return new Promise((resolve) => {
      const change = database.transaction("drafts", mode);
      const request = act(change.objectStore("drafts"));
      change.oncomplete = () => resolve(request.result);
      change.onerror = () => resolve(undefined);
      change.onabort = () => resolve(undefined);
    });
  };

  const keepHere = (entry) => inStore("readwrite", (store) => store.put(entry));
  const forgetHere = (key) => inStore("readwrite", (store) => store.delete(key));
  const keptHere = async () => ((await inStore("readonly", (store) => store.getAll())) || []).filter((entry) => entry.owner === owner);

  /* Sending ----------------------------------------------------------------------------------------------------------- */

  const token = () => (one("[name=csrfmiddlewaretoken]") || { value: "" }).value;

  const bodyOf = (entry, extra = {}) => {
    const body = new URLSearchParams(entry.typed);
    const own = { csrfmiddlewaretoken: token(), draft: entry.key, draft_revision: String(entry.revision), token: entry.window, procedure: entry.procedure };
    Object.entries({ ...own, ...extra }).forEach(([name, value]) => body.set(name, value));
    return body;
  };

  /* The answer of the server, {state: "waiting"} where none came, {state: "failed"} where it refused. */
  const send = async (entry, extra = {}, keepalive = false) => {
    try {
      const answer = await fetch(saveUrl, {
        method: "POST", body: bodyOf(entry, extra), redirect: "manual", keepalive, signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.ok) return await answer.json();
      if (answer.status >= 502) return { state: "waiting" };
      const isSentence = (answer.headers.get("Content-Type") || "").includes("json");
      return { state: "failed", words: isSentence ? (await answer.json()).words : "" };
    } catch {
      return { state: "waiting" };
    }
  };

  /* What was left from before: sent first, then the page is shown anew with it ------------------------------------------ */

  const sendLeftovers = async () => {
    let latest = "";
    let some = false;
    for (const entry of await keptHere()) {
      const answer = await send(entry);
      if (["saved", "parted", "taken"].includes(answer.state)) {
        await forgetHere(entry.key);
        some = some || answer.state !== "taken";
        if (form && entry.key === field("draft").value) latest = answer.url;
      }
    }
    if (latest) location.replace(latest);
    else if (some && !form) location.reload();
    return Boolean(latest);
  };

  /* The screen ------------------------------------------------------------------------------------------------------- */

  const form = one("[data-reception]");
  const field = (name) => one(`[name=${name}]`, form);

  const clock = () => new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: place.dataset.zone || undefined }).format(new Date());

  const say = (state, words) => {
    if (place.dataset.state !== state || place.textContent !== words) {
      place.dataset.state = state;
      place.textContent = words;
    }
  };

  const notice = (words) => {
    const box = one("[data-draft-notice]");
    if (!box || !words) return;
    one("[data-draft-notice-words]", box).textContent = words;
    box.hidden = false;
  };

  const typedNow = () => {
    const data = new FormData(form);
    const typed = new URLSearchParams();
    for (const [name, value] of data) if (typeof value === "string" && name !== "csrfmiddlewaretoken") typed.append(name, value);
    return typed.toString();
  };

  const entryNow = () => ({
    key: field("draft").value, revision: Number(field("draft_revision").value), window: field("token").value,
    procedure: field("procedure").value, owner, typed: typedNow(), at: Date.now(),
  });

  /* Sentences beside the fields stay until the server finds the field mended. */
  const errorLists = () => all(".errorlist", form).filter((list) => !list.closest("[hidden]"));

  const nameOf = (list) => {
    const question = list.closest("[data-question]");
    const input = list.closest(".field, fieldset") && one("[name]", list.closest(".field, fieldset"));
    return question ? question.dataset.name : input ? input.name : "";
  };

  const marked = () => errorLists().map(nameOf).filter(Boolean).join(",");

  const showErrors = (errors) => errorLists().forEach((list) => {
    const name = nameOf(list);
    if (!(name in errors)) return;
    if (errors[name]) {
      all("li", list).forEach((line, at) => { if (at) line.remove(); else line.textContent = errors[name]; });
      return;
    }
    all("[aria-invalid]", list.parentElement).forEach((input) => input.removeAttribute("aria-invalid"));
    list.remove();
  });

  let changes = 0;
  let sent = 0;
  let timer = 0;
  let tries = 0;
  let isSending = false;
  let hasEnded = false;

  const later = (delay) => {
    if (!timer && !hasEnded) timer = setTimeout(save, delay);
  };

  const accept = (answer, upTo) => {
    if (answer.state === "taken") {
      hasEnded = true;
      location.replace(answer.url);
      return;
    }
    tries = 0;
    sent = upTo;
    if (field("draft").value !== answer.key) forgetHere(field("draft").value);
    field("draft").value = answer.key;
    field("draft_revision").value = answer.revision;
    history.replaceState(history.state, "", answer.url);
    say("saved", answer.words);
    offerForm(answer.key);
    notice(answer.notice);
    showErrors(answer.errors || {});
  };

  const offerForm = (key) => {
    const link = one("[data-draft-form]");
    if (!link) return;
    link.href = link.dataset.draftForm.replace("00000000-0000-0000-0000-000000000000", key);
    link.hidden = false;
  };

  const refuse = (answer) => {
    const words = answer.state === "waiting" ? place.dataset.waiting : answer.words || place.dataset.failed;
    say(answer.state, words.replace("{time}", clock()));
    tries += 1;
  };

  const save = async () => {
    timer = 0;
    if (isSending || hasEnded || sent === changes) return;
    isSending = true;
    const upTo = changes;
    const entry = entryNow();
    await keepHere(entry);
    const answer = await send(entry, { marked: marked() });
    isSending = false;
    if (["saved", "parted", "taken"].includes(answer.state)) {
      accept(answer, upTo);
      if (sent === changes) await forgetHere(entry.key);
      else later(SAVE_AFTER);
    } else {
      refuse(answer);
      later(TRY_AGAIN[Math.min(tries - 1, TRY_AGAIN.length - 1)]);
    }
  };

  const keepSoon = (() => {
    let waiting = 0;
    return () => {
      if (!waiting) waiting = setTimeout(() => { waiting = 0; if (!hasEnded && sent !== changes) keepHere(entryNow()); }, 300);
    };
  })();

  const changed = () => {
    changes += 1;
    if (tries) keepSoon();
    later(SAVE_AFTER);
  };

  const atOnce = () => {
    clearTimeout(timer);
    timer = 0;
    save();
  };

  const leave = () => {
    if (hasEnded || sent === changes) return;
    const entry = entryNow();
    keepHere(entry);
    send(entry, {}, true);
  };

  const begin = () => {
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => { hasEnded = true; clearTimeout(timer); if (sent !== changes) keepHere(entryNow()); });
    document.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "applicant") changed(); });
    window.addEventListener("online", atOnce);
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", (event) => { if (event.persisted) hasEnded = false; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  };

  sendLeftovers().then((isGoing) => { if (form && !isGoing) place.dataset.ready = ""; });
  if (form) begin();
})();
