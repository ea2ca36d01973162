/* The last five minutes: shares of the pool above, how many wait below. A sample is
   [millis, pressure, budget, engine's gauge, hit rate, loss, waiting]; after a break there is a gap. */

const KEPT_SECONDS = 300;
const GAP_MILLIS = 3500;
const LINES = [
  { at: 2, name: "budget", label: "budget" },
  { at: 3, name: "gauge-line", label: "engine’s gauge" },
  { at: 4, name: "hit", label: "hit rate" },
  { at: 1, name: "pressure", label: "pressure" },
];

function linePath(samples, at, x, y) {
  let path = "";
  let last = null;
  for (const sample of samples) {
    if (!known(sample[at])) { last = null; continue; }
    const broken = last === null || sample[0] - last > GAP_MILLIS;
    path += (broken ? "M" : "L") + x(sample[0]).toFixed(1) + " " + y(sample[at]).toFixed(1);
    last = sample[0];
  }
  return path;
}

function areaPath(samples, at, x, y) {
  let path = "";
  samples.forEach((sample, i) => {
    const next = samples[i + 1];
    const until = next && next[0] - sample[0] <= GAP_MILLIS ? next[0] : sample[0] + 1000;
    if (sample[at] > 0) {
      path += `M${x(sample[0]).toFixed(1)} ${y(0)}V${y(sample[at]).toFixed(1)}H${x(until).toFixed(1)}V${y(0)}`;
    }
  });
  return path;
}

/* Labels at the right end of the lines, pushed apart where they would overlap. */
function placeLabels(labels, top, bottom) {
  labels.sort((a, b) => a.y - b.y);
  const step = 13;
  labels.forEach((label, i) => {
    label.y = Math.max(label.y, i === 0 ? top + 4 : labels[i - 1].y + step);
  });
  for (let i = labels.length - 1, limit = bottom; i >= 0; i--, limit -= step) {
    labels[i].y = Math.min(labels[i].y, limit);
  }
}

function drawTimeline(svg, samples) {
  const { width, height } = svg.getBoundingClientRect();
  if (width < 100 || height < 60 || samples.length === 0) return;
  const left = 40, right = width - 124, top = 8;
  const strip = Math.max(16, height * 0.17);
  const bottom = height - strip - 20;
  const now = samples[samples.length - 1][0];
  const highest = Math.max(1, ...samples.map((sample) => sample[1] || 0));
  const ceiling = highest > 1.005 ? Math.ceil(highest * 4) / 4 : 1;
  const x = (millis) => right - (now - millis) / 1000 / KEPT_SECONDS * (right - left);
  const y = (ratio) => bottom - Math.min(ratio, ceiling) / ceiling * (bottom - top);
  const parts = [];
  for (const ratio of ceiling > 2 ? [0, 1, ceiling] : [0, 0.5, 1].concat(ceiling > 1 ? [ceiling] : [])) {
    parts.push(drawn("line", { class: "grid", x1: left, x2: right, y1: y(ratio), y2: y(ratio) }));
    parts.push(drawn("text", { x: left - 6, y: y(ratio) + 4, "text-anchor": "end" }, percent(ratio)));
  }
  for (let minutes = 0; minutes <= 5; minutes++) {
    const at = x(now - minutes * 60000);
    parts.push(drawn("line", { class: "grid", x1: at, x2: at, y1: top, y2: height - 16 }));
    parts.push(drawn("text", { x: at, y: height - 4, "text-anchor": "middle" }, minutes === 0 ? "now" : `−${minutes} m`));
  }
  const most = Math.max(4, ...samples.map((sample) => sample[6]));
  const floor = height - 16;
  const depth = (count) => floor - count / most * (strip - 2);
  parts.push(drawn("path", { class: "waiting", d: areaPath(samples, 6, x, depth) }));
  const labels = [];
  for (const line of LINES) {
    const path = linePath(samples, line.at, x, y);
    const value = samples[samples.length - 1][line.at];
    if (path === "") continue;
    parts.push(drawn("path", { class: line.name, d: path }));
    if (known(value)) labels.push({ ...line, y: y(value) + 4, text: `${line.label} ${percent(value)}` });
  }
  placeLabels(labels, top, bottom + 6);
  for (const label of labels) parts.push(drawn("text", { class: label.name, x: right + 6, y: label.y }, label.text));
  parts.push(drawn("text", { class: "waiting", x: right + 6, y: floor - 3 }, `waiting ${samples[samples.length - 1][6]}`));
  svg.replaceChildren(...parts);
}
