// Shows the reviews of a shop where this script stands, in a frame of its own:
// the site around it can read nothing in it, nor it anything of the site.
(() => {
  const script = document.currentScript;
  const page = new URL("reviews", script.src);
  if (script.dataset.lang) page.searchParams.set("lang", script.dataset.lang);
  const frame = document.createElement("iframe");
  frame.src = page.href;
  frame.title = script.dataset.title || "Reviews";
  frame.loading = "lazy";
  frame.style.cssText = "width:100%;border:0;height:" + (parseInt(script.dataset.height, 10) || 480) + "px";
  script.after(frame);
})();
