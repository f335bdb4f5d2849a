// What the tests measure in the browser. Each function lists what is wrong.
globalThis.measure = (() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const seen = new Map();

  // rgba turns any colour of CSS into the sRGB that is painted.
  function rgba(colour) {
    if (!seen.has(colour)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      seen.set(colour, [r, g, b, a / 255]);
    }
    return seen.get(colour);
  }

  function over(top, below) {
    return [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  }

  function ground(element) {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
  }

  function luminance([r, g, b]) {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  }

  function ratio(a, b) {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  }

  function name(e) {
    return `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") ?? ""}"> ${(e.textContent || e.name || "").trim().slice(0, 40)}`;
  }

  function visible(e) {
    return e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
  }

  return {
    overflow() {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.body.querySelectorAll("*")]
        .filter((e) => visible(e) && e.getBoundingClientRect().right > width + 1)
        .map((e) => `${name(e)} reaches to ${Math.round(e.getBoundingClientRect().right)} of ${width}`);
    },

    labels() {
      const nameless = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(
        (e) => !(e.labels?.length && e.labels[0].textContent.trim()) && !e.getAttribute("aria-label"),
      );
      const silent = [...document.querySelectorAll("button, a, summary")].filter((e) => !e.textContent.trim() && !e.getAttribute("aria-label"));
      const lost = [...document.querySelectorAll("[aria-describedby], [aria-labelledby]")].filter((e) =>
        `${e.getAttribute("aria-describedby") ?? ""} ${e.getAttribute("aria-labelledby") ?? ""}`
          .split(/\s+/)
          .some((id) => id && !document.getElementById(id)),
      );
      const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
      const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
      return [
        ...nameless.map((e) => `no label: ${name(e)}`),
        ...silent.map((e) => `no words: ${name(e)}`),
        ...lost.map((e) => `words missing: ${name(e)}`),
        ...twice.map((id) => `id twice: ${id}`),
      ];
    },

    contrast() {
      const faults = new Set();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const e = node.parentElement;
        if (!node.data.trim() || e.closest(":disabled, noscript, script") || !visible(e)) continue;
        const style = getComputedStyle(e);
        const below = ground(e);
        const ink = over(rgba(e.closest("svg") ? style.fill : style.color), below);
        const found = ratio(ink, below);
        if (found < 4.5) faults.add(`${found.toFixed(2)} ${name(e)}`);
      }
      return [...faults];
    },

    // edges are what a field is known by: 3 to 1 against what is around it.
    edges() {
      return [...document.querySelectorAll(".input, .search-input, .form .select-input")]
        .filter(visible)
        .filter((e) => ratio(rgba(getComputedStyle(e).borderTopColor), ground(e.parentElement)) < 3)
        .map((e) => name(e));
    },

    // focus reports whether what has the focus shows it and can be seen.
    focus() {
      const e = document.activeElement;
      if (!e || e === document.body) return [];
      const styles = [getComputedStyle(e), getComputedStyle(e, "::after"), getComputedStyle(e.parentElement)];
      const shown = styles.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
      const box = e.getBoundingClientRect();
      const inside = box.bottom > 0 && box.top < innerHeight;
      return [...(shown ? [] : [`not shown: ${name(e)}`]), ...(inside ? [] : [`out of sight: ${name(e)}`])];
    },

    // targets lists what is too small for a finger (WCAG 2.2: 24 pixels).
    targets() {
      return [...document.querySelectorAll("button, select, input:not([type=hidden], [type=checkbox], [type=radio]), .tab, .rail-link")]
        .filter(visible)
        .filter((e) => e.getBoundingClientRect().height < 24 && !e.closest(".affixed"))
        .map((e) => `${e.getBoundingClientRect().height}px ${name(e)}`);
    },

    // shifts adds up how much the page jumped while it loaded, and names what did.
    shifts() {
      return new Promise((resolve) => {
        let sum = 0;
        const moved = new Set();
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            sum += entry.value;
            for (const { node } of entry.sources) if (node) moved.add(name(node.nodeType === Node.TEXT_NODE ? node.parentElement : node));
          }
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => setTimeout(() => resolve(sum > 0.01 ? [`the page jumped by ${sum.toFixed(3)}: ${[...moved].join(", ")}`] : []), 0));
      });
    },
  };
})();
0;
