/* The stream and what it moves. What is shown is never passed off as newer than it is. */

const SILENT_MILLIS = 4000;
const RETRY_MILLIS = 3000;
const MOST_ROWS = 60;

let samples = [];
let state = null;
let heardMillis = 0;
let brokenSince = null;
let trouble = null;
let openStream = null;

function bar(id, ratio, budget) {
  const box = byId(id);
  const ceiling = Math.max(1, state.pressure || 0);
  box.querySelector("i").style.width = (known(ratio) ? Math.min(1, ratio / ceiling) * 100 : 0) + "%";
  box.querySelector(".budget").hidden = !known(budget);
  if (known(budget)) box.querySelector(".budget").style.left = `calc(${Math.min(1, budget / ceiling) * 100}% - 1px)`;
  box.querySelector("strong").textContent = percent(ratio);
}

function showFigures() {
  bar("gauge-pressure", state.pool.tokens > 0 ? state.pressure : null, state.budget);
  bar("gauge-engine", state.engine.kvUsage, state.budget);
  byId("gauge-pressure").classList.toggle("over", known(state.budget) && state.pressure > state.budget + 0.02);
  byId("gauge-pressure").querySelector("p").textContent = state.pool.tokens === 0 ? "pool unknown: nothing is held"
    : known(state.budget) ? `let in, of ${tokens(state.pool.tokens)} · budget ${percent(state.budget)}`
    : state.window === null ? `let in, of ${tokens(state.pool.tokens)} · no budget` : `let in · window of ${state.window} agents`;
  const unseen = known(state.engine.kvUsage) ? Math.round((state.pressure - state.engine.kvUsage) * 100) : 0;
  byId("gauge-engine").classList.toggle("blind", unseen >= 10);
  byId("blind").textContent = !known(state.engine.kvUsage) ? "not told"
    : unseen >= 10 ? `running only: ${unseen} points unseen` : "counts running requests only";
  byId("hits").querySelector("strong").textContent = percent(state.engine.hitRatio);
  byId("loss").querySelector("strong").textContent = percent(state.loss.ratio, state.loss.ratio > 0 && state.loss.ratio < 0.095 ? 1 : 0);
  byId("loss").classList.toggle("none", !(state.loss.ratio > 0));
  byId("waiting").querySelector("strong").textContent = String(state.queue.size);
  byId("waiting").querySelector("p").textContent = state.queue.size === 0 ? "nobody is held back" : `oldest ${duration(state.queue.oldest)}`;
  byId("waiting").classList.toggle("some", state.queue.size > 0);
}

function showHead() {
  for (const button of byId("modes").children) {
    button.setAttribute("aria-pressed", String(button.dataset.mode === state.mode));
  }
  const { engine, signals } = state;
  const queued = engine.figures.waiting > 0 ? `, ${engine.figures.waiting} queued in it` : "";
  byId("engine").textContent = `${state.law} · ${engine.kind} ${engine.version} at ${state.upstream}`
    + (engine.kind === "other" ? " · no metrics: feed-forward only" : signals.fresh ? queued : " · engine’s metrics are stale");
  byId("engine").title = byId("engine").textContent;
  document.title = (state.queue.size > 0 ? `${state.queue.size} waiting · ` : "") + "Sluice";
}

function agentButton(agent) {
  const button = element("button", shortId(agent.id));
  button.type = "button";
  button.dataset.agent = agent.id;
  button.title = "Explain " + agent.id;
  const cell = element("td", undefined, "left");
  cell.append(button);
  return cell;
}

function row(...cells) {
  const made = element("tr");
  made.append(...cells.map((cell) => cell instanceof Node ? cell : element("td", cell)));
  return made;
}

/* The rows are made anew each second: whoever stands on one with the keyboard stays there. */
function fill(body, rows, none) {
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.agent : null;
  const width = body.parentElement.querySelectorAll("th").length;
  if (rows.length === 0) {
    const cell = element("td", none);
    cell.colSpan = width;
    const empty = row(cell);
    empty.className = "empty";
    rows = [empty];
  }
  body.replaceChildren(...rows);
  if (focused) body.querySelector(`[data-agent="${CSS.escape(focused)}"]`)?.focus();
}

function showTables() {
  const queue = state.list.filter((agent) => agent.position > 0).slice(0, MOST_ROWS);
  fill(byId("queue"), queue.map((agent) => row(String(agent.position), agentButton(agent), tokens(agent.footprint),
    duration(agent.since), known(agent.estimate) ? "~" + duration(agent.estimate) : "–", element("td", reason(agent.reason), "left"))), "Nobody waits.");
  byId("queue-more").textContent = state.queue.size > queue.length ? `first ${queue.length} of ${state.queue.size}` : "";
  const largest = state.list.filter((agent) => agent.position === 0)
    .sort((a, b) => b.held - a.held || b.context - a.context).slice(0, MOST_ROWS);
  fill(byId("agents"), largest.map((agent) => {
    const chip = element("td", undefined, "left");
    chip.append(element("span", agent.state, "chip " + agent.state));
    return row(agentButton(agent), chip, tokens(agent.held), tokens(agent.context), String(agent.steps), duration(agent.since));
  }), "No agents yet.");
  const others = state.agents.running + state.agents.resident + state.agents.parked;
  byId("agents-more").textContent = others > largest.length ? `largest ${largest.length} of ${others}` : "";
  byId("tenants-section").hidden = state.tenants.length < 2;
  fill(byId("tenants"), state.tenants.map((tenant) => row(tenant.name, String(tenant.agents), String(tenant.waiting), tokens(tenant.held))), "");
}

function draw() {
  drawTimeline(byId("timeline"), samples);
  if (state) drawPicture(state);
}

function showLink() {
  const link = byId("link");
  const silent = heardMillis > 0 && Date.now() - heardMillis > SILENT_MILLIS;
  const broken = brokenSince !== null || silent || trouble !== null;
  const since = brokenSince !== null ? brokenSince : heardMillis;
  link.dataset.link = heardMillis > 0 && !broken ? "on" : "off";
  document.body.classList.toggle("stale", broken);
  const text = trouble !== null ? `${trouble} since ${clock(since)}`
    : broken ? `disconnected since ${clock(since)}, trying again`
    : heardMillis > 0 ? "live" : "connecting";
  if (link.textContent !== text) link.textContent = text;
}

function onState(event) {
  state = JSON.parse(event.data);
  heardMillis = Date.now();
  brokenSince = null;
  trouble = null;
  if (samples.length === 0 || samples[samples.length - 1][0] < state.at) {
    samples.push([state.at, state.pressure, state.budget, state.engine.kvUsage, state.engine.hitRatio, state.loss.ratio, state.agents.waiting]);
  }
  samples = samples.filter((sample) => state.at - sample[0] <= KEPT_SECONDS * 1000);
  showHead();
  showFigures();
  showTables();
  draw();
  showLink();
  if (explained !== null && byId("explain").open) explain(explained);
}

function listen() {
  const stream = new EventSource("/events");
  openStream = stream;
  stream.addEventListener("history", (event) => { samples = JSON.parse(event.data); });
  stream.addEventListener("state", onState);
  stream.addEventListener("stalled", (event) => {
    trouble = JSON.parse(event.data).error;
    showLink();
  });
  stream.addEventListener("error", () => {
    if (brokenSince === null) brokenSince = heardMillis > 0 ? heardMillis : Date.now();
    trouble = null;
    // The browser tries again by itself, except after an answer that is no stream.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, RETRY_MILLIS);
    showLink();
  });
}

listenToClicks();
addEventListener("resize", draw);
setInterval(showLink, 1000);
listen();
