/* The network goes away and comes back: said in words, and nothing that was typed leaves the page in between. */
(() => {
  "use strict";

  const AGAIN = 3000; // milliseconds between two questions to a server that did not answer
  const STAYS = 4000; // how long it is said that the network is back

  let isLost = false;

  const place = () => document.getElementById("connection");

  const say = (state) => {
    const box = place();
    if (!box) return;
    box.dataset.state = state;
    box.textContent = state ? box.dataset[state] : "";
  };

  const ask = async () => {
    try {
      await fetch(place().dataset.ask, { cache: "no-store", signal: AbortSignal.timeout(AGAIN) });
      return true;
    } catch {
      return false;
    }
  };

  const waitForIt = async () => {
    if (!(await ask())) {
      setTimeout(waitForIt, AGAIN);
      return;
    }
    isLost = false;
    say("back");
    setTimeout(() => { if (!isLost) say(""); }, STAYS);
  };

  const lost = () => {
    if (isLost || !place()) return;
    isLost = true;
    say("lost");
    setTimeout(waitForIt, AGAIN);
  };

  window.addEventListener("offline", lost);
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, lost));

  /* While it is away no form and no link leaves the page: what was typed, and the files chosen, stay */
  const hold = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    say("held");
  };

  document.addEventListener("submit", (event) => {
    if (!navigator.onLine) lost();
    if (isLost && event.target.method !== "dialog") hold(event);
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || !isLost || event.defaultPrevented || event.ctrlKey || event.metaKey || link.target || link.hasAttribute("download")) return;
    const stays = link.getAttribute("href").startsWith("#");
    if (!stays) hold(event);
  }, true);

  /* An error of the server is words on the page, also where the answer holds none */
  document.addEventListener("htmx:responseError", () => {
    setTimeout(() => {
      const box = document.getElementById("messages");
      const words = document.querySelector("template#server-error");
      if (!box || !words || box.querySelector(".message")) return;
      box.replaceChildren(words.content.cloneNode(true));
    }, 50);
  });

  document.addEventListener("DOMContentLoaded", () => { if (!navigator.onLine) lost(); });
})();
