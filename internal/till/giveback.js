// Returns: what would come of one is read out before it is taken.
import * as store from "./store.js";
import { number } from "./basket.js";
import { call } from "./server.js";
import { attempt, show } from "./screen.js";

function readBack(form, cancel) {
  const lines = [...form.querySelectorAll("[data-back-line]")]
    .map((f) => ({ line: Number(f.dataset.backLine), quantity: Math.round(number(f.value) * 1000) }))
    .filter((l) => l.quantity > 0);
  return { member: form.dataset.member, sale: form.dataset.sale, lines: cancel ? undefined : lines, cancel };
}

export async function quoteBack(form, cancel) {
  form.dataset.number ||= await store.nextNumber();
  const back = readBack(form, cancel);
  const found = await call("/till/return/quote", { ...back, number: form.dataset.number });
  const said = form.querySelector("[data-back-said]");
  said.innerHTML = found.html;
  const button = said.querySelector("[data-back-take]");
  button.addEventListener("click", () => {
    attempt(async () => show("found", (await call("/till/return", { ...back, number: form.dataset.number })).html), button);
  });
  button.focus();
}

export function step(button, by) {
  const field = button.parentElement.querySelector("[data-back-line]");
  const most = Number(field.dataset.left) / 1000;
  field.value = String(Math.min(most, Math.max(0, (number(field.value) || 0) + by)));
  unsay(field.form);
}

// unsay takes away what would come of a return when something else is to come
// back: what is read out is what is taken.
export function unsay(form) {
  form.querySelector("[data-back-said]").replaceChildren();
}
