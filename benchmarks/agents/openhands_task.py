"""One headless conversation of the OpenHands SDK: openhands_task.py URL MODEL TASK."""

import sys

from openhands.sdk import LLM, Agent, Conversation

url, model, task = sys.argv[1:]
llm = LLM(usage_id="agent", model="openai/" + model, base_url=url, api_key="dummy", num_retries=0)
conversation = Conversation(agent=Agent(llm=llm, tools=[]), workspace=".")
conversation.send_message(task)
conversation.run()
