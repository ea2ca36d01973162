package dev.sluice.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/**
 * What is answered. Immutable.
 *
 * @param fields of the head, besides those that every answer has
 */
record Page(HttpResponseStatus status, String contentType, String body, Map<String, String> fields) {

    Page {
        fields = Map.copyOf(fields);
    }

    static Page text(String contentType, String body) {
        return new Page(HttpResponseStatus.OK, contentType, body, Map.of());
    }

    static Page json(HttpResponseStatus status, JsonNode body) {
        return new Page(status, "application/json", body.toString() + "\n", Map.of());
    }

    static Page error(HttpResponseStatus status, String message) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", message));
    }

    Page with(String field, String value) {
        return new Page(status, contentType, body, Map.of(field, value));
    }
}
