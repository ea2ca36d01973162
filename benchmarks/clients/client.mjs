// One request by one of the Node libraries; what came of it, as one line of JSON:
// node client.mjs LIBRARY stream|whole BASE_URL SESSION, with the libraries in the folder of $NODE_LIBRARIES.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [library, form, base, session] = process.argv.slice(2);
const require = createRequire(process.env.NODE_LIBRARIES + "/");
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const model = "emulated-tiny";
const prompt = "Say something. " + session;
const headers = { "x-session-id": session };
const begun = Date.now();
let tries = 0;
const fetch = (...given) => {
  tries++;
  return globalThis.fetch(...given);
};

async function openai() {
  const { default: OpenAI } = await load("openai");
  const client = new OpenAI({ baseURL: base + "/v1", apiKey: "none", defaultHeaders: headers, fetch });
  const request = { model, messages: [{ role: "user", content: prompt }] };
  if (form === "whole") {
    const answer = await client.chat.completions.create(request);
    return { text: answer.choices[0].message.content, finish: answer.choices[0].finish_reason };
  }
  let text = "";
  let finish = null;
  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    text += chunk.choices[0]?.delta?.content ?? "";
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
  return { text, finish };
}

async function anthropic() {
  const { default: Anthropic } = await load("@anthropic-ai/sdk");
  const client = new Anthropic({ baseURL: base, apiKey: "none", defaultHeaders: headers, fetch });
  const request = { model, max_tokens: 500, messages: [{ role: "user", content: prompt }] };
  if (form === "whole") {
    const answer = await client.messages.create(request);
    return { text: answer.content.map((part) => part.text).join(""), finish: answer.stop_reason };
  }
  let text = "";
  let finish = null;
  for await (const event of await client.messages.create({ ...request, stream: true })) {
    text += event.delta?.text ?? "";
    finish = event.delta?.stop_reason ?? finish;
  }
  return { text, finish };
}

async function vercel() {
  const { generateText, streamText } = await load("ai");
  const { createOpenAI } = await load("@ai-sdk/openai");
  const chat = createOpenAI({ baseURL: base + "/v1", apiKey: "none", headers, fetch }).chat(model);
  if (form === "whole") {
    const answer = await generateText({ model: chat, prompt });
    return { text: answer.text, finish: answer.finishReason };
  }
  let text = "";
  let finish = null;
  let failure = null;
  const stream = streamText({ model: chat, prompt, onError: () => {} });
  for await (const part of stream.fullStream ?? stream.stream) {
    if (part.type === "text-delta") text += part.text ?? part.delta ?? "";
    if (part.type === "error") failure = part.error;
    if (part.type === "finish") finish = part.finishReason ?? part.totalUsage?.finishReason ?? finish;
  }
  if (failure) throw failure;
  return { text, finish };
}

function innermost(error) {
  return error?.lastError ?? (error?.cause instanceof Error ? error.cause : null);
}

const libraries = { openai, anthropic, ai: vercel };
let result;
try {
  const { text, finish } = await libraries[library]();
  result = { kind: "answer", chars: text?.length ?? 0, finish };
} catch (error) {
  const inner = innermost(error);
  result = {
    kind: "error",
    type: error?.constructor?.name ?? typeof error,
    status: error?.status ?? error?.statusCode ?? inner?.statusCode ?? null,
    message: String(error?.message ?? error).slice(0, 200) + (inner ? " / " + String(inner.message).slice(0, 120) : ""),
  };
}
console.log(JSON.stringify({ ...result, tries, seconds: (Date.now() - begun) / 1000 }));
process.exit(0);
