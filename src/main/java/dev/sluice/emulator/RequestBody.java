package dev.sluice.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;

/** A request's JSON object. Fields that nobody asks for are ignored, as vLLM does. Immutable. */
record RequestBody(JsonNode json) {

    /** @param content not released, and not read afterwards */
    static RequestBody parse(ByteBuf content) throws BadRequest {
        try (InputStream in = new ByteBufInputStream(content)) {
            JsonNode json = Json.MAPPER.readTree(in);
            if (!json.isObject()) {
                throw BadRequest.of("body: expected a JSON object");
            }
            return new RequestBody(json);
        } catch (IOException e) {
            throw BadRequest.of("body: not valid JSON");
        }
    }

    JsonNode field(String name) {
        return json.path(name);
    }

    boolean flag(String name) {
        return json.path(name).asBoolean(false);
    }

    String text(String name) {
        return json.path(name).asText("");
    }

    JsonNode list(String name) throws BadRequest {
        JsonNode value = json.path(name);
        if (!value.isArray()) {
            throw BadRequest.of(name + ": expected a list", name);
        }
        return value;
    }

    /** The first of these fields that is there; a value that is no number of tokens is refused. */
    OptionalInt tokens(int least, String... names) throws BadRequest {
        for (String name : names) {
            JsonNode value = json.path(name);
            if (value.isNull() || value.isMissingNode()) {
                continue;
            }
            if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < least) {
                throw BadRequest.of(name + " must be at least " + least + ", got " + value + ".", name);
            }
            return OptionalInt.of(value.intValue());
        }
        return OptionalInt.empty();
    }
}
