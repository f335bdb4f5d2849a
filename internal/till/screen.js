// What every part of the screen does: it speaks, shows what the server sent,
// and gives the focus back to the scanner.
import { at } from "./server.js";

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

// attempt does something and says why it failed.
export async function attempt(work) {
  say("");
  try {
    await work();
  } catch (failure) {
    say(failure.message, true);
  }
}
