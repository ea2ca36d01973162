"""One request by one of the Python libraries; what came of it, as one line of JSON:
client.py openai|anthropic|agents stream|whole BASE_URL SESSION."""
import asyncio
import json
import logging
import os
import sys
import time

library, form, base, session = sys.argv[1:]
MODEL = "emulated-tiny"
PROMPT = "Say something. " + session
HEADERS = {"x-session-id": session}


class Tries(logging.Handler):
    """Counts how often a library says that it asks again."""

    count = 1

    def emit(self, record):
        self.count += record.getMessage().startswith("Retrying request")


def by_openai():
    import openai

    client = openai.OpenAI(base_url=base + "/v1", api_key="none", default_headers=HEADERS)
    request = dict(model=MODEL, messages=[dict(role="user", content=PROMPT)])
    if form == "whole":
        choice = client.chat.completions.create(**request).choices[0]
        return choice.message.content, choice.finish_reason
    text, finish = "", None
    for chunk in client.chat.completions.create(**request, stream=True):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    return text, finish


def by_anthropic():
    import anthropic

    client = anthropic.Anthropic(base_url=base, api_key="none", default_headers=HEADERS)
    request = dict(model=MODEL, max_tokens=500, messages=[dict(role="user", content=PROMPT)])
    if form == "whole":
        answer = client.messages.create(**request)
        return "".join(part.text for part in answer.content), answer.stop_reason
    text, finish = "", None
    for event in client.messages.create(**request, stream=True):
        if event.type == "content_block_delta":
            text += event.delta.text
        elif event.type == "message_delta":
            finish = event.delta.stop_reason
    return text, finish


def by_agents():
    import agents
    import openai

    agents.set_tracing_disabled(True)
    client = openai.AsyncOpenAI(base_url=base + "/v1", api_key="none", default_headers=HEADERS)
    model = agents.OpenAIResponsesModel(model=MODEL, openai_client=client)
    agent = agents.Agent(name="one", instructions="Be brief.", model=model)

    async def whole():
        return (await agents.Runner.run(agent, PROMPT)).final_output

    async def streamed():
        run = agents.Runner.run_streamed(agent, PROMPT)
        async for _ in run.stream_events():
            pass
        return run.final_output

    return asyncio.run(whole() if form == "whole" else streamed()), "told by the run"


os.environ.setdefault("OPENAI_AGENTS_DISABLE_TRACING", "1")
tries = Tries()
for name in ("openai", "anthropic"):
    logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger(name).addHandler(tries)
    logging.getLogger(name).propagate = False
begun = time.time()
try:
    text, finish = dict(openai=by_openai, anthropic=by_anthropic, agents=by_agents)[library]()
    result = dict(kind="answer", chars=len(text or ""), finish=finish)
except Exception as error:
    result = dict(
        kind="error",
        type=type(error).__name__,
        status=getattr(error, "status_code", None),
        message=str(error)[:200],
    )
print(json.dumps({**result, "tries": tries.count, "seconds": time.time() - begun}))
