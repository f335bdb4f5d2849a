// Shows the card and the last known balance when there is no network. It keeps
// one page and the style sheets of that, and forgets them when nobody is signed
// in any more.
const shelf = "wallet:" + new URL(self.registration.scope).pathname;
const card = self.registration.scope + "card/offline";

async function forget() {
  await caches.delete(shelf);
}

async function keep() {
  const answer = await fetch(card, { redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || answer.status >= 400) return forget();
  const text = await answer.clone().text();
  const kept = await caches.open(shelf);
  await kept.put(card, answer);
  const wanted = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((found) => new URL(found[1].replaceAll("&amp;", "&"), self.location).href);
  for (const request of await kept.keys()) {
    if (request.url !== card && !wanted.includes(request.url)) await kept.delete(request);
  }
  for (const url of wanted) {
    if (!(await kept.match(url))) await kept.add(url);
  }
}

async function fromShelf(url) {
  const kept = await caches.open(shelf);
  return (await kept.match(url)) ?? Response.error();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => event.waitUntil((event.data === "keep" ? keep() : forget()).catch(() => {})));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => fromShelf(card)));
  } else if (new URL(request.url).pathname.startsWith("/assets/")) {
    event.respondWith(fetch(request).catch(() => fromShelf(request.url)));
  }
});
