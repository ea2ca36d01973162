/* Explain one agent, and the calls that change something: they ask for the token once and keep it for this tab. */

const TOKEN = "sluice-admin-token";
let explained = null;
let asked = null;

function fact(list, name, value) {
  list.append(element("dt", name), element("dd", value));
}

function showExplanation(agent) {
  byId("explain-id").textContent = agent.id;
  byId("explain-state").textContent = agent.state;
  byId("explain-state").className = "chip " + agent.state;
  byId("explain-why").textContent = agent.why;
  byId("explain-release").textContent = agent.release;
  const obstacles = agent.obstacles.map((obstacle) => {
    const item = element("li");
    item.append(element("code", obstacle.code), " " + obstacle.text);
    return item;
  });
  byId("explain-obstacles").replaceChildren(...obstacles);
  const facts = element("dl");
  const { cost } = agent;
  fact(facts, "in this state for", duration(agent.since));
  if (agent.position > 0) fact(facts, "place in the queue", `${agent.position}, about ${duration(agent.estimate)} left`);
  fact(facts, "context · holds", `${tokens(agent.context)} · ${tokens(agent.held)} tokens`);
  fact(facts, "steps", String(cost.steps));
  fact(facts, "waited in all · longest", `${duration(cost.waited)} · ${duration(cost.longestWait)}`);
  fact(facts, "prefix given up", cost.pauses === 0 ? "never" : `${cost.pauses} ×, last ${duration(cost.lastPaused)} ago (${reason(cost.lastPause)})`);
  fact(facts, "prompt tokens · cached", `${tokens(cost.prompt)} · ${tokens(cost.cached)}`);
  fact(facts, "recomputed of its own", tokens(cost.recomputed));
  fact(facts, "lost of expected", `${tokens(cost.lost)} of ${tokens(cost.expected)}`);
  fact(facts, "known by", agent.source + (agent.parent ? `, child of ${shortId(agent.parent)}` : ""));
  facts.id = "explain-facts";
  byId("explain-facts").replaceWith(facts);
  byId("explain-end").hidden = agent.ending;
}

async function explain(id) {
  explained = id;
  const answer = await fetch("/agents/" + encodeURIComponent(id)).catch(() => null);
  if (explained !== id || answer === null) return;
  if (answer.ok) {
    showExplanation(await answer.json());
  } else {
    byId("explain-id").textContent = id;
    byId("explain-state").textContent = "";
    byId("explain-why").textContent = answer.status === 404 ? "No such agent is remembered: it has ended, or was silent for long." : "The gate does not answer.";
    byId("explain-release").textContent = "";
    byId("explain-obstacles").replaceChildren();
    byId("explain-facts").replaceChildren();
    byId("explain-end").hidden = true;
  }
  if (!byId("explain").open) byId("explain").show();
}

function closeExplanation() {
  explained = null;
  byId("explain").close();
}

/* Asks before a change; `call` is { title, text, method, path, body }. */
function askForChange(call) {
  asked = call;
  byId("change-title").textContent = call.title;
  byId("change-text").textContent = call.text;
  byId("change-error").textContent = "";
  byId("change-ask").hidden = sessionStorage.getItem(TOKEN) !== null;
  byId("change").showModal();
}

async function doChange(event) {
  event.preventDefault();
  const token = sessionStorage.getItem(TOKEN) || byId("change-token").value.trim();
  const answer = await fetch(asked.path, {
    method: asked.method,
    headers: { authorization: "Bearer " + token, "content-type": "application/json" },
    body: asked.body,
  }).catch(() => null);
  if (answer !== null && answer.ok) {
    sessionStorage.setItem(TOKEN, token);
    byId("change-token").value = "";
    byId("change").close();
    return;
  }
  const told = answer === null ? { error: "Sluice does not answer" } : await answer.json().catch(() => ({}));
  byId("change-error").textContent = told.error || "refused";
  if (answer !== null && answer.status === 401) {
    sessionStorage.removeItem(TOKEN);
    byId("change-ask").hidden = false;
    byId("change-token").focus();
  }
}

const MODE_TEXTS = {
  enforce: "Sluice decides who goes to the engine, and the others wait.",
  shadow: "Sluice decides and records, but forwards everything: whoever waits goes at once.",
  off: "Sluice forwards everything: whoever waits goes at once.",
};

function listenToClicks() {
  document.addEventListener("click", (event) => {
    const holder = event.target.closest("[data-agent]");
    if (holder) explain(holder.dataset.agent);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && byId("explain").open && !byId("change").open) closeExplanation();
  });
  byId("explain-close").addEventListener("click", closeExplanation);
  byId("explain-end").addEventListener("click", () => askForChange({
    title: "End this agent?",
    text: "Nothing is kept for it any longer. A step of it that runs or waits is left to its end.",
    method: "DELETE",
    path: "/agents/" + encodeURIComponent(explained),
  }));
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    if (byId("find-id").value.trim()) explain(byId("find-id").value.trim());
  });
  byId("modes").addEventListener("click", (event) => {
    const { mode } = event.target.dataset;
    if (mode && event.target.getAttribute("aria-pressed") !== "true") {
      askForChange({ title: `Switch to ${mode}?`, text: MODE_TEXTS[mode], method: "POST", path: "/mode", body: JSON.stringify({ mode }) });
    }
  });
  byId("change-form").addEventListener("submit", doChange);
  byId("change-cancel").addEventListener("click", () => byId("change").close());
}
