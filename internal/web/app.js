// What pages need beyond htmx: dialogs, toasts, copying. Everything works on
// whole pages and on parts that arrive later, and every page works without it.
import "./assets/htmx.min.js";

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
}

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

// A failure that the server has put into words is shown where it says.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => say(document.body.dataset.offline, "bad"));
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.closest("figure").querySelector("code").textContent);
  say(document.body.dataset.copied, "good");
});
