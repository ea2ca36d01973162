package dev.sluice.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One of the dialects in which a generation can be asked for. Thread-safe. */
interface GenerationApi {

    /** Renders the prompt, up to where the answer begins. */
    void render(RequestBody body, TokenRule rule) throws BadRequest;

    Wish wish(RequestBody body) throws BadRequest;

    /** Whether the answer is a turn of a conversation, or else bare text that goes on where the prompt stops. */
    boolean turns();

    /** The form of one answer, for one client. */
    AnswerForm form(Told told);

    ObjectNode error(BadRequest refusal);

    /**
     * What an answer says of itself.
     *
     * @param id unique, without the API's prefix
     * @param createdSeconds since 1970
     * @param model that answers
     * @param cachedTokens of the prompt, found in the prefix cache
     * @param plan the request and its answer
     */
    record Told(String id, long createdSeconds, String model, int cachedTokens, Plan plan) {

        Answer answer() {
            return plan.answer();
        }

        int promptTokens() {
            return plan.sequence().promptTokens();
        }

        int completionTokens() {
            return plan.answer().tokens();
        }

        /** Usage in the form of chat and bare completions. */
        ObjectNode openAiUsage() {
            ObjectNode usage = Json.object()
                    .put("prompt_tokens", promptTokens())
                    .put("total_tokens", promptTokens() + completionTokens())
                    .put("completion_tokens", completionTokens());
            usage.putObject("prompt_tokens_details").put("cached_tokens", cachedTokens);
            return usage;
        }
    }
}
