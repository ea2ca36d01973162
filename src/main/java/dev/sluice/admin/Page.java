package dev.sluice.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.handler.codec.http.HttpResponseStatus;

/** What is answered. Immutable. */
record Page(HttpResponseStatus status, String contentType, String body) {

    static Page json(HttpResponseStatus status, JsonNode body) {
        return new Page(status, "application/json", body.toString() + "\n");
    }

    static Page error(HttpResponseStatus status, String message) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", message));
    }
}
