// The screen of the till. The server prices and words everything; this holds
// the open basket, keeps the focus where the scanner types, and queues sales
// while there is no connection.
import * as store from "./store.js";
import { addLine, basket, content, drawLines, emptyBasket, focusLine, listSum, money, number, ready, rememberPrices, shape } from "./basket.js";
import { drawQueue, sendQueue } from "./queue.js";
import { withCamera } from "./camera.js";

const root = document.getElementById("till");
const words = JSON.parse(root?.dataset.words ?? "{}");
const at = (id) => document.getElementById(id);

class Offline extends Error {}

// call asks the server. Without a connection it fails with Offline, and with
// the server's words where it refuses.
async function call(path, body) {
  const init = { headers: { Accept: "application/json" } };
  if (body) Object.assign(init, { method: "POST", body: JSON.stringify(body), headers: { ...init.headers, "Content-Type": "application/json" } });
  const answer = await fetch(path, init).catch(() => null);
  online(answer !== null);
  noteClock(answer);
  if (!answer) throw new Offline(words.needs_network);
  if (answer.status === 401) {
    location.assign("/till");
    throw new Error(words.locked);
  }
  const said = await answer.json().catch(() => ({ error: words.failed }));
  if (!answer.ok) throw Object.assign(new Error(said.error ?? words.failed), { code: said.code });
  return said;
}

// noteClock keeps how far the server's clock is ahead of the device's, so that
// what is sold without a connection has the right time.
function noteClock(answer) {
  const said = Date.parse(answer?.headers.get("Till-Time") ?? "");
  if (said) localStorage.setItem("till-ahead", String(Math.abs(said - Date.now()) < 2000 ? 0 : said - Date.now()));
}

const now = () => Date.now() + Number(localStorage.getItem("till-ahead") ?? 0);

function online(yes) {
  const net = at("net");
  net.classList.toggle("net-off", !yes);
  if (net.textContent !== (yes ? words.online : words.offline)) net.textContent = yes ? words.online : words.offline;
  at("lock").disabled = !yes;
}

function say(text, bad) {
  at("said").textContent = text;
  at("said").classList.toggle("said-bad", Boolean(bad));
}

const focusScan = () => at("scan").focus({ preventScroll: matchMedia("(pointer: coarse)").matches });

function show(place, html) {
  at(place).innerHTML = html;
  if (html) at(place).scrollIntoView({ block: "nearest" });
}

// Scanning -----------------------------------------------------------------

async function scan(text) {
  say("");
  try {
    await take(await call(`/till/scan?q=${encodeURIComponent(text)}`));
  } catch (failure) {
    if (failure instanceof Offline) await scanOffline(text);
    else say(failure.message, true);
  }
}

async function take(found) {
  if (found.kind !== "member") show("found", found.kind === "part" ? found.html : "");
  if (found.kind === "member") greet(found);
  else if (found.kind === "product") await addGoods(found.product);
  else if (found.kind === "code") addCode(found.text);
  else if (found.kind === "card") addCard(found);
  if (found.kind !== "product") focusScan();
}

function greet(found) {
  show("found", "");
  basket.points = {};
  Object.assign(basket, { member: found.member, name: found.name, ask: "" });
  show("customer", found.html);
  changed();
}

async function addGoods(goods) {
  const line = await addLine(goods);
  fold(true);
  changed();
  say(words.added.replace("#", line.name || line.sku));
  if (line.priced) focusScan();
  else focusLine(line);
}

// fold makes room for the basket on a phone: what the customer has is one tap
// away. Who comes when the basket is full is shown whole, for it was asked for.
function fold(yes) {
  const shown = document.querySelector(".customer");
  shown?.classList.toggle("folded", yes);
  shown?.querySelector("[data-fold]").setAttribute("aria-expanded", String(!yes));
}

