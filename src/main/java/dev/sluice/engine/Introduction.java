package dev.sluice.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * What the engine says of itself when asked.
 *
 * @param owner whom it names as the owner of its models; empty if it does not say
 * @param version empty if it does not say
 * @param maxModelTokens longest context of its models; 0 if it does not say
 * @param about lines like those of a metrics page with what it tells elsewhere
 */
record Introduction(String owner, String version, long maxModelTokens, String about) {

    static final Introduction NONE = new Introduction("", "", 0, "");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_WORD_CHARS = 64;

    /** @param page the answer to {@code GET /v1/models} */
    Introduction withModels(byte[] page) {
        JsonNode model = json(page).path("data").path(0);
        return new Introduction(
                model.path("owned_by").asText(""),
                version,
                Math.max(0, model.path("max_model_len").asLong(0)),
                about);
    }

    /** @param page the answer to {@code GET /version} */
    Introduction withVersion(byte[] page) {
        String told = json(page).path("version").asText("");
        boolean isWord = told.length() <= MAX_WORD_CHARS && told.chars().allMatch(c -> c > ' ' && c < 127);
        return new Introduction(owner, isWord ? told : "", maxModelTokens, about);
    }

    /** @param page JSON whose numbers count as lines of a metrics page */
    Introduction withAbout(byte[] page) {
        String lines = NumberLines.of(page);
        return new Introduction(owner, version, maxModelTokens, lines == null ? "" : lines);
    }

    private static JsonNode json(byte[] page) {
        try {
            return JSON.readTree(page.length > MAX_BYTES ? new byte[0] : page);
        } catch (IOException notJson) {
            return JSON.nullNode();
        }
    }
}
