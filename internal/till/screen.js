// What every part of the screen does: it speaks, shows what the server sent,
// and gives the focus back to the scanner.
import { at, words } from "./server.js";

export function say(text, bad) {
  at("said").textContent = text;
  at("said").classList.toggle("said-bad", Boolean(bad));
}

export const focusScan = () => at("scan").focus({ preventScroll: matchMedia("(pointer: coarse)").matches });

export function show(place, html) {
  at(place).innerHTML = html;
  if (html) at(place).scrollIntoView({ block: "nearest" });
}

// fold makes room for the basket on a phone: what the customer has is one tap
// away. Who comes when the basket is full is shown whole, for it was asked for.
export function fold(yes) {
  const shown = document.querySelector(".customer");
  shown?.classList.toggle("folded", yes);
  shown?.querySelector("[data-fold]").setAttribute("aria-expanded", String(!yes));
}

// What is asked of the till is done one after another, as it was asked: a slow
// answer to the first scan is not overtaken by the second, and goods that are
// scanned while a sale is closed belong to the next.
let line = Promise.resolve();
let waiting = 0;

export function inTurn(work) {
  const done = line.then(work);
  line = done.catch(() => {});
  drawBusy(1);
  line.then(() => drawBusy(-1));
  return done;
}

const soon = 400; // milliseconds in which an answer needs no word
let timer;

// drawBusy says that something is under way when it takes longer than a glance.
function drawBusy(by) {
  waiting += by;
  clearTimeout(timer);
  if (waiting === 0) at("under-way").textContent = "";
  else if (!at("under-way").textContent) timer = setTimeout(() => (at("under-way").textContent = words.busy), soon);
}

// attempt does something in its turn and says why it failed. The button that
// asked for it cannot be pressed a second time meanwhile.
export function attempt(work, button) {
  if (button) button.disabled = true;
  return inTurn(async () => {
    say("");
    try {
      await work();
    } catch (failure) {
      say(failure.message, true);
    } finally {
      release(button);
    }
  });
}

function release(button) {
  if (!button) return;
  button.disabled = false;
  if (document.activeElement === document.body) button.focus();
}
