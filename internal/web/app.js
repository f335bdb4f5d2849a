// What pages need beyond htmx: dialogs, toasts, copying. Everything works on
// whole pages and on parts that arrive later, and every page works without it.
import "./assets/htmx.min.js";
import "./pocket.js";

// Browsers without invoker commands open dialogs here.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[command='show-modal']");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (dialog && !dialog.open) dialog.showModal();
  });
}

// A click beside a dialog closes it where the browser does not do so itself.
if (!("closedBy" in HTMLDialogElement.prototype)) {
  document.addEventListener("click", (event) => {
    if (event.target.matches("dialog[closedby='any']")) event.target.close();
  });
}

const shownFor = 8000; // milliseconds; a failure stays until it is dismissed

function settleToast(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.textContent = "×";
  close.setAttribute("aria-label", document.body.dataset.dismiss);
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (toast.classList.contains("toast-bad")) return;
  let timer = setTimeout(() => toast.remove(), shownFor);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), shownFor);
  });
}

function say(text, tone) {
  const toast = document.createElement("div");
  const words = document.createElement("p");
  toast.className = `toast toast-${tone}`;
  words.textContent = text;
  toast.append(words);
  document.getElementById("toasts").append(toast);
}

function settle(root) {
  for (const dialog of root.querySelectorAll("dialog[data-open]:not([open])")) dialog.showModal();
  root.querySelector("[data-focus]")?.focus();
  for (const tab of root.querySelectorAll(".tab[aria-current]")) {
    const tabs = tab.closest(".tabs");
    tabs.scrollLeft = tab.offsetLeft + tab.offsetWidth - tabs.clientWidth; // in sight where tabs scroll
  }
}

// The navigation shows where the reader is, however far down its list.
const rail = document.getElementById("rail");
function showPlace() {
  const here = rail?.querySelector("[aria-current]");
  if (here && here.offsetTop + 2 * here.offsetHeight > rail.scrollTop + rail.clientHeight) {
    rail.scrollTop = here.offsetTop - rail.clientHeight / 2;
  }
}
rail?.addEventListener("toggle", showPlace);
showPlace();

document.addEventListener("DOMContentLoaded", () => {
  const toasts = document.getElementById("toasts");
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node.classList?.contains("toast")) settleToast(node);
      }
    }
  }).observe(toasts, { childList: true });
  settle(document);
});

document.addEventListener("htmx:load", (event) => settle(event.detail.elt));

// A form on its way shows it and is not sent twice. One that may answer with a
// file leaves the page as it is, so its button comes back; an upload lasts as
// long as it lasts.
const sentFor = 4000; // milliseconds

function sending(form, button, yes) {
  form.toggleAttribute("data-sent", yes);
  if (yes) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
  document.getElementById("busy")?.classList.toggle("htmx-request", yes);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (event.defaultPrevented || (button?.formMethod || form.method) !== "post") return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  sending(form, button, true);
  if (!form.querySelector("input[type=file]")) setTimeout(() => sending(form, button, false), sentFor);
});

addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) sending(form, form.querySelector("[aria-busy]"), false);
});

// Typing has asked already: what changes when the search box is left must not
// exchange the row that the finger is on.
document.addEventListener("change", (event) => {
  if (event.target.type === "search") event.stopPropagation();
}, true);

// A failure that the server has put into words is shown where it says.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    if (!event.detail.elt?.closest("[data-stale]")) say(document.body.dataset.offline, "bad");
  });
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.closest("figure").querySelector("code").textContent);
  say(document.body.dataset.copied, "good");
});
