// Runs at the end of a copy of the page, and tells the test around it what a person would see.
addEventListener("load", () => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const text = node => node.textContent.trim().replace(/[ \n]+/g, " ");

  const pixels = canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const picture = canvas => [canvas.height, canvas.width, [...pixels(canvas)].filter((_, i) => i % 4 === 0)];
  const chart = box => {
    const canvas = box.querySelector("canvas");
    return {
      id: box.parentNode.id, label: box.ariaLabel ?? "",
      inked: new Set(new Uint32Array(pixels(canvas).buffer)).size > 10, // axes alone have few colours
      fits: canvas.getBoundingClientRect().width <= box.clientWidth && box.clientWidth > 250,
    };
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
    tables: Object.fromEntries(all("table[id]").map(table =>
      [table.id, all("tr", table).map(tr => all("th, td", tr).map(text))])),
    pictures: all(".pictures canvas").map(picture),
    captions: all("#mistakes figcaption").map(text),
    undescribed: all(".pictures canvas").filter(canvas => !canvas.ariaLabel).length,
    contrast: Math.min(...texts.map(contrast)),
    data: JSON.parse(document.getElementById("data").textContent),
  })], "*");
});
