// What is scanned or typed: a customer, goods, a code, a card or a receipt.
import * as store from "./store.js";
import { addLine, basket, focusLine } from "./basket.js";
import { changed } from "./selling.js";
import { Offline, call, words } from "./server.js";
import { attempt, fold, focusScan, say, show } from "./screen.js";

export function scan(text) {
  return attempt(async () => {
    const found = await call(`/till/scan?q=${encodeURIComponent(text)}`).catch((failure) => {
      if (!(failure instanceof Offline)) throw failure;
    });
    await (found ? take(found) : scanOffline(text));
  });
}

export async function take(found) {
  if (found.kind !== "member") show("found", found.kind === "part" ? found.html : "");
  if (found.kind === "member") greet(found);
  else if (found.kind === "product") await addGoods(found.product);
  else if (found.kind === "code") addCode(found.text);
  else if (found.kind === "card") addCard(found);
  if (found.kind !== "product") focusScan();
}

export function greet(found) {
  show("found", "");
  basket.points = {};
  Object.assign(basket, { member: found.member, name: found.name, ask: "" });
  show("customer", found.html);
  changed();
}

export async function addGoods(goods) {
  const line = await addLine(goods);
  fold(true);
  changed();
  say(words.added.replace("#", line.name || line.sku));
  if (line.priced) focusScan();
  else focusLine(line);
}

export function addCode(text) {
  if (!basket.codes.includes(text)) basket.codes.push(text);
  say(words.code_added.replace("#", text));
  changed();
}

function addCard(found) {
  if (!basket.cards.some((c) => c.number === found.text)) basket.cards.push({ number: found.text, name: found.name });
  say(words.card_added.replace("#", found.name));
  changed();
}

// scanOffline knows the goods that were sold here before; what else is scanned
// may be the customer, who is looked up when there is a connection.
async function scanOffline(text) {
  const folded = text.toLowerCase();
  const known = await store.goods();
  const goods = known.find((g) => g.sku === text) ?? known.find((g) => g.name.toLowerCase().includes(folded));
  if (goods) {
    await addGoods({ sku: goods.sku, name: goods.name, category: goods.category });
    return;
  }
  const likely = text.includes("@") || /^[+\d\s().-]{7,}$/.test(text) || /^RG[0-9A-Z]{30,}$/i.test(text) || /\d{4}/.test(text);
  if (!likely) {
    say(words.not_found_offline, true);
    return;
  }
  Object.assign(basket, { member: "", name: "", ask: text, points: {} });
  show("customer", "");
  say(words.ask_later.replace("#", text));
  changed();
}