function addCode(text) {
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

// The basket ---------------------------------------------------------------

let timer;

function changed() {
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

async function complete() {
  if (at("complete").disabled) {
    if (!ready()) say(words.lines_wrong, true);
    return;
  }
  at("complete").disabled = true;
  const sale = { ...content(), due: basket.quote.due };
  const { listed, given } = basket.quote;
  try {
    if (listed) throw new Offline();
    const sold = await call("/till/sale", sale);
    await rememberPrices();
    finish(sold.html);
  } catch (failure) {
    if (failure instanceof Offline) {
      await keepSale(sale, listed, given);
      return;
    }
    say(failure.message, true);
    if (failure.code === "price_changed") {
      basket.quote = null;
      say(`${failure.message} ${words.quote_old}`, true);
      changed();
      return;
    }
    at("complete").disabled = false;
  }
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

function clearBasket() {
  emptyBasket();
  show("customer", "");
  show("found", "");
  show("totals", "");
  changed();
}

// What the parts from the server do ------------------------------------------

async function post(button) {
  if (button.dataset.ask && !confirm(button.dataset.ask)) return;
  const { reward, member, points, money: onTop, redemption, gesture, giving } = button.dataset;
  let body = { redemption, giving };
  if (gesture) body = { number: await store.nextNumber(), gesture, member };
  if (reward) body = { number: await store.nextNumber(), reward, member, points: Number(points), money: Number(onTop) };
  const found = await call(button.dataset.post, body);
  if (basket.member) greet(await call(`/till/members/${basket.member}`));
  await take(found);
}

function readBack(form, cancel) {
  const lines = [...form.querySelectorAll("[data-back-line]")]
    .map((f) => ({ line: Number(f.dataset.backLine), quantity: Math.round(number(f.value) * 1000) }))
    .filter((l) => l.quantity > 0);
  return { member: form.dataset.member, sale: form.dataset.sale, lines: cancel ? undefined : lines, cancel };
}

async function quoteBack(form, cancel) {
  form.dataset.number ||= await store.nextNumber();
  const back = readBack(form, cancel);
  const found = await call("/till/return/quote", { ...back, number: form.dataset.number });
  const said = form.querySelector("[data-back-said]");
  said.innerHTML = found.html;
  const button = said.querySelector("[data-back-take]");
  button.addEventListener("click", () => {
    button.disabled = true;
    attempt(async () => show("found", (await call("/till/return", { ...back, number: form.dataset.number })).html)).finally(() => (button.disabled = false));
  });
  button.focus();
}

function step(button, by) {
  const field = button.parentElement.querySelector("[data-back-line]");
  const most = Number(field.dataset.left) / 1000;
  field.value = String(Math.min(most, Math.max(0, (number(field.value) || 0) + by)));
  unsay(field.form);
}

// unsay takes away what would come of a return when something else is to come
// back: what is read out is what is taken.
function unsay(form) {
  form.querySelector("[data-back-said]").replaceChildren();
}

// attempt does something and says why it failed.
async function attempt(work) {
  say("");
  try {
    await work();
  } catch (failure) {
    say(failure.message, true);
  }
}

function payPoints(field) {
  const most = Number(field.dataset.most);
  const whole = Math.min(most, Math.max(0, Math.floor(number(field.value) || 0)));
  field.value = String(whole);
  const slide = field.parentElement.querySelector("[data-slide]");
  if (slide) slide.value = String(whole);
  basket.points[field.dataset.wallet] = { points: whole * 10 ** Number(field.dataset.decimals), pool: whole > Number(field.dataset.own) };
  changed();
}

async function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const d = button.dataset;
  if (d.opens) openDialog(button);
  else if (d.closes) at(d.closes).close();
  else if (d.member && !d.post) await attempt(async () => take(await call(`/till/members/${d.member}`)));
  else if (d.product) await addGoods({ sku: d.product, name: d.productName, category: d.category }).then(() => show("found", ""));
  else if (d.code) addCode(d.code);
  else if (d.post) await attempt(() => post(button));
  else if (d.get) await attempt(async () => take(await call(d.get)));
  else if ("fold" in d) fold(button.getAttribute("aria-expanded") === "true");
  else if ("print" in d) print();
  else if ("next" in d) {
    show("found", "");
    focusScan();
  } else if ("backCancel" in d) await attempt(() => quoteBack(button.form, true));
  else if ("less" in d && button.closest("[data-back]")) step(button, -1);
  else if ("more" in d && button.closest("[data-back]")) step(button, 1);
  else if (button.id === "forget") {
    Object.assign(basket, { member: "", name: "", ask: "", points: {} });
    show("customer", "");
    changed();
    focusScan();
  }
}

function openDialog(button) {
  const dialog = at(button.dataset.opens);
  if (button.dataset.contact) at("sign-up-contact").value = button.dataset.contact;
  dialog.showModal();
  (button.dataset.contact ? at("sign-up-name") : at("sign-up-contact")).focus();
}

async function join(event) {
  event.preventDefault();
  const form = event.target;
  at("sign-up-said").textContent = "";
  form.dataset.number ||= await store.nextNumber();
  try {
    const found = await call("/till/sign-up", {
      number: form.dataset.number, contact: form.elements.contact.value, name: form.elements.name.value, consent: form.elements.consent.checked,
    });
    delete form.dataset.number;
    form.reset();
    at("sign-up").close();
    greet(found);
    say(words.joined);
    focusScan();
  } catch (failure) {
    delete form.dataset.number;
    at("sign-up-said").textContent = failure.message;
  }
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "F2") focusScan();
  else if (event.key === "F4") at("free-line").click();
  else if (event.key === "F7") document.querySelector("[data-opens='sign-up']").click();
  else if (event.key === "F9") complete();
  else if (event.key === "Escape" && at("found").innerHTML) {
    show("found", "");
    focusScan();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && document.activeElement === document.body) {
    at("scan").focus(); // what a scanner types with the focus nowhere is not lost
    return;
  } else return;
  event.preventDefault();
}

// The beginning ----------------------------------------------------------------

async function keepScreen() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/till/worker.js", { scope: "/till" });
  const { active } = await navigator.serviceWorker.ready;
  const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((l) => l.href);
  active.postMessage({ keep: ["/till", ...parts, ...[...document.scripts].map((s) => s.src)] });
}

