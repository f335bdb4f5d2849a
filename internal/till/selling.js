// The sale: the basket is priced after every change, completed, and kept for
// later where there is no connection.
import * as store from "./store.js";
import { basket, content, drawLines, emptyBasket, listSum, money, ready, rememberPrices, shape } from "./basket.js";
import { drawQueue } from "./queue.js";
import { Offline, at, call, now, root, words } from "./server.js";
import { focusScan, inTurn, say, show } from "./screen.js";

let timer;

export function changed() {
  drawLines(changed);
  drawWhose();
  drawPaying();
  root.classList.toggle("till-selling", basket.lines.length > 0);
  at("empty").hidden = basket.lines.length > 0;
  at("clear").hidden = basket.lines.length === 0 && !basket.member && !basket.ask;
  if (basket.quote?.shape !== shape()) {
    at("complete").disabled = true;
    at("totals").classList.add("stale");
    clearTimeout(timer);
    if (ready()) timer = setTimeout(quote, 150);
    else show("totals", "");
  }
}

function drawWhose() {
  const who = basket.name || basket.ask;
  at("whose").hidden = !who;
  at("whose").textContent = who;
}

function drawPaying() {
  const chips = [];
  const chip = (text, remove) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "chip";
    button.textContent = `${text} ×`;
    button.setAttribute("aria-label", words.remove.replace("#", text));
    button.addEventListener("click", () => {
      remove();
      changed();
      focusScan();
    });
    item.append(button);
    chips.push(item);
  };
  for (const code of basket.codes) chip(code, () => (basket.codes = basket.codes.filter((c) => c !== code)));
  for (const card of basket.cards) chip(card.name, () => (basket.cards = basket.cards.filter((c) => c !== card)));
  at("paying").replaceChildren(...chips);
}

async function quote() {
  const asked = shape();
  try {
    basket.number ||= await store.nextNumber();
    const found = await call("/till/quote", content());
    if (asked !== shape()) return;
    basket.quote = { shape: asked, due: found.due, given: found.given };
    show("totals", found.html);
  } catch (failure) {
    if (asked !== shape()) return;
    if (!(failure instanceof Offline)) {
      say(failure.message, true);
      at("totals").classList.remove("stale");
      show("totals", failure.refused ? "" : at("requote-template").innerHTML);
      return;
    }
    basket.quote = { shape: asked, due: listSum(), listed: true };
    at("totals").innerHTML = `<p class="due"><span></span> <strong></strong></p><p class="muted"></p>`;
    at("totals").querySelector("strong").textContent = money(listSum());
    at("totals").querySelector(".muted").textContent = words.offline_price;
  }
  at("totals").classList.remove("stale");
  at("complete").disabled = false;
}

// complete closes the sale at the sum that stands on the screen.
export function complete() {
  if (at("complete").disabled) {
    if (basket.lines.length > 0 && !ready()) say(words.lines_wrong, true);
    return;
  }
  const seen = basket.quote;
  at("complete").disabled = true;
  inTurn(() => sell(seen));
}

// sell sends the sale, unless what was scanned before its turn came made it
// another one. Nothing changes in the basket meanwhile.
async function sell(seen) {
  if (basket.quote?.shape !== shape() || basket.quote.due !== seen.due) {
    say(words.basket_changed, true);
    return;
  }
  const sale = { ...content(), due: seen.due };
  at("basket").inert = true;
  try {
    if (seen.listed) throw new Offline();
    const sold = await call("/till/sale", sale);
    await rememberPrices();
    finish(sold.html);
  } catch (failure) {
    if (failure instanceof Offline) await keepSale(sale, seen.listed, seen.given);
    else notSold(failure);
  } finally {
    at("basket").inert = false;
  }
}

function notSold(failure) {
  const old = failure.code === "price_changed";
  say(old ? `${failure.message} ${words.quote_old}` : failure.message, true);
  if (old) basket.quote = null;
  at("complete").disabled = old;
  if (old) changed();
}

// keepSale queues a sale with its time, and with what each code took off by the
// quote. Its number is the one under which it may have arrived already, so that
// it is never taken twice.
async function keepSale(sale, listed, given) {
  const kept = { ...sale, at: now(), shift: root.dataset.shift, offline: true, given };
  if (listed) {
    for (const name of ["codes", "points", "cards", "due", "pool", "given"]) delete kept[name];
    kept.listed = true;
  }
  await store.keep({ sale: kept, due: sale.due });
  await rememberPrices();
  const receipt = document.createElement("article");
  receipt.className = "receipt";
  const title = document.createElement("h2");
  title.textContent = words.kept_title.replace("#", sale.number);
  const sum = document.createElement("p");
  sum.className = "due";
  sum.textContent = money(sale.due);
  receipt.append(title, sum);
  finish(receipt.outerHTML);
  say(words.kept);
  await drawQueue(call);
}

function finish(html) {
  clearBasket();
  say("");
  show("found", html);
  focusScan();
}

export function clearBasket() {
  emptyBasket();
  show("customer", "");
  show("found", "");
  show("totals", "");
  changed();
}
