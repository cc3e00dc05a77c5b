/* Files: dropped on papers, sent with progress, moved between papers, looked at in place. Without it the form sends them. */
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const place = one("[data-add-files]");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  /* Sending ----------------------------------------------------------------------------------------------------- */

  const say = (line, sentence) => {
    const words = document.createElement("p");
    words.className = "file-wrong";
    words.setAttribute("role", "alert");
    words.textContent = sentence;
    line.append(words);
  };

  const bar = (line, name) => {
    const shown = document.createElement("div");
    shown.className = "sending";
    const progress = document.createElement("progress");
    progress.max = 100;
    progress.value = 0;
    progress.setAttribute("aria-label", name);
    const words = document.createElement("span");
    words.textContent = name;
    shown.append(words, progress);
    line.append(shown);
    return { shown, progress };
  };

  /* The dossier's papers and history as they are now; what is typed beside them stays. */
  const refresh = async () => {
    const answer = await fetch(place.dataset.reload);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    ["#tab", ".page-first"].forEach((part) => {
      const [fresh, old] = [one(part, page), one(part)];
      if (!fresh || !old) return;
      old.replaceWith(document.adoptNode(fresh));
      window.htmx.process(one(part));
    });
    const seen = one("[name=seen]", page);
    if (seen) all("[name=seen]").forEach((field) => { field.value = seen.value; });
  };
  document.addEventListener("papers-changed", () => { if (place && place.dataset.reload) refresh(); });

  const done = (line) => {
    if (place.dataset.reload) refresh();
    else window.htmx.trigger(document.body, "files-changed");
    if (line.matches("li")) line.classList.remove("missing");
  };

  const send = (file, line, fields) => new Promise((resolve) => {
    const { shown, progress } = bar(line, file.name);
    const body = new FormData();
    Object.entries(fields).forEach(([name, value]) => body.append(name, value));
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", place.dataset.addFiles);
    request.setRequestHeader("X-CSRFToken", token());
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total; });
    const end = (sentence) => {
      shown.remove();
      if (sentence) say(line, sentence);
      resolve(!sentence);
    };
    request.addEventListener("load", () => {
      if (request.status < 300) end("");
      else end(request.status === 422 ? request.responseText : `${file.name}: ${place.dataset.notSent}`);
    });
    request.addEventListener("error", () => end(`${file.name}: ${place.dataset.notSent}`));
    request.send(body);
  });

  const sendAll = async (files, line, fields) => {
    all(".file-wrong", line).forEach((words) => words.remove());
    let sent = 0;
    for (const file of files) if (await send(file, line, fields)) sent += 1;
    if (sent) done(line);
  };

  const fieldsFor = (line) => {
    const fields = {};
    (place.dataset.take || "").split(" ").filter(Boolean).forEach((name) => { fields[name] = one(`#reception [name="${name}"]`).value; });
    if (line.dataset.document !== undefined) fields[place.dataset.documentField || "document"] = line.dataset.document;
    return fields;
  };

  /* Dropping: files from outside, and files that lie here already ------------------------------------------------- */

  const lineAt = (event) => place && event.target.closest && event.target.closest("[data-document]");
  const carries = (event) => [...event.dataTransfer.types].some((type) => type === "Files" || type === "text/x-desk-file");

  if (place) {
    document.addEventListener("dragstart", (event) => {
      const file = event.target.closest && event.target.closest("[data-file]");
      if (file) event.dataTransfer.setData("text/x-desk-file", file.dataset.file);
    });
    document.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      all(".drop-over").forEach((line) => line.classList.remove("drop-over"));
      const line = lineAt(event);
      if (line) line.classList.add("drop-over");
      event.dataTransfer.dropEffect = line ? "copy" : "none";
    });
    ["dragleave", "dragend"].forEach((name) => document.addEventListener(name, (event) => {
      if (name === "dragend" || !event.relatedTarget) all(".drop-over").forEach((line) => line.classList.remove("drop-over"));
    }));
    document.addEventListener("drop", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      all(".drop-over").forEach((line) => line.classList.remove("drop-over"));
      const line = lineAt(event);
      if (!line) return;
      const key = event.dataTransfer.getData("text/x-desk-file");
      if (key) move(key, line);
      else sendAll([...event.dataTransfer.files], line, fieldsFor(line));
    });
    document.addEventListener("change", (event) => {
      const input = event.target;
      if (!input.matches("[data-document] .file input[type=file]") || !input.files.length) return;
      event.stopImmediatePropagation();
      const files = [...input.files];
      const line = input.closest("[data-document]");
      input.value = "";
      sendAll(files, line, fieldsFor(line));
    }, true);
  }

  const move = (key, line) => {
    const fields = { ...fieldsFor(line) };
    window.htmx.ajax("POST", place.dataset.lay.replace("00000000-0000-0000-0000-000000000000", key), { values: fields, swap: "none" });
  };

  /* What came in shows by itself ---------------------------------------------------------------------------------- */

  const tick = () => {
    all("[data-files-of]").forEach((beside) => {
      const box = one("[name=paper]", beside.closest("li"));
      if (box && Number(beside.dataset.count) && !box.checked) box.click();
    });
  };
  document.addEventListener("htmx:afterSettle", tick);
  document.addEventListener("htmx:oobAfterSwap", tick);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id !== "files-live") return;
    const tray = one("#tray");
    if (tray && tray.dataset.stamp) event.detail.parameters.stamp = tray.dataset.stamp;
  });
  if (place && place.dataset.every) {
    setInterval(() => { if (!document.hidden) window.htmx.trigger(document.body, "files-changed"); }, Number(place.dataset.every) * 1000);
  }

  /* A code for a phone: while it is shown, what the phone sends appears by itself ------------------------------------ */

  const codes = one("#phone-dialog");
  if (codes) {
    const body = one("#phone-body", codes);
    let asking = 0;
    document.addEventListener("htmx:afterSettle", () => {
      if (!one("[data-phone-token]", body) || codes.open) return;
      codes.showModal();
      asking = setInterval(() => { if (!document.hidden) window.htmx.trigger(document.body, "files-changed"); }, 2000);
    });
    codes.addEventListener("close", () => {
      clearInterval(asking);
      const code = one("[data-phone-token]", body);
      const data = new FormData();
      data.append("token", code ? code.dataset.phoneToken : "");
      fetch(body.dataset.closeUrl, { method: "POST", body: data, headers: { "X-CSRFToken": token() } });
      body.replaceChildren();
      window.htmx.trigger(document.body, "files-changed");
    });
  }

  /* Looking at a file without leaving the page --------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    const viewer = one("#viewer");
    if (!link || !link.dataset.view || !viewer || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const shown = document.createElement(link.dataset.view === "pages" ? "iframe" : "img");
    shown.src = link.href;
    if (link.dataset.view === "pages") shown.title = link.textContent;
    else shown.alt = link.textContent;
    one("[data-viewer-name]", viewer).textContent = link.textContent;
    one("[data-viewer-open]", viewer).href = link.href;
    one("[data-viewer-body]", viewer).replaceChildren(shown);
    viewer.showModal();
  });
  const viewer = one("#viewer");
  if (viewer) viewer.addEventListener("close", () => one("[data-viewer-body]", viewer).replaceChildren());
})();