function listen() {
  at("scan-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = at("scan").value.trim();
    at("scan").value = "";
    if (text) scan(text);
  });
  at("free-line").addEventListener("click", async () => {
    const line = await addLine({});
    fold(true);
    changed();
    focusLine(line);
  });
  at("clear").addEventListener("click", () => {
    clearBasket();
    focusScan();
  });
  at("complete").addEventListener("click", complete);
  at("sign-up-form").addEventListener("submit", join);
  at("waiting").addEventListener("click", () => at("queue").showModal());
  at("queue-send").addEventListener("click", () => sendQueue(call));
  root.addEventListener("click", pressed);
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-back]")) return;
    event.preventDefault();
    attempt(() => quoteBack(event.target, false));
  });
  root.addEventListener("change", (event) => {
    if (event.target.matches("[data-wallet]")) payPoints(event.target);
  });
  root.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-wallet]")) event.target.select();
  });
  root.addEventListener("input", (event) => {
    if (!event.target.matches("[data-slide]")) return;
    const field = event.target.parentElement.querySelector("[data-wallet]");
    field.value = event.target.value;
    payPoints(field);
  });
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-back-line]")) unsay(event.target.form);
  });
  document.addEventListener("keydown", keys);
  addEventListener("online", () => {
    if (basket.quote?.listed) basket.quote = null; // to be priced after all
    changed();
    sendQueue(call);
  });
  addEventListener("offline", () => online(false));
}

const everySoOften = 20_000; // milliseconds

async function begin() {
  listen();
  online(navigator.onLine);
  changed();
  keepScreen().catch(() => {});
  withCamera((text) => scan(text));
  await drawQueue(call);
  await store.haveSeries(Number(root.dataset.device), () => call("/till/roll", {})).catch(() => {});
  await sendQueue(call);
  setInterval(async () => {
    if ((await store.queued()).some((s) => !s.why)) sendQueue(call);
  }, everySoOften);
  root.dataset.ready = "yes";
}

if (root) begin();
