// The screen of the till. The server prices and words everything; this holds
// the open basket, keeps the focus where the scanner types, and queues sales
// while there is no connection. Here is what buttons and keys do, and the
// beginning.
import * as store from "./store.js";
import { addLine, basket, focusLine, number } from "./basket.js";
import { drawQueue, sendQueue } from "./queue.js";
import { withCamera } from "./camera.js";
import { quoteBack, step, unsay } from "./giveback.js";
import { addCode, addGoods, greet, scan, take } from "./scanning.js";
import { changed, clearBasket, complete } from "./selling.js";
import { at, call, once, online, root, words } from "./server.js";
import { attempt, fold, focusScan, say, show } from "./screen.js";

async function post(button) {
  const { post: path, reward, member, points, money: onTop, redemption, gesture, giving, reason, wanted, name } = button.dataset;
  const found = reward ? await once(path, { reward, member, points: Number(points), money: Number(onTop) })
    : gesture ? await once(path, { gesture, member })
      : reason ? await call(path, { member, reason, wanted, name })
        : await call(path, { redemption, giving });
  const changedMember = basket.member && (await call(`/till/members/${basket.member}`).catch(() => null));
  if (changedMember) greet(changedMember);
  await take(found);
}

const agreed = (button) => !button.dataset.ask || confirm(button.dataset.ask);

function payPoints(field) {
  const most = Number(field.dataset.most);
  const whole = Math.min(most, Math.max(0, Math.floor(number(field.value) || 0)));
  field.value = String(whole);
  const slide = field.parentElement.querySelector("[data-slide]");
  if (slide) slide.value = String(whole);
  basket.points[field.dataset.wallet] = { points: whole * 10 ** Number(field.dataset.decimals), pool: whole > Number(field.dataset.own) };
  changed();
}

function pressed(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const d = button.dataset;
  if (d.opens) openDialog(button);
  else if (d.closes) at(d.closes).close();
  else if (d.post) agreed(button) && attempt(() => post(button), button);
  else if (d.member) attempt(async () => take(await call(`/till/members/${d.member}`)), button);
  else if (d.product) attempt(() => addGoods({ sku: d.product, name: d.productName, category: d.category }).then(() => show("found", "")), button);
  else if (d.code) attempt(() => addCode(d.code));
  else if (d.get) attempt(async () => take(await call(d.get)), button);
  else if ("requote" in d) changed();
  else if ("fold" in d) fold(button.getAttribute("aria-expanded") === "true");
  else if ("print" in d) print();
  else if ("next" in d) {
    show("found", "");
    focusScan();
  } else if ("backCancel" in d) attempt(() => quoteBack(button.form, true), button);
  else if ("less" in d && button.closest("[data-back]")) step(button, -1);
  else if ("more" in d && button.closest("[data-back]")) step(button, 1);
  else if (button.id === "forget") attempt(forget);
}

function forget() {
  Object.assign(basket, { member: "", name: "", ask: "", points: {} });
  show("customer", "");
  changed();
  focusScan();
}

function openDialog(button) {
  const dialog = at(button.dataset.opens);
  if (button.dataset.contact) at("sign-up-contact").value = button.dataset.contact;
  dialog.showModal();
  (button.dataset.contact ? at("sign-up-name") : at("sign-up-contact")).focus();
}

function join(event) {
  event.preventDefault();
  const { target: form, submitter } = event;
  const { contact, name, consent } = form.elements;
  at("sign-up-said").textContent = "";
  attempt(async () => {
    try {
      const found = await once("/till/sign-up", { contact: contact.value, name: name.value, consent: consent.checked });
      form.reset();
      at("sign-up").close();
      greet(found);
      say(words.joined);
      focusScan();
    } catch (failure) {
      at("sign-up-said").textContent = failure.message;
    }
  }, submitter);
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
  at("free-line").addEventListener("click", () => attempt(async () => {
    const line = await addLine({});
    fold(true);
    changed();
    focusLine(line);
  }));
  at("clear").addEventListener("click", () => attempt(() => {
    clearBasket();
    focusScan();
  }));
  at("complete").addEventListener("click", complete);
  at("sign-up-form").addEventListener("submit", join);
  at("waiting").addEventListener("click", () => at("queue").showModal());
  at("queue-send").addEventListener("click", () => sendQueue(call));
  root.addEventListener("click", pressed);
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-back]")) return;
    event.preventDefault();
    attempt(() => quoteBack(event.target, false), event.submitter);
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
  const number = () => store.haveSeries(Number(root.dataset.device), () => call("/till/roll", {})).catch(() => {});
  await number();
  await sendQueue(call);
  setInterval(async () => {
    await number();
    if ((await store.queued()).some((s) => !s.why)) sendQueue(call);
  }, everySoOften);
  root.dataset.ready = "yes";
}

if (root) begin();
