// Fills page.html from the JSON that it holds. Text goes in as text, never as markup.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = id => document.getElementById(id);
  const drop = id => byId(id).remove();

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const head = (name, scope = "row", attributes = {}) => make("th", {scope, ...attributes}, name);
  const row = (name, ...values) => make("tr", {}, head(name), ...values.map(v => make("td", {}, v)));

  // Numbers ---------------------------------------------------------------------------------------
  // null is a number that was not finite; a field that is not there is undefined.
  const shown = format => value =>
    value === undefined ? "–" : value === null ? "not finite" : format(value);
  const count = shown(n => n.toLocaleString("en"));
  const percent = shown(n => `${(n * 100).toFixed(2)}\u00a0%`);
  const loss = shown(n => Math.abs(n) < 1e5 && (n === 0 || Math.abs(n) >= 1e-3) ? n.toFixed(4)
                                                                               : n.toExponential(2));
  const plain = shown(n => String(Number(n.toPrecision(6)))); // 0.1 * 0.01 is 0.001
  const probability = shown(p => p > 0 && p < 5e-4 ? "<\u00a00.1\u00a0%" : `${(p * 100).toFixed(1)}\u00a0%`);
  const time = shown(seconds => {
    const s = Math.round(seconds), parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
    if (s < 60) return `${plain(Number(seconds.toFixed(1)))}\u00a0s`;
    return parts[0] ? `${parts[0]}\u00a0h ${parts[1]}\u00a0min` : `${parts[1]}\u00a0min ${parts[2]}\u00a0s`;
  });
  const name = index => data.class_names[index] ?? String(index);

  // The run ---------------------------------------------------------------------------------------
  // A resumed run does again what came after its checkpoint: the later line of an epoch counts.
  let start = {}, end, epochs = [], resumes = [];
  for (const line of data.metrics) {
    if (line.event === "start") [start, end] = [line, undefined];
    if (line.event === "resume") {
      epochs = epochs.filter(e => e.step <= line.step);
      resumes.push(line);
      for (const key of ["epochs", "patience"]) // these may change then
        if (key in line) start = {...start, [key]: line[key]};
      end = undefined;
    }
    if (line.event === "epoch") epochs = [...epochs.filter(e => e.epoch < line.epoch), line];
    if (line.event === "end" || line.event === "error") end = line;
  }
  // The images that choose the best weights are the ones that each epoch is scored on.
  const chosen = start.validation > 0 ? "validation" : "test", Chosen = chosen[0].toUpperCase() + chosen.slice(1);
  const accuracy = `${chosen}_accuracy`, chosen_samples = start[`${chosen}_samples`] ?? start.validation;
  const last = epochs.at(-1), marked = epochs.filter(e => e.best).at(-1);
  // A run that was resumed with a new log has had its best epoch in the old one.
  const best = marked ?? (end?.best_epoch ? {epoch: end.best_epoch, [accuracy]: end[`best_${accuracy}`]} : undefined);
  const told = best ?? last;

  document.title = data.title;
  byId("title").textContent = data.title;
  if (told)
    byId("lead").append(make("strong", {}, percent(told[accuracy])),
                        ` of ${count(chosen_samples)} ${chosen} images recognised after epoch ` +
                        `${plain(told.epoch)} of ${plain(start.epochs)}.`);
  else
    byId("lead").textContent = "No epoch was finished.";

  const note = (text, kind) => byId("notes").append(make("li", kind ? {class: kind} : {}, text));
  for (const {epoch, batch} of resumes) note(`Resumed in epoch ${epoch}, batch ${batch}.`);
  if (end?.event === "error")
    note(`Stopped by an error in epoch ${end.epoch}, step ${end.step}: training loss ` +
         `${loss(end.train_loss)} at learning rate ${plain(end.lr)} (exit code ${end.code}).`, "error");
  if (!end) note("The end of the run is not on record: it goes on, or it was killed.");
  if (data.unreadable) note(`Lines of metrics.jsonl that are not JSON: ${data.unreadable}.`, "error");

  // Summary ---------------------------------------------------------------------------------------
  const status = end?.event === "error" ? "error" : end?.reason ?? "no end on record";
  const seconds = epochs.reduce((sum, e) => sum + e.seconds, 0);
  const images = epochs.reduce((sum, e) => sum + e.seconds * e.images_per_second, 0);
  const result = byId("result");
  if (end?.test_accuracy !== undefined)
    result.append(row("Test accuracy", `${percent(end.test_accuracy)}, epoch ${end.best_epoch}`));
  if (best) result.append(row(`Best ${chosen} accuracy`, `${percent(best[accuracy])}, epoch ${best.epoch}`));
  if (last)
    result.append(row(`Last ${chosen} accuracy`, `${percent(last[accuracy])}, epoch ${last.epoch}`),
                  row(`Last ${chosen} errors`, count(chosen_samples - last[`${chosen}_correct`])));
  result.append(row("Epochs", `${plain(epochs.length)} of ${plain(start.epochs)}`), row("End", status));
  if (last) result.append(row("Time", time(seconds)), row("Images a second", count(Math.round(images / seconds))));

  const option_names = {
    dataset: "Data set", train_samples: "Training images", validation_samples: "Validation images",
    test_samples: "Test images",
    batch_size: "Batch size", lr: "Learning rate",
  };
  const counts = ["parameters", "train_samples", "validation_samples", "test_samples"];
  const option = (key, value) => counts.includes(key) ? count(value)
                               : typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  // What is off, or as if it were not there.
  const off = {
    limit: 0, validation: 0, crop: 0, flip: false, patience: 0, weight_decay: 0, norm_weight_decay: true, momentum: 0, nesterov: false,
    centered: false, clip_grad_value: 0, clip_grad_norm: 0, ema: 0, warmup_epochs: 0, total_iters: 0, eta_min: 0,
    cycle_momentum: false, cooldown: 0, min_lr: 0,
  };
  const setup = Object.entries(start).filter(([key, value]) =>
    key !== "schema" && key !== "event" && !(key in off && value === off[key]));
  for (const [key, value] of setup) {
    const words = key.replaceAll("_", " ");
    byId("setup").append(row(option_names[key] ?? words[0].toUpperCase() + words.slice(1), option(key, value)));
  }
  if (!setup.length) drop("setup");
  byId("made").append(...data.facts.map(([name, value]) => row(name, value)));
  if (!data.facts.length) drop("made");

  // Curves ----------------------------------------------------------------------------------------
  // One epoch is one point, which is no curve; its learning rate has many.
  const by_epoch = key => epochs.map(e => e[key]);
  const curves = [
    {id: "loss", format: loss, lines: [["Train", by_epoch("train_loss")], [Chosen, by_epoch(`${chosen}_loss`)]]},
    {id: "accuracy", format: percent,
     lines: [["Train", by_epoch("train_accuracy")], [Chosen, by_epoch(accuracy)]], ring: true},
    {id: "rate", format: plain, x: data.rates.map(([x]) => x), lines: [["Rate", data.rates.map(([, rate]) => rate)]]},
  ].filter(({x, lines}) => lines[0][1].length > 1);
  for (const {id} of [{id: "loss"}, {id: "accuracy"}, {id: "rate"}])
    if (last && !curves.some(curve => curve.id === id)) drop(id);
  const colour = property => getComputedStyle(document.documentElement).getPropertyValue(property);

  const ring_best = plot => {
    const ratio = devicePixelRatio, {ctx} = plot;
    const x = plot.valToPos(marked.epoch, "x", true), y = plot.valToPos(marked[accuracy], "y", true);
    ctx.save();
    ctx.strokeStyle = colour("--text");
    ctx.lineWidth = 1.5 * ratio;
    ctx.beginPath();
    ctx.arc(x, y, 6 * ratio, 0, 2 * Math.PI);
    ctx.stroke();
    ctx.restore();
  };

  const plot_height = 240;
  const whole_steps = [...Array(9).keys()].flatMap(power => [1, 2, 5].map(d => d * 10 ** power));
  const draw = ({id, format, lines, ring, x = by_epoch("epoch")}) => {
    const box = byId(id).querySelector(".plot");
    const axis = {
      stroke: colour("--quiet"), font: "12px system-ui, sans-serif",
      grid: {stroke: colour("--line"), width: 1}, ticks: {show: false},
    };
    const columns = [x, ...lines.map(([, values]) => values)];
    const of_epochs = id !== "rate", at = of_epochs ? plain : value => plain(Number(value.toFixed(2)));
    const values = columns.slice(1).flat().filter(Number.isFinite);
    const low = Math.min(...values), high = Math.max(...values);
    const logarithmic = id === "loss" && low > 0 && high >= 10 * low; // else the tail is a flat line
    if (logarithmic) box.previousElementSibling.lastElementChild.textContent = "logarithmic scale";
    // null: a line of the logarithmic grid that is too close to others for a number
    const tick = t => t === null ? "" : id === "accuracy" ? `${plain(t * 100)}\u00a0%` : plain(t);
    const series = lines.map(([label, values]) => ({
      label, width: 2,
      stroke: colour(label === "Train" ? "--train" : "--test"),
      dash: label === "Train" ? [6, 4] : undefined,
      points: {size: 5, show: of_epochs ? undefined : false},
      value: (plot, value, _, index) => format(index === null ? values.at(-1) : value),
    }));
    const options = {
      width: box.clientWidth, height: plot_height,
      scales: {x: {time: false, range: (_, low, high) => low === high ? [low - 1, high + 1] : [low, high]},
               y: {distr: logarithmic ? 3 : 1}},
      axes: [
        {...axis, size: 28, incrs: of_epochs || x.at(-1) > 4 ? whole_steps : [.1, .2, .5, 1], values: (_, ticks) => ticks.map(plain)},
        {...axis, size: 56, values: (_, ticks) => ticks.map(tick)},
      ],
      series: [{label: of_epochs ? "Epoch" : "Epochs done", value: (_, value) => at(value ?? x.at(-1))}, ...series],
      legend: {markers: {width: 2, dash: (_, i) => series[i - 1]?.dash ? "dashed" : "solid"}},
      cursor: {sync: {key: "epoch"}, drag: {x: false}, y: false},
      hooks: {draw: ring && marked ? [ring_best] : []},
    };
    box.setAttribute("aria-label", lines.map(([label, values]) =>
      `${label} from ${format(values[0])} to ${format(values.at(-1))}, ` +
      `epoch ${at(x[0])} to ${at(x.at(-1))}`).join("; "));
    return new uPlot(options, columns, box);
  };

  const epoch_columns = [
    ["Epoch", "epoch", plain], ["Learning rate", "lr", plain], ["Train loss", "train_loss", loss],
    [`${Chosen} loss`, `${chosen}_loss`, loss], ["Train accuracy", "train_accuracy", percent],
    [`${Chosen} accuracy`, accuracy, percent], ["Top 3", "top3_accuracy", percent],
    ["Seconds", "seconds", shown(n => n.toFixed(1))], ["Images/s", "images_per_second", n => count(n && Math.round(n))],
  ];
  const epoch_row = epoch => {
    const [first, ...cells] = epoch_columns.map(([, key, format]) => format(epoch[key]));
    const node = row(epoch === marked ? `${first} best` : first, ...cells);
    if (epoch === marked) node.className = "best";
    return node;
  };

  if (last) {
    let plots = curves.map(draw);
    new ResizeObserver(() => plots.forEach(plot => {
      const width = plot.root.parentNode.clientWidth;
      if (width !== plot.width) plot.setSize({width, height: plot_height});
    })).observe(byId("curves"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      plots.forEach(plot => plot.destroy());
      plots = curves.map(draw);
    });
    byId("epochs").append(
      make("thead", {}, make("tr", {}, ...epoch_columns.map(([title]) => head(title, "col")))),
      make("tbody", {}, ...epochs.map(epoch_row)));
  } else {
    drop("curves");
  }

  // The network ------------------------------------------------------------------------------------
  for (const [heading, text] of data.texts)
    byId("texts").append(make("details", {}, make("summary", {}, heading),
      make("div", {class: "scroll", role: "region", tabindex: 0, "aria-label": heading}, make("pre", {}, text))));
  if (!data.texts.length) drop("network-section");

  // Confusion matrix of the last epoch ------------------------------------------------------------
  const matrix = last?.confusion;
  if (matrix) {
    const cells = matrix.flatMap((counts, truth) =>
      counts.map((value, guess) => ({value, truth, guess, right: truth === guess})));
    const most = right => Math.max(1, ...cells.filter(c => c.right === right).map(c => c.value));
    const scale = {true: Math.log1p(most(true)), false: Math.log1p(most(false))};

    const names = matrix.map((_, index) => name(index));
    const cell = ({value, truth, guess, right}) => make("td", {
      class: value === 0 ? "zero" : right ? "hit" : "miss",
      style: `--heat: ${(Math.log1p(value) / scale[right]).toFixed(3)}`,
      title: `${names[truth]} taken for ${names[guess]}: ${value}`,
    }, String(value)); // without commas ten columns fit on a phone
    byId("confusion").append(
      make("thead", names.some(n => n.length > 4) ? {class: "long"} : {}, make("tr", {},
        head("true", "col", {class: "corner"}),
        ...names.map(n => head(make("span", {}, n), "col")))),
      make("tbody", {}, ...matrix.map((_, truth) => make("tr", {},
        head(names[truth]), ...cells.filter(c => c.truth === truth).map(cell)))));

    const worst = cells.filter(c => !c.right && c.value).sort((a, b) => b.value - a.value).slice(0, 3);
    byId("confusion-note").textContent = `${Chosen} images after epoch ${last.epoch}, by true class (rows) and ` +
      "prediction (columns)." + (worst.length ? " Most frequent errors: " + worst.map(c =>
        `${names[c.truth]} taken for ${names[c.guess]} (${count(c.value)})`).join(", ") + "." : "");

    const scores = [last.precision, last.recall, last.f1];
    byId("classes").append(
      make("thead", {}, make("tr", {}, ...["Class", "Images", "Precision", "Recall", "F1"].map(t => head(t, "col")))),
      make("tbody", {}, ...matrix.map((counts, i) =>
        row(names[i], count(counts.reduce((a, b) => a + b, 0)), ...scores.map(s => percent(s?.[i]))))),
      make("tfoot", {}, row("Total and mean", count(cells.reduce((sum, c) => sum + c.value, 0)),
                            ...[last.macro_precision, last.macro_recall, last.macro_f1].map(percent))));
  } else {
    drop("confusion-section");
  }

  // Pictures --------------------------------------------------------------------------------------
  const canvas = ({pixels, rows, cols}, description) => {
    const node = make("canvas", {width: cols, height: rows, role: "img", "aria-label": description,
                                 ...(data.dark_paper ? {} : {class: "as-it-is"})});
    const image = new ImageData(cols, rows), bytes = atob(pixels), plane = rows * cols;
    const first = bytes.length > plane ? [0, plane, 2 * plane] : [0, 0, 0]; // colours, or one grey
    for (let i = 0; i < plane; ++i)
      image.data.set(first.map(at => bytes.charCodeAt(at + i)).concat(255), 4 * i);
    node.getContext("2d").putImageData(image, 0, 0);
    return node;
  };
  const figure = (image, ...caption) =>
    make("li", {}, make("figure", {}, image, make("figcaption", {}, ...caption)));
  const line = (label, bold, value) =>
    make("div", {class: "line"}, make("span", {}, `${label} `, make("b", {}, bold)), " ", make("span", {}, value));

  byId("augmented").append(...data.augmented.map(picture =>
    figure(canvas(picture, `Training image of ${name(picture.label)}`), name(picture.label))));
  byId("mistakes").append(...data.mistakes.map(m => figure(
    canvas(m.picture, `${Chosen} image ${m.index}: ${name(m.picture.label)}, predicted ${name(m.predicted)}`),
    line("Expected", name(m.picture.label), probability(m.probability_of_label)),
    line("Predicted", name(m.predicted), probability(m.probability)),
    make("div", {}, `${chosen} image ${m.index}`))));
  for (const id of ["augmented", "mistakes"])
    if (!data[id].length) drop(`${id}-section`);

  // What is wider than its box fades at the side where there is more.
  for (const box of document.querySelectorAll(".scroll")) {
    const mark = () => {
      box.classList.toggle("before", box.scrollLeft > 1);
      box.classList.toggle("after", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
    };
    box.addEventListener("scroll", mark, {passive: true});
    new ResizeObserver(mark).observe(box);
    mark();
  }
})();
