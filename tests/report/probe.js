// Runs at the end of a copy of the page, and tells the test around it what a person would see.
addEventListener("load", () => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const text = node => node.textContent.trim().replace(/[ \n]+/g, " ");

  const seen_pixels = new Map(); // read once: Chromium complains of a second time
  const pixels = canvas => seen_pixels.get(canvas) ?? seen_pixels.set(canvas,
    canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).get(canvas);
  const picture = canvas => { // one plane if it is grey, else three
    const planes = [0, 1, 2].map(channel => [...pixels(canvas)].filter((_, i) => i % 4 === channel));
    const grey = planes.every(plane => String(plane) === String(planes[0]));
    return [canvas.height, canvas.width, grey ? planes[0] : planes.flat()];
  };
  const chart = box => {
    const canvas = box.querySelector("canvas");
    return {
      id: box.parentNode.id, label: box.ariaLabel ?? "",
      inked: new Set(new Uint32Array(pixels(canvas).buffer)).size > 10, // axes alone have few colours
      fits: canvas.getBoundingClientRect().width <= box.clientWidth && box.clientWidth > 250,
    };
  };

  // The curve of a chart: for each tenth of its width the height of what is drawn there, from 0 at
  // the lowest of it to 1. Axes and grid are of other colours.
  const curve = box => {
    const canvas = box.querySelector("canvas"), {width, height} = canvas, data = pixels(canvas);
    const [r, g, b] = read(getComputedStyle(document.documentElement).getPropertyValue("--test").trim());
    const heights = new Map();
    for (let y = 0; y < height; ++y)
      for (let x = 0; x < width; ++x) {
        const i = 4 * (y * width + x);
        if (data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) < 24)
          if (!heights.has(x)) heights.set(x, y);
      }
    const xs = [...heights.keys()].sort((a, b) => a - b), ys = [...heights.values()];
    const low = Math.max(...ys), high = Math.min(...ys);
    return [...Array(11).keys()].map(k =>
      (low - heights.get(xs[Math.round(k / 10 * (xs.length - 1))])) / Math.max(1, low - high));
  };

  // WCAG 2.2 contrast of every text with what is painted behind it.
  const parse = colour => { // the browser's own reading of any colour notation, as 0 to 255 and alpha
    const context = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const seen = new Map();
  const read = colour => seen.get(colour) ?? seen.set(colour, parse(colour)).get(colour);
  const behind = node => {
    if (!node) return [255, 255, 255];
    const [r, g, b, a] = read(getComputedStyle(node).backgroundColor);
    if (a === 1) return [r, g, b];
    return behind(node.parentElement).map((below, i) => below * (1 - a) + [r, g, b][i] * a);
  };
  const luminance = rgb => {
    const [r, g, b] = rgb.map(v => v / 255 <= 0.04045 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = node => {
    const [a, b] = [read(getComputedStyle(node).color).slice(0, 3), behind(node)].map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const texts = all("main *").filter(node => [...node.childNodes].some(c => c.nodeType === 3 && c.data.trim()));

  parent.postMessage([window.name, JSON.stringify({
    title: document.title,
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    heading: text(document.querySelector("h1")),
    lead: text(document.querySelector("#lead")),
    notes: all("#notes li").map(text),
    width: document.documentElement.scrollWidth,
    requests: performance.getEntriesByType("resource").map(entry => entry.name),
    charts: all(".plot").map(chart),
    rate: all("#rate .plot").map(curve),
    scrolls: all(".scroll").map(box => ({
      table: box.querySelector("table")?.id ?? "", over: box.scrollWidth - box.clientWidth,
      open: box.clientWidth > 0, told: getComputedStyle(box).maskImage.includes("gradient"),
    })),
    mistakes: new Set(all("#mistakes li").map(item => item.getBoundingClientRect().left)).size,
    texts: all("#texts details").map(node => [text(node.querySelector("summary")), node.querySelector("pre").textContent]),
    tables: Object.fromEntries(all("table[id]").map(table =>
      [table.id, all("tr", table).map(tr => all("th, td", tr).map(text))])),
    pictures: all(".pictures canvas").map(picture),
    inverted: all(".pictures canvas").filter(canvas => getComputedStyle(canvas).filter !== "none").length,
    captions: all("#mistakes figcaption").map(text),
    undescribed: all(".pictures canvas").filter(canvas => !canvas.ariaLabel).length,
    contrast: Math.min(...texts.map(contrast)),
    data: JSON.parse(document.getElementById("data").textContent),
  })], "*");
});
