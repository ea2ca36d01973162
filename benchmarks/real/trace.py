"""
A crowd as a trace for the emulator in virtual time: trace.py --kind short --agents 28 --seed 1 >crowd.jsonl, then
java -jar target/sluice.jar simulate --trace crowd.jsonl --preset 13m-one-core --laws off,working-set.
"""

import argparse
import json

import agents

BLOCK_TOKENS = 16
ENDS_OF_TURN = 2  # a token that names the role, one that ends the turn

# Ids of blocks of an agent; those below are of what all agents have in common.
OF_AN_AGENT = 10_000


def session(agent, number):
    """Its requests, and those of its sub-agents behind the answers that start them. NUMBER: a counter of agents."""
    own = next(number) * OF_AN_AGENT
    shared = length(agent.system)
    prompt, requests, pause = shared + 1, [], 0.0
    for step in agent.steps:
        prompt += length(step.text)
        blocks = prompt // BLOCK_TOKENS
        common = min(blocks, shared // BLOCK_TOKENS)
        requests.append(
            {"in": prompt, "out": step.answer, "think": pause, "h": [[0, common], [own + common, blocks - common]]}
        )
        requests += [{"type": "subagent", **session(child, number)} for child in step.children]
        prompt += step.answer + ENDS_OF_TURN
        pause = step.pause
    return {"block": BLOCK_TOKENS, "requests": requests}


def length(text):
    return len(text.split()) + ENDS_OF_TURN


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", default="short")
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    number = iter(range(1, 1_000_000))
    for agent in agents.crowd(options.kind, options.agents, options.seed, "a run like no other, for all I know"):
        print(json.dumps(session(agent, number)))


if __name__ == "__main__":
    main()
