// Pages that are installed on a phone: the worker that answers without a
// network, and parts that grow old when they cannot be renewed.
const { worker, keeps } = document.body?.dataset ?? {};

if (worker && "serviceWorker" in navigator) {
  navigator.serviceWorker
    .register(worker)
    .then(() => navigator.serviceWorker.ready)
    .then((registration) => registration.active.postMessage(keeps === "true" ? "keep" : "forget"))
    .catch(() => {}); // without a worker the pages need a network, and say so
}

// A part with data-stale renews itself. When that fails it says that it is old,
// which no message beside it needs to repeat.
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => event.detail.elt?.closest("[data-stale]")?.setAttribute("data-stale", "yes"));
}
