// Keeps the screen of the till for when there is no connection: pages come from
// the network first, what they are made of from the store first. It never keeps
// an answer about anybody.
const shelf = "till-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keepAll(event.data.keep));
});

// keepAll keeps the screen and what it is made of, and forgets what it was made
// of before.
async function keepAll(addresses) {
  const cache = await caches.open(shelf);
  const wanted = new Set(addresses.map((a) => new URL(a, self.location).href));
  for (const old of await cache.keys()) {
    if (!wanted.has(old.url)) await cache.delete(old);
  }
  for (const address of wanted) {
    if (new URL(address).pathname !== "/till" && (await cache.match(address))) continue;
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (answer && answer.ok && !answer.redirected) await cache.put(address, answer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === "/till") event.respondWith(screen(request));
  else if (pathname.startsWith("/assets/") || pathname.startsWith("/till/assets/")) event.respondWith(part(request));
});

async function screen(request) {
  const cache = await caches.open(shelf);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put("/till", answer.clone());
    return answer;
  } catch (failure) {
    return (await cache.match("/till")) || Promise.reject(failure);
  }
}

async function part(request) {
  return (await caches.match(request)) || fetch(request);
}
