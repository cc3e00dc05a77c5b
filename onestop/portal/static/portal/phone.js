/* Sends each picture as soon as it is taken, one after the other, and says what became of it. Without it the form sends them. */
(() => {
  "use strict";

  const form = document.querySelector("[data-phone]");
  const list = document.querySelector("[data-sent-list]");
  if (!form || !list) return;

  const entry = (name) => {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = `${name}: ${form.dataset.sending}`;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    line.append(words, bar);
    list.prepend(line);
    return { line, words, bar };
  };

  const send = (file) => new Promise((resolve) => {
    const { line, words, bar } = entry(file.name);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", window.location.href);
    request.setRequestHeader("X-Requested-With", "phone");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
    const end = (css, sentence) => {
      bar.remove();
      line.className = css;
      words.textContent = sentence;
      resolve();
    };
    request.addEventListener("load", () => {
      if (request.status === 200) end("ok", `${file.name}: ${form.dataset.sent}`);
      else if (request.status === 422) end("wrong", request.responseText);
      else if (request.status === 410) window.location.reload();
      else end("wrong", `${file.name}: ${form.dataset.failed}`);
    });
    request.addEventListener("error", () => end("wrong", `${file.name}: ${form.dataset.failed}`));
    request.send(body);
  });

  form.addEventListener("change", async (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    for (const file of files) await send(file);
  });
})();
