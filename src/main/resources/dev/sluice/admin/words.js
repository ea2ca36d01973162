/* How figures are written, and how elements are made: text is only ever set as text. */

const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drawn(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

const known = (value) => value !== null && value !== undefined;
const percent = (ratio, digits = 0) => known(ratio) ? (ratio * 100).toFixed(digits) + " %" : "–";

/* 950, 18.2k, 262k, 1.3M */
function tokens(count) {
  if (!known(count)) return "–";
  if (count < 1000) return String(Math.round(count));
  if (count < 99950) return (count / 1000).toFixed(1) + "k";
  return count < 999500 ? Math.round(count / 1000) + "k" : (count / 1e6).toFixed(1) + "M";
}

/* 0.4 s, 12 s, 3 m 20 s, 2 h 5 m */
function duration(seconds) {
  if (!known(seconds)) return "–";
  if (seconds < 9.95) return seconds.toFixed(1) + " s";
  const whole = Math.round(seconds);
  if (whole < 60) return whole + " s";
  if (whole < 3600) return Math.floor(whole / 60) + " m " + (whole % 60) + " s";
  return Math.floor(whole / 3600) + " h " + Math.floor((whole % 3600) / 60) + " m";
}

const clock = (millis) => new Date(millis).toTimeString().slice(0, 8);
const shortId = (id) => id.length <= 10 ? id : id.slice(0, 8) + "…";
const reason = (code) => code.replaceAll("_", " ");
