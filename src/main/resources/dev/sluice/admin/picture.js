/* Agents as tiles whose area is what they hold or need. Inside stands what is counted as in the cache, the box being the
   pool; outside what is not. Agents that the server names are tiles of their own, all others one tile for each state and
   class of size, so the picture is whole however many there are. */

const SMALLEST_CLASS = 1024;

const sizeOf = (agent) => agent.footprint || agent.context;

function classOf(size) {
  let upTo = SMALLEST_CLASS;
  while (upTo < size) upTo *= 2;
  return upTo;
}

/* The groups of the server less the agents that are named, as tiles. */
function groupTiles(state) {
  const left = new Map();
  for (const group of state.crowd) left.set(group.state + group.upTo, { ...group });
  for (const agent of state.list) {
    const group = left.get(agent.state + classOf(sizeOf(agent)));
    if (!group) continue;
    group.agents--;
    group.tokens -= sizeOf(agent);
    group.held -= agent.held;
  }
  return [...left.values()].filter((group) => group.agents > 0);
}

function tilesOf(state) {
  const inside = [], outside = [];
  for (const agent of state.list) {
    const tile = { id: agent.id, state: agent.state, agents: 1, agent };
    if (agent.held > 0) inside.push({ ...tile, size: agent.held });
    else outside.push({ ...tile, size: Math.max(1, sizeOf(agent)) });
  }
  for (const group of groupTiles(state)) {
    const tile = { id: "~" + group.state + group.upTo, state: group.state, agents: group.agents, upTo: group.upTo };
    if (group.held > 0) inside.push({ ...tile, size: group.held });
    else outside.push({ ...tile, size: Math.max(1, group.tokens) });
  }
  // By name, so that an agent keeps its place while it runs and rests; outside by state, then place.
  const order = { waiting: 0, parked: 1, resident: 2, running: 3 };
  inside.sort((a, b) => a.id < b.id ? -1 : 1);
  outside.sort((a, b) => order[a.state] - order[b.state]
    || (a.agent ? a.agent.position : 1e9) - (b.agent ? b.agent.position : 1e9) || (a.id < b.id ? -1 : 1));
  return { inside, outside };
}

/* A strip map: columns from left to right, each filled from the top, in the given order; a column takes the next tile as
   long as that brings its tiles nearer to squares. */
function columns(tiles, height, scale) {
  const strips = [];
  let strip = [];
  const skew = (list) => {
    const width = list.reduce((sum, tile) => sum + tile.size, 0) * scale / height;
    return list.reduce((sum, tile) => {
      const tall = tile.size * scale / width;
      return sum + Math.max(tall / width, width / tall);
    }, 0) / list.length;
  };
  for (const tile of tiles) {
    if (strip.length > 0 && skew([...strip, tile]) > skew(strip)) {
      strips.push(strip);
      strip = [];
    }
    strip.push(tile);
  }
  if (strip.length > 0) strips.push(strip);
  return strips;
}

function tileLabel(tile) {
  const size = tokens(tile.size);
  if (tile.agent) {
    const { state, reason: why, position } = tile.agent;
    return `${tile.id}: ${state}, ${size} tokens` + (position ? `, place ${position}` : "") + (why ? `, ${reason(why)}` : "");
  }
  return `${tile.agents} agents ${tile.state}, each up to ${tokens(tile.upTo)} tokens, together ${size}`;
}

function drawTile(tile, x, y, width, height) {
  const group = drawn("g", { class: `tile ${tile.state}` + (tile.agent ? " one" : "") });
  if (tile.agent) group.dataset.agent = tile.id;
  group.append(drawn("title", {}, tileLabel(tile)));
  group.append(drawn("rect", { x, y, width: Math.max(0.5, width), height: Math.max(0.5, height) }));
  if (width > 34 && height > 15) {
    const text = tile.agent ? tokens(tile.size) : `${tile.agents} × ≤${tokens(tile.upTo)}`;
    if (text.length * 6.2 < width - 4) {
      group.append(drawn("text", { x: x + 4, y: y + 12 }, text));
      if (tile.agent && height > 29 && width > 60) group.append(drawn("text", { x: x + 4, y: y + 25 }, shortId(tile.id)));
    }
  }
  return group;
}

function drawColumns(tiles, height, scale) {
  const parts = [];
  let x = 0;
  for (const strip of columns(tiles, height, scale)) {
    const width = strip.reduce((sum, tile) => sum + tile.size, 0) * scale / height;
    let y = 0;
    for (const tile of strip) {
      const tall = tile.size * scale / width;
      parts.push(drawTile(tile, x, y, width, tall));
      y += tall;
    }
    x += width;
  }
  return parts;
}

function edge(name, x, height) {
  return drawn("line", { class: "edge " + name, x1: x, x2: x, y1: 0, y2: height });
}

function drawInside(svg, tiles, state) {
  const { width, height } = svg.getBoundingClientRect();
  if (width < 20 || height < 20) return;
  const held = tiles.reduce((sum, tile) => sum + tile.size, 0);
  const whole = Math.max(state.pool.tokens, held, 1);
  const parts = [drawn("rect", { class: "room", x: 0, y: 0, width, height, rx: 3 })];
  parts.push(...drawColumns(tiles, height, width * height / whole));
  if (state.pool.tokens > 0 && known(state.budget)) {
    parts.push(edge("budget", Math.min(width - 1, state.budget * state.pool.tokens / whole * width), height));
  }
  if (held > state.pool.tokens && state.pool.tokens > 0) {
    parts.push(edge("pool", state.pool.tokens / whole * width, height));
  }
  svg.replaceChildren(...parts);
}

function drawOutside(svg, tiles) {
  const { width, height } = svg.getBoundingClientRect();
  if (width < 20 || height < 20) return;
  const all = tiles.reduce((sum, tile) => sum + tile.size, 0);
  const parts = [drawn("rect", { class: "room", x: 0, y: 0, width, height, rx: 3 })];
  if (all > 0) parts.push(...drawColumns(tiles, height, width * height / all));
  svg.replaceChildren(...parts);
}

function drawPicture(state) {
  const { inside, outside } = tilesOf(state);
  drawInside(byId("picture-inside"), inside, state);
  drawOutside(byId("picture-outside"), outside);
  const { running, resident, waiting, parked } = state.agents;
  const outsideTokens = outside.reduce((sum, tile) => sum + tile.size, 0);
  byId("inside").textContent = state.pool.tokens > 0
    ? `pool of ${tokens(state.pool.tokens)} · ${running} running · ${resident} resident`
    : `pool unknown · ${running} running · ${resident} resident`;
  byId("outside").textContent = `${tokens(outsideTokens)} tokens · ${waiting} waiting · ${parked} parked`;
  byId("picture-inside").setAttribute("aria-label", `Pool: ${running} agents running, ${resident} resident, pressure ${percent(state.pressure)}`);
  byId("picture-outside").setAttribute("aria-label", `Outside the cache: ${waiting} agents waiting, ${parked} parked`);
}
