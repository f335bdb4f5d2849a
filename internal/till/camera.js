// Reads codes through the camera where the browser can.
import { say } from "./screen.js";
import { words } from "./server.js";

export async function withCamera(found) {
  const open = document.getElementById("camera-open");
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices?.getUserMedia) return;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (formats.length === 0) return;
  open.hidden = false;
  const dialog = document.getElementById("camera");
  const view = document.getElementById("camera-view");
  open.addEventListener("click", async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
    if (!stream) {
      say(words.camera_refused, true);
      return;
    }
    dialog.showModal();
    view.srcObject = stream;
    await view.play();
    dialog.addEventListener("close", () => stream.getTracks().forEach((t) => t.stop()), { once: true });
    const detector = new BarcodeDetector();
    while (dialog.open) {
      const [code] = await detector.detect(view).catch(() => []);
      if (code?.rawValue) {
        dialog.close();
        found(code.rawValue);
        return;
      }
      await new Promise(requestAnimationFrame);
    }
  });
}
