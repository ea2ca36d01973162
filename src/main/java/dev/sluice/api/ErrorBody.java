package dev.sluice.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The JSON that Sluice's own errors carry, in the shape that the clients of the route expect. */
public final class ErrorBody {

    private static final JsonFactory JSON = new JsonFactory();

    private ErrorBody() {}

    /**
     * The error object.
     *
     * @param route null where the request is not governed: OpenAI's shape
     * @param message what happened, for people
     */
    public static byte[] of(@Nullable Route route, ErrorCode code, String message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (route != null && route.isAnthropic()) {
                json.writeStringField("type", "error");
                json.writeObjectFieldStart("error");
                json.writeStringField("type", code.type(route));
                json.writeStringField("message", message);
            } else {
                json.writeObjectFieldStart("error");
                json.writeStringField("message", message);
                json.writeStringField("type", code.type(route));
                json.writeNullField("param");
                json.writeStringField("code", code.code());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return out.toByteArray();
    }
}
