/* The display asks every two seconds; a new call is shown large, flashes, and sounds two notes made in the browser. */
(() => {
  "use strict";

  const EVERY = 2000;
  const NOTES = [[880, 0], [660, 0.28]];
  const board = document.querySelector("[data-board]");
  const away = document.querySelector("[data-away-note]");
  const button = document.querySelector("[data-sound]");
  if (!board) return;

  const Sound = window.AudioContext || window.webkitAudioContext;
  const sound = Sound ? new Sound() : null;
  const offer = () => { if (button) button.hidden = !sound || sound.state === "running"; };
  const newest = () => Number(board.querySelector("[data-newest]")?.dataset.newest || 0);

  const beep = () => {
    if (!sound || sound.state !== "running") return;
    NOTES.forEach(([pitch, after]) => {
      const tone = sound.createOscillator();
      const loudness = sound.createGain();
      const start = sound.currentTime + after;
      tone.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, start);
      loudness.gain.exponentialRampToValueAtTime(0.4, start + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.26);
      tone.connect(loudness).connect(sound.destination);
      tone.start(start);
      tone.stop(start + 0.28);
    });
  };

  const show = (text) => {
    const before = newest();
    if (board.dataset.text === text) return;
    board.dataset.text = text;
    board.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
    if (newest() <= before) return;
    board.querySelector("[data-newest]").classList.add("is-new");
    beep();
  };

  const say = (words) => { away.textContent = words; away.hidden = !words; };

  const ask = async () => {
    try {
      const answer = await fetch(board.dataset.board, { redirect: "error" });
      if (answer.status === 403) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
      say("");
    } catch {
      say(board.dataset.away);
    } finally {
      setTimeout(ask, EVERY);
    }
  };

  if (sound) sound.addEventListener("statechange", offer);
  if (button) button.addEventListener("click", () => { sound.resume().then(() => { offer(); beep(); }); });
  offer();
  setTimeout(ask, EVERY);
})();
