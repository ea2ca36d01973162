package dev.sluice.emulator;

/**
 * A request read and its answer decided: all that the engine and the answer's form need. Immutable.
 *
 * @param body as sent
 * @param answer to generate
 * @param sequence what the engine sees of both
 */
record Plan(RequestBody body, Answer answer, Sequence sequence) {

    /**
     * Reads requests for one model. Thread-safe.
     *
     * @param model the one served
     * @param maxModelTokens longest prompt and answer together
     * @param generator writes the answers that no script has
     * @param script of answers written beforehand
     */
    record Maker(String model, int maxModelTokens, Generator generator, Script script) {

        /** @param id of the sequence */
        Plan plan(GenerationApi api, RequestBody body, long id) throws BadRequest {
            TokenChain chain = chain(body);
            TokenRule rule = new TokenRule(chain);
            api.render(body, rule);
            int promptTokens = chain.tokens();
            Wish wish = api.wish(body);
            int roomTokens = maxModelTokens - promptTokens;
            int askedTokens = wish.maxTokens().orElse(Math.max(1, roomTokens));
            if (askedTokens > roomTokens) {
                throw BadRequest.tooLong(maxModelTokens, askedTokens);
            }
            Answer scripted = script.answer(body, wish, askedTokens);
            Answer answer =
                    scripted != null ? scripted : generator.answer(chain.hash(), wish, askedTokens, api.turns());
            answer.render(rule);
            Sequence sequence = new Sequence(id, promptTokens, answer.tokens(), chain.blockHashes());
            return new Plan(body, answer, sequence);
        }

        int countTokens(GenerationApi api, RequestBody body) throws BadRequest {
            TokenChain chain = chain(body);
            api.render(body, new TokenRule(chain));
            return chain.tokens();
        }

        private TokenChain chain(RequestBody body) throws BadRequest {
            String asked = body.text("model");
            if (!asked.isEmpty() && !asked.equals(model)) {
                throw BadRequest.unknownModel(asked);
            }
            if (body.field("n").asInt(1) > 1) {
                throw BadRequest.of("n must be 1: one answer a request", "n");
            }
            return new TokenChain(model + '\n' + body.text("cache_salt"));
        }
    }
}
